"""Measures: pure functions of arrays, from what the network computed to what one asks of it."""
