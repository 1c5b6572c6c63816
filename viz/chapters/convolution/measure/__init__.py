"""What the convolution chapter computes, Qt-free: sums of products by any kernel."""
