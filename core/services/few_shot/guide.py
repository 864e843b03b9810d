"""The detector whose map a few-shot model of the own encoder reads; its weights lie beside the model's."""

from pathlib import Path

from core.detection.registry import load_detector as load_single_image_detector
from core.detection.weights import read_card, resolve_weights
from core.domain.detector import Detector
from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions
from core.few_shot.card import FewShotCard
from core.networks.weights_file import file_sha256

_SUFFIX = ".guide.safetensors"


def load_guide(path: Path, card: FewShotCard, device: str) -> Detector:
    """The guide of a few-shot model.

    Args:
        path: of the model.
        card: of the model.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: the guide's weights are not beside the model's, or are not those that it was trained with.
    """
    guide = path.with_name(card.guide_file)
    if not guide.is_file():
        raise UserError(
            f"The few-shot model {path.name} needs {card.guide_file} beside it.", "Copy both files together."
        )
    if file_sha256(guide) != card.guide_sha256:
        raise UserError(
            f"{card.guide_file} is not the file that {path.name} was trained with.", "Train the model again."
        )
    options = DetectorOptions(weights=str(guide), evidence=card.guide_evidence, input_size=card.input_size)
    return load_single_image_detector(options, device)


def guide_options(weights: str) -> DetectorOptions:
    """The detector of these weights, fusing all that they are calibrated for of what is fused by default.

    Raises:
        UserError: the weights are not there or are calibrated for nothing of it.
    """
    path = resolve_weights(weights)
    wanted = DetectorOptions().evidence
    read_card(path).calibration_of(wanted)
    return DetectorOptions(weights=str(path), evidence=wanted)


def guide_name_of(stem: str) -> str:
    """The guide's file beside a model, by the stem of the model's."""
    return stem + _SUFFIX
