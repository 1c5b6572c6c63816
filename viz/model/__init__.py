"""The state of the screen, and what brings it back."""
