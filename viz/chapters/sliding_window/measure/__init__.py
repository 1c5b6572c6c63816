"""What the chapter measures: both ways of reading a canvas, cutting it up, training examples."""
