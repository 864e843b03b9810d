"""Which shots a tuned detector is shown, and which are kept to see what it says of others."""

import numpy as np

from core.few_shot.shots import Shot
from core.services.training.few_shot_tuning import FOLDS, fold_of

PIXELS = np.zeros((16, 16), np.float32)
MARKED = np.ones((16, 16), np.bool_)


def _shots(*classes):
    """Class, number, and how many of them have a mask."""
    return [
        Shot(f"{label}{index}", PIXELS, label, MARKED if index < masks else None)
        for label, count, masks in classes
        for index in range(count)
    ]


def test_every_class_is_in_every_fold_and_the_seed_repeats_them():
    shots = _shots(("normal", 5, 0), ("bridge", 4, 4), ("hole", 3, 3))
    folds = fold_of(shots, seed=1)
    for fold in range(FOLDS):
        inside = {shot.label for shot, own in zip(shots, folds, strict=True) if own == fold}
        assert inside == {"normal", "bridge", "hole"}
    assert folds == fold_of(shots, seed=1)
    assert any(fold_of(shots, seed) != folds for seed in range(2, 9))


def test_a_class_without_masks_is_no_obstacle():
    assert fold_of(_shots(("normal", 2, 0), ("bridge", 4, 4), ("hole", 2, 0)), seed=1)


def test_too_few_shots_are_not_divided():
    assert fold_of(_shots(("normal", 1, 0), ("bridge", 4, 4)), seed=1) == []
    assert fold_of(_shots(("normal", 4, 0), ("bridge", 1, 1)), seed=1) == []
    assert fold_of(_shots(("normal", 4, 0), ("bridge", 4, 1)), seed=1) == []
