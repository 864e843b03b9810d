"""Widgets: setters and signals, no logic; they import neither presenters nor services."""
