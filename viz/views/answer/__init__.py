"""What the network reads, and in which window."""
