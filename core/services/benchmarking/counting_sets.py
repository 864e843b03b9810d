"""Made-up embeddings whose number of classes is known, as awkward as those of defects."""

from dataclasses import dataclass

import numpy as np

from core.discovery.kmeans import UNLABELLED, IntArray, unit_rows
from core.domain.arrays import FloatArray

REGIMES = ("five or more known", "one to three known", "none known")
_SEED = 404_000


@dataclass(frozen=True, slots=True, eq=False)
class CountingSet:
    """One set.

    Attributes:
        embeddings: (N, D) float32, L2-normalised.
        classes: (N,) int64; −1 for a few samples of no class.
        labels: (N,) int64 what is told: half of the samples of the first `known` classes.
        total: number of classes.
        known: of them.
    """

    embeddings: FloatArray
    classes: IntArray
    labels: IntArray
    total: int
    known: int


def make_counting_set(regime: str, number: int) -> CountingSet:
    """A random set: classes of unequal size and width, oblong, some of two modes or heavy tails, in noise.

    Args:
        regime: one of REGIMES.
        number: of the set; the same number gives the same set.
    """
    rng = np.random.default_rng((_SEED, REGIMES.index(regime), number))
    total, known = _draw_counts(regime, rng)
    sizes = _draw_sizes(total, rng)
    dimension, inner = int(rng.choice([64, 128, 384])), int(rng.choice([8, 16, 32]))
    separation = rng.uniform(1.0, 2.0)
    parts = [_draw_class(size, inner, separation, rng) for size in sizes]
    stray = rng.normal(size=(round(rng.uniform(0, 0.06) * sum(sizes)), inner)) * separation
    inside = np.concatenate([*parts, stray])
    classes = np.concatenate([np.repeat(np.arange(total), sizes), np.full(len(stray), UNLABELLED)])
    embeddings = _embed(inside, dimension, rng)
    told = (classes < known) & (classes >= 0) & (rng.random(len(classes)) < 0.5)
    told[[int(np.flatnonzero(classes == label)[0]) for label in range(known)]] = True
    return CountingSet(embeddings, classes, np.where(told, classes, UNLABELLED), total, known)


def _draw_counts(regime: str, rng: np.random.Generator) -> tuple[int, int]:
    if regime == REGIMES[0]:
        total = int(rng.integers(9, 13))
        return total, int(rng.integers(5, total - 2))
    total = int(rng.integers(3 if regime == REGIMES[2] else 2, 9))
    return total, 0 if regime == REGIMES[2] else min(max(total // 2, 1), 3)


def _draw_sizes(total: int, rng: np.random.Generator) -> IntArray:
    shares = rng.dirichlet(np.full(total, rng.choice([2.0, 5.0, 50.0])))
    return np.maximum((shares * total * rng.integers(20, 45)).astype(np.int64), 8)


def _draw_class(size: int, inner: int, separation: float, rng: np.random.Generator) -> FloatArray:
    """Samples of one class in the inner dimensions."""
    scales = np.exp(rng.normal(0, 0.35, inner))
    scales *= rng.uniform(0.5, 1.0) / np.sqrt((scales**2).mean())
    turned = np.linalg.qr(rng.normal(size=(inner, inner)))[0]
    noise = (rng.normal(size=(size, inner)) * scales) @ turned
    tails = np.sqrt(5 / rng.chisquare(5, size=(size, 1))) if rng.random() < 0.5 else 1.0
    modes = rng.normal(size=(2 if rng.random() < 0.3 else 1, inner)) * 0.4 * separation
    samples: FloatArray = (
        separation * rng.normal(size=inner) + modes[rng.integers(0, len(modes), size)] + noise * tails
    )
    return samples


def _embed(inside: FloatArray, dimension: int, rng: np.random.Generator) -> FloatArray:
    """Into more dimensions, with noise in all of them and a direction that all samples share."""
    inner = inside.shape[1]
    basis = np.linalg.qr(rng.normal(size=(dimension, inner)))[0].T
    scale = np.sqrt(inner / dimension)
    noise = rng.normal(size=(len(inside), dimension)) * rng.uniform(0.1, 0.5) * scale
    shared = rng.normal(size=dimension) * rng.uniform(0, 1.5) * scale
    return unit_rows((inside @ basis + noise + shared).astype(np.float32))
