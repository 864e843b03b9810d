"""Comparison with references, where a lot has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from core.change.detector import ChangeDetector
from core.domain.alignment import Alignment
from core.domain.arrays import GrayImage
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.domain.maps import ScoreMap
from core.domain.recipes import Recipe
from core.lots import read_gray
from core.services.detection.cuts import Cuts, cuts_in_force

ShiftXY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparing:
    """What compares, and the cuts on what it says.

    Attributes:
        shifts: given by hand, by the name of the image; the others are registered.
    """

    change: ChangeDetector
    cuts: Cuts
    shifts: Mapping[str, ShiftXY] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def identity(self) -> ModelIdentity:
        """Of the change weights."""
        return ModelIdentity(self.change.model_id, self.change.sha256)


@dataclass(frozen=True, slots=True)
class Compared:
    """One image beside its reference.

    Attributes:
        alignment: not trusted where the reference is none, with the reason.
        score_map: None where the reference is not trusted.
    """

    alignment: Alignment
    score_map: ScoreMap | None


def load_comparing(
    recipe: Recipe, device: str, records: Sequence[ImageRecord], shifts: Mapping[str, ShiftXY] | None = None
) -> Comparing | None:
    """What a recipe compares these images by; None where it does not, or no image has a reference.

    Args:
        device: "auto", "cpu" or "cuda".
        shifts: given by hand, by the name of the image.

    Raises:
        UserError: the change weights are not there, or the recipe's thresholds contradict each other.
    """
    if recipe.reference.mode == "off" or not any(record.reference for record in records):
        return None
    from core.change.card import default_change_file
    from core.change.detector import ChangeDetector
    from core.networks.device import pick_device

    change = ChangeDetector.from_file(default_change_file(), pick_device(device), recipe.reference.motion)
    given = recipe.reference
    cuts = cuts_in_force(given.thresholds, given.floor, change.calibration)
    return Comparing(change, cuts, MappingProxyType(dict(shifts or {})))


def compare(comparing: Comparing, image: GrayImage, record: ImageRecord) -> Compared | None:
    """An image's comparison; None where it has no reference. A reference that cannot be read is none, with the reason.

    Args:
        comparing: what compares.
        image: (H, W) specimen area.
        record: whose reference it is compared with.
    """
    if record.reference is None:
        return None
    try:
        reference = read_gray(record.reference)
    except UserError as error:
        return Compared(Alignment(0.0, 0.0, 0.0, 0.0, is_trusted=False, reason=error.message), None)
    shift_xy = comparing.shifts.get(record.name)
    found = comparing.change.compare(image, reference[: image.shape[0]], shift_xy)
    return Compared(found.alignment, found.score_map)
