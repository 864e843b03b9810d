"""The PDF report: for the archive, for print and for signatures."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate

from core.domain.words import VERDICT_WORDS
from core.jobs import JobContext
from core.reporting.files import replacing_file
from core.reporting.html_page import (
    Gallery,
    ImageSource,
    OverlaySource,
    PageRow,
    galleries,
    log_lines,
    page_rows,
    pixel_size_sources,
)
from core.reporting.lot_report import LotReport
from core.reporting.pdf_parts import QUIET, gap, table, text, tiles
from core.reporting.pdf_sections import class_section, quality_section, wafer_section
from core.reporting.rows import utc_text
from core.reporting.summary import DISPOSITION_HEAD, count_lines, disposition_lines, provenance_lines

FINDINGS_CAP = 60
ROW_CAP = 500
_MARGIN = 18 * mm


def write_pdf(
    report: LotReport, images: ImageSource, overlays: OverlaySource, out: Path, ctx: JobContext
) -> None:
    """Write the report on A4; pictures and tables are capped, which the pages say.

    Raises:
        UserError: the file cannot be written.
        JobCancelled: the owner cancelled; nothing is left behind.
    """
    rows = page_rows(report)
    findings, _clean = galleries(rows, report.map_range, images, overlays, ctx, caps=(FINDINGS_CAP, 0))
    story = list(_story(report, rows, findings))
    with replacing_file(out) as file:
        document = SimpleDocTemplate(
            file,
            pagesize=A4,
            leftMargin=_MARGIN,
            rightMargin=_MARGIN,
            topMargin=_MARGIN,
            bottomMargin=_MARGIN,
            title=f"Lot report – {report.lot_name}",
            author=report.reviewer,
            creator=f"Residua {report.app_version}",
        )
        foot = _foot(report, ctx)
        document.build(story, onFirstPage=foot, onLaterPages=foot)


def _story(report: LotReport, rows: list[PageRow], findings: Gallery) -> Iterator[Flowable]:
    yield from _opening(report)
    yield from wafer_section(report)
    yield from class_section(report)
    yield from quality_section(report)
    yield from _findings(findings)
    yield from _exceptions(rows)
    yield from _image_table(rows)
    yield from _log(report)
    yield from _method(report)
    yield from _signatures()


def _opening(report: LotReport) -> Iterator[Flowable]:
    yield text(f"Lot report – {report.lot_name}", "title")
    if report.audit_fault:
        yield text(f"The audit chain of this history is broken. {report.audit_fault}", "alarm")
    yield table((), provenance_lines(report), (1, 4))
    yield text("Disposition", "section")
    if report.dispositions:
        yield table(DISPOSITION_HEAD, disposition_lines(report), (1.2, 1.6, 2.6, 1.2, 1.3, 2.2, 2.2))
    else:
        yield text("None has been given.", "quiet")
    yield text("Counts", "section")
    yield table((), count_lines(report.totals), (1, 2))


def _findings(findings: Gallery) -> Iterator[Flowable]:
    yield text(f"Findings ({findings.total})", "section")
    yield from _cap(len(findings.shown), findings.total, "findings")
    if findings.shown:
        yield tiles(findings.shown, [_caption(entry) for entry in findings.shown])


def _caption(entry: PageRow) -> tuple[str, str]:
    row = entry.row
    said = [row.final_class_name, "killer" if row.killer == "yes" else None, row.note]
    verdict = VERDICT_WORDS[entry.item.judgement.verdict] if entry.item.judgement.verdict else None
    size = None if row.size_nm is None else f"size {row.size_nm:,.1f} nm"
    score = None if row.score is None else f"score {row.score:.3f}"
    words = (entry.outcome.upper(), score, size, verdict or "undecided", *said)
    return row.image_path, " · ".join(word for word in words if word)


def _exceptions(rows: list[PageRow]) -> Iterator[Flowable]:
    failed = [entry.row for entry in rows if entry.outcome == "failed"]
    if failed:
        yield text(f"Exceptions ({len(failed)})", "section")
        yield from _cap(ROW_CAP, len(failed), "failed files")
        yield table(("File", "Reason"), [(row.image_path, row.error) for row in failed[:ROW_CAP]], (2, 3))


def _image_table(rows: list[PageRow]) -> Iterator[Flowable]:
    yield text(f"Images ({len(rows)})", "section")
    yield from _cap(ROW_CAP, len(rows), "images")
    lines = [
        (
            entry.row.image_path,
            entry.outcome,
            None if entry.row.score is None else f"{entry.row.score:.3f}",
            entry.row.area_px,
            entry.row.verdict,
            entry.row.final_class_name,
            entry.row.reviewer,
        )
        for entry in rows[:ROW_CAP]
    ]
    head = ("Image", "Model", "Score", "Area px", "Verdict", "Class", "Reviewer")
    yield table(head, lines, (4, 1.2, 1, 1.1, 1.6, 1.8, 1.8))


def _log(report: LotReport) -> Iterator[Flowable]:
    log = log_lines(report)
    yield text(f"Decision log ({len(log)})", "section")
    yield from _cap(ROW_CAP, len(log), "decisions, the newest,")
    lines = [
        (
            line.decision.id,
            utc_text(line.decision.decided_at_utc),
            line.image_name,
            line.before,
            line.after,
            line.decision.reviewer,
        )
        for line in log[-ROW_CAP:]
    ]
    yield table(("No.", "Time (UTC)", "Image", "From", "To", "Reviewer"), lines, (0.7, 2.2, 3, 2, 2, 1.6))


def _method(report: LotReport) -> Iterator[Flowable]:
    yield text("Method", "section")
    for run in report.runs:
        lines = [
            ("Recipe", f"{run.recipe_name}, version {run.recipe_version}"),
            ("Recipe SHA-256", run.recipe_sha256),
            ("Model", run.model_id),
            ("Model SHA-256", run.model_sha256),
            ("Measured", f"{utc_text(run.started_at_utc)}, {run.device}, Residua {run.app_version}"),
        ]
        yield table((), lines, (1, 4))
        yield gap()
    sources = ", ".join(f"{source} ({images})" for source, images in pixel_size_sources(report))
    yield text(f"Pixel size from: {sources or '–'}")


def _signatures() -> Iterator[Flowable]:
    yield text("Signatures", "section")
    yield table(("Name", "Signature", "Date"), [("\n\n", "", "")] * 2, (2, 3, 1))


def _cap(shown: int, total: int, what: str) -> Iterator[Flowable]:
    if shown < total:
        yield text(f"{shown} of {total} {what} are shown. The CSV export lists every image.", "quiet")


def _foot(report: LotReport, ctx: JobContext) -> Callable[[Any, Any], None]:
    """On every page what proves where it belongs; the place, too, where a cancel is heard."""

    def draw(canvas: Any, document: Any) -> None:
        ctx.check()
        canvas.saveState()
        canvas.setFont("Helvetica", 6.5)
        canvas.setFillColor(QUIET)
        head = f"Audit head {report.audit_head or '–'}"
        canvas.drawString(_MARGIN, 10 * mm, head)
        canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, f"Page {document.page}")
        canvas.restoreState()

    return draw
