"""The one query object behind every report format."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.domain.decisions import Decision, DefectClass
from core.domain.dispositions import Disposition
from core.domain.review import ReviewItem, Run
from core.domain.wafers import LotSites
from core.reporting.quality import LotQuality, measure_quality
from core.reporting.totals import LotTotals, count_lot


@dataclass(frozen=True, slots=True)
class LotReport:
    """All that a report of a lot says, at one moment.

    Attributes:
        lot_source: what was opened as the lot: a folder, file or manifest.
        runs: those that the items' detections come from, newest first; empty before the first run.
        items: the whole queue, failed files included.
        classes: all classes that items or decisions refer to.
        decisions: the lot's log, oldest first, undos included.
        audit_head: hash of the newest audit row that holds; empty when there is no audit.
        audit_fault: what is wrong with the audit chain, in a sentence; empty when every row of it holds.
        reviewer: who makes the report.
        app_version: of the application that makes the report; the version that measured stands in the runs.
        map_range: map values at the two ends of the heatmap's colour scale, one scale for all images; None
            before the first run.
        dispositions: of the lot and its wafers, those that stand, the lot's own first.
        sites: wafers and defects, of a lot that came with a KLARF.
        totals, quality: derived from items, classes, decisions and sites.
    """

    lot_name: str
    lot_source: Path
    runs: tuple[Run, ...]
    items: tuple[ReviewItem, ...]
    classes: tuple[DefectClass, ...]
    decisions: tuple[Decision, ...]
    audit_head: str
    audit_fault: str
    reviewer: str
    app_version: str
    generated_at_utc: datetime
    map_range: tuple[float, float] | None
    dispositions: tuple[Disposition, ...] = ()
    sites: LotSites | None = None
    totals: LotTotals = field(init=False)
    quality: LotQuality = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "totals", count_lot(self.items, self.classes))
        quality = measure_quality(self.items, self.classes, self.decisions, self.sites)
        object.__setattr__(self, "quality", quality)
