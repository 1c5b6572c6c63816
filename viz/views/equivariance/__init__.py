"""The instruments of chapter 2."""
