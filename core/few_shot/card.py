"""A few-shot model's weights file: its card, the network that they belong to, and its head."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from torch import nn

from core.domain.errors import UserError
from core.domain.recipes import EvidenceSource
from core.few_shot.class_head import ClassHead
from core.few_shot.network import FROZEN, FewShotNetwork
from core.few_shot.own.network import OwnFewShotNetwork
from core.networks.weights_file import file_sha256, load_tensors, read_card_of, save_weights

_NETWORK = "network."


class FewShotCalibration(BaseModel):
    """Scalars that follow from held-back or augmented shots, never set by hand.

    Attributes:
        floor: map value from which a pixel may be called defective.
        unknown_at, ng_at: cuts on the image score.
        class_weight: weight in the image's score of what the classification head says against the defect-free class.
        text_weight: t, of the classes' texts beside the head; 0 without a text encoder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor: float = 0.5
    unknown_at: float = 0.4
    ng_at: float = 0.6
    class_weight: float = 0.0
    text_weight: float = 0.0


class FewShotCard(BaseModel):
    """Where a few-shot model comes from and what it needs.

    Attributes:
        model_id: short name that runs and reports show.
        kind: "clip" reads texts; "own" stands on the project's encoder and a detector's map.
        classes: names, the defect-free class first.
        backbone: of the encoder: open_clip's name, or the project's.
        vector: length of the vectors that the head reads.
        side: of CLIP's square input in px; None for the own encoder.
        input_size: longer side in px at which the own encoder sees an image; None sees it as it is.
        guide_file: name of the detector's weights file beside this one, whose map guides; empty for CLIP.
        guide_sha256: of that file.
        guide_evidence: sources that it fuses.
        text: "on", or why there is none.
        calibration: its scalars.
        training: how it was trained.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: str
    kind: Literal["clip", "own"]
    classes: tuple[str, ...]
    backbone: str
    vector: int
    side: int | None = None
    input_size: int | None = None
    guide_file: str = ""
    guide_sha256: str = ""
    guide_evidence: tuple[EvidenceSource, ...] = ()
    text: str = "on"
    calibration: FewShotCalibration = FewShotCalibration()
    training: dict[str, str | int | float] = {}
    notes: str = ""


class FewShotModel(nn.Module):
    """A network with its classification head."""

    def __init__(self, network: FewShotNetwork, head: ClassHead) -> None:
        super().__init__()
        self.network = network
        self.head = head


def read_few_shot_card(path: Path) -> FewShotCard:
    """The card in a weights file's header.

    Raises:
        UserError: there is no such file, or it is none of a few-shot model.
    """
    if not path.is_file():
        raise UserError(
            f"The few-shot model {path} does not exist.",
            "Make one with residua train fewshot SHOTS --out MODEL, and name it in the recipe as detector.weights.",
        )
    return read_card_of(path, FewShotCard, "few-shot model")


def read_few_shot_model(path: Path, clip_weights: str | None = None) -> FewShotModel:
    """Build the model of a weights file and load its tensors.

    Args:
        path: of the weights.
        clip_weights: where CLIP comes from, a .safetensors file or "hub"; the file holds what was trained alone.

    Raises:
        UserError: the file is damaged, or CLIP's weights are not there or not those that it was trained with.
    """
    card = read_few_shot_card(path)
    _refuse_other_clip(card, clip_weights)
    model = FewShotModel(_network_of(card, clip_weights), ClassHead(card.vector, len(card.classes)))
    load_tensors(path, model, lambda name: card.kind == "clip" and name.startswith(_NETWORK + FROZEN))
    return model.eval()


def write_few_shot_model(path: Path, model: FewShotModel, card: FewShotCard) -> None:
    """Write tensors and card; the own encoder is in the file, CLIP is not."""
    held_out = _NETWORK + FROZEN if card.kind == "clip" else "\n"
    tensors = {name: one for name, one in model.state_dict().items() if not name.startswith(held_out)}
    save_weights(path, tensors, card)


def _refuse_other_clip(card: FewShotCard, clip_weights: str | None) -> None:
    """Other weights of the same architecture would give other scores under the same name."""
    trained_with = str(card.training.get("clip_weights", ""))
    file = None if clip_weights is None else Path(clip_weights).expanduser()
    if file is None or not file.is_file() or not trained_with.startswith("sha256 "):
        return  # from the hub, or missing: loading says so
    if trained_with != f"sha256 {file_sha256(file)}":
        raise UserError(
            f"{file.name} is not the CLIP that the few-shot model {card.model_id} was trained with.",
            "Give that file as detector.backbone_weights, or train the model again.",
        )


def _network_of(card: FewShotCard, clip_weights: str | None) -> FewShotNetwork:
    if card.kind == "own":
        return OwnFewShotNetwork(card.backbone)
    import torch

    from core.few_shot.clip.loading import load_clip
    from core.few_shot.clip.network import ClipFewShotNetwork

    if clip_weights is None:
        raise UserError(
            f"The few-shot model {card.model_id} does not hold its CLIP “{card.backbone}”.",
            "Give its weights in the recipe as detector.backbone_weights (a .safetensors file or hub).",
        )
    model, _ = load_clip(card.backbone, clip_weights, card.side)
    return ClipFewShotNetwork(model, torch.zeros(len(card.classes), int(model.visual.output_dim)))
