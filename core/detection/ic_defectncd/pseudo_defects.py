"""Pseudo-defects in feature space: blobs of tokens that belong to another image or place.

Source:
    Zhao et al. 2025, Sec. 3.2 ("randomly masking features") names no recipe. Ours: one to four smooth-noise or
    rectangular blobs over 1-15 % of the tokens, filled with tokens of another image or place, or with noise of
    the features' own scale; never zeros, which no real defect looks like.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

MAX_BLOBS = 4
MIN_AREA, MAX_AREA = 0.01, 0.15


@dataclass(frozen=True, slots=True)
class Corrupted:
    """Features with pseudo-defects.

    Attributes:
        layers: L tensors (B, N, C).
        defective: (B, N) float: 1 inside, 0 outside, NaN on a border of one token.
    """

    layers: list[Tensor]
    defective: Tensor


def insert_pseudo_defects(
    layers: list[Tensor], grid_hw: tuple[int, int], generator: torch.Generator
) -> Corrupted:
    """Replace blobs of tokens in every image of a batch.

    Args:
        layers: L tensors (B, N, C) with N = h·w of `grid_hw`.
        grid_hw: token grid.
        generator: on the CPU; the only source of chance.
    """
    batch = len(layers[0])
    blobs = torch.stack([_draw_blobs(grid_hw, generator) for _ in range(batch)]).to(layers[0].device)
    inside = blobs.flatten(1)
    source = torch.randint(0, 3, (batch,), generator=generator).to(inside.device)
    shift = int(torch.randint(1, inside.shape[1], (1,), generator=generator))
    filled = [_fill(layer, inside, source, shift, generator) for layer in layers]
    border = F.max_pool2d(blobs[:, None].float(), 3, stride=1, padding=1)[:, 0].flatten(1).bool() & ~inside
    defective = inside.float().masked_fill(border, torch.nan)
    return Corrupted(filled, defective)


def _fill(layer: Tensor, inside: Tensor, source: Tensor, shift: int, generator: torch.Generator) -> Tensor:
    """One layer: other image (0), other place (1) or scaled noise (2), by image."""
    noise = torch.randn(layer.shape, generator=generator).to(layer) * layer.std(dim=1, keepdim=True)
    options = torch.stack([layer.roll(1, dims=0), layer.roll(shift, dims=1), layer + noise])
    chosen = options[source, torch.arange(len(layer), device=layer.device)]
    return torch.where(inside[..., None], chosen, layer)


def _draw_blobs(grid_hw: tuple[int, int], generator: torch.Generator) -> Tensor:
    """(h, w) bool with 1-4 blobs, at least one token."""
    blobs = torch.zeros(grid_hw, dtype=torch.bool)
    count = int(torch.randint(1, MAX_BLOBS + 1, (1,), generator=generator))
    area = MIN_AREA + (MAX_AREA - MIN_AREA) * float(torch.rand(1, generator=generator)) ** 2
    for _ in range(count):
        smooth = bool(torch.rand(1, generator=generator) < 0.5)
        draw = _noise_blob if smooth else _rectangle
        blobs |= draw(grid_hw, area / count, generator)
    return blobs


def _rectangle(grid_hw: tuple[int, int], area: float, generator: torch.Generator) -> Tensor:
    height, width = grid_hw
    aspect = 4.0 ** (2 * float(torch.rand(1, generator=generator)) - 1)
    rows = max(1, min(height, round((area * height * width * aspect) ** 0.5)))
    cols = max(1, min(width, round((area * height * width / aspect) ** 0.5)))
    top = int(torch.randint(0, height - rows + 1, (1,), generator=generator))
    left = int(torch.randint(0, width - cols + 1, (1,), generator=generator))
    blob = torch.zeros(grid_hw, dtype=torch.bool)
    blob[top : top + rows, left : left + cols] = True
    return blob


def _noise_blob(grid_hw: tuple[int, int], area: float, generator: torch.Generator) -> Tensor:
    """The highest `area` of smooth noise under a random bump, so that it is one blob or a few near ones."""
    coarse = torch.randn((1, 1, 6, 6), generator=generator)
    noise = F.interpolate(coarse, size=grid_hw, mode="bicubic", align_corners=False)[0, 0]
    rows = torch.linspace(-1, 1, grid_hw[0])[:, None] - (2 * float(torch.rand(1, generator=generator)) - 1)
    cols = torch.linspace(-1, 1, grid_hw[1])[None] - (2 * float(torch.rand(1, generator=generator)) - 1)
    field = noise - 6 * (rows.square() + cols.square())
    count = max(1, round(area * field.numel()))
    cut = field.flatten().topk(count).values[-1]
    return field >= cut
