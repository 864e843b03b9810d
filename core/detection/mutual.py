"""Batch mutual scoring: what no other image of the lot shows either.

Off unless a recipe asks for it, because it makes an image's score depend on the images beside it. A defect that
recurs on every image is normal to this evidence.

Source:
    Li et al. 2024 (MuSc): zero-shot anomaly classification with mutual scoring of unlabelled images.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions

INTERVAL = 0.3
"""Share of the other images, those that explain a place best, over which its distance is averaged."""
_OWN = 2e-3  # mean distance below which a companion is the image itself, or a copy of it
_ROWS_AT_ONCE = 2048


def refuse_mutual(options: DetectorOptions, *, has_matching: bool) -> None:
    """See, before anything is loaded or trained, that a recipe asks a detector for what it can do.

    Raises:
        UserError: images are to be compared, and the detector has no matching part to compare them in.
    """
    if options.mutual_images and not has_matching:
        raise UserError(
            "Batch mutual scoring needs weights with learned matching.",
            "Set detector.mutual_images to 0 in the recipe, or use the default weights.",
        )


def describe_places(features: Tensor) -> Tensor:
    """Tokens in which places of different images are compared.

    Args:
        features: (E, h, w) matching embedding of one image.

    Returns:
        (h·w, E) half precision at unit length; each is the mean over its 3 × 3 neighbourhood.
    """
    pooled = F.avg_pool2d(features[None], 3, stride=1, padding=1, count_include_pad=False)
    return F.normalize(pooled.flatten(2)[0].T, dim=-1).half()


def mutual_map(tokens: Tensor, grid_hw: tuple[int, int], companions: Sequence[Tensor]) -> Tensor:
    """Distance of each place to the nearest place of the other images.

    Args:
        tokens: (N, E) of the image, N = h·w.
        grid_hw: h and w.
        companions: (M, E) each; the image itself may be among them and is passed over.

    Returns:
        (h, w) cosine distance, the mean over the INTERVAL of companions that explain a place best; 0 without any.
    """
    distances = [_nearest(tokens, other) for other in companions]
    others = [distance for distance in distances if float(distance.mean()) > _OWN]
    if not others:
        return torch.zeros(grid_hw, device=tokens.device)
    stacked = torch.stack(others)
    count = max(1, round(INTERVAL * len(others)))
    return stacked.topk(count, dim=0, largest=False).values.mean(dim=0).reshape(grid_hw)


def _nearest(tokens: Tensor, other: Tensor) -> Tensor:
    """(N,) 1 − best cosine; float32, because half precision is slow on CPUs."""
    places = other.to(tokens.device).float().T
    return torch.cat([1 - (part.float() @ places).amax(dim=1) for part in tokens.split(_ROWS_AT_ONCE)])
