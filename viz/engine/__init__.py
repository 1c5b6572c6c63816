"""From a request to a snapshot, on threads of its own."""
