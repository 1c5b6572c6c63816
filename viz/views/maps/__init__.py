"""Every feature map: mosaics, barcode, kernels, and how they share their place."""
