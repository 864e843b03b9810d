"""What the review screen asks of the product."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.decisions import Decision, DefectClass, Killer, Verdict
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.review import ChangeSet, ReviewItem

if TYPE_CHECKING:
    from core.services.reference_view import ReferenceView


class JudgementEdit(TypedDict, total=False):
    """The fields of a judgement that a decision changes; those left out stay."""

    verdict: Verdict | None
    class_id: ClassId | None
    killer: Killer
    note: str


class ReviewServices(Protocol):
    """Reading and deciding. The readers are called from a worker, the rest from the main thread."""

    def read_lot(self, lot_id: LotId) -> tuple[tuple[ReviewItem, ...], ImageId | None]:
        """A lot's items, and the image where its review was left."""

    def read_image(self, record: ImageRecord) -> GrayImage:
        """Native pixels."""

    def read_map(self, item: ReviewItem) -> FloatArray | None:
        """Newest score map; None before detection."""

    def read_mask(self, item: ReviewItem) -> BoolArray | None:
        """Newest mask; None before detection."""

    def read_thumbnail(self, item: ReviewItem) -> NDArray[np.uint8]:
        """The image in at most 160 pixels."""

    def read_reference(
        self, item: ReviewItem, image: GrayImage, *, with_difference: bool
    ) -> "ReferenceView | None":
        """An item's reference on its specimen area (H, W); None where it has none."""

    def remember_position(self, lot_id: LotId, image_id: ImageId) -> None:
        """Reopen the lot here next time."""

    def display_range(self) -> tuple[float, float]:
        """Map values at the two ends of the colour bar."""

    def place_on_reference(
        self, lot_id: LotId, item: ReviewItem, shift_xy: tuple[float, float] | None
    ) -> ChangeSet:
        """Commit where an image lies on its reference; None follows the registration."""

    def decide(self, items: Sequence[ReviewItem], title: str, **edit: Unpack[JudgementEdit]) -> ChangeSet:
        """Commit one undoable action; durable on return."""

    def list_decisions(self, image_id: ImageId) -> tuple[Decision, ...]:
        """Decisions on an image, oldest first."""

    def list_classes(self) -> tuple[DefectClass, ...]:
        """Classes in use."""

    def add_class(self, name: str, slot: int | None) -> DefectClass:
        """Make a class."""
