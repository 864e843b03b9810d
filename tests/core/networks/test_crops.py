import numpy as np

from core.networks.training.crops import place_crop, turn_alike


def test_a_marked_place_lies_inside_the_crop_wherever_it_is():
    rng = np.random.default_rng(0)
    for row, column in ((0, 0), (99, 79), (50, 3)):
        mask = np.zeros((100, 80), bool)
        mask[row, column] = True
        for _ in range(20):
            window = place_crop(mask, 32, rng)
            assert mask[window].shape == (32, 32)
            assert mask[window].any()


def test_without_a_mark_crops_lie_everywhere():
    rng = np.random.default_rng(0)
    tops = {place_crop(np.zeros((40, 33), bool), 32, rng)[0].start for _ in range(200)}
    assert tops == set(range(9))


def test_parts_are_turned_alike():
    rng = np.random.default_rng(0)
    grey = np.arange(25).reshape(5, 5)
    seen = set()
    for _ in range(60):
        first, second = turn_alike([grey, np.stack([grey, -grey], axis=2)], rng)
        assert np.array_equal(first, second[..., 0])
        seen.add(first.tobytes())
    assert len(seen) == 8
