"""What the few-shot dialog shows, and the pure functions that make words of it."""

from dataclasses import dataclass

from core.domain.discovery import DEFECT_FREE
from core.domain.few_shot import FewShotProposal, ShotSupply
from core.domain.ids import LotId
from core.jobs import Progress

DEFAULT_SHOTS = 10


@dataclass(frozen=True, slots=True)
class FewShotState:
    """One visit to the dialog.

    Attributes:
        lot_id: the open lot; None where there is none.
        all_lots: whether images of the other lots teach too.
        supplies: what can be taught.
        chosen: names of the classes that are taught.
        count: images a class at most.
        progress: of the training under way; None while nothing is trained.
        proposal: what was made for the present choice; None before there is one.
        complaint: why there is none.
    """

    lot_id: LotId | None = None
    all_lots: bool = False
    supplies: tuple[ShotSupply, ...] = ()
    chosen: frozenset[str] = frozenset()
    count: int = DEFAULT_SHOTS
    progress: Progress | None = None
    proposal: FewShotProposal | None = None
    complaint: str = ""

    @property
    def scope(self) -> LotId | None:
        """Whose images teach; None for all lots."""
        return None if self.all_lots else self.lot_id

    @property
    def missing(self) -> str:
        """What is still needed before a training can begin; empty when nothing is."""
        taught = [one for one in self.supplies if one.label in self.chosen and one.images]
        if not any(one.label == DEFECT_FREE for one in taught):
            return "Decide some images False first (key F): they show what must stay silent."
        defects = [one for one in taught if one.label != DEFECT_FREE]
        if not defects:
            return "Give some images a class first (keys 1 to 9), and choose it here."
        if not any(one.masked for one in defects):
            return "None of the images of these classes has a mask: run a detection first (F5)."
        return ""

    @property
    def can_train(self) -> bool:
        """Whether there is enough to learn from and nothing under way."""
        return self.progress is None and not self.missing


def supply_rows(supplies: tuple[ShotSupply, ...]) -> list[tuple[str, str]]:
    """Each class with its sentence."""
    return [(one.label, _supply_text(one)) for one in supplies]


def _supply_text(one: ShotSupply) -> str:
    images = "1 image" if one.images == 1 else f"{one.images:,} images"
    if one.label == DEFECT_FREE:
        return f"{DEFECT_FREE} · {images} decided False"
    return f"{one.label} · {images}, {one.masked:,} with a mask"


def outcome_text(state: FewShotState) -> str:
    """What was made, or what stands in the way."""
    proposal = state.proposal
    if state.complaint:
        return state.complaint
    if proposal is None:
        return "" if state.progress else state.missing
    learned = ", ".join(f"{count} {label}" for label, count in proposal.shots.items())
    images = "1 image" if proposal.skipped == 1 else f"{proposal.skipped:,} images"
    skipped = f" {images} could not be used." if proposal.skipped else ""
    texts = (
        "" if proposal.text.startswith("on") else " No CLIP weights: texts are off, the own encoder is used."
    )
    return f"Learned from {learned}.{skipped}{texts} Use it, and detect again to see its word."
