"""The instruments of chapter 4, and the part of the drawing they speak of."""
