"""Raw features: a frozen backbone's layers, pooled by the soft mask. No training; what every embedding must beat."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.discovery.embedding.backbones import deepest_layers
from core.discovery.embedding.inputs import to_inputs
from core.discovery.embedding.pooling import pool_by_mask
from core.domain.arrays import FloatArray
from core.domain.maps import Crop
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.oom import run_with_back_off

_BATCH = 32


class RawEmbedder:
    """Pooled features of a frozen backbone.

    Args:
        backbone: its layers are read at the stage ends, or late in a ViT.
        identity: which backbone with which weights; what a result is stored under.
        side: to which crops are resized, rounded up to what the backbone takes.
        device: where it computes.
    """

    def __init__(self, backbone: FrozenBackbone, identity: str, side: int, device: torch.device) -> None:
        backbone.layers = deepest_layers(backbone)
        self.identity = identity
        self._backbone = backbone.eval().to(device)
        self._side = -(-side // backbone.stride) * backbone.stride
        self._device = device

    def embed(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        """Describe crops.

        Args:
            crops: of any sizes.
            check: called before each batch; may raise to stop.

        Returns:
            (N, D) float32, L2-normalised.
        """
        if not crops:
            return np.zeros((0, self._dim()), np.float32)
        vectors = run_with_back_off(self._forward, list(crops), _BATCH, self._device, check)
        return np.stack(vectors)

    def _forward(self, crops: list[Crop], device: torch.device) -> list[FloatArray]:
        self._backbone.to(device)
        with torch.inference_mode():
            vectors = self._pooled(to_inputs(crops, self._side).to(device))
        return list(vectors.cpu().numpy())

    def _pooled(self, inputs: Tensor) -> Tensor:
        pixels, masks = inputs[:, :1], inputs[:, 1:]
        maps = self._backbone.feature_maps(pixels.contiguous(memory_format=torch.channels_last))
        return F.normalize(torch.cat([pool_by_mask(layer, masks) for layer in maps], dim=1), dim=1)

    def _dim(self) -> int:
        with torch.inference_mode():
            return int(self._pooled(torch.zeros(1, 2, self._side, self._side, device=self._device)).shape[1])
