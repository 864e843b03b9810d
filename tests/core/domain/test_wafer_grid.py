from dataclasses import replace

import numpy as np
import pytest

from core.domain.wafer_grid import have_same_grid, stacked_boxes
from core.domain.wafers import WaferPlan

PLAN = WaferPlan(
    "W01",
    1,
    300_000.0,
    (10_000.0, 8_000.0),
    (5_000.0, 4_000.0),
    "notch",
    0,
    False,
    np.zeros((0, 2), np.int32),
)


@pytest.mark.parametrize(
    "other",
    [
        PLAN,
        replace(PLAN, center_um=(5_030.0, 3_980.0)),  # aligned anew: some µm
        replace(PLAN, center_um=(25_000.0, -4_000.0)),  # counts its dies from another one
        replace(PLAN, mark_deg=180, center_um=(5_000.0, 4_000.0)),
        replace(PLAN, die_pitch_um=(8_000.0, 10_000.0), center_um=(4_000.0, 5_000.0), mark_deg=90),
    ],
)
def test_dies_that_lie_on_each_other(other: WaferPlan) -> None:
    assert have_same_grid(PLAN, other)
    assert have_same_grid(other, PLAN)


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, diameter_um=200_000.0),
        replace(PLAN, die_pitch_um=(10_010.0, 8_000.0)),
        replace(PLAN, center_um=(7_500.0, 4_000.0)),
        replace(PLAN, die_pitch_um=None),
        replace(PLAN, mark_deg=90),
    ],
)
def test_dies_that_do_not(other: WaferPlan) -> None:
    assert not have_same_grid(PLAN, other)
    assert not have_same_grid(other, PLAN)


def test_wafers_without_a_grid_share_their_rim() -> None:
    bare = replace(PLAN, die_pitch_um=None, center_um=None)
    assert have_same_grid(bare, bare)


def test_dies_of_a_stack_are_drawn_once() -> None:
    first = replace(PLAN, dies=np.array([[0, 0], [1, 0]], np.int32))
    shifted = replace(
        PLAN, center_um=(15_030.0, 3_980.0), dies=np.array([[2, 0], [3, 1]], np.int32)
    )  # counts from the die to the left, and lies 30 µm beside
    assert have_same_grid(first, shifted)
    assert stacked_boxes([first, shifted]).tolist() == [
        [-5_000.0, -4_000.0, 5_000.0, 4_000.0],
        [5_000.0, -4_000.0, 15_000.0, 4_000.0],
        [15_000.0, 4_000.0, 25_000.0, 12_000.0],
    ]
    assert stacked_boxes([]).shape == (0, 4)
