"""A trained method's weights file: what must be built, its calibration, and where its features come from."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.anomaly.calibration import VadCalibration
from core.domain.recipes import LearnedMethod
from core.networks.weights_file import read_card_of


class VadSpec(BaseModel):
    """What must be known to build a method before its tensors are read.

    Attributes:
        method: its name.
        side: of the square that it sees, px.
        backbone: timm's name; None where it takes none.
        width: channels of the first layer of networks that it builds itself; None where it builds none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: LearnedMethod
    side: int = Field(ge=32, le=1024)
    backbone: str | None = None
    width: int | None = Field(default=None, ge=2, le=256)


class VadCard(BaseModel):
    """Where trained weights come from.

    Attributes:
        model_id: short name that runs and reports show.
        network: what to build.
        calibration: scales and cuts.
        features: where the backbone's weights come from, in words; empty where it takes none.
        training: images, steps, seeds, seconds, device.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: str
    network: VadSpec
    calibration: VadCalibration
    features: str = ""
    training: dict[str, str | int | float] = {}
    notes: str = ""


def read_vad_card(path: Path) -> VadCard:
    """The card in a weights file's header.

    Raises:
        UserError: the file is no trained method of ours.
    """
    return read_card_of(path, VadCard, "trained anomaly detector")
