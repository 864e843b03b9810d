"""Crops through a network in batches, as unit vectors."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.discovery.embedding.inputs import to_inputs
from core.domain.arrays import FloatArray
from core.domain.maps import Crop
from core.networks.oom import run_with_back_off

_BATCH = 32


class BatchedEmbedder:
    """Describes crops by a network.

    Args:
        network: (B, 2, side, side) pixels and soft masks to (B, D).
        side: to which crops are resized, in px.
        identity: which network with which weights; what a result is stored under.
        device: where it computes.
    """

    def __init__(self, network: nn.Module, side: int, identity: str, device: torch.device) -> None:
        self.identity = identity
        self._network = network.eval()
        self._side, self._device = side, device

    def embed(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        """Describe crops.

        Args:
            crops: of any sizes.
            check: called before each batch; may raise to stop.

        Returns:
            (N, D) float32, L2-normalised.
        """
        if not crops:
            return np.zeros((0, self._width()), np.float32)
        vectors = run_with_back_off(self._forward, list(crops), _BATCH, self._device, check)
        return np.stack(vectors)

    def _forward(self, crops: list[Crop], device: torch.device) -> list[FloatArray]:
        return list(self._describe(to_inputs(crops, self._side), device))

    def _describe(self, inputs: Tensor, device: torch.device) -> FloatArray:
        self._network.to(device)
        seen = inputs.to(device).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            vectors: FloatArray = F.normalize(self._network(seen).float(), dim=1).cpu().numpy()
        return vectors

    def _width(self) -> int:
        blank = torch.zeros(1, 2, self._side, self._side)
        return int(self._describe(blank, self._device).shape[1])
