"""What moves the wafer screen."""
