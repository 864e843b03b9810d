"""The discover screen's widgets."""
