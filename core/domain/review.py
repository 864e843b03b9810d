"""What the review screens and reports show: stored images with the machine's and the engineer's word."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias

from core.domain.alignment import Alignment
from core.domain.decisions import UNDECIDED, Judgement
from core.domain.detections import Detection
from core.domain.dispositions import Disposition
from core.domain.ids import ImageId, LotId, RunId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.references import AS_GIVEN, ReferenceChoice


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One row of the review queue.

    Attributes:
        record: the image, its reference the one in force; or the file that could not be read as one.
        detection: of the newest run that reached it; None before.
        run_id: that run.
        judgement: what the engineer decided so far.
        choice: what the engineer says of its reference.
    """

    image_id: ImageId
    record: ImageRecord | FailedImage
    detection: Detection | None = None
    run_id: RunId | None = None
    judgement: Judgement = UNDECIDED
    choice: ReferenceChoice = AS_GIVEN

    @property
    def is_decided(self) -> bool:
        """Whether a verdict or a class was given."""
        return self.judgement.verdict is not None or self.judgement.class_id is not None

    @property
    def reference(self) -> Path | None:
        """The reference in force."""
        return self.record.reference if isinstance(self.record, ImageRecord) else None

    @property
    def alignment(self) -> Alignment | None:
        """How the newest run found it to lie on that reference; None where it was not compared with it."""
        detection = self.detection
        if detection is None or self.reference is None or detection.reference != str(self.reference):
            return None
        return detection.alignment

    @property
    def placement(self) -> Alignment:
        """How it lies on its reference: as the engineer says, else as the newest run found; not trusted if unknown."""
        found = self.alignment
        known = _NOWHERE if found is None or not found.is_trusted else found
        if self.choice.shift_xy is None or self.reference is None:
            return known
        dx, dy = self.choice.shift_xy
        confidence = (
            known.confidence if (known.dx, known.dy) == (dx, dy) else 0.0
        )  # else it was not compared yet
        return replace(
            known, dx=dx, dy=dy, confidence=confidence, rival=0.0, is_trusted=True, is_by_hand=True
        )


_NOWHERE = Alignment(0.0, 0.0, 0.0, 0.0, is_trusted=False)


@dataclass(frozen=True, slots=True)
class LotSummary:
    """One line of the lots screen.

    Attributes:
        images, failed, detected, flagged, decided: counts of images; `failed` are those that could not be read.
        disposition: the newest of the lot as a whole; None where none was given.
    """

    id: LotId
    name: str
    source: Path
    opened_at_utc: datetime
    images: int
    failed: int
    detected: int
    flagged: int
    decided: int
    last_image_id: ImageId | None = None
    disposition: Disposition | None = None


class RunState(StrEnum):
    """How a detection run ended, or that it has not."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One pass of a recipe over a lot, with the fingerprints that make it reproducible.

    Attributes:
        recipe_json: the whole recipe, so that a run can be explained without the recipe's file.
    """

    id: RunId
    lot_id: LotId
    recipe_name: str
    recipe_version: int
    recipe_sha256: str
    recipe_json: str
    model_id: str
    model_sha256: str
    device: str
    app_version: str
    started_at_utc: datetime
    ended_at_utc: datetime | None
    state: RunState


@dataclass(frozen=True, slots=True)
class JudgementChange:
    """A typed, invertible delta: one image goes from one judgement to another."""

    image_id: ImageId
    before: Judgement
    after: Judgement

    def inverse(self) -> "JudgementChange":
        """The delta that takes this one back."""
        return JudgementChange(self.image_id, self.after, self.before)


class Subject(StrEnum):
    """What a user action can change besides judgements."""

    CLASS = "class"
    CLUSTER = "cluster"
    CROP = "crop"
    DISCOVERY = "discovery"
    REFERENCE = "reference"


UndoScope: TypeAlias = LotId | Literal["classes"] | None
"""Whose actions are undone: those of a lot, those on the class table, or (None) the newest of any lot."""


@dataclass(frozen=True, slots=True)
class Action:
    """What undo or redo would do: the title of a user action, and its lot; None where it is the class table's."""

    title: str
    lot_id: LotId | None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a user action did.

    Attributes:
        title: for the undo menu.
        changes: the judgements that were committed.
        edited: what else it touched, so that a screen knows whether to read again.
        referred: the images whose reference, or whose place on it, is another now.
    """

    title: str
    changes: tuple[JudgementChange, ...]
    edited: frozenset[Subject] = frozenset()
    referred: tuple[ImageId, ...] = ()
