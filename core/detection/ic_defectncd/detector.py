"""The default detector: IC-DefectNCD stage 1 with learned in-image matching, one image at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from core.detection.detector import ModelIdentity
from core.detection.device import describe_device
from core.detection.network import DefectNetwork, image_logit
from core.detection.oom import run_with_back_off
from core.detection.preprocess import pad_to_multiple, standardise, to_batch, to_image_size
from core.detection.tiling import blend, tiles_of
from core.detection.weights import Calibration, file_sha256, read_card, read_network
from core.domain.arrays import FloatArray, GrayImage
from core.domain.maps import ScoreMap

TEMPERATURE = 2.0
"""Logits are halved before the sigmoid: float32 keeps apart what a plain sigmoid would round to 1."""


class ICDefectNCDDetector:
    """Support-set-free detection: what one image's own normal information does not explain.

    Args:
        network: loaded, in eval mode.
        calibration: of its weights.
        identity: of its weights.
        device: where it computes.
        batch_size: images a forward pass; halved, then moved to the CPU, when memory runs out.
        input_size: the longer side in px at which images are seen; None sees them as they are.

    Source:
        Zhao et al. 2025, Sec. 3.2. Where ours differs: in-image matching joins the residual, and the scores are
        calibrated on generated images.
    """

    def __init__(
        self,
        network: DefectNetwork,
        calibration: Calibration,
        identity: ModelIdentity,
        device: torch.device,
        batch_size: int = 4,
        input_size: int | None = None,
    ) -> None:
        self._input_size = input_size
        self._network = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.calibration = calibration
        self.identity = identity
        self._device = device
        # On a CPU a batch gains nothing and costs memory.
        self._batch_size = batch_size if device.type == "cuda" else 1

    @classmethod
    def from_file(
        cls,
        path: Path,
        device: torch.device,
        *,
        batch_size: int = 4,
        backbone: str | None = None,
        backbone_checkpoint: str | None = None,
        input_size: int | None = None,
    ) -> "ICDefectNCDDetector":
        """Load a weights file.

        Raises:
            UserError: it is missing, damaged, or made for another backbone.
        """
        card = read_card(path)
        network = read_network(path, backbone=backbone, backbone_checkpoint=backbone_checkpoint)
        identity = ModelIdentity(card.model_id, file_sha256(path))
        return cls(network, card.calibration, identity, device, batch_size, input_size)

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        return describe_device(self._device)

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """Score maps in order; see `Detector.score_images`. Map values and scores lie in [0, 1]."""
        seen = [standardise(self._resized(image)) for image in images]
        tiled = [(pixels, tiles_of(pixels.shape)) for pixels in seen]
        windows = [np.ascontiguousarray(tile.of(pixels)) for pixels, tiles in tiled for tile in tiles]
        logits = iter(self._score_windows(windows, check))
        whole = [blend([next(logits) for _ in tiles], tiles, pixels.shape) for pixels, tiles in tiled]
        return [_score_map(values, image.shape) for values, image in zip(whole, images, strict=True)]

    def _resized(self, image: GrayImage) -> GrayImage:
        if self._input_size is None or max(image.shape) == self._input_size:
            return image
        scale = self._input_size / max(image.shape)
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        resized: GrayImage = cv2.resize(image, size, interpolation=method)
        return resized

    def _score_windows(self, windows: list[FloatArray], check: Callable[[], None]) -> list[FloatArray]:
        """Logit maps of windows, those of one size together."""
        logits: list[FloatArray | None] = [None] * len(windows)
        by_size: dict[tuple[int, ...], list[int]] = {}
        for index, window in enumerate(windows):
            by_size.setdefault(window.shape, []).append(index)
        for members in by_size.values():
            batches = run_with_back_off(
                self._forward, [windows[index] for index in members], self._batch_size, self._device, check
            )
            for index, logit in zip(members, batches, strict=True):
                logits[index] = logit
        return [logit for logit in logits if logit is not None]

    def _forward(self, windows: list[FloatArray], device: torch.device) -> list[FloatArray]:
        if device != self._device:
            self._device = device
            self._network.to(device)
        size = windows[0].shape
        # inference_mode is thread-local: it must be entered on the job's own thread, here.
        with torch.inference_mode():
            x = pad_to_multiple(to_batch(windows, device), self._network.backbone.stride)
            evidence = self._network(x.contiguous(memory_format=torch.channels_last))
            logit: Tensor = evidence.fuse(self.calibration.fusion)
            full = to_image_size(logit.float(), (x.shape[-2], x.shape[-1]), (size[0], size[1]))
            return list(full.cpu().numpy())


def _score_map(logits: FloatArray, size_hw: tuple[int, ...]) -> ScoreMap:
    """Map at the image's size and image score, both through the tempered sigmoid."""
    half = torch.from_numpy(logits)[None, None]
    if min(logits.shape) >= 2:
        half = torch.nn.functional.avg_pool2d(half, 2)
    score = torch.sigmoid(image_logit(half[:, 0]) / TEMPERATURE)
    if logits.shape != size_hw:
        logits = cv2.resize(logits, (size_hw[1], size_hw[0]), interpolation=cv2.INTER_LINEAR)
    values = 1 / (1 + np.exp(-logits / TEMPERATURE))
    return ScoreMap(values.astype(np.float32), float(score[0]))
