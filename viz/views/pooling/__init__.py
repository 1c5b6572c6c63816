"""The instruments of chapter 3, and the operator that they share."""
