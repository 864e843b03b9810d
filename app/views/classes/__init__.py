"""The class manager's widgets."""
