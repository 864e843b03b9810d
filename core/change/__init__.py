"""A test image against a reference of the same place: registration, difference, learned change detection."""
