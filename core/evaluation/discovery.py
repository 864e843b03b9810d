"""The figures by which a discovery is judged, each defined once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, f1_score, normalized_mutual_info_score

_MISSING = "(none)"  # an image that has no class


@dataclass(frozen=True, slots=True)
class DiscoveryFigures:
    """How well classes match the truth, on defective images whose class was not told; None where not defined.

    Attributes:
        images: number of images.
        nmi, ari: normalised mutual information, adjusted Rand index.
        f1: micro F1, which is the accuracy after one best match of found and true classes.
        macro_f1: mean F1 of the true classes after that match.
        f1_known, f1_novel: accuracy on the images of told and of untold classes.
        classes: true number of defect classes.
        estimated: number that was found.
        class_error: their difference as a share of the true number.
    """

    images: int
    nmi: float
    ari: float
    f1: float
    macro_f1: float
    f1_known: float | None
    f1_novel: float | None
    classes: int
    estimated: int
    class_error: float


def score_classes(
    truth: Mapping[str, str],
    found: Mapping[str, str],
    told: Mapping[str, str],
    estimated: int,
    *,
    normal: str,
) -> DiscoveryFigures:
    """Judge found classes against the truth.

    Args:
        truth: class by image; images of the class `normal` are left out.
        found: class by image; one that is missing counts as a class of its own.
        told: labels that the discovery was given; those images are left out.
        estimated: number of defect classes that was found.
        normal: name of the defect-free class.

    Raises:
        ValueError: no image is left to judge by.

    Source:
        One Hungarian match over all judged images, as in Vaze et al. 2022 (GCD), Sec. 4.1.
    """
    defective = {image: label for image, label in truth.items() if label != normal}
    judged = [image for image in defective if image not in told]
    if not judged:
        raise ValueError("no defective image is left that was not labelled")
    classes = np.array([defective[image] for image in judged])
    groups = np.array([found.get(image, _MISSING) for image in judged])
    right, true = _match(groups, classes)
    is_known = np.isin(classes, list(told.values()))
    total = len(set(defective.values()))
    return DiscoveryFigures(
        images=len(judged),
        nmi=float(normalized_mutual_info_score(classes, groups)),
        ari=float(adjusted_rand_score(classes, groups)),
        f1=float((right == true).mean()),
        macro_f1=float(
            f1_score(true, right, average="macro", labels=list(range(len(set(classes)))), zero_division=0)
        ),
        f1_known=_share(right == true, is_known),
        f1_novel=_share(right == true, ~is_known),
        classes=total,
        estimated=estimated,
        class_error=abs(estimated - total) / total,
    )


def _match(
    groups: NDArray[np.str_], classes: NDArray[np.str_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class that each image's group stands for, and its true class, as numbers."""
    true_names, true = np.unique(classes, return_inverse=True)
    group_names, group = np.unique(groups, return_inverse=True)
    size = max(len(true_names), len(group_names))
    together = np.zeros((size, size), np.int64)
    np.add.at(together, (group, true), 1)
    rows, columns = linear_sum_assignment(-together)
    stands_for = np.zeros(size, np.int64)
    stands_for[rows] = columns
    return stands_for[group], true.astype(np.int64)


def _share(right: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> float | None:
    return float(right[chosen].mean()) if chosen.any() else None
