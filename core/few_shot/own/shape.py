"""A defect in numbers that an engineer would name: size, elongation, brightness against its surroundings."""

import torch
from torch import Tensor
from torch.nn import functional as F

SHAPE_VALUES = 27
_RING_PX = 12
_GAP_PX = 2
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def describe_shape(x: Tensor, place: Tensor) -> Tensor:
    """Shape and brightness of the marked places.

    Args:
        x: (B, 1, H, W) standardised images.
        place: (B, 1, H, W) in [0, 1]; what exceeds a half is the defect.

    Returns:
        (B, SHAPE_VALUES) float32: log area, elongation, log of both axes, filling, roughness of the outline;
        quantiles of the brightness inside and its spread, those of the ring around, their differences; edges inside
        and around.
    """
    return torch.stack([_describe(image[0], mask[0]) for image, mask in zip(x, place, strict=True)])


def _describe(image: Tensor, mask: Tensor) -> Tensor:
    inside = (mask > 0.5) | (mask >= mask.max())
    gap, ring = (_grow(inside, reach) for reach in (_GAP_PX, _GAP_PX + _RING_PX))
    around = ring & ~gap
    if not bool(around.any()):  # the place fills the image
        around = torch.ones_like(inside)
    edges = _edges(image)
    brightness, background = _brightness(image[inside]), _brightness(image[around])
    contrast = brightness - background
    texture = torch.stack([edges[inside].mean(), edges[around].mean()])
    ratio = texture[:1] / (texture[1:] + 0.1)
    return torch.cat([_form(inside), brightness, background, contrast, texture, ratio]).float()


def _form(inside: Tensor) -> Tensor:
    """(6,) log area, log elongation, log long and short axis, filling of its box along the axes, outline."""
    places = inside.nonzero().float()
    area = torch.tensor(float(len(places)))
    centred = places - places.mean(dim=0)
    spread = centred.T @ centred / len(places) + 0.1 * torch.eye(2)
    lengths, axes = torch.linalg.eigh(spread)
    box = (centred @ axes).abs().amax(dim=0).clamp_min(0.5)
    filling = area / (4 * box[0] * box[1])
    outline = (_grow(inside, 1) & ~inside).sum() / area.sqrt()
    return torch.stack(
        [area.log(), (lengths[1] / lengths[0]).log(), lengths[1].log(), lengths[0].log(), filling, outline]
    )


def _brightness(values: Tensor) -> Tensor:
    """(6,) quantiles and spread."""
    cuts = torch.quantile(values, torch.tensor(_QUANTILES))
    return torch.cat([cuts, values.std(unbiased=False)[None]])


def _grow(inside: Tensor, reach: int) -> Tensor:
    return grow(inside[None, None].float(), reach)[0, 0] > 0


def grow(place: Tensor, reach: int) -> Tensor:
    """(B, 1, H, W) with each value spread over a square of `reach` px to all sides; rows, then columns."""
    rows = F.max_pool2d(place, (1, 2 * reach + 1), stride=1, padding=(0, reach))
    return F.max_pool2d(rows, (2 * reach + 1, 1), stride=1, padding=(reach, 0))


def _edges(image: Tensor) -> Tensor:
    padded = F.pad(image[None, None], (1, 1, 1, 1), mode="replicate")[0, 0]
    across = padded[1:-1, 2:] - padded[1:-1, :-2]
    down = padded[2:, 1:-1] - padded[:-2, 1:-1]
    return torch.hypot(across, down) / 2
