"""The recipe editor's widgets."""
