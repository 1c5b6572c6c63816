"""The canvas: surface, gestures, tools, handles and commands."""
