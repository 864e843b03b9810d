"""The lots screen."""
