"""How the networks learn: to rebuild, against a discriminator; then to fill holes."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.anomaly.convolutions import at_rest
from core.anomaly.iad_inpainting.network import InpaintingNetwork

_CONTEXT, _LATENT, _ADVERSARIAL = 50.0, 1.0, 1.0
"""GANomaly's weights (Akcay et al. 2018, Sec. 4)."""
_HOLES = 6
_HOLE_SHARES = (0.06, 0.2)  # of the side


def reconstruction_loss(network: InpaintingNetwork, images: Tensor, step: int) -> Tensor:
    """Odd steps are the discriminator's.

    Source:
        Akcay et al. 2018, Eq. 1 to 4: feature matching, L1 context and L2 encoder losses; one encoder reads both.
    """
    if step % 2:
        return _discriminator_loss(network, images)
    with at_rest(network.features, network.judge):
        rebuilt, latent, latent_after = network(images)
        matching = F.mse_loss(network.features(rebuilt), network.features(images).detach())
    context = F.l1_loss(rebuilt, images)
    return _CONTEXT * context + _LATENT * F.mse_loss(latent_after, latent) + _ADVERSARIAL * matching


def _discriminator_loss(network: InpaintingNetwork, images: Tensor) -> Tensor:
    with torch.no_grad():
        rebuilt = network.decoder(network.encoder(images))
    real, fake = (network.judge(network.features(one)).flatten() for one in (images, rebuilt))
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def inpainting_loss(network: InpaintingNetwork, images: Tensor) -> Tensor:
    """The whole image must come back from one with holes, in pixels and in the latent space."""
    rebuilt, _, latent_after = network(punch_holes(images))
    with torch.no_grad():
        wanted = network.encoder(images)
    return _CONTEXT * F.l1_loss(rebuilt, images) + _LATENT * F.mse_loss(latent_after, wanted)


def punch_holes(images: Tensor) -> Tensor:
    """A copy with rectangles at the mid-level; other ones in each image."""
    holed = images.clone()
    side = images.shape[-1]
    for image in holed:
        for _ in range(_HOLES):
            low, high = (max(1, round(side * share)) for share in _HOLE_SHARES)
            height, width = (int(value) for value in torch.randint(low, high + 1, (2,)))
            top, left = (int(torch.randint(side - length + 1, ())) for length in (height, width))
            image[:, top : top + height, left : left + width] = 0
    return holed
