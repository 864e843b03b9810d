"""Non-local self-prediction: what stands in a place, foretold from its surroundings by similar surroundings."""

from torch import Tensor
from torch.nn import functional as F

from core.detection.in_image.neighbours import describe_patches, nearest_places
from core.networks.flatten import flatten_contrast, half_size, smooth

CONTEXT_PX, CENTRE_PX, FREQUENCIES, NEIGHBOURS = 24, 8, 5, 4


def self_prediction(x: Tensor) -> Tensor:
    """Difference between each centre and the mean centre of the most alike contexts.

    Args:
        x: (H, W) standardised image, H and W multiples of 16.

    Returns:
        (H/2, W/2), ≥ 0.
    """
    flat = flatten_contrast(x)
    centre = describe_patches(flat, CENTRE_PX, 4)
    # The context is described with its centre blurred away: it must not foretell itself.
    context = describe_patches(flat, CONTEXT_PX, FREQUENCIES)
    context = context - _centre_share(centre, context)
    grid = (centre.shape[1], centre.shape[2])
    _, places = nearest_places(context.flatten(1).T.contiguous(), grid, NEIGHBOURS)
    values = centre.flatten(1).T
    foretold = values[places].mean(dim=1)
    error = (values - foretold).norm(dim=1).reshape(1, 1, *grid)
    half = half_size(flat).shape
    return smooth(F.interpolate(error, size=half, mode="bilinear", align_corners=False)[0, 0], 1.0)


def _centre_share(centre: Tensor, context: Tensor) -> Tensor:
    """Part of the context's coefficients that comes from the centre's mean tone."""
    tone = centre[:1]
    flat = context.flatten(1)
    weights = (flat * tone.flatten(1)).sum(dim=1) / (tone * tone).sum().clamp_min(1e-6)
    return weights[:, None, None] * tone
