import numpy as np
import torch

from core.few_shot.shots import Shot
from core.few_shot.training.augment import View
from core.few_shot.training.batches import batches_of, crop_side, paste_defect


def _shot(name, label, rng, size_hw=(64, 80)):
    pixels = rng.normal(0, 0.2, size_hw).astype(np.float32)
    mask = np.zeros(size_hw, np.bool_)
    if label != "normal":
        mask[20:30, 30:38] = True
        pixels[mask] += 5
    return Shot(name, pixels, label, mask if mask.any() else None)


def _shots():
    rng = np.random.default_rng(0)
    return [_shot("a", "normal", rng), _shot("b", "hole", rng), _shot("c", "hole", rng, (70, 66))]


def test_a_batch_follows_from_seed_and_step_and_its_masks_lie_on_the_defects():
    draw = batches_of(_shots(), side=crop_side(_shots(), 192), batch=6, seed=1)
    for step in range(4):
        images, masks = draw(step)
        assert (images.shape, masks.shape) == ((6, 1, 64, 64), (6, 32, 32))
        half = torch.nn.functional.avg_pool2d(images, 2)[:, 0]
        marked, rest = half[masks > 0.9], half[masks == 0]
        assert marked.mean() > rest.mean() + 2
        assert all(torch.equal(one, again) for one, again in zip((images, masks), draw(step), strict=True))
    assert not torch.equal(draw(0)[0], draw(1)[0])


def test_crops_are_no_larger_than_the_smallest_shot():
    assert crop_side(_shots(), 192) == 64
    assert crop_side(_shots(), 40) == 32


def test_a_pasted_defect_brings_its_pixels_and_its_mask():
    clean = View(np.zeros((40, 50), np.float32), np.zeros((40, 50), np.bool_), np.zeros((40, 50), np.float32))
    pixels, mask = np.full((40, 50), 2.0, np.float32), np.zeros((40, 50), np.bool_)
    mask[10:16, 20:30] = True
    pasted = paste_defect(clean, View(pixels, mask, clean.guide), np.random.default_rng(3))
    assert pasted.mask.sum() == 60
    assert np.allclose(pasted.pixels[pasted.mask], 2.0, atol=0.1)
    assert (pasted.pixels[~pasted.mask] == 0).mean() > 0.8
    assert not clean.mask.any()
    assert clean.pixels.max() == 0


def test_a_defect_that_does_not_fit_is_left_out():
    small = View(np.zeros((20, 20), np.float32), np.zeros((20, 20), np.bool_), np.zeros((20, 20), np.float32))
    large = View(np.ones((60, 60), np.float32), np.ones((60, 60), np.bool_), np.zeros((60, 60), np.float32))
    assert paste_defect(small, large, np.random.default_rng(0)) is small
