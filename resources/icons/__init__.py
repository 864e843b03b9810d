"""Icons, drawn for this project."""
