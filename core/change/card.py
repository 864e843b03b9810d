"""A change detector's weights file: its card, its calibration, and its network once one is trained."""

from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.change.cadnet.network import CADNetSpec
from core.networks.weights_file import read_card_of

DEFAULT_FILE = "change.safetensors"


class ChangeCalibration(BaseModel):
    """Scalars that turn a difference into a defect logit; fitted on generated pairs, never by hand.

    Attributes:
        bias, difference: logit = bias + difference · log1p(registered difference in units of its spread).
        floor: map value from which a pixel may be called defective.
        unknown_at, ng_at: cuts on the image score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float
    difference: float
    floor: float
    unknown_at: float
    ng_at: float


class ChangeCard(BaseModel):
    """Where a change detector comes from.

    Attributes:
        model_id: short name that runs and reports show.
        network: how to build it; None where the registered difference speaks alone.
        calibration: its scalars.
        training: corpus, steps, seeds, seconds, device.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: str
    network: CADNetSpec | None = None
    calibration: ChangeCalibration
    training: dict[str, str | int | float] = {}
    notes: str = ""


def default_change_file() -> Path:
    """The shipped one."""
    return Path(str(files("models").joinpath(DEFAULT_FILE)))


def read_change_card(path: Path) -> ChangeCard:
    """The card in a weights file's header.

    Raises:
        UserError: the file is no change detector of ours.
    """
    return read_card_of(path, ChangeCard, "change detector")
