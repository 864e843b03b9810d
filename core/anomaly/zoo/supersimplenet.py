"""SuperSimpleNet: a small head that tells normal features from those with noise in Perlin blobs."""

import torch
from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.method import NormalImages, Phase

_LAYERS = ("layer2", "layer3")
_NOISE_SHARE = 0.5
"""Deviation of the noise, as a share of that of the normal features."""


class SuperSimpleNet(LibraryMethod):
    """Segmentation and classification of feature noise.

    Source:
        Rolih et al. 2025. Their noise of 0.015 is meant for one ImageNet backbone; ours follows the features' own
        deviation, so that it means the same for any.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module, losses = (anomalib_module(f"image.supersimplenet.{part}") for part in ("torch_model", "loss"))
        name = str(spec.backbone)
        with features_given(module, lambda **_: Pyramid(name, source, _LAYERS)):
            super().__init__(module.SupersimplenetModel(backbone=name, layers=list(_LAYERS)))
        self._loss = losses.SSNLoss()

    def begin(self, normals: NormalImages) -> None:
        """How far normal features lie from each other."""
        spreads = [
            self.model.feature_extractor(x).std(dim=(0, 2, 3)).mean()
            for x in normals.batches("SuperSimpleNet: reading normal features")
        ]
        self.model.anomaly_generator.noise_std = _NOISE_SHARE * float(torch.stack(spreads).mean())

    def phases(self) -> tuple[Phase, ...]:
        """One."""
        learns = (*self.model.adaptor.parameters(), *self.model.segdec.parameters())
        return (Phase("SuperSimpleNet", learns, self._tell_apart, rate=2e-4, weight_decay=1e-5),)

    def _tell_apart(self, x: Tensor, _step: int) -> Tensor:
        maps, scores, masks, labels = self.model(x, labels=torch.zeros(len(x), device=x.device))
        loss: Tensor = self._loss(maps, scores, masks, labels)
        return loss
