"""A judge of places: adds to a detector's map what few images teach."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GUIDE_LIMIT = 12.0
"""Beyond this logit a detector is sure, and more says nothing."""

_AROUND = 3  # places a side whose guide each place knows
_PARTS = 2


class GuidedJudge(nn.Module):
    """Begins as the detector's map itself.

    Args:
        dims: channels of the features.
        width: of the hidden layers.
    """

    def __init__(self, dims: int, width: int = 96) -> None:
        super().__init__()
        self.inputs = dims + _AROUND**2 * _PARTS**2
        self.layers = nn.Sequential(
            nn.Linear(self.inputs, width), nn.GELU(), nn.Linear(width, width // 2), nn.GELU()
        )
        self.head = nn.Linear(width // 2, _PARTS**2)
        self.trust = nn.Parameter(torch.ones(1))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, features: Tensor) -> Tensor:
        """(…, inputs) to (…, 4) logits of the quarters of each place."""
        own = features[..., -(_PARTS**2) :] * GUIDE_LIMIT
        learned: Tensor = self.head(self.layers(features))
        return learned + self.trust * own


def guide_features(guide: Tensor) -> Tensor:
    """What a detector says of each place and of its neighbours.

    Args:
        guide: (B, 1, H, W) logit map.

    Returns:
        (B, 36, H/4, W/4), within [−1, 1]; the last four are the quarters of the place itself.
    """
    quarters = (
        F.pixel_unshuffle(F.avg_pool2d(guide, 2).clamp(-GUIDE_LIMIT, GUIDE_LIMIT), _PARTS) / GUIDE_LIMIT
    )
    batch, channels, height, width = quarters.shape
    around = F.unfold(F.pad(quarters, (1, 1, 1, 1), mode="replicate"), _AROUND)
    around = around.view(batch, channels, _AROUND**2, height, width)
    centre = _AROUND**2 // 2
    others = torch.cat([around[:, :, :centre], around[:, :, centre + 1 :]], dim=2).flatten(1, 2)
    return torch.cat([others, quarters], dim=1)
