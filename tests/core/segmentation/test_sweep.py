import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.segmentation.sweep import block_px, longest_run, pool_highest, spread_cells, stable_runs, sweep

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=30)
MAPS = hnp.arrays(np.float32, SIDES, elements=st.floats(0, 1, width=32))


@given(values=MAPS, block=st.integers(1, 9))
def test_a_cell_is_the_highest_value_of_its_block(values, block):
    cells = pool_highest(values, block)
    assert cells.shape == tuple(-(-side // block) for side in values.shape)
    for row, column in np.ndindex(cells.shape):
        window = values[row * block : (row + 1) * block, column * block : (column + 1) * block]
        assert cells[row, column] == window.max()


@given(values=MAPS, block=st.integers(1, 9))
def test_cells_go_back_to_their_own_pixels(values, block):
    spread = spread_cells(pool_highest(values, block), block, values.shape)
    assert spread.shape == values.shape
    assert (spread >= values).all()
    np.testing.assert_array_equal(pool_highest(spread, block), pool_highest(values, block))


def test_the_grid_has_112_cells_a_side_at_most():
    assert [block_px((side, 1)) for side in (1, 112, 113, 448, 449, 2048)] == [1, 1, 2, 4, 5, 19]


def test_a_defect_smaller_than_a_block_keeps_its_level():
    values = np.zeros((2048, 2048), dtype=np.float32)
    values[701:704, 333:336] = 0.8
    _, counts = sweep(pool_highest(values, block_px(values.shape)), np.array([0.9, 0.8, 0.1], np.float32))
    assert counts == [0, 1, 1]


@given(values=MAPS)
def test_masks_are_nested_and_counted(values):
    masks, counts = sweep(values, np.array([0.75, 0.5, 0.25], dtype=np.float32))
    assert counts == [ndimage.label(mask, np.ones((3, 3)))[1] for mask in masks]
    assert not (masks[0] & ~masks[1]).any()
    assert not (masks[1] & ~masks[2]).any()


@given(counts=st.lists(st.integers(0, 5), min_size=1, max_size=20), epsilon=st.integers(0, 2))
def test_runs_are_stable_maximal_and_cover_everything(counts, epsilon):
    runs = stable_runs(counts, epsilon)
    assert [index for first, last in runs for index in range(first, last + 1)] == list(range(len(counts)))
    for first, last in runs:
        assert all(abs(counts[k + 1] - counts[k]) <= epsilon for k in range(first, last))
    for _, last in runs[:-1]:
        assert abs(counts[last + 1] - counts[last]) > epsilon


def test_ties_go_to_what_is_settled_and_then_to_the_first():
    runs = [(0, 2), (3, 5), (6, 6)]
    assert longest_run(runs, lambda run: run[0]) == (3, 5)
    assert longest_run(runs, lambda run: 0.0) == (0, 2)
