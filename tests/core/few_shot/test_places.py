import numpy as np
import torch

from core.few_shot.own.evidence import describe_evidence
from core.few_shot.own.network import OwnFewShotNetwork
from core.few_shot.own.shape import describe_shape
from core.few_shot.place import marked_place
from core.few_shot.shots import Shot
from core.few_shot.training.augment import view_of


def test_the_own_network_marks_what_its_guide_marks():
    network = OwnFewShotNetwork("residua_test").eval()
    guide = torch.randn(1, 1, 64, 80) * 3
    encoded = network.encode(torch.randn(1, 1, 64, 80))
    half = torch.nn.functional.avg_pool2d(guide, 2)
    marked = network.segment(encoded, guide, (32, 40))
    assert torch.allclose(marked, half[:, 0], atol=1e-5)


def test_the_place_is_the_strongest_part_and_parts_of_its_kind():
    logits = np.full((64, 64), -8.0, np.float32)
    logits[10:20, 10:20] = 4.0
    logits[10:20, 30:38] = 4.0
    logits[50:52, 50:52] = 1.0
    place = marked_place(logits)
    assert place[15, 15] == 1
    assert place[15, 34] == 1
    assert place[51, 51] == 0


def test_a_doubtful_defect_is_marked_without_half_of_the_image():
    logits = np.full((64, 64), -6.0, np.float32)
    logits[:, :40] = -3.0  # suspicious layout around it
    logits[20:30, 20:30] = 0.5
    assert 80 <= marked_place(logits).sum() <= 200


def test_an_image_without_a_defect_has_a_place_too():
    logits = np.random.default_rng(0).normal(-7, 0.2, (32, 32)).astype(np.float32)
    assert marked_place(logits).sum() > 0
    assert marked_place(np.full((16, 16), -5.0, np.float32)).sum() > 0


def test_shape_tells_a_line_from_a_disc_and_bright_from_dark():
    x = torch.zeros(2, 1, 64, 64)
    place = torch.zeros(2, 1, 64, 64)
    place[0, 0, 30:33, 10:50] = 1
    y, z = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    place[1, 0] = ((y - 32) ** 2 + (z - 32) ** 2 < 40).float()
    x[0][place[0] > 0], x[1][place[1] > 0] = 2.0, -2.0
    line, disc = describe_shape(x, place)
    assert line.shape == (27,)
    assert line[1] > disc[1] + 2  # elongation
    contrast = slice(18, 23)
    assert (line[contrast] > 1).all()
    assert (disc[contrast] < -1).all()


def test_views_move_pixels_mask_and_guide_together_and_the_seed_repeats_them():
    rng = np.random.default_rng(3)
    pixels = rng.normal(size=(48, 48)).astype(np.float32)
    mask = np.zeros((48, 48), np.bool_)
    mask[20:28, 5:11] = True
    pixels[mask] += 8
    shot = Shot("a", pixels, "hole", mask, mask.astype(np.float32) * 5)
    for seed in range(6):
        view = view_of(shot, np.random.default_rng(seed))
        assert np.array_equal(view.guide > 1, view.mask)
        assert view.pixels[view.mask].mean() > view.pixels[~view.mask].mean() + 1
        again = view_of(shot, np.random.default_rng(seed))
        assert np.array_equal(again.pixels, view.pixels)
    plain = view_of(shot, None)
    assert np.array_equal(plain.pixels, shot.pixels)


def test_evidence_tells_a_quiet_map_from_one_with_a_defect():
    quiet, marked = torch.full((1, 64, 64), -6.0), torch.full((1, 64, 64), -6.0)
    marked[0, 20:30, 20:30] = 3.0
    nothing, something = describe_evidence(quiet)[0], describe_evidence(marked)[0]
    assert nothing.tolist() == [-6.0, -6.0, 0.0, 0.0]
    assert 1 < something[0] <= something[1] == 3.0
    assert torch.allclose(something[2:], torch.tensor([101.0, 101.0]).log())
