"""CFA: features adapted so that normal ones lie in hyperspheres about the mean normal patches."""

import torch
from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.method import NormalImages, Phase

_NEIGHBOURS, _HARD_NEGATIVES = 3, 3
_RADIUS = 1e-5
_STAND_IN = "resnet18"
"""anomalib's table of backbones knows this one; its features are replaced by ours."""


class Cfa(LibraryMethod):
    """Distance to the nearest centres, after adaptation.

    Source:
        Lee et al. 2022, with γ_c = γ_d = 1, K = J = 3, r = 1e-5 as in anomalib.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module, losses = (anomalib_module(f"image.cfa.{part}") for part in ("torch_model", "loss"))
        pyramid = Pyramid(str(spec.backbone), source)
        with features_given(module, lambda *_: pyramid, "get_feature_extractor"):
            model = module.CfaModel(_STAND_IN, 1, 1, _NEIGHBOURS, _HARD_NEGATIVES, _RADIUS)
        channels = sum(pyramid.out_dims)
        model.descriptor.layer = module.CoordConv2d(channels, channels, kernel_size=1)
        super().__init__(model)
        self._loss = losses.CfaLoss(_NEIGHBOURS, _HARD_NEGATIVES, _RADIUS)
        # anomalib's radius asks for a gradient that nobody uses, and a second step finds its graph gone.
        self._loss.radius = torch.tensor([_RADIUS])

    def begin(self, normals: NormalImages) -> None:
        """The centres: mean adapted patches of each place, before anything is learned."""
        total, count = torch.zeros(()), 0
        for x in normals.batches("CFA: reading normal patches"):
            adapted = self.model.descriptor(self.model.feature_extractor(x))
            total = total.to(x.device) + adapted.sum(dim=0)
            count += len(x)
        self.model.memory_bank = (total / count).flatten(1)

    def phases(self) -> tuple[Phase, ...]:
        """One."""
        learns = tuple(self.model.descriptor.parameters())
        return (Phase("CFA adaptation", learns, self._adapt, weight_decay=5e-4),)

    def _adapt(self, x: Tensor, _step: int) -> Tensor:
        loss: Tensor = self._loss(self.model(x))
        return loss
