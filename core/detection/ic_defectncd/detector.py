"""The default detector: IC-DefectNCD stage 1 with learned in-image matching, one image at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.evidence import comparable, read_evidence
from core.detection.mutual import describe_places, mutual_map, refuse_mutual
from core.detection.network import DefectNetwork
from core.detection.weights import Calibration, read_card, read_network
from core.detection.whole_images import score_whole_images
from core.domain.arrays import FloatArray, GrayImage
from core.domain.detector import ModelIdentity
from core.domain.maps import ScoreMap
from core.domain.recipes import DetectorOptions
from core.networks.device import describe_device, reduced_precision
from core.networks.image_score import to_score_map
from core.networks.oom import run_with_back_off
from core.networks.preprocess import (
    pad_to_multiple,
    resize_longer_side,
    standardise,
    to_batch,
    to_image_size,
)
from core.networks.weights_file import file_sha256


class ICDefectNCDDetector:
    """Support-set-free detection: what one image's own normal information does not explain.

    Args:
        network: loaded, in eval mode.
        calibration: of its weights; its fusion says which evidence is read.
        identity: of its weights.
        device: where it computes.
        batch_size: images a forward pass; halved, then moved to the CPU, when memory runs out.
        input_size: the longer side in px at which images are seen; None sees them as they are.
        mutual_weight: weight of batch mutual scoring, once other images were met.

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
        mutual_weight: float = 0.5,
    ) -> None:
        self._companions: list[Tensor] = []
        self._mutual_weight = mutual_weight
        self._input_size = input_size
        self._network = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.calibration = calibration
        self.identity = identity
        self._device = device
        # On a CPU a batch gains nothing and costs memory.
        self._batch_size = batch_size if device.type == "cuda" else 1

    @classmethod
    def from_file(
        cls, path: Path, device: torch.device, options: DetectorOptions | None = None
    ) -> "ICDefectNCDDetector":
        """Load a weights file as a recipe's options want it.

        Raises:
            UserError: it is missing, damaged, made for another backbone, not calibrated for this evidence, or
                without the matching that the options need.
        """
        options = options or DetectorOptions()
        card = read_card(path)
        refuse_mutual(options, has_matching=card.network.matching)
        calibration = card.calibration_of(options.evidence)
        network = read_network(path, backbone=options.backbone, backbone_checkpoint=options.backbone_weights)
        identity = ModelIdentity(card.model_id, file_sha256(path))
        return cls(
            network,
            calibration,
            identity,
            device,
            options.batch_size,
            options.input_size,
            options.mutual_weight,
        )

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        return describe_device(self._device)

    def meet(self, images: Sequence[GrayImage], /) -> None:
        """Keep the tokens of other images of the lot; see `Detector.meet`."""
        seen = [standardise(resize_longer_side(image, self._input_size)) for image in images]
        score_whole_images(seen, self._describe)

    def _describe(self, windows: list[FloatArray]) -> list[FloatArray]:
        with torch.inference_mode(), reduced_precision(self._device):
            for window in windows:
                x = pad_to_multiple(to_batch([window], self._device), self._network.backbone.stride)
                features = self._network.embed(x.contiguous(memory_format=torch.channels_last))
                self._companions.append(describe_places(features[0].float()).cpu())
        return windows

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """Score maps in order; see `Detector.score_images`. Map values and scores lie in [0, 1]."""
        seen = [standardise(resize_longer_side(image, self._input_size)) for image in images]
        logits = self.read_logits(seen, check)
        return [to_score_map(values, image.shape) for values, image in zip(logits, images, strict=True)]

    def read_logits(
        self, seen: Sequence[FloatArray], check: Callable[[], None] = lambda: None
    ) -> list[FloatArray]:
        """(h, w) defect logits of standardised images, in order.

        Args:
            seen: (h, w) each, at the size in which they are seen.
            check: called between passes; raises to stop.
        """
        return score_whole_images(
            seen,
            lambda windows: run_with_back_off(self._forward, windows, self._batch_size, self._device, check),
        )

    def _forward(self, windows: list[FloatArray], device: torch.device) -> list[FloatArray]:
        if device != self._device:
            self._device = device
            self._network.to(device)
        size = windows[0].shape
        # inference_mode is thread-local: it must be entered on the job's own thread, here.
        with torch.inference_mode(), reduced_precision(device):
            x = pad_to_multiple(to_batch(windows, device), self._network.backbone.stride)
            x = x.contiguous(memory_format=torch.channels_last)
            fusion = self.calibration.fusion
            logit = fusion.fuse(read_evidence(self._network, x, fusion.weights))
            if self._companions:
                logit = logit + self._mutual_weight * self._read_mutual(x)
            full = to_image_size(logit.float(), (x.shape[-2], x.shape[-1]), (size[0], size[1]))
            return list(full.cpu().numpy())

    def _read_mutual(self, x: Tensor) -> Tensor:
        """Comparable evidence of a batch, (B, H/2, W/2)."""
        features = self._network.embed(x).float()
        grid = (features.shape[2], features.shape[3])
        maps = [mutual_map(describe_places(image), grid, self._companions) for image in features]
        half = (x.shape[-2] // 2, x.shape[-1] // 2)
        finer = F.interpolate(comparable(torch.stack(maps))[:, None], size=half, mode="bilinear")
        return finer[:, 0]
