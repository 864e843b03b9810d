"""Detectors by name."""

from core.detection.ic_defectncd.detector import ICDefectNCDDetector
from core.detection.in_image.detector import IN_IMAGE, InImageDetector
from core.detection.mutual import refuse_mutual
from core.detection.weights import resolve_weights
from core.domain.detector import Detector
from core.domain.recipes import DetectorOptions
from core.networks.device import pick_device, use_physical_cores


def load_detector(options: DetectorOptions, device: str) -> Detector:
    """The detector that a recipe asks for.

    Args:
        options: the recipe's detector section.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there, or cannot do what the options ask for.
    """
    use_physical_cores()
    if options.method in IN_IMAGE:
        refuse_mutual(options, has_matching=False)
        return InImageDetector(options.method, pick_device(device))
    return ICDefectNCDDetector.from_file(resolve_weights(options.weights), pick_device(device), options)
