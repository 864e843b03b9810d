"""The dialog in which thresholds are set by defect-free images."""
