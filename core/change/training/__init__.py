"""Fitting and training change detectors on generated pairs."""
