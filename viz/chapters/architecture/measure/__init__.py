"""What the instruments of chapter architecture compute, without Qt."""
