"""Learned in-image matching: how well the rest of the same image explains each place."""
