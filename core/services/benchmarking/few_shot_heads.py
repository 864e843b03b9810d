"""What other classification heads make of the same vectors: why the shipped one is as it is."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.few_shot.training.classes import Vectors


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One head on one set.

    Attributes:
        head: in words.
        shots: images a class that it learned from.
        accuracy: on the unseen images, the defect-free class among them.
    """

    set_name: str
    head: str
    shots: int
    accuracy: float


_ALL, _POOLED, _SHAPE = "features and shape", "features", "shape"
_HEADS: tuple[tuple[str, str, Callable[[], Any]], ...] = (
    ("linear", _ALL, lambda: LogisticRegression(C=0.01, max_iter=400)),
    ("linear", _POOLED, lambda: LogisticRegression(C=0.01, max_iter=400)),
    ("linear", _SHAPE, lambda: LogisticRegression(C=0.1, max_iter=400)),
    ("discriminant analysis", _ALL, lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")),
    ("nearest prototype", _ALL, NearestCentroid),
    ("small neural network", _ALL, lambda: MLPClassifier((32,), alpha=1.0, max_iter=60, random_state=0)),
    ("trees", _ALL, lambda: ExtraTreesClassifier(200, random_state=0)),
)


def compare_heads(
    set_name: str, shots: int, taught: Vectors, unseen: Vectors, blocks: Sequence[int]
) -> list[HeadRow]:
    """Every other head, each on values of equal spread.

    Args:
        taught: of the shots.
        unseen: one vector an image.
        blocks: of the vectors, features first and shape last; one block has no shape, and the heads on it are left
            out.
    """
    rows = []
    for name, part, make in _HEADS:
        if len(blocks) == 1 and part != _ALL:
            continue
        columns = {_ALL: np.s_[:], _POOLED: np.s_[: -blocks[-1]], _SHAPE: np.s_[-blocks[-1] :]}[part]
        with warnings.catch_warnings():
            # A head that is not done yet is judged as it is.
            warnings.simplefilter("ignore", ConvergenceWarning)
            # So is a prototype of a class whose shots agree in a value: its spread is not asked for.
            warnings.filterwarnings("ignore", message=r"self\.within_class_std_dev_")
            head = make_pipeline(StandardScaler(), make())
            head.fit(taught.values[:, columns], taught.labels)
            right = head.predict(unseen.values[:, columns]) == unseen.labels
        rows.append(HeadRow(set_name, f"{name} on {part}", shots, float(right.mean())))
    return rows
