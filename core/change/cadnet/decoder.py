"""The change-aware decoder: where the two images differ guides what is read from the test."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Form = Literal["intra_class", "out_of_class", "appearance"]
"""Looks as in training; unknown looks, where the difference alone says where; or no reference at all."""


class ChannelAttention(nn.Module):
    """(B, C, H, W) to a gate (B, C, 1, 1)."""

    def __init__(self, dim: int, reduction: int = 8) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(dim, dim // reduction, 1)
        self.expand = nn.Conv2d(dim // reduction, dim, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Gate of each channel."""
        pooled = x.mean(dim=(2, 3), keepdim=True)
        return torch.sigmoid(self.expand(F.relu(self.reduce(pooled))))


class AxisAttention(nn.Module):
    """(B, C, H, W) to gates (B, C, H, 1) and (B, C, 1, W): a line across the image lights up a whole row.

    Source:
        Hou et al. 2021, coordinate attention: both axes share the reducing layer.
    """

    def __init__(self, dim: int, reduction: int = 8) -> None:
        super().__init__()
        self.reduce = nn.Sequential(
            nn.Conv2d(dim, dim // reduction, 1), nn.GroupNorm(4, dim // reduction), nn.Hardswish()
        )
        self.rows = nn.Conv2d(dim // reduction, dim, 1)
        self.columns = nn.Conv2d(dim // reduction, dim, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Gate of each row, gate of each column."""
        height = x.shape[2]
        strips = torch.cat([x.mean(dim=3, keepdim=True), x.mean(dim=2, keepdim=True).transpose(2, 3)], dim=2)
        reduced = self.reduce(strips)
        rows, columns = reduced[:, :, :height], reduced[:, :, height:].transpose(2, 3)
        return torch.sigmoid(self.rows(rows)), torch.sigmoid(self.columns(columns))


class ChangeAwareDecoder(nn.Module):
    """All stages fused at stride 4, gated by the change, read as logits.

    Args:
        dims: channels of the stages.
        classes: kinds of change; one more channel is the unchanged.
        form: how the DistMap takes part.
        width: channels after fusion.

    Source:
        CADNet, Sec. 3.2.2: intra-class, Eq. 11 and 12; out of class, Eq. 13 and 14. The fusion is SegFormer's, and
        so is all of the form "appearance", which no change guides.
    """

    def __init__(self, dims: Sequence[int], classes: int, form: Form, width: int = 256) -> None:
        super().__init__()
        self.form = form
        self.lift = nn.ModuleList(nn.Conv2d(dim, width, 1) for dim in dims)
        self.fuse = nn.ModuleList(nn.Conv2d(width, width, 1, bias=False) for _ in dims)
        self.settle = nn.Sequential(nn.GroupNorm(16, width), nn.ReLU())
        self.channels = ChannelAttention(width) if form != "appearance" else None
        self.axes = AxisAttention(width) if form == "intra_class" else None
        self.head = nn.Conv2d(width, 1 + classes, 1)

    def forward(self, stages: Sequence[Tensor], distance: Tensor) -> Tensor:
        """Logits (B, 1 + C, H/4, W/4).

        Args:
            stages: of the test.
            distance: (B, 1, H/4, W/4) DistMap.
        """
        x = self._fuse(stages, distance.shape[-2:])
        logits: Tensor = self.head(self._attend(x, distance.to(x.dtype)))
        return logits

    def _fuse(self, stages: Sequence[Tensor], size: torch.Size) -> Tensor:
        """SegFormer's 1 × 1 convolution over the concatenated stages, each part applied before it is upsampled.

        Both are linear and commute; the coarse stages then cost next to nothing.
        """
        parts = []
        for lift, fuse, stage in zip(self.lift, self.fuse, stages, strict=True):
            part = fuse(lift(stage))
            parts.append(F.interpolate(part, size=size, mode="bilinear", align_corners=False))
        settled: Tensor = self.settle(torch.stack(parts).sum(dim=0))
        return settled

    def _attend(self, x: Tensor, distance: Tensor) -> Tensor:
        if self.channels is None:
            return x
        if self.axes is None:
            gated: Tensor = self.channels(x) * unit_range(distance) * x
            return gated
        x = x + distance
        rows, columns = self.axes(x)
        attended: Tensor = self.channels(x) * rows * columns * x
        return attended


def unit_range(distance: Tensor) -> Tensor:
    """A DistMap in [0, 1): 0.5 half-way between the margins of unchanged and changed, the same in every image.

    Dividing by the image's own maximum, as normalising is often read, would light up the noise of a clean image.
    """
    return torch.sigmoid(4 * (distance - 1.25))
