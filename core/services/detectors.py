"""The detector that a recipe asks for, whichever room it lives in."""

from core.detection.registry import load_detector as load_single_image_detector
from core.domain.detector import Detector
from core.domain.recipes import DetectorOptions


def load_detector(options: DetectorOptions, device: str) -> Detector:
    """The detector that a recipe asks for.

    Importing this module imports torch, which takes seconds: jobs import it where they need it.

    Args:
        options: the recipe's detector section.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there, or cannot do what the options ask for.
    """
    return load_single_image_detector(options, device)
