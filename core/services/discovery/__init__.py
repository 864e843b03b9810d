"""From crops to classes: what the discover screen and `residua discover` do."""
