"""PaDiM: Mahalanobis distance to the normal patches of the same place."""

import torch
from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.method import NormalImages

_CHANNELS = 100
_MOST_IMAGES = 400
"""Each image's embedding is held while the Gaussians are fitted: 125 MB a hundred images at 224 px."""
_PLACES_AT_ONCE = 64


class Padim(LibraryMethod):
    """A Gaussian a place.

    Source:
        Defard et al. 2021, with 100 random channels of three layers as for ResNet-18.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module = anomalib_module("image.padim.torch_model")
        pyramid = Pyramid(str(spec.backbone), source)
        channels = min(_CHANNELS, sum(pyramid.out_dims))
        with features_given(module, lambda **_: pyramid):
            super().__init__(module.PadimModel(str(spec.backbone), pyramid.layers, False, channels))

    def finish(self, normals: NormalImages) -> None:
        """Fit the Gaussians, some places at a time."""
        self.model.train()
        kept: list[Tensor] = []
        for x in normals.some(_MOST_IMAGES).batches("PaDiM: reading normal patches"):
            kept.append(self.model(x))
        self.model.memory_bank.clear()
        self.model.eval()
        embeddings = torch.cat(kept).flatten(2)
        starts = range(0, embeddings.shape[2], _PLACES_AT_ONCE)
        means, inverses = [], []
        for index in normals.steps(len(starts), "fitting a Gaussian a place"):
            part = embeddings[:, :, None, starts[index] : starts[index] + _PLACES_AT_ONCE]
            mean, inverse = self.model.gaussian.fit(part.contiguous())
            means.append(mean)
            inverses.append(inverse)
        self.model.gaussian.mean = torch.cat(means, dim=1)
        self.model.gaussian.inv_covariance = torch.cat(inverses)
