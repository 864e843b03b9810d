"""A detector's weights: its card, its calibrations, and the network that they belong to."""

from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from core.detection.evidence import Fusion, source_key
from core.detection.lineage import Training, with_old_keys_gathered
from core.detection.network import DefectNetwork, NetworkSpec
from core.domain.errors import UserError
from core.domain.recipes import EvidenceSource
from core.networks.weights_file import load_tensors, read_card_of, save_weights

DEFAULT_FILE = "ic_defectncd_s.safetensors"
_BACKBONE = "backbone."


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
        training: how it was trained: corpus, steps, seeds, seconds, device; and what it went on from was, before.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: str
    network: NetworkSpec
    calibrations: dict[str, Calibration] = {}
    training: Training = {}
    notes: str = ""

    @field_validator("training", mode="before")
    @classmethod
    def _gather_old_keys(cls, training: object) -> object:
        return with_old_keys_gathered(training) if isinstance(training, dict) else training

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


def read_card(path: Path) -> Card:
    """The card in a weights file's header.

    Raises:
        UserError: the file is no safetensors file of ours.
    """
    return read_card_of(path, Card, "detector")


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
    load_tensors(path, network, lambda name: not spec.backbone_included and name.startswith(_BACKBONE))
    return network.eval()


def write_weights(path: Path, network: DefectNetwork, card: Card) -> None:
    """Write tensors and card; the card also as JSON beside the file, with the file's SHA-256."""
    with_backbone = card.network.backbone_included
    tensors = network.state_dict()
    kept = {name: tensors[name] for name in tensors if with_backbone or not name.startswith(_BACKBONE)}
    save_weights(path, kept, card)
