"""The inspector: one body for each kind of layer, between head and result."""
