"""Detectors without weights: the peers that ours is measured against, and a second opinion."""

import hashlib
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from core.detection.evidence import Fusion, robust_deviation
from core.detection.in_image.global_pca import global_pca
from core.detection.in_image.lattice import lattice
from core.detection.in_image.patch_knn import derivative_knn, patch_knn
from core.detection.in_image.phase_only import phase_only
from core.detection.in_image.self_prediction import self_prediction
from core.detection.weights import Calibration
from core.detection.whole_images import score_whole_images
from core.domain.arrays import FloatArray, GrayImage
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.domain.maps import ScoreMap
from core.domain.recipes import Method
from core.networks.device import describe_device
from core.networks.image_score import to_score_map
from core.networks.oom import run_with_back_off
from core.networks.preprocess import pad_to_multiple, standardise, to_batch, to_image_size

IN_IMAGE: dict[Method, Callable[[Tensor], Tensor]] = {
    "patch_knn": patch_knn,
    "derivative_knn": derivative_knn,
    "lattice": lattice,
    "phase_only": phase_only,
    "global_pca": global_pca,
    "self_prediction": self_prediction,
}
_EVEN_ODDS_AT = 8.0
"""Robust deviations at which a place counts as likely as not defective: no truth is needed to say so."""
_BORDER_CELLS = 4
"""Half-resolution cells at the border that are judged like the median: patches there are half invented."""


class InImageDetector:
    """One training-free source as a detector; its cuts come from each image's own statistics.

    Args:
        method: which one.
        device: where it computes.
    """

    def __init__(self, method: Method, device: torch.device) -> None:
        self._source = IN_IMAGE[method]
        self._device = device
        self.identity = ModelIdentity(f"training-free {method}", hashlib.sha256(method.encode()).hexdigest())
        self.calibration = Calibration(fusion=Fusion(weights={}), floor=0.6, unknown_at=0.7, ng_at=0.8)

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        return describe_device(self._device)

    def meet(self, _images: Sequence[GrayImage], /) -> None:
        """Refused: training-free sources judge each image alone."""
        raise UserError(
            "This detector judges each image alone.", "Set detector.mutual_images to 0 in the recipe."
        )

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """Score maps in order; see `Detector.score_images`."""
        logits = score_whole_images(
            [standardise(image) for image in images],
            lambda windows: run_with_back_off(self._forward, windows, 1, self._device, check),
        )
        return [to_score_map(values, image.shape) for values, image in zip(logits, images, strict=True)]

    def _forward(self, windows: list[FloatArray], device: torch.device) -> list[FloatArray]:
        self._device = device
        return [self._score(window, device) for window in windows]

    def _score(self, window: FloatArray, device: torch.device) -> FloatArray:
        with torch.inference_mode():
            x = pad_to_multiple(to_batch([window], device), 16)
            deviation = robust_deviation(self._source(x[0, 0])[None])
            inner = torch.zeros_like(deviation)
            cut = slice(_BORDER_CELLS, -_BORDER_CELLS)
            inner[:, cut, cut] = deviation[:, cut, cut]
            logit = 2 * (inner.clamp_min(0) / _EVEN_ODDS_AT).clamp_min(1e-3).log()
            full = to_image_size(logit, (x.shape[-2], x.shape[-1]), (window.shape[0], window.shape[1]))
            values: FloatArray = full[0].cpu().numpy()
            return values
