"""The matching network: each token against the rest of its own image, decoded to a defect logit per pixel.

Normal structure recurs: the same line end, the same via, the same grain stands elsewhere in the image. A learned
32-d embedding of every token is compared with all tokens farther than a few cells; what no other place explains
is evidence. Trained end to end with the encoder on generated images with exact masks.

Source:
    In-image patch matching as in non-local self-prediction; soft aggregation instead of top-k keeps the gradient
    dense and the cost low. Own design.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.networks.backbone.residua_net import ConvBlock, ResiduaNet

EXCLUDED_CELLS = 3
"""Chebyshev distance in cells within which a token must not be explained by a neighbour."""

_EVIDENCE_CHANNELS = 4
_CPU_ROWS = 256
"""Cells that are compared at once on a CPU: their row of cosines stays in its cache, which is four times as fast."""

_LARGEST_DEVIATION = 8.0


@lru_cache(maxsize=4)
def _neighbour_mask(height: int, width: int) -> Tensor:
    """(N, N) bool, True where two cells are too near to be compared."""
    with torch.inference_mode(False):  # the cache outlives the mode of its first caller
        return _too_near(height, width)


def _too_near(height: int, width: int) -> Tensor:
    near_rows, near_cols = (
        (torch.arange(length)[:, None] - torch.arange(length)[None]).abs() <= EXCLUDED_CELLS
        for length in (height, width)
    )
    near = near_rows[:, None, :, None] & near_cols[None, :, None, :]
    return near.reshape(height * width, height * width)


def deviation(features: Tensor) -> Tensor:
    """How far each cell lies from its own image's mean, in standard deviations, channel by channel.

    What is a large value differs from image to image (dose, roughness, how periodic the layout is): a detector that
    sees the value alone is unsure of the faint defect of a clean image and sure of the noise of a rough one.

    Args:
        features: (B, C, h, w).
    """
    values = features.float()
    mean = values.mean(dim=(2, 3), keepdim=True)
    spread = values.var(dim=(2, 3), keepdim=True, unbiased=False).add(1e-6).sqrt()
    scaled = ((values - mean) / spread).clamp(-_LARGEST_DEVIATION, _LARGEST_DEVIATION)
    return scaled.to(features.dtype)


class SelfMatching(nn.Module):
    """Evidence channels of one feature level.

    Args:
        dim: channels of the features.
        embed: channels of the embedding in which places are compared.
    """

    def __init__(self, dim: int, embed: int = 32) -> None:
        super().__init__()
        self.key = nn.Conv2d(dim, embed, 1)
        self.value = nn.Conv2d(dim, embed, 1)
        self.log_sharpness = nn.Parameter(torch.tensor(math.log(20.0)))
        self.out_channels = 2 * (_EVIDENCE_CHANNELS + embed)

    def forward(self, features: Tensor) -> Tensor:
        """How well the rest of the image explains each cell.

        Args:
            features: (B, C, h, w).

        Returns:
            (B, 2 · (4 + E), h, w): 1 − best cosine, 1 − soft best, how many places resemble it, best minus the
            image's mean best, then the difference between the cell's value and its prediction from the others;
            and the same again as deviations within the image.
        """
        batch, _, height, width = features.shape
        key = F.normalize(self.key(features).flatten(2).transpose(1, 2).float(), dim=-1)
        value = self.value(features).flatten(2).transpose(1, 2).float()
        near = _neighbour_mask(height, width).to(features.device)
        rows = [self._compare(key[b], value[b], near) for b in range(batch)]
        evidence = torch.stack(rows).transpose(1, 2).reshape(batch, -1, height, width)
        return torch.cat([evidence, deviation(evidence)], dim=1).to(features.dtype)

    def _compare(self, key: Tensor, value: Tensor, near: Tensor) -> Tensor:
        """One image: (N, E) keys and values to (N, 4 + E); a few rows at a time, or the caches overflow."""
        with torch.autocast(key.device.type, enabled=False):
            sharpness = self.log_sharpness.clamp(1.0, 5.0).exp()
            rows = _CPU_ROWS if key.device.type == "cpu" else len(key)
            parts = [
                _explain(some, key, value, mask, sharpness)
                for some, mask in zip(key.split(rows), near.split(rows), strict=True)
            ]
            best, expected, effective, predicted = (torch.cat(column) for column in zip(*parts, strict=True))
            scalars = torch.stack([1 - best, 1 - expected, effective, best - best.mean()], dim=1)
            return torch.cat([scalars, value - predicted], dim=1)


def _explain(
    some: Tensor, key: Tensor, value: Tensor, near: Tensor, sharpness: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the whole image says of some of its cells.

    Args:
        some: (n, E) their keys.
        key, value: (N, E) of all cells.
        near: (n, N) bool, cells too near to be asked.
        sharpness: of the soft maximum.

    Returns:
        (n,) best cosine, soft best, log-share of cells that resemble it; (n, E) predicted value.
    """
    cosine = (some @ key.T).masked_fill(near, -1.0)
    best = cosine.amax(dim=1)
    weights = ((cosine - best[:, None]) * sharpness).exp()
    total = weights.sum(dim=1)
    expected = (weights * cosine).sum(dim=1) / total
    effective = total.log() / math.log(cosine.shape[1])
    return best, expected, effective, (weights @ value) / total[:, None]


class MatchingDetector(nn.Module):
    """Encoder features and matching evidence, fused upwards to a logit map at half the image's resolution."""

    def __init__(self, encoder: ResiduaNet, width: int = 64) -> None:
        super().__init__()
        fine, middle, coarse = encoder.dims
        self.match_middle = SelfMatching(middle)
        self.match_coarse = SelfMatching(coarse)
        self.coarse = nn.Conv2d(coarse + self.match_coarse.out_channels, width, 1)
        self.coarse_block = ConvBlock(width)
        self.middle = nn.Conv2d(middle + self.match_middle.out_channels + width, width, 1)
        self.middle_block = ConvBlock(width)
        self.fine = nn.Conv2d(2 * fine + width, width, 1)
        self.fine_block = ConvBlock(width, kernel=3)
        self.head = nn.Conv2d(width, 4, 1)
        # Defective pixels are about one in a hundred; starting there spares the first steps.
        nn.init.constant_(self.head.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, stages: list[Tensor]) -> Tensor:
        """Defect logits.

        Args:
            stages: the encoder's outputs at stride 4, 8 and 16.

        Returns:
            (B, 1, H/2, W/2).
        """
        fine, middle, coarse = stages
        x = self.coarse_block(self.coarse(torch.cat([coarse, self.match_coarse(coarse)], dim=1)))
        x = F.interpolate(x, size=middle.shape[-2:], mode="bilinear", align_corners=False)
        x = self.middle_block(self.middle(torch.cat([middle, self.match_middle(middle), x], dim=1)))
        x = F.interpolate(x, size=fine.shape[-2:], mode="bilinear", align_corners=False)
        x = self.fine_block(self.fine(torch.cat([fine, deviation(fine), x], dim=1)))
        return F.pixel_shuffle(self.head(x), 2)
