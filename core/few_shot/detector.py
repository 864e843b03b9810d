"""A few-shot model as a detector: maps, scores, and the class of what it found."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.domain.arrays import FloatArray, GrayImage
from core.domain.detector import Detector, ModelIdentity
from core.domain.errors import UserError
from core.domain.maps import ClassGuess, ScoreMap
from core.few_shot.card import FewShotCalibration, FewShotModel, read_few_shot_card, read_few_shot_model
from core.few_shot.looking import Look, guide_logits, look_at, resize_for
from core.networks.device import describe_device
from core.networks.image_score import TEMPERATURE, to_score_map
from core.networks.oom import run_with_back_off
from core.networks.weights_file import file_sha256

_SURE = 1e-6


class FewShotDetector:
    """SEM-CLIP, or its likeness on the project's own encoder.

    Args:
        model: loaded, in eval mode.
        classes: names, the defect-free class first.
        calibration: of its weights.
        identity: of its weights.
        device: where it computes.
        guide: the detector whose map it starts from; None where the network is not guided.
        input_size: longer side in px at which images are seen; None sees them as they are.
    """

    def __init__(
        self,
        model: FewShotModel,
        classes: Sequence[str],
        calibration: FewShotCalibration,
        identity: ModelIdentity,
        device: torch.device,
        guide: Detector | None = None,
        input_size: int | None = None,
    ) -> None:
        self._model = model.to(device).eval()
        self._classes = tuple(classes)
        self.calibration = calibration
        self.identity = identity
        self._device = device
        self._guide = guide
        self._input_size = input_size

    @classmethod
    def from_file(
        cls, path: Path, device: torch.device, clip_weights: str | None = None, guide: Detector | None = None
    ) -> "FewShotDetector":
        """Load a few-shot model.

        Args:
            path: of the weights.
            device: where it computes.
            clip_weights: where CLIP comes from, for a model that stands on it.
            guide: the detector that the card names, for a model of the own encoder.

        Raises:
            UserError: it is missing or damaged, or what it stands on is not there.
        """
        card = read_few_shot_card(path)
        model = read_few_shot_model(path, clip_weights)
        identity = ModelIdentity(card.model_id, file_sha256(path))
        return cls(model, card.classes, card.calibration, identity, device, guide, card.input_size)

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        return describe_device(self._device)

    def meet(self, _images: Sequence[GrayImage], /) -> None:
        """Refused: it judges each image alone."""
        raise UserError(
            "A few-shot model judges each image alone.", "Set detector.mutual_images to 0 in the recipe."
        )

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """Score maps with the class of each image, in order; see `Detector.score_images`."""
        guides: list[FloatArray] | list[None] = (
            [None] * len(images) if self._guide is None else guide_logits(self._guide, images, check)
        )
        pairs = list(zip(images, guides, strict=True))
        return run_with_back_off(self._score_all, pairs, 1, self._device, check)

    def _score_all(
        self, pairs: list[tuple[GrayImage, FloatArray | None]], device: torch.device
    ) -> list[ScoreMap]:
        if device != self._device:
            self._device = device
            self._model.to(device)
        return [self._score(image, guide) for image, guide in pairs]

    def _score(self, image: GrayImage, guide: FloatArray | None) -> ScoreMap:
        seen, seen_guide = resize_for(self._model.network, image, guide, self._input_size)
        look = look_at(self._model.network, seen, seen_guide, self._device)
        return read_look(self._model, self._classes, look, self.calibration, image.shape)


def read_look(
    model: FewShotModel,
    classes: Sequence[str],
    look: Look,
    calibration: FewShotCalibration,
    size_hw: tuple[int, ...],
) -> ScoreMap:
    """The map of a look at the image's own size, its score and its class."""
    shares = class_shares(model, look, calibration.text_weight)
    plain = to_score_map(look.logits, size_hw)
    index = int(shares.argmax())
    return ScoreMap(
        plain.values,
        fused_score(plain.score, float(shares[0]), calibration.class_weight),
        ClassGuess(classes[index], float(shares[index])),
    )


def class_shares(model: FewShotModel, look: Look, text_weight: float) -> FloatArray:
    """(K,) probabilities of the classes of one image.

    Source:
        SEM-CLIP, Eq. 23: p = t · p_text + p_head; divided by 1 + t, so that they add up to 1.
    """
    with torch.inference_mode():
        shares: Tensor = model.head(look.vector)
        texts = model.network.text_logits(look.vector) if text_weight else None
        if texts is not None:
            shares = (text_weight * texts.softmax(dim=1) + shares) / (text_weight + 1)
        values: FloatArray = shares[0].cpu().numpy().astype(np.float32)
    return values


def fused_score(score: float, normal_share: float, class_weight: float) -> float:
    """The image score, with what the classification head says of the image as a whole.

    Args:
        score: of the map, in [0, 1].
        normal_share: probability of the defect-free class.
        class_weight: of the head; 0 leaves the score alone.

    Returns:
        In [0, 1].
    """
    share = min(max(normal_share, _SURE), 1 - _SURE)
    map_score = min(max(score, _SURE), 1 - _SURE)
    logit = np.log(map_score / (1 - map_score)) - class_weight * np.log(share / (1 - share)) / TEMPERATURE
    return float(1 / (1 + np.exp(-logit / (1 + class_weight))))
