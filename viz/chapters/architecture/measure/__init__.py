"""What the architecture chapter computes, Qt-free."""
