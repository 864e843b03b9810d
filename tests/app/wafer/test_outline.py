import numpy as np
import pytest
from PySide6.QtCore import QPointF

from app.views.wafer.outline import grid_lines, rim_path


def boxes(dies: list[tuple[int, int]]) -> np.ndarray:
    corners = np.array(dies, float)
    return np.concatenate([corners, corners + 1], axis=1)


def lines(dies: list[tuple[int, int]]) -> set[tuple[float, ...]]:
    x, y = grid_lines(boxes(dies))
    return {tuple(map(float, ends)) for ends in zip(x[0::2], y[0::2], x[1::2], y[1::2], strict=True)}


def test_edges_that_touch_are_one_line() -> None:
    assert lines([(0, 0), (1, 0)]) == {(0, 0, 0, 1), (1, 0, 1, 1), (2, 0, 2, 1), (0, 0, 2, 0), (0, 1, 2, 1)}


def test_a_gap_between_dies_stays_a_gap() -> None:
    assert (0, 0, 1, 0) in lines([(0, 0), (2, 0)])
    assert (2, 0, 3, 0) in lines([(0, 0), (2, 0)])
    assert (0, 0, 3, 0) not in lines([(0, 0), (2, 0)])


def test_a_full_grid_needs_few_lines() -> None:
    dies = [(x, y) for x in range(40) for y in range(50)]
    x, _ = grid_lines(boxes(dies))
    assert len(x) == 2 * (41 + 51)


def test_no_dies_and_unknown_places_draw_nothing() -> None:
    assert len(grid_lines(np.zeros((0, 4)))[0]) == 0
    assert len(grid_lines(np.full((3, 4), np.nan))[0]) == 0


@pytest.mark.parametrize("mark", ["notch", "flat"])
def test_the_mark_is_at_the_bottom(mark: str) -> None:
    path = rim_path(300.0, mark)
    assert not path.contains(QPointF(0, -149))
    assert path.contains(QPointF(0, 149))
    assert path.contains(QPointF(0, -120))
    assert rim_path(300.0, "").contains(QPointF(0, -149))
