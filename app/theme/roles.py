"""Roles: how a widget asks the style sheet for other clothes than its kind usually wears."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def with_role(widget: W, role: str) -> W:
    """The widget, dressed as `role` ("muted", "title", "heading", "primary", "flat", "panel", "key", …)."""
    widget.setProperty("role", role)
    return widget
