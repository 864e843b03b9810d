"""Weights on disk: one safetensors file whose header holds the card, and the card beside it for people.

Nothing here can run code: safetensors holds tensors only, and the card is JSON checked against its schema.
"""

import hashlib
import json
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.detection.evidence import Fusion, source_key
from core.detection.network import DefectNetwork, NetworkSpec
from core.domain.errors import UserError
from core.domain.recipes import EvidenceSource

DEFAULT_FILE = "ic_defectncd_s.safetensors"
_CARD_KEY = "residua_card"


class Calibration(BaseModel):
    """Scalars that turn evidence into comparable numbers; fitted after training, never by hand.

    Attributes:
        fusion: weights of the evidence.
        floor: map value from which a pixel may be called defective.
        unknown_at, ng_at: cuts on the image score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fusion: Fusion = Fusion()
    floor: float = 0.5
    unknown_at: float = 0.4
    ng_at: float = 0.6


class Card(BaseModel):
    """Where weights come from and what they are worth.

    Attributes:
        model_id: short name that runs and reports show.
        network: how to build it.
        calibrations: its scalars, by the `source_key` of the evidence that they fuse.
        training: how it was trained: corpus, steps, seeds, seconds, device.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: str
    network: NetworkSpec
    calibrations: dict[str, Calibration] = {}
    training: dict[str, str | int | float] = {}
    notes: str = ""

    def calibration_of(self, sources: Collection[EvidenceSource]) -> Calibration:
        """The scalars for a set of sources.

        Raises:
            UserError: the weights have none for it.
        """
        found = self.calibrations.get(source_key(sources))
        if found is None:
            raise UserError(
                f"The weights {self.model_id} are not calibrated for the evidence {', '.join(sources)}.",
                f"Calibrated are: {'; '.join(self.calibrations)}.",
            )
        return found


def default_weights_file() -> Path:
    """The shipped weights."""
    return Path(str(files("models").joinpath(DEFAULT_FILE)))


def resolve_weights(name: str) -> Path:
    """The file that a recipe's `weights` means.

    Raises:
        UserError: there is no such file.
    """
    path = default_weights_file() if name == "default" else Path(name).expanduser()
    if not path.is_file():
        raise UserError(f"The detector weights {path} do not exist.", "Check detector.weights in the recipe.")
    return path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_card(path: Path) -> Card:
    """The card in a weights file's header.

    Raises:
        UserError: the file is no safetensors file of ours.
    """
    if path.suffix != ".safetensors":
        raise UserError(
            f"{path.name} is not a .safetensors file.", "Other formats can run code and are refused."
        )
    try:
        with safe_open(path, framework="pt") as stream:
            header = stream.metadata() or {}
        return Card.model_validate_json(header[_CARD_KEY])
    except (OSError, SafetensorError, KeyError, ValidationError) as error:
        raise UserError(f"{path.name} holds no detector of Residua.", "The file may be damaged.") from error


def read_network(
    path: Path, *, backbone: str | None = None, backbone_checkpoint: str | None = None
) -> DefectNetwork:
    """Build the network of a weights file and load its tensors.

    Args:
        path: of the weights.
        backbone: what the recipe asks for; must be the one that the weights were trained on.
        backbone_checkpoint: where a backbone that is not in the file comes from.

    Raises:
        UserError: the file is damaged, or belongs to another backbone.
    """
    spec = read_card(path).network
    if backbone is not None and backbone != spec.backbone:
        raise UserError(
            f"The weights {path.name} were trained on the backbone “{spec.backbone}”, not on “{backbone}”.",
            f"Train a head for it first: residua train head --backbone {backbone} --backbone-weights FILE --out DIR.",
        )
    if not spec.backbone_included and backbone_checkpoint is None:
        raise UserError(
            f"The weights {path.name} do not hold their backbone “{spec.backbone}”.",
            "Give its checkpoint in the recipe as detector.backbone_weights (a file or hub).",
        )
    network = DefectNetwork(spec, None if spec.backbone_included else backbone_checkpoint)
    try:
        with safe_open(path, framework="pt") as stream:
            tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118 - no mapping
        missing, unexpected = network.load_state_dict(tensors, strict=False)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise UserError(f"{path.name} cannot be read.", "The file may be damaged.") from error
    absent = [name for name in missing if spec.backbone_included or not name.startswith("backbone.")]
    if absent or unexpected:
        raise UserError(f"{path.name} does not fit its own card.", "The file may be damaged.")
    return network.eval()


def write_weights(path: Path, network: DefectNetwork, card: Card) -> None:
    """Write tensors and card; the card also as JSON beside the file, with the file's SHA-256."""
    tensors = _tensors(network, with_backbone=card.network.backbone_included)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={_CARD_KEY: card.model_dump_json()})
    path.chmod(0o644)  # safetensors writes for the owner alone; weights are for everybody
    text = {"sha256": file_sha256(path), "bytes": path.stat().st_size, **card.model_dump(mode="json")}
    path.with_suffix(".json").write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")


def _tensors(network: DefectNetwork, *, with_backbone: bool) -> dict[str, Tensor]:
    return {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in network.state_dict().items()
        if with_backbone or not name.startswith("backbone.")
    }
