"""The figures by which few-shot learning is judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from core.domain.discovery import DEFECT_FREE
from core.domain.maps import ScoreMap
from core.evaluation.ranking import rank
from core.services.benchmarking.few_shot_samples import FewShotSet, Sample

_PIXEL_STEP = 2  # every 2nd pixel in each direction enters the pixel figures


@dataclass(frozen=True, slots=True)
class FewShotRow:
    """One model, or the detector before it, on one set.

    Attributes:
        contender: what was measured.
        shots: images a class that it learned from; 0 for a detector that learned from none.
        images: that it was measured on.
        i_auroc, p_auroc, f1max: of image scores and maps; f1max is the pixels'.
        accuracy, precision, recall, f1: of the classes, the defect-free one among them; averages over the classes.
            None for a detector that names none.
        train_s: seconds of a training from files to file, guide's maps included when they were new; processor time on
            a CPU, else time on the clock, as the next.
        ms_per_image: pixels to map and class.
    """

    set_name: str
    contender: str
    shots: int
    images: int
    i_auroc: float
    p_auroc: float
    f1max: float
    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    train_s: float
    ms_per_image: float


def figures_of(
    one: FewShotSet,
    contender: str,
    shots: int,
    maps: Sequence[ScoreMap],
    tests: Sequence[Sample],
    train_s: float,
    score_s: float,
) -> FewShotRow:
    """The row of a contender.

    Args:
        maps: of the tests, in order.
        train_s, score_s: seconds that the training and all tests took.
    """
    scores = np.array([found.score for found in maps])
    images = rank(scores, np.array([bool(test.label != DEFECT_FREE) for test in tests]))
    step = np.s_[::_PIXEL_STEP, ::_PIXEL_STEP]
    pixels = rank(
        np.concatenate([found.values[step].ravel() for found in maps]),
        np.concatenate([test.mask[step].ravel() for test in tests]),
    )
    accuracy, precision, recall, f1 = _class_figures(maps, tests)
    return FewShotRow(
        set_name=one.name,
        contender=contender,
        shots=shots,
        images=len(tests),
        i_auroc=images.auroc or 0.0,
        p_auroc=pixels.auroc or 0.0,
        f1max=pixels.f1max or 0.0,
        accuracy=accuracy,
        precision=precision,
        recall=recall,
        f1=f1,
        train_s=train_s,
        ms_per_image=1e3 * score_s / len(tests),
    )


def _class_figures(
    maps: Sequence[ScoreMap], tests: Sequence[Sample]
) -> tuple[float, float, float, float] | tuple[None, None, None, None]:
    named = [found.guess.name for found in maps if found.guess is not None]
    if len(named) < len(maps):
        return None, None, None, None
    truth = [test.label for test in tests]
    precision, recall, f1, _ = precision_recall_fscore_support(truth, named, average="macro", zero_division=0)
    return float(accuracy_score(truth, named)), float(precision), float(recall), float(f1)
