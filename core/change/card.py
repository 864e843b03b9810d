"""A change detector's weights file: its card, its calibration, and its network where it has one."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.change.cadnet.network import CADNet, CADNetSpec
from core.networks.weights_file import load_tensors, read_card_of

DEFAULT_FILE = "change.safetensors"

ChangeSource = Literal["difference", "network"]
"""log1p of the registered difference in units of its spread; CADNet's logit that a place has changed."""


class ChangeCalibration(BaseModel):
    """Scalars that turn a difference into a defect logit; fitted on generated pairs, never by hand.

    Attributes:
        bias: of the logit.
        weights: by source: logit = bias + Σ weight · evidence; see `ChangeSource`.
        floor: map value from which a pixel may be called defective.
        unknown_at, ng_at: cuts on the image score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float
    weights: dict[ChangeSource, float]
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


def read_change_network(path: Path, card: ChangeCard) -> CADNet | None:
    """The network of a weights file, in eval mode; None where it has none.

    Raises:
        UserError: the file is damaged.
    """
    if card.network is None:
        return None
    network = CADNet(card.network)
    load_tensors(path, network)
    return network.eval().requires_grad_(False)
