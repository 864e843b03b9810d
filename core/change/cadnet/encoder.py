"""The Siamese encoder: one hierarchical transformer that sees both images."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.networks.torchvision_remedy import prepare_torchvision

prepare_torchvision()

import timm  # noqa: E402 - imports torchvision

STAGE_DIMS = (32, 64, 160, 256)
STRIDE = 32
"""Both sides of an image must be a multiple of it."""
_FIRST_SCALE = 0.1
"""Of the stages' features before training: distances of unlike places then begin near the margins, not far above."""


class SiameseEncoder(nn.Module):
    """Four stages at stride 4, 8, 16 and 32 with shared weights.

    Source:
        MiT-B0 (Xie et al. 2021, SegFormer): overlapping patches, 2 blocks a stage, attention over spatially reduced
        keys (8, 4, 2, 1), convolution inside the MLP. timm's PVTv2-B0 is that network with wider MLPs at the
        fine stages; here they are MiT's.
    """

    def __init__(self, in_chans: int = 1) -> None:
        super().__init__()
        self.model = timm.create_model(
            "pvt_v2_b0", pretrained=False, in_chans=in_chans, num_classes=0, mlp_ratios=(4, 4, 4, 4)
        )
        for stage in self.model.stages:
            nn.init.constant_(stage.norm.weight, _FIRST_SCALE)

    def forward(self, test: Tensor, reference: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Features of both images, in one pass.

        Args:
            test, reference: (B, in_chans, H, W), H and W multiples of 32.

        Returns:
            Two lists of four tensors (B, C, H/s, W/s), s = 4, 8, 16, 32.
        """
        halves = [stage.chunk(2) for stage in self.encode(torch.cat([test, reference]))]
        return [half[0] for half in halves], [half[1] for half in halves]

    def encode(self, images: Tensor) -> list[Tensor]:
        """Four stages (B, C, H/s, W/s) of (B, in_chans, H, W) images."""
        stages: list[Tensor] = self.model.forward_intermediates(
            images, indices=[0, 1, 2, 3], intermediates_only=True
        )
        return stages


def distance_map(test: Sequence[Tensor], reference: Sequence[Tensor]) -> Tensor:
    """DistMap: how far apart the features of the two images lie.

    The features are not normalised: on the unit sphere no distance exceeds 2, and the margin of changed places is 2.2.

    Args:
        test, reference: stages as the encoder gives them.

    Returns:
        (B, 1, H/4, W/4), Euclidean.

    Source:
        CADNet, Eq. 6 and 7. The norm of a concatenation is the root of the summed squares, so no stage is copied.
    """
    size = test[0].shape[-2:]
    squares = [
        F.interpolate(
            (ours.float() - theirs.float()).square().sum(dim=1, keepdim=True),
            size=size,
            mode="bilinear",
            align_corners=False,
        )
        for ours, theirs in zip(test, reference, strict=True)
    ]
    return (torch.stack(squares).sum(dim=0) + 1e-8).sqrt()
