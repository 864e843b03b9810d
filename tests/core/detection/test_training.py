import numpy as np
import pytest
import torch

from core.detection.evidence import TRAINING_FREE, all_source_sets, source_key
from core.detection.network import DefectNetwork
from core.detection.training.calibrate import fit_calibrations
from core.detection.training.corpus import BatchSampler, TrainingSet, paste_foreign_patch
from core.detection.training.matching import segmentation_loss, train_matching
from core.detection.training.ni_head import NILosses, train_ni_head
from core.domain.errors import JobCancelled, UserError
from core.jobs import JobContext
from core.networks.training.loop import Schedule
from tests.core.detection.conftest import SPEC

CPU = torch.device("cpu")


def planted(count: int = 12, side: int = 96) -> TrainingSet:
    """Striped images, every second one with a bright square."""
    rng = np.random.default_rng(0)
    stripes = 100 + 40 * (np.arange(side) // 6 % 2)[:, None]
    images = (stripes + rng.normal(0, 4, (count, side, side))).astype(np.uint8)
    masks = np.zeros(images.shape, bool)
    for index in range(0, count, 2):
        top, left = rng.integers(8, side - 24, 2)
        images[index, top : top + 12, left : left + 12] = 220
        masks[index, top : top + 12, left : left + 12] = True
    return TrainingSet(images, masks)


def train_briefly(network, folder, steps, ctx=None, name="phase.safetensors"):
    return train_matching(
        network,
        planted(),
        Schedule(steps, peak=3e-3, warmup=2),
        crop=64,
        batch=4,
        seed=3,
        device=CPU,
        checkpoint=folder / name,
        ctx=ctx or JobContext(),
    )


def state_of(network):
    return torch.cat([value.flatten() for value in network.state_dict().values()])


class StopAfter(JobContext):
    def __init__(self, steps):
        super().__init__()
        self._steps = steps

    def report(self, done, total, text=""):
        super().report(done, total, text)
        if done >= self._steps:
            self.token.cancel()


def test_a_stopped_training_ends_where_an_unbroken_one_does(tmp_path):
    unbroken, broken = (DefectNetwork(SPEC) for _ in range(2))
    broken.load_state_dict(unbroken.state_dict())
    train_briefly(unbroken, tmp_path, 6, name="unbroken.safetensors")
    with pytest.raises(JobCancelled):
        train_briefly(broken, tmp_path, 6, StopAfter(3))
    resumed = DefectNetwork(SPEC)
    resumed.load_state_dict(broken.state_dict())
    train_briefly(resumed, tmp_path, 6)
    assert torch.allclose(state_of(resumed), state_of(unbroken), atol=1e-5)


def test_training_learns_a_planted_defect_and_calibration_finds_it(tmp_path):
    network = DefectNetwork(SPEC)
    train_briefly(network, tmp_path, 60)
    train_ni_head(
        network,
        planted(),
        Schedule(10, warmup=2, clip=0.1),
        NILosses(),
        crop=64,
        batch=4,
        seed=1,
        device=CPU,
        checkpoint=tmp_path / "head.safetensors",
        ctx=JobContext(),
    )
    images = planted()
    calibrations = fit_calibrations(
        network, images, lambda values, floor: values > floor, CPU, JobContext(), seed=0
    )
    assert calibrations[source_key(["residual", "matching"])].fusion.weights["matching"] > 0
    assert len(calibrations) == len(all_source_sets([*network.sources, *TRAINING_FREE, "coarse_matching"]))
    for calibration in calibrations.values():
        assert min(calibration.fusion.weights.values()) >= 0
        assert 0 <= calibration.unknown_at <= calibration.ng_at <= 1


def test_only_the_head_moves_in_phase_two(tmp_path):
    network = DefectNetwork(SPEC)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    train_ni_head(
        network,
        planted(),
        Schedule(2, warmup=1),
        NILosses(),
        crop=64,
        batch=2,
        seed=1,
        device=CPU,
        checkpoint=tmp_path / "head.safetensors",
        ctx=JobContext(),
    )
    moved = {
        name.split(".")[0] for name, value in network.state_dict().items() if not value.equal(before[name])
    }
    assert moved == {"head"}


def test_batches_follow_the_seed_and_the_step():
    sampler, again = (BatchSampler(planted(), crop=64, batch=4, seed=9) for _ in range(2))
    assert torch.equal(sampler.draw(5)[0], again.draw(5)[0])
    assert not torch.equal(sampler.draw(5)[0], sampler.draw(6)[0])
    images, masks = sampler.draw(0)
    assert images.shape == (4, 1, 64, 64)
    assert masks.shape == (4, 32, 32)


def test_clean_batches_hold_no_defect():
    sampler = BatchSampler(planted(), crop=64, batch=6, seed=9, clean_only=True)
    assert sum(float(sampler.draw(step)[1].sum()) for step in range(4)) == 0


def test_a_set_without_clean_images_is_refused():
    images = planted()
    with pytest.raises(UserError, match="no defect-free image"):
        BatchSampler(
            TrainingSet(images.images[::2], images.masks[::2]), crop=64, batch=2, seed=0, clean_only=True
        )


def test_a_pasted_patch_changes_the_masked_pixels_only():
    rng = np.random.default_rng(2)
    image, donor = planted().images[1], planted().images[3][:, ::-1] // 2
    changed_at_all = 0
    for _ in range(20):
        pasted, mask = paste_foreign_patch(image, donor, rng)
        difference = np.abs(pasted.astype(int) - image)
        if mask.any():
            changed_at_all += 1
            assert difference[mask].mean() > 3 * difference[~mask].mean()
    assert changed_at_all > 10


def test_the_loss_prefers_the_truth():
    masks = torch.zeros(2, 32, 32)
    masks[0, 8:12, 8:12] = 1
    right = torch.where(masks > 0, 6.0, -6.0)
    shifted = right.roll(9, dims=2)
    assert segmentation_loss(right, masks) < segmentation_loss(torch.zeros_like(right), masks)
    assert segmentation_loss(right, masks) < segmentation_loss(shifted, masks)
