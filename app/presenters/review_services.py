"""What the review screen asks of the product, and the services that answer."""

from collections.abc import Sequence
from typing import Protocol, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.decisions import Decision, DefectClass, Killer, Verdict
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.review import ChangeSet, ReviewItem
from core.services import decisions, detection, lots, pixels
from core.services.workspace import Workspace


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

    def remember_position(self, lot_id: LotId, image_id: ImageId) -> None:
        """Reopen the lot here next time."""

    def display_range(self) -> tuple[float, float]:
        """Map values at the two ends of the colour bar."""

    def decide(self, items: Sequence[ReviewItem], title: str, **edit: Unpack[JudgementEdit]) -> ChangeSet:
        """Commit one undoable action; durable on return."""

    def list_decisions(self, image_id: ImageId) -> tuple[Decision, ...]:
        """Decisions on an image, oldest first."""

    def list_classes(self) -> tuple[DefectClass, ...]:
        """Classes in use."""

    def add_class(self, name: str, slot: int | None) -> DefectClass:
        """Make a class."""


class WorkspaceServices:
    """The real ones."""

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

    def remember_position(self, lot_id: LotId, image_id: ImageId) -> None:
        """Reopen the lot here next time."""
        lots.remember_position(self._workspace, lot_id, image_id)

    def display_range(self) -> tuple[float, float]:
        """Map values at the two ends of the colour bar."""
        return detection.display_range()

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
