"""The classification head's training: vectors of every shot, and the linear layer that tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.domain.arrays import FloatArray
from core.few_shot.class_head import ClassHead
from core.few_shot.looking import look_at
from core.few_shot.network import FewShotNetwork
from core.few_shot.shots import Shot
from core.few_shot.training.augment import view_of
from core.jobs import JobContext

_STREAM = 7  # of draws apart from those of the places
_LEAST_SPREAD = 1e-3
_STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)
_FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Described views.

    Attributes:
        values: (N, V) float32.
        labels: (N,) class indices.
        shot_of: (N,) the shot that each is a view of.
    """

    values: FloatArray
    labels: NDArray[np.int64]
    shot_of: NDArray[np.int64]


def describe_shots(
    network: FewShotNetwork,
    shots: Sequence[Shot],
    classes: Sequence[str],
    views: int,
    seed: int,
    device: torch.device,
    ctx: JobContext,
) -> Vectors:
    """Vectors of every shot: where its mask is, where the trained map says, and augmented.

    Args:
        views: of each shot where the map says, the first as it is.

    Raises:
        JobCancelled: between shots.
    """
    rows: list[tuple[FloatArray, int, int]] = []
    for index, shot in enumerate(ctx.track(shots, "learning what defects look like")):
        label = list(classes).index(shot.label)
        for number in range(views):
            rng = np.random.default_rng([seed, _STREAM, index, number])
            view = view_of(shot, rng if number else None)
            places = [None, view.mask.astype(np.float32)] if view.mask.any() and not number else [None]
            for place in places:
                guide = view.guide if network.guided else None
                vector = look_at(network, view.pixels, guide, device, place).vector
                rows.append((vector[0].cpu().numpy(), label, index))
    values, labels, shot_of = zip(*rows, strict=True)
    return Vectors(np.stack(values), np.array(labels, np.int64), np.array(shot_of, np.int64))


def fit_head(vectors: Vectors, blocks: Sequence[int], classes: int, seed: int) -> tuple[ClassHead, float]:
    """The linear layer that tells the classes apart, by cross-entropy with a penalty on its weights.

    The penalty is the one that names best the shots left out of five fits; views of a shot go together.

    Args:
        vectors: of all shots.
        blocks: of the vectors; each is scaled to the same total variance, or hundreds of features outvote the shape.
        classes: how many there are.
        seed: of the folds.

    Returns:
        The head, and the accuracy on left-out shots that is expected of it.
    """
    mean = vectors.values.mean(axis=0)
    spread = np.maximum(vectors.values.std(axis=0), _LEAST_SPREAD) * _block_scale(blocks)
    scaled = (vectors.values - mean) / spread
    folds = _folds(vectors, seed)
    accuracies = [_left_out_accuracy(scaled, vectors, folds, strength) for strength in _STRENGTHS]
    best = int(np.argmax(accuracies)) if max(accuracies) > 0 else len(_STRENGTHS) // 2
    fitted = _fit(scaled, vectors.labels, _STRENGTHS[best])
    head = ClassHead(scaled.shape[1], classes)
    head.mean.copy_(torch.from_numpy(mean))
    head.spread.copy_(torch.from_numpy(spread))
    with torch.no_grad():
        _copy_layer(head, fitted)
    return head, accuracies[best]


def _block_scale(blocks: Sequence[int]) -> FloatArray:
    """(V,) by which each value's spread is multiplied."""
    mean = sum(blocks) / len(blocks)
    parts = [np.full(length, np.sqrt(length / mean), np.float32) for length in blocks]
    return np.concatenate(parts)


def _copy_layer(head: ClassHead, fitted: LogisticRegression) -> None:
    """scikit-learn keeps one row where there are two classes: the other one is its opposite."""
    weight, bias = fitted.coef_, fitted.intercept_
    if len(weight) == 1:
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    head.linear.weight.copy_(torch.from_numpy(weight))
    head.linear.bias.copy_(torch.from_numpy(bias))


def _fit(scaled: FloatArray, labels: NDArray[np.int64], strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=400, class_weight="balanced").fit(scaled, labels)


def _folds(vectors: Vectors, seed: int) -> NDArray[np.int64]:
    """(N,) the fold of each vector, in turns within its class."""
    rng = np.random.default_rng(seed)
    fold_of = np.zeros(int(vectors.shot_of.max()) + 1, np.int64)
    for label in np.unique(vectors.labels):
        shots = rng.permutation(np.unique(vectors.shot_of[vectors.labels == label]))
        fold_of[shots] = np.arange(len(shots)) % _FOLDS
    return fold_of[vectors.shot_of]


def _left_out_accuracy(
    scaled: FloatArray, vectors: Vectors, folds: NDArray[np.int64], strength: float
) -> float:
    right: list[bool] = []
    for fold in range(_FOLDS):
        out = folds == fold
        if not out.any() or len(np.unique(vectors.labels[~out])) < 2:
            continue
        named = _fit(scaled[~out], vectors.labels[~out], strength).predict(scaled[out])
        right += list(named == vectors.labels[out])
    return float(np.mean(right)) if right else 0.0
