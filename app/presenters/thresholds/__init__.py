"""Setting thresholds by defect-free images."""
