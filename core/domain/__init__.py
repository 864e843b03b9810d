"""Frozen records that every other package speaks in. Imports nothing of the project."""
