import numpy as np
import pytest

from core.detection.training.pasting import paste_defects
from core.detection.training.squares import clean_set, cut_squares, to_8_bit


@pytest.mark.parametrize("shape", [(64, 64), (64, 200), (130, 65), (300, 300)])
def test_squares_cover_the_image(shape):
    image = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
    squares = cut_squares(image, 64, 100, np.random.default_rng(0))
    assert all(square.shape == (64, 64) for square in squares)
    assert len(np.unique(np.concatenate([square.ravel() for square in squares]))) == image.size


def test_of_too_many_squares_some_are_drawn():
    image = np.zeros((300, 300), np.uint8)
    assert len(cut_squares(image, 64, 7, np.random.default_rng(0))) == 7


def test_twelve_bits_in_a_file_of_sixteen_keep_their_contrast():
    image = np.random.default_rng(0).normal(2000, 300, (80, 80)).clip(0, 4095).astype(np.uint16)
    image[0, 0] = 65535  # a dead pixel
    assert to_8_bit(image).std() > 30
    assert not to_8_bit(np.full((9, 9), 700, np.uint16)).any()


def stripes(count, side=96):
    noise = np.random.default_rng(1).normal(0, 4, (count, side, side))
    return (100 + 40 * (np.arange(side) // 6 % 2)[:, None] + noise).astype(np.uint8)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_half_of_the_calibration_images_hold_a_defect(count):
    squares = stripes(count)
    pasted = paste_defects(squares, 32, seed=5)
    assert pasted.images.shape == (64, 96, 96)
    assert not pasted.is_defective[:32].any()
    assert pasted.is_defective[32:].all()
    changed = np.abs(pasted.images[32:].astype(int) - pasted.images[:32])
    assert changed[pasted.masks[32:]].mean() > 5 * changed[~pasted.masks[32:]].mean()
    assert np.array_equal(pasted.images, paste_defects(squares, 32, seed=5).images)


def test_a_blank_product_gets_blots():
    pasted = paste_defects(np.full((1, 64, 64), 90, np.uint8), 4, seed=0)
    assert pasted.is_defective[4:].all()
    assert (pasted.images[4:][pasted.masks[4:]] == 255).all()


def test_a_clean_set_needs_no_memory_for_its_masks():
    assert not clean_set(stripes(2)).is_defective.any()
    assert clean_set(stripes(2)).masks.strides == (0, 0, 0)
