import torch

from core.networks.periods import find_steps, lattice_residual

SIDE = 128
PITCH = (16, 24)


def dots() -> torch.Tensor:
    """A rectangular array of soft dots."""
    ys, xs = torch.arange(SIDE)[:, None] % PITCH[0] - 8, torch.arange(SIDE)[None] % PITCH[1] - 12
    return torch.exp(-(ys**2 + xs**2) / 12.0) * 3


def test_the_steps_of_an_array_are_its_pitches():
    steps = {(abs(dy), abs(dx)) for dy, dx in find_steps(dots())}
    assert steps <= {(a * PITCH[0], b * PITCH[1]) for a in range(5) for b in range(4)}
    assert (PITCH[0], 0) in steps


def test_a_defect_of_an_array_stands_alone():
    image = dots() + 0.05 * torch.randn(SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    image[56:64, 70:78] += 1.5
    residual = lattice_residual(image[None, None])[0, 0]
    assert residual[57:63, 71:77].mean() > 1.2
    elsewhere = residual.clone()
    elsewhere[50:70, 64:84] = 0
    assert elsewhere.abs().max() < 0.6  # no ghosts a step away, and no seams at the borders


def test_an_image_without_a_period_leaves_nothing():
    noise = torch.randn(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(2))
    assert torch.equal(lattice_residual(noise), torch.zeros_like(noise))


def test_each_image_of_a_batch_has_periods_of_its_own():
    array, turned = dots(), dots().T.contiguous()
    together = lattice_residual(torch.stack([array, turned])[:, None])
    alone = [lattice_residual(image[None, None])[0] for image in (array, turned)]
    assert torch.allclose(together, torch.stack(alone))
