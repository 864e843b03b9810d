"""Embeddings whose classes are known."""

import numpy as np

from core.discovery.kmeans import unit_rows


def make_classes(sizes, *, dimension=32, spread=0.35, seed=0):
    """L2-normalised (N, D) float32 around random directions, and (N,) int64 classes in the order of `sizes`."""
    rng = np.random.default_rng(seed)
    centres = unit_rows(rng.normal(size=(len(sizes), dimension)))
    classes = np.repeat(np.arange(len(sizes)), sizes)
    noise = rng.normal(size=(len(classes), dimension)) * spread / np.sqrt(dimension)
    return unit_rows((centres[classes] + noise).astype(np.float32)), classes


def label_half(classes, known, *, seed=0):
    """Labels of every second sample of the first `known` classes; −1 elsewhere."""
    rng = np.random.default_rng(seed)
    is_told = (classes < known) & (rng.random(len(classes)) < 0.5)
    for label in range(known):
        is_told[np.flatnonzero(classes == label)[0]] = True
    return np.where(is_told, classes, -1)
