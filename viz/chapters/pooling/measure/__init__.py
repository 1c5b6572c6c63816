"""What the chapter measures, as pure functions of arrays."""
