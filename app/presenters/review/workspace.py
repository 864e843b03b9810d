"""The review's questions answered by a workspace."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import NDArray

from app.presenters.review.services import JudgementEdit
from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.decisions import Decision, DefectClass
from core.domain.ids import ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.maps import MAP_RANGE
from core.domain.review import ChangeSet, ReviewItem
from core.services import decisions, lots, pixels, references
from core.services.workspace import Workspace

if TYPE_CHECKING:
    from core.services.reference_view import ReferenceView


class WorkspaceServices:
    """ReviewServices on the station's own history and files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def read_lot(self, lot_id: LotId) -> tuple[tuple[ReviewItem, ...], ImageId | None]:
        """A lot's items, and the image where its review was left."""
        left_at = {lot.id: lot.last_image_id for lot in lots.list_lots(self._workspace)}
        return lots.list_items(self._workspace, lot_id), left_at.get(lot_id)

    def read_image(self, record: ImageRecord) -> GrayImage:
        """Native pixels."""
        return pixels.read_image(record)

    def read_map(self, item: ReviewItem) -> FloatArray | None:
        """Newest score map; None before detection."""
        return pixels.read_map(self._workspace, item)

    def read_mask(self, item: ReviewItem) -> BoolArray | None:
        """Newest mask; None before detection."""
        return pixels.read_mask(self._workspace, item)

    def read_thumbnail(self, item: ReviewItem) -> NDArray[np.uint8]:
        """The image in at most 160 pixels."""
        return pixels.read_thumbnail(self._workspace, item)

    def read_reference(
        self, item: ReviewItem, image: GrayImage, *, with_difference: bool
    ) -> "ReferenceView | None":
        """An item's reference on its specimen area; None where it has none."""
        from core.services.reference_view import read_reference_view  # SciPy is not needed to show a window

        return read_reference_view(item, image, with_difference=with_difference)

    def remember_position(self, lot_id: LotId, image_id: ImageId) -> None:
        """Reopen the lot here next time."""
        lots.remember_position(self._workspace, lot_id, image_id)

    def display_range(self) -> tuple[float, float]:
        """Map values at the two ends of the colour bar."""
        return MAP_RANGE

    def place_on_reference(
        self, lot_id: LotId, item: ReviewItem, shift_xy: tuple[float, float] | None
    ) -> ChangeSet:
        """Commit where an image lies on its reference."""
        return references.place_on_reference(self._workspace, lot_id, item, shift_xy)

    def decide(self, items: Sequence[ReviewItem], title: str, **edit: Unpack[JudgementEdit]) -> ChangeSet:
        """Commit one undoable action; durable on return."""
        return decisions.decide(self._workspace, items, title=title, **edit)

    def list_decisions(self, image_id: ImageId) -> tuple[Decision, ...]:
        """Decisions on an image, oldest first."""
        return decisions.list_decisions(self._workspace, image_id)

    def list_classes(self) -> tuple[DefectClass, ...]:
        """Classes in use."""
        return decisions.list_classes(self._workspace)

    def add_class(self, name: str, slot: int | None) -> DefectClass:
        """Make a class."""
        return decisions.add_class(self._workspace, name, slot=slot)
