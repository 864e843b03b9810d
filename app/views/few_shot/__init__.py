"""Teaching a detector from decided images."""
