"""Methods whose networks are anomalib's: a module each, with what it builds, how it learns and how it scores."""
