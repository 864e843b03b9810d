import pytest
import torch

from core.anomaly.convolutions import at_rest, down_stack, stages_of, up_stack
from core.anomaly.f_anogan.network import Critic, FAnoGANNetwork
from core.anomaly.f_anogan.objective import adversarial_loss, encoder_loss, gradient_penalty, residual_scores
from core.anomaly.iad_inpainting.network import InpaintingNetwork
from core.anomaly.iad_inpainting.objective import inpainting_loss, punch_holes, reconstruction_loss


def learners(network, loss):
    """Names of the parts that a loss gives gradients to."""
    network.zero_grad(set_to_none=True)
    loss.backward()
    return {name.split(".")[0] for name, value in network.named_parameters() if value.grad is not None}


def test_stacks_mirror_each_other():
    down, channels = down_stack(64, 8, norm=True)
    assert down(torch.zeros(2, 1, 64, 64)).shape == (2, channels, 4, 4)
    assert up_stack(64, 8, 5)(torch.zeros(2, 5, 1, 1)).shape == (2, 1, 64, 64)
    with pytest.raises(ValueError, match="power of two"):
        stages_of(48)


def test_who_rests_passes_gradients_on_and_keeps_none():
    layer = torch.nn.Linear(2, 2)
    x = torch.ones(1, 2, requires_grad=True)
    with at_rest(layer):
        layer(x).sum().backward()
    assert x.grad is not None
    assert layer.weight.grad is None
    assert layer.weight.requires_grad


def test_the_sides_of_f_anogan_learn_in_turns():
    network, images = FAnoGANNetwork(32, 4), torch.rand(3, 1, 32, 32)
    turns = [learners(network, adversarial_loss(network, images, step)) for step in range(6)]
    assert turns == [{"critic"}] * 5 + [{"generator"}]
    assert learners(network, encoder_loss(network, images)) == {"encoder"}


def test_the_penalty_is_zero_at_slope_one():
    class Ramp(torch.nn.Module):
        def __init__(self, slope):
            super().__init__()
            self.slope = slope

        def forward(self, images):
            return self.slope * images[:, 0, 0, 0]

    images, dreamt = torch.rand(4, 1, 8, 8), torch.rand(4, 1, 8, 8)
    assert float(gradient_penalty(Ramp(1.0), images, dreamt)) == pytest.approx(0, abs=1e-6)
    assert float(gradient_penalty(Ramp(3.0), images, dreamt)) == pytest.approx(4, abs=1e-4)
    assert isinstance(Critic(32, 4)(torch.rand(2, 1, 32, 32)), torch.Tensor)


def test_a_score_weighs_pixels_and_features():
    network, images = FAnoGANNetwork(32, 4), torch.rand(2, 1, 32, 32)
    assert torch.equal(residual_scores(network, images, images), torch.zeros(2))
    changed = images.clone()
    changed[0, :, 8:16, 8:16] += 0.5
    first, second = residual_scores(network, images, changed).tolist()
    assert first > 0.25 * 64 / 1024  # more than the pixels alone
    assert second == 0


def test_the_phases_of_iad_train_who_they_say():
    network, images = InpaintingNetwork(32, 4), torch.rand(3, 1, 32, 32)
    assert learners(network, reconstruction_loss(network, images, 0)) == {"encoder", "decoder"}
    assert learners(network, reconstruction_loss(network, images, 1)) == {"features", "judge"}
    assert learners(network, inpainting_loss(network, images)) == {"encoder", "decoder"}


def test_holes_are_holes():
    images = torch.ones(4, 1, 64, 64)
    holed = punch_holes(images)
    shares = (holed == 0).float().mean(dim=(1, 2, 3))
    assert torch.all((shares > 0.004) & (shares < 0.3))
    assert torch.equal(images, torch.ones(4, 1, 64, 64))
