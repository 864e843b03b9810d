"""What the HTML report shows: the report's facts, ordered and capped for one page."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.decisions import Decision, DefectClass, Judgement, Killer, Verdict
from core.domain.detections import ModelVerdict
from core.domain.errors import UserError
from core.domain.ids import ClassId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem
from core.domain.words import VERDICT_WORDS
from core.jobs import JobContext
from core.reporting.lot_report import LotReport
from core.reporting.rows import ReportRow, report_rows
from core.reporting.thumbnails import Thumbnail, draw_thumbnail
from core.reporting.totals import classes_by_id, model_outcome, unlisted_class

ImageSource: TypeAlias = Callable[[ReviewItem], GrayImage | None]
OverlaySource: TypeAlias = Callable[[ReviewItem], tuple[FloatArray | None, BoolArray | None]]

FINDINGS_CAP = 500
CLEAN_CAP = 60
ROW_CAP = 2000

_FINDING_GROUPS = 4
_OUTCOME_GROUPS: dict[str, int] = {ModelVerdict.NG: 1, ModelVerdict.UNKNOWN: 2}


@dataclass(frozen=True, slots=True)
class PageRow:
    """One image on the page.

    Attributes:
        outcome: a ModelVerdict's value, "failed" or "not_run".
        thumbnail: None beyond the caps, and where there are no pixels.
    """

    item: ReviewItem
    row: ReportRow
    outcome: str
    class_color: str | None
    thumbnail: Thumbnail | None = None

    @property
    def group(self) -> int:
        """Place in the page's order: decided real 0, NG 1, unknown 2, otherwise decided 3, the rest 4."""
        if self.item.judgement.verdict is Verdict.REAL:
            return 0
        return _OUTCOME_GROUPS.get(self.outcome, 3 if self.item.is_decided else _FINDING_GROUPS)


@dataclass(frozen=True, slots=True)
class Gallery:
    """Images with pictures, and how many there are without."""

    shown: tuple[PageRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """One decision of the log, in words."""

    decision: Decision
    image_name: str
    before: str
    after: str


def page_rows(report: LotReport) -> list[PageRow]:
    """All rows, findings first, each group by falling score."""
    colors = {defect_class.id: defect_class.color for defect_class in report.classes}
    rows = [
        PageRow(item, row, model_outcome(item), _color(item.judgement, colors))
        for item, row in zip(report.items, report_rows(report), strict=True)
    ]
    return sorted(rows, key=lambda row: (row.group, -(row.row.score or 0.0)))


def galleries(
    rows: list[PageRow],
    map_range: tuple[float, float] | None,
    images: ImageSource,
    overlays: OverlaySource,
    ctx: JobContext,
    caps: tuple[int, int] | None = None,
) -> tuple[Gallery, Gallery]:
    """Draw the pictures of the findings and of a few clean images, up to the caps.

    Raises:
        JobCancelled: the owner cancelled.
    """
    readable = [row for row in rows if not isinstance(row.item.record, FailedImage)]
    findings = [row for row in readable if row.group < _FINDING_GROUPS]
    clean = [row for row in readable if row.outcome == ModelVerdict.OK and row.group == _FINDING_GROUPS]
    most, most_clean = caps or (FINDINGS_CAP, CLEAN_CAP)
    wanted = findings[:most] + clean[:most_clean]
    drawn = [_drawn(row, map_range, images, overlays) for row in ctx.track(wanted, "Drawing thumbnails")]
    edge = min(len(findings), most)
    return Gallery(tuple(drawn[:edge]), len(findings)), Gallery(tuple(drawn[edge:]), len(clean))


def log_lines(report: LotReport) -> list[LogLine]:
    """The decisions, oldest first, with names for ids."""
    names = {item.image_id: item.record.name for item in report.items}
    classes = classes_by_id(report.classes)
    return [
        LogLine(
            decision,
            names.get(decision.image_id, f"image {decision.image_id}"),
            judgement_text(decision.before, classes),
            judgement_text(decision.after, classes),
        )
        for decision in report.decisions
    ]


def judgement_text(judgement: Judgement, classes: dict[ClassId, DefectClass]) -> str:
    """A judgement in words: "Real · Bridge · killer"."""
    parts = []
    if judgement.verdict is not None:
        parts.append(VERDICT_WORDS[judgement.verdict])
    if judgement.class_id is not None:
        parts.append((classes.get(judgement.class_id) or unlisted_class(judgement.class_id)).name)
    if judgement.killer is not Killer.UNKNOWN:
        parts.append("killer" if judgement.killer is Killer.YES else "no killer")
    return " · ".join(parts) or "undecided"


def pixel_size_sources(report: LotReport) -> list[tuple[str, int]]:
    """Where pixel sizes come from, and for how many images; "not known" where there is none."""
    records = [item.record for item in report.items if not isinstance(item.record, FailedImage)]
    sizes = [record.pixel_size for record in records]
    return Counter(size.source if size else "not known" for size in sizes).most_common()


def _color(judgement: Judgement, colors: dict[ClassId, str]) -> str | None:
    return None if judgement.class_id is None else colors.get(judgement.class_id)


def _drawn(
    row: PageRow, map_range: tuple[float, float] | None, images: ImageSource, overlays: OverlaySource
) -> PageRow:
    try:
        image = images(row.item)
        values, mask = overlays(row.item)
    except UserError:  # a picture that is gone costs its tile, not the report
        return row
    if image is None:
        return row
    regions = row.item.detection.regions if row.item.detection else ()
    thumbnail = draw_thumbnail(image, values, mask, regions[0] if regions else None, map_range)
    return replace(row, thumbnail=thumbnail)
