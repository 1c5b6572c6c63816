"""What a scene file keeps: the drawing, and the screen it was on."""
