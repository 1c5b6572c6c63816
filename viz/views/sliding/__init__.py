"""The instruments of chapter 5."""
