"""Films: what is noted for them, the process that makes them, their files."""
