"""LeNetScope: an instrument for seeing a convolutional network at work."""

__version__ = "0.1.0"
