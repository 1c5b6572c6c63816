"""What the learning chapter computes, Qt-free."""
