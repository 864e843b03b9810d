"""What writing a lot's decisions into its KLARF would change; nothing is written here."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.domain.decisions import Judgement
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.review import LotSummary, ReviewItem
from core.domain.wafers import LotSites
from core.jobs import JobContext
from core.klarf import Klarf, read_klarf
from core.klarf.class_edits import CLASS_COLUMNS, class_splices, lookup_splices
from core.klarf.column_edits import column_splices
from core.klarf.preview import preview
from core.klarf.splice import Splice
from core.klarf.subset import subset_splices
from core.services.klarf.annotating import annotation_columns
from core.services.klarf.class_numbers import ClassNumbers
from core.services.klarf.lots import read_klarf_lot, sha256_of_klarf
from core.services.workspace import Workspace

_log = logging.getLogger(__name__)

DefectChoice = Literal["all", "decided", "classified"]
"""Which defects a written file has: all, those with a decision, or those that got a class number."""
DEFAULT_COLUMNS = ("CLASSNUMBER",)


@dataclass(frozen=True, slots=True, eq=False)
class KlarfChange:
    """What writing a lot's decisions would do.

    Attributes:
        source: the KLARF of the lot.
        klarf: it, read.
        splices: the changes; none where nothing was decided.
        numbers: class number by defect.
        added: classes that are new in the file's lookup: number and name.
        unclassified: defects with a decision that names no class; they stay as they are.
        contradicting: ids of defects whose images were decided differently; they stay as they are.
    """

    source: Path
    klarf: Klarf
    splices: tuple[Splice, ...]
    numbers: dict[int, int]
    added: tuple[tuple[int, str], ...]
    unclassified: int
    contradicting: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The changes as lines of a diff."""
        return tuple(preview(self.klarf.source, self.splices))

    def summary(self) -> str:
        """What was done, in a sentence or two."""
        parts = [f"{len(self.numbers)} of {self.klarf.defect_count} defects have the class of their decision"]
        parts += [f"new classes: {', '.join(f'{number} {name}' for number, name in self.added)}"] * bool(
            self.added
        )
        parts += [f"{self.unclassified} decided without a class"] * bool(self.unclassified)
        if self.contradicting:
            parts.append(
                f"left alone, as their images were decided differently: {', '.join(self.contradicting)}"
            )
        return "; ".join(parts)


def plan_klarf(
    workspace: Workspace,
    lot_id: LotId,
    ctx: JobContext,
    *,
    columns: Sequence[str] = DEFAULT_COLUMNS,
    defects: DefectChoice = "all",
    annotate: bool = False,
) -> KlarfChange:
    """Work out what writing a lot's decisions into its KLARF would change; nothing is written.

    Args:
        columns: which of CLASS_COLUMNS to write to; with `annotate` there may be none.
        defects: which of them the file keeps.
        annotate: also write the reviewer's class, the model's class and the score into columns of their own, which
            are added where the file has none.

    Raises:
        UserError: the lot did not come from a KLARF, or that is gone or can no longer be read.
    """
    summary = next(lot for lot in workspace.history.list_lots() if lot.id == lot_id)
    _check_columns(columns, may_be_none=annotate)
    ctx.report(0, 0, "Reading the KLARF")
    klarf, sites = _reread(workspace, summary, ctx)
    ctx.check()
    items = workspace.history.list_items(lot_id)
    judged = _judgements(items, sites)
    book = ClassNumbers(klarf, workspace.history.list_classes(include_retired=True))
    numbers: dict[int, int] = {}
    contradicting, unclassified = [], 0
    for defect, judgements in sorted(judged.items()):
        named = {book.class_of(judgement) for judgement in judgements}
        only = named.pop()
        if named:
            contradicting.append(sites.defects.defect_ids[defect])
        elif only is None:
            unclassified += 1
        else:
            numbers[defect] = book.number_of(only)
    kept = {"all": None, "decided": set(judged), "classified": set(numbers)}[defects]
    splices = list(class_splices(klarf, numbers, columns)) if columns else []
    if annotate:
        splices += column_splices(klarf, annotation_columns(items, sites, numbers, book), kept)
    splices += lookup_splices(klarf, book.added)
    if kept is not None:  # every defect with a number is decided, so no row that goes is changed
        splices += subset_splices(klarf, kept)
    return KlarfChange(
        summary.source, klarf, tuple(splices), numbers, tuple(book.added), unclassified, tuple(contradicting)
    )


def _check_columns(columns: Sequence[str], *, may_be_none: bool) -> None:
    unknown = [column for column in columns if column not in CLASS_COLUMNS]
    if unknown or not (columns or may_be_none):
        raise UserError(
            f"Classes cannot be written to {', '.join(unknown) or 'no column'}.",
            f"Columns: {', '.join(CLASS_COLUMNS)}.",
        )


def _reread(workspace: Workspace, summary: LotSummary, ctx: JobContext) -> tuple[Klarf, LotSites]:
    """The KLARF as it is now, and what the history keeps of it; one that has changed is opened again first."""
    sites = workspace.history.sites(summary.id)
    if sites is None:
        raise UserError(
            f"The lot {summary.name} did not come from a KLARF.", "Open the KLARF itself, not its folder."
        )
    klarf = read_klarf(summary.source)
    if sha256_of_klarf(klarf) != sites.file_sha256:
        _log.warning("%s has changed since the lot was opened, and is read again", summary.source.name)
        lot = read_klarf_lot(summary.source, ctx)
        workspace.history.add_lot(lot)
        sites = lot.sites or sites
    return klarf, sites


def _judgements(items: Sequence[ReviewItem], sites: LotSites) -> dict[int, list[Judgement]]:
    """Judgements by defect, of its decided images."""
    judged: dict[int, list[Judgement]] = {}
    for item in items:
        defect = sites.defect_of.get(item.record.name)
        if item.is_decided and defect is not None:
            judged.setdefault(defect, []).append(item.judgement)
    return judged
