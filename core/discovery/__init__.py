"""Unseen defects: what they look like, how many kinds there are, and which belong together."""
