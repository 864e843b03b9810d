"""What the thresholds dialog shows, and the pure functions that make words of it."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.detections import ModelVerdict
from core.domain.ids import LotId
from core.domain.thresholds import ThresholdProposal, ThresholdSource, VerdictChanges
from core.domain.words import MODEL_WORDS
from core.jobs import Progress

NAMED_SUSPECTS = 4
_FEW = 20
"""Below so many images the Unknown threshold is an estimate rather than the images' own quantile."""


@dataclass(frozen=True, slots=True)
class ThresholdsState:
    """One visit to the dialog.

    Attributes:
        lot_id, lot_name: the open lot; None and empty where there is none.
        decided: its images that were decided to show no defect.
        progress: of the measurement under way; None while nothing is measured.
        proposal: the newest outcome for the source chosen; None before there is one.
        complaint: why there is none.
    """

    lot_id: LotId | None = None
    lot_name: str = ""
    decided: int = 0
    source: ThresholdSource = ThresholdSource.FOLDER
    folder: Path | None = None
    progress: Progress | None = None
    proposal: ThresholdProposal | None = None
    complaint: str = ""

    @property
    def can_measure(self) -> bool:
        """Whether there is something to measure and nothing under way."""
        ready = {
            ThresholdSource.DECIDED: self.decided > 0,
            ThresholdSource.FOLDER: self.folder is not None,
            ThresholdSource.WEIGHTS: True,
        }
        return self.progress is None and ready[self.source]


def source_words(state: ThresholdsState) -> dict[ThresholdSource, str]:
    """What can be chosen."""
    images = "1 image" if state.decided == 1 else f"{state.decided:,} images"
    decided = f"{images} of “{state.lot_name}” decided False" if state.lot_name else "Images decided False"
    return {
        ThresholdSource.DECIDED: decided,
        ThresholdSource.FOLDER: "A folder of defect-free images",
        ThresholdSource.WEIGHTS: "None: the thresholds that came with the weights",
    }


def effect_text(changes: VerdictChanges, lot_name: str) -> str:
    """How many images of the open lot would get another verdict, and which."""
    if not lot_name:
        return "No lot is open to compare with."
    if not changes.compared:
        return (
            f"No image of “{lot_name}” was measured by this detector alone, so there is nothing to compare."
        )
    of = f"of {changes.compared:,} measured images of “{lot_name}”"
    if not changes.changed:
        return f"None {of} would get another verdict."
    return f"{changes.changed:,} {of} would get another verdict: {_moves_text(changes)}."


def _moves_text(changes: VerdictChanges) -> str:
    order = list(ModelVerdict)
    moves = sorted(changes.moves.items(), key=lambda item: [order.index(verdict) for verdict in item[0]])
    return ", ".join(
        f"{count:,} from {MODEL_WORDS[before]} to {MODEL_WORDS[after]}" for (before, after), count in moves
    )


def notes_text(proposal: ThresholdProposal) -> str:
    """What should be known about a proposal before it is used."""
    notes = []
    if proposal.scores:
        images = "1 image was" if len(proposal.scores) == 1 else f"{len(proposal.scores):,} images were"
        few = "" if len(proposal.scores) >= _FEW else "; the fewer, the wider the thresholds"
        notes.append(f"{images} measured{few}.")
    if proposal.skipped:
        notes.append(f"{proposal.skipped:,} could not be used.")
    if proposal.suspects:
        named = ", ".join(proposal.suspects[:NAMED_SUSPECTS])
        more = len(proposal.suspects) - NAMED_SUSPECTS
        notes.append(
            f"Look again, NG among the defect-free: {named}{f' and {more:,} more' if more > 0 else ''}."
        )
    if proposal.changes.not_comparable and proposal.changes.compared:
        notes.append(f"{proposal.changes.not_comparable:,} images of the lot were measured otherwise.")
    return " ".join(notes)
