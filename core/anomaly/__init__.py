"""Anomaly detectors that learn what is normal from images of one product: the methods of the field's benchmarks.

A method is a module of its own with three parts: what it builds, how it learns, how it scores. Those that anomalib
has are its models, trained and stored by us; three that it lacks are written here from their papers.
"""
