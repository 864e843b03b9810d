"""The window's own furniture: navigation, banner, status line, key sheet."""
