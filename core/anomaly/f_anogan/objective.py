"""How the three networks learn: WGAN-GP first, then the encoder by izi_f."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.anomaly.convolutions import at_rest
from core.anomaly.f_anogan.network import Critic, FAnoGANNetwork

PENALTY = 10.0
"""λ of the gradient penalty."""
KAPPA = 1.0
"""Weight of the critic's features against the pixels."""
_CRITIC_TURNS = 5


def adversarial_loss(network: FAnoGANNetwork, images: Tensor, step: int) -> Tensor:
    """Five turns of the critic, then one of the generator.

    Args:
        network: whose side it is by the step.
        images: (B, 1, S, S) normal, in [−1, 1].
        step: number of the step.

    Source:
        Gulrajani et al. 2017, Algorithm 1.
    """
    if step % (_CRITIC_TURNS + 1) == _CRITIC_TURNS:
        with at_rest(network.critic):
            judged: Tensor = network.critic(network.dream(len(images), images.device))
            return -judged.mean()
    with torch.no_grad():
        dreamt = network.dream(len(images), images.device)
    distance: Tensor = network.critic(dreamt).mean() - network.critic(images).mean()
    return distance + PENALTY * gradient_penalty(network.critic, images, dreamt)


def gradient_penalty(critic: Critic, images: Tensor, dreamt: Tensor) -> Tensor:
    """Squared distance of the critic's slope from 1, between real and dreamt images."""
    share = torch.rand(len(images), 1, 1, 1, device=images.device)
    between = (share * images + (1 - share) * dreamt).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    lengths: Tensor = slope.flatten(1).norm(dim=1)
    return (lengths - 1).square().mean()


def encoder_loss(network: FAnoGANNetwork, images: Tensor) -> Tensor:
    """izi_f: the image must come back, to the eye and to the critic.

    Source:
        Schlegl et al. 2019, Eq. 6.
    """
    with at_rest(network.generator, network.critic):
        return residual_scores(network, images, network.rebuild(images)).mean()


def residual_scores(network: FAnoGANNetwork, images: Tensor, rebuilt: Tensor) -> Tensor:
    """(B,) squared error of the pixels plus κ times that of the critic's features."""
    pixels = F.mse_loss(rebuilt, images, reduction="none").flatten(1).mean(dim=1)
    features = network.critic.features
    seen = F.mse_loss(features(rebuilt), features(images), reduction="none").flatten(1).mean(dim=1)
    return pixels + KAPPA * seen
