"""Shipped weights (safetensors) and their cards; found with importlib.resources."""
