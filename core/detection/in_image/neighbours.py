"""Nearest neighbours of every place of an image among all other places of the same image."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

STRIDE = 4
EXCLUDED_PX = 16
"""Places nearer than this share pixels or one structure with the place that is asked about."""
_ROWS_AT_ONCE = 1024


def describe_patches(x: Tensor, patch: int, frequencies: int) -> Tensor:
    """Low-frequency cosine coefficients of overlapping patches: a noise-tolerant description.

    Args:
        x: (H, W) flattened image, H and W multiples of 4.
        patch: side in pixels.
        frequencies: kept per direction.

    Returns:
        (frequencies², H/4, W/4).
    """
    filters = _cosine_filters(patch, frequencies).to(x)
    before = (patch - STRIDE) // 2
    after = patch - STRIDE - before
    padded = F.pad(x[None, None], (before, after, before, after), mode="replicate")
    return F.conv2d(padded, filters[:, None], stride=STRIDE)[0]


def nearest_places(tokens: Tensor, grid_hw: tuple[int, int], count: int) -> tuple[Tensor, Tensor]:
    """The most alike places farther than EXCLUDED_PX.

    Args:
        tokens: (N, D), N = h·w, compared by Euclidean distance.
        grid_hw: h and w.
        count: neighbours of each.

    Returns:
        (N, count) distances in ascending order, and the (N, count) token indices. On grids too small to have any
        far place the distances are 0.
    """
    squares = (tokens * tokens).sum(dim=1)
    found = [
        _nearest_of_rows(
            tokens, squares, grid_hw, range(start, min(start + _ROWS_AT_ONCE, len(tokens))), count
        )
        for start in range(0, len(tokens), _ROWS_AT_ONCE)
    ]
    distances, indices = (torch.cat(part) for part in zip(*found, strict=True))
    return distances, indices


def _nearest_of_rows(
    tokens: Tensor, squares: Tensor, grid_hw: tuple[int, int], rows: range, count: int
) -> tuple[Tensor, Tensor]:
    part = slice(rows.start, rows.stop)
    distance = torch.addmm(squares[None], tokens[part], tokens.T, alpha=-2)
    distance += squares[part, None]
    distance.masked_fill_(_near(grid_hw, rows, tokens.device), math.inf)
    best = distance.topk(min(count, distance.shape[1]), dim=1, largest=False)
    values = torch.where(best.values.isfinite(), best.values, 0.0)
    return values.clamp_min(0).sqrt(), best.indices


def _near(grid_hw: tuple[int, int], rows: range, device: torch.device) -> Tensor:
    """(R, N) True where two cells are too near to be compared."""
    height, width = grid_hw
    cells = EXCLUDED_PX // STRIDE
    asked = torch.arange(rows.start, rows.stop, device=device)
    near_rows = (asked[:, None] // width - torch.arange(height, device=device)[None]).abs() <= cells
    near_columns = (asked[:, None] % width - torch.arange(width, device=device)[None]).abs() <= cells
    return (near_rows[:, :, None] & near_columns[:, None, :]).flatten(1)


def _cosine_filters(patch: int, frequencies: int) -> Tensor:
    """(frequencies², patch, patch) orthonormal products of cosines."""
    places = (torch.arange(patch, dtype=torch.float64) + 0.5) / patch
    waves = torch.stack([torch.cos(math.pi * k * places) for k in range(frequencies)])
    waves = waves / waves.norm(dim=1, keepdim=True)
    return torch.einsum("ai,bj->abij", waves, waves).flatten(0, 1).float()
