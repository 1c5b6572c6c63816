"""The canvas: surface, hand, tools, handles and commands."""
