"""A detector that measures the same image once."""

import hashlib
from collections.abc import Callable, Sequence

from core.domain.arrays import GrayImage
from core.domain.detector import Calibrated, Detector, ModelIdentity
from core.domain.maps import ScoreMap


class RememberingDetector:
    """Hands on what a detector said of an image, and says it again when the image comes back.

    Args:
        detector: that measures; each image alone.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._known: dict[str, ScoreMap] = {}

    @property
    def identity(self) -> ModelIdentity:
        """Of the weights."""
        return self._detector.identity

    @property
    def calibration(self) -> Calibrated:
        """Cuts and floor of the weights."""
        return self._detector.calibration

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        return self._detector.device_text

    def meet(self, images: Sequence[GrayImage], /) -> None:
        """See `Detector.meet`; what was remembered no longer holds."""
        self._known.clear()
        self._detector.meet(images)

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """See `Detector.score_images`."""
        keys = [
            hashlib.sha256(f"{image.shape} {image.dtype}".encode() + image.tobytes()).hexdigest()
            for image in images
        ]
        for key, image in zip(keys, images, strict=True):
            if key not in self._known:
                self._known[key] = self._detector.score_images([image], check)[0]
        return [self._known[key] for key in keys]


def _key(image: GrayImage) -> str:
    return hashlib.sha256(f"{image.shape} {image.dtype}".encode() + image.tobytes()).hexdigest()
