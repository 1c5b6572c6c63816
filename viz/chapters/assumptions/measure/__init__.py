"""What the assumptions chapter computes, Qt-free."""
