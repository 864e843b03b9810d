"""Few-shot learning: a handful of labelled images a class make a detector that also names what it finds."""
