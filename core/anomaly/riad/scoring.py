"""RIAD as a method of this room."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.anomaly.card import VadSpec
from core.anomaly.inputs import to_generative
from core.anomaly.method import AnomalyMethod, Phase, Scored
from core.anomaly.riad.network import UNet
from core.anomaly.riad.objective import CELLS, disjoint_masks, fill_all, gradient_difference, inpainting_loss

_SMOOTHING = 21


class Riad(AnomalyMethod):
    """Difference of gradients between the image and its painted-in self, over holes of four sizes.

    Source:
        Zavrtanik et al. 2021, Sec. 3.3: mean of the sizes' maps, smoothed by a mean filter of 21 px; the image score
        is its highest value. The holes are the same for every image, so that a score depends on its image alone.
    """

    def __init__(self, spec: VadSpec, _source: str | None) -> None:
        super().__init__()
        self.network = UNet(int(spec.width or 1))

    def phases(self) -> tuple[Phase, ...]:
        """One."""
        return (
            Phase(
                "RIAD inpainting",
                tuple(self.network.parameters()),
                lambda x, _step: inpainting_loss(self.network, _to_unit(x)),
            ),
        )

    def score(self, x: Tensor) -> Scored:
        """See `AnomalyMethod.score`."""
        images = _to_unit(x)
        maps = torch.stack([self._difference(images, cell) for cell in CELLS]).mean(dim=0)
        smooth = F.avg_pool2d(maps, _SMOOTHING, stride=1, padding=_SMOOTHING // 2, count_include_pad=False)[
            :, 0
        ]
        return Scored(smooth, smooth.flatten(1).amax(dim=1))

    def _difference(self, images: Tensor, cell: int) -> Tensor:
        masks = disjoint_masks(images.shape[-1], cell, torch.Generator().manual_seed(cell))
        return gradient_difference(images, fill_all(self.network, images, masks))


def _to_unit(x: Tensor) -> Tensor:
    return (to_generative(x) + 1) / 2
