"""A trained method as a detector."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import torch

from core.anomaly.calibration import VadCalibration
from core.anomaly.card import read_vad_card
from core.anomaly.inputs import to_input, to_square
from core.anomaly.method import AnomalyMethod
from core.anomaly.registry import build_method
from core.domain.arrays import FloatArray, GrayImage
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.domain.maps import ScoreMap
from core.domain.recipes import DetectorOptions
from core.networks.device import describe_device
from core.networks.oom import run_with_back_off
from core.networks.weights_file import file_sha256, load_tensors


class AnomalyDetector:
    """Scores images with a method that was trained on normal ones.

    Args:
        method: trained, in eval mode.
        side: of the square that it sees, px.
        calibration: of its weights.
        identity: of its weights.
        device: where it computes.
        batch_size: images a forward pass.
    """

    def __init__(
        self,
        method: AnomalyMethod,
        side: int,
        calibration: VadCalibration,
        identity: ModelIdentity,
        device: torch.device,
        batch_size: int = 1,
    ) -> None:
        self._method = method.to(device).eval()
        self._side, self._device = side, device
        self.calibration, self.identity = calibration, identity
        self._batch_size = batch_size if device.type == "cuda" else 1

    @classmethod
    def from_file(cls, path: Path, device: torch.device, options: DetectorOptions) -> "AnomalyDetector":
        """Load a weights file.

        Raises:
            UserError: it is missing, damaged, of another method or backbone than the recipe says, or needs a library
                that is not installed.
        """
        card = read_vad_card(path)
        spec = card.network
        if options.method != spec.method:
            raise UserError(
                f"The weights {path.name} are of the method {spec.method}, not {options.method}.",
                "Correct detector.method in the recipe.",
            )
        if options.backbone not in (None, spec.backbone):
            raise UserError(
                f"The weights {path.name} were trained on {spec.backbone}, not on {options.backbone}.",
                "Correct detector.backbone in the recipe, or leave it out.",
            )
        method = build_method(spec)
        load_tensors(path, method)
        method.requires_grad_(False)
        identity = ModelIdentity(card.model_id, file_sha256(path))
        return cls(method, spec.side, card.calibration, identity, device, options.batch_size)

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        return describe_device(self._device)

    def meet(self, _images: Sequence[GrayImage], /) -> None:
        """Refused: a trained method judges each image alone."""
        raise UserError(
            "This detector judges each image alone.", "Set detector.mutual_images to 0 in the recipe."
        )

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """Score maps in order; see `Detector.score_images`."""
        raw = self.read_raw(images, check)
        return [self._to_score_map(*one, image) for one, image in zip(raw, images, strict=True)]

    def read_raw(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[tuple[FloatArray, float]]:
        """(h, w) map and score of each image on the method's own scale."""
        return run_with_back_off(self._forward, list(images), self._batch_size, self._device, check)

    def with_calibration(self, calibration: VadCalibration) -> "AnomalyDetector":
        """The same method on another scale."""
        return AnomalyDetector(
            self._method, self._side, calibration, self.identity, self._device, self._batch_size
        )

    def _forward(self, images: list[GrayImage], device: torch.device) -> list[tuple[FloatArray, float]]:
        if device != self._device:
            self._device = device
            self._method.to(device)
        # inference_mode is thread-local: it must be entered on the job's own thread, here.
        with torch.inference_mode():
            squares = [to_input(to_square(image, self._side)[None]) for image in images]
            maps, scores = self._method.score(torch.cat(squares).to(device))
            values = maps.float().cpu().numpy()
            return list(zip(values, scores.float().cpu().tolist(), strict=True))

    def _to_score_map(self, raw: FloatArray, score: float, image: GrayImage) -> ScoreMap:
        size = (image.shape[1], image.shape[0])
        full: FloatArray = cv2.resize(self.calibration.map_values(raw), size, interpolation=cv2.INTER_LINEAR)
        return ScoreMap(full, self.calibration.image_score(score))
