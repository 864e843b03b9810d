"""The detector that a recipe asks for, whichever room it lives in."""

from pathlib import Path
from typing import get_args

from core.anomaly.detector import AnomalyDetector
from core.detection.mutual import refuse_mutual
from core.detection.registry import load_detector as load_single_image_detector
from core.domain.detector import Detector
from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions, LearnedMethod
from core.few_shot.card import read_few_shot_card
from core.few_shot.detector import FewShotDetector
from core.networks.device import pick_device, use_physical_cores
from core.services.few_shot.guide import load_guide


def load_detector(options: DetectorOptions, device: str) -> Detector:
    """The detector that a recipe asks for.

    Importing this module imports torch, which takes seconds: jobs import it where they need it.

    Args:
        options: the recipe's detector section.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there, or cannot do what the options ask for.
    """
    if options.method in get_args(LearnedMethod):
        return _load_learned(options, device)
    if options.method == "sem_clip":
        return _load_few_shot(options, device)
    return load_single_image_detector(options, device)


def _load_learned(options: DetectorOptions, device: str) -> AnomalyDetector:
    use_physical_cores()
    refuse_mutual(options, has_matching=False)
    path = Path(options.weights).expanduser()
    if not path.is_file():
        raise UserError(
            f"The method {options.method} needs weights that learned your normal images.",
            f"Train them: residua train vad NORMALS --method {options.method} --out MODEL.safetensors",
        )
    return AnomalyDetector.from_file(path, pick_device(device), options)


def _load_few_shot(options: DetectorOptions, device: str) -> FewShotDetector:
    use_physical_cores()
    refuse_mutual(options, has_matching=False)
    path = Path(options.weights).expanduser()
    card = read_few_shot_card(path)
    guide = load_guide(path, card, device) if card.guide_file else None
    return FewShotDetector.from_file(path, pick_device(device), options.backbone_weights, guide)
