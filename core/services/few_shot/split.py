"""Which classes a set of shots has, and which of the shots are held back."""

from collections.abc import Sequence

import numpy as np

from core.domain.discovery import DEFECT_FREE
from core.domain.errors import UserError
from core.few_shot.shots import Shot
from core.services.few_shot.labelled import LabelledImage

_ENOUGH = 5
"""Shots of a class from which some are held back: below that each is needed to learn from."""


def class_names(labelled: Sequence[LabelledImage]) -> tuple[str, ...]:
    """The defect-free class first, the others in alphabetical order.

    Raises:
        UserError: there are no defect-free images, no defects, or no masks.
    """
    names = {one.label for one in labelled}
    if DEFECT_FREE not in names:
        raise UserError(
            "There are no defect-free images among the shots.",
            f"Add some with the label {DEFECT_FREE}: without them nothing says what must stay silent.",
        )
    if names == {DEFECT_FREE}:
        raise UserError("There are no defects among the shots.", "Add images of at least one class.")
    if all(one.mask is None for one in labelled if one.label != DEFECT_FREE):
        raise UserError(
            "None of the defective shots has a mask.",
            "Put masks of the same names beside them, or name them in the table.",
        )
    return (DEFECT_FREE, *sorted(names - {DEFECT_FREE}))


def split_shots(shots: Sequence[Shot], held_back: float, seed: int) -> tuple[list[Shot], list[Shot]]:
    """Shots to learn from and shots held back, by class and seed.

    Nothing is held back unless every class has at least five shots: what is held back must speak of all of them.
    """
    labels = sorted({shot.label for shot in shots})
    groups = {label: [shot for shot in shots if shot.label == label] for label in labels}
    if min(map(len, groups.values())) < _ENOUGH:
        return list(shots), []
    trained, rest = [], []
    rng = np.random.default_rng(seed)
    for group in groups.values():
        order = [group[index] for index in rng.permutation(len(group))]
        count = max(1, round(held_back * len(order)))
        trained += order[count:]
        rest += order[:count]
    return trained, rest
