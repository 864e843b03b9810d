"""The application's notice board: facts that more than one screen cares about."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from core.domain.ids import LotId


@dataclass(frozen=True, slots=True)
class LotChanged:
    """A lot was opened, or its pictures or results are others than before: read it again."""

    lot_id: LotId


@dataclass(frozen=True, slots=True)
class ImagesDetected:
    """Results arrived while a run goes on.

    Attributes:
        detected: `core.services.detection.lot.DetectedImage` each, in the order they were measured.
    """

    lot_id: LotId
    detected: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ClassesChanged:
    """A defect class was added, renamed or retired."""


@dataclass(frozen=True, slots=True)
class DispositionsChanged:
    """A disposition of a lot or wafer was signed or countersigned."""

    lot_id: LotId


@dataclass(frozen=True, slots=True)
class RecipesChanged:
    """A recipe got another version, or another one is in use."""


@dataclass(frozen=True, slots=True)
class DiscoveryChanged:
    """A lot's defects were grouped anew, or the grouping of them has ended otherwise."""

    lot_id: LotId


class Events(QObject):
    """`changed` is the only refresh signal.

    Its first argument is a `core.domain.review.ChangeSet` or one of the facts above;
    the second is whoever caused it, so that a screen does not refresh because of itself (None = nobody).
    """

    changed = Signal(object, object)
    user_error = Signal(object)  # UserError: shown as a sentence in the banner
    notice = Signal(object)  # app.messages.Message
    hinted = Signal(str)  # a word on what a key did, beside the image that it did it to
    lot_requested = Signal(int)  # LotId: show this lot in the review screen
