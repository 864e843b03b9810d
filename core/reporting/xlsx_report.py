"""The XLSX report: the same rows as the CSV, with a sheet for the counts, the classes, the runs and the log."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from core.domain.errors import UserError
from core.jobs import JobContext
from core.reporting.defect_rows import DEFECT_COLUMNS, defect_rows
from core.reporting.files import replacing_file, storable
from core.reporting.html_page import log_lines
from core.reporting.lot_report import LotReport
from core.reporting.quality import quality_lines
from core.reporting.rows import COLUMNS, report_rows, utc_text
from core.reporting.summary import (
    DISPOSITION_HEAD,
    count_lines,
    disposition_lines,
    provenance_lines,
)

Cell: TypeAlias = str | float | None

_MOST_ROWS = 1_048_575  # of a sheet, without its head
_LONGEST_TEXT = 32_767  # characters of a cell
_WIDTHS = {"lot_id": 16, "image_path": 36, "note": 28, "klarf_class_name": 24, "final_class_name": 24}
_RUN_FIELDS = (
    "recipe_name",
    "recipe_version",
    "recipe_sha256",
    "model_id",
    "model_sha256",
    "device",
    "app_version",
)


def write_xlsx(report: LotReport, out: Path, ctx: JobContext) -> None:
    """Write the sheets Summary, Classes, Images, Decisions, Quality, Dispositions and Runs; of a KLARF Defects too.

    Text stays text, whatever it begins with.

    Raises:
        UserError: the file cannot be written, or the lot has more rows than a sheet.
        JobCancelled: the owner cancelled; nothing is left behind.
    """
    from xlsxwriter import Workbook

    defects = 0 if report.sites is None else len(report.sites.defects)
    if max(len(report.items), len(report.decisions), defects) > _MOST_ROWS:
        raise UserError("The lot has more rows than a sheet of XLSX holds.", "Export it as CSV.")
    with (
        replacing_file(out) as file,
        Workbook(file, {"constant_memory": True, "nan_inf_to_errors": False}) as book,
    ):
        bold = book.add_format({"bold": True})
        for title, head, lines, widths in _sheets(report, ctx):
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
            _write_row(sheet, 0, head, bold)
            for number, line in enumerate(lines, start=1):
                _write_row(sheet, number, line)


def _sheets(
    report: LotReport, ctx: JobContext
) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]], Sequence[int]]]:
    summary: list[Sequence[Cell]] = [*provenance_lines(report), *count_lines(report.totals)]
    yield "Summary", ("What", "Value"), summary, (26, 70)
    class_head = ("Class", "Code", "Images", "Contribution", "Low 95 %", "High 95 %", "Cumulative", "Killers")
    yield "Classes", class_head, _class_lines(report), (28, 8, 10)
    rows = ctx.track(list(report_rows(report)), "Writing XLSX")
    images = ([getattr(row, name) for name in COLUMNS] for row in rows)
    yield "Images", COLUMNS, images, _widths(COLUMNS)
    if report.sites is not None:
        yield "Defects", DEFECT_COLUMNS, defect_rows(report), _widths(DEFECT_COLUMNS)
    log_head = ("No.", "Time (UTC)", "Image", "From", "To", "Reviewer", "Undo of")
    yield "Decisions", log_head, _log(report), (8, 22, 36, 28, 28, 18)
    quality = [*quality_lines(report.quality), *_class_quality(report)]
    yield "Quality", ("What", "Figure (95 % interval)", "Formula"), quality, (28, 40, 70)
    yield "Dispositions", DISPOSITION_HEAD, disposition_lines(report), (14, 20, 40, 18, 12, 36, 36)
    runs = ([getattr(run, name) for name in _RUN_FIELDS] for run in report.runs)
    yield "Runs", _RUN_FIELDS, runs, (24, 8, 66, 24, 66)


def _widths(columns: Sequence[str]) -> tuple[int, ...]:
    return tuple(_WIDTHS.get(name, len(name) + 2) for name in columns)


def _class_lines(report: LotReport) -> Iterable[Sequence[Cell]]:
    for line in report.totals.classes:
        shares = (line.contribution, line.contribution_low, line.contribution_high, line.cumulative)
        yield (line.defect_class.name, line.defect_class.code, line.images, *shares, line.killers)


def _class_quality(report: LotReport) -> Iterable[tuple[str, str, str]]:
    source = report.quality.class_source
    for line in report.quality.classes:
        yield f"Purity of {line.name}", str(line.purity), f"right / all given this class by {source}"
        yield f"Accuracy of {line.name}", str(line.accuracy), "right / all truly of this class"
        yield f"Contribution of {line.name}", str(line.contribution), "of this class / all classified"


def _log(report: LotReport) -> Iterable[Sequence[Cell]]:
    for line in log_lines(report):
        made = line.decision
        moment = utc_text(made.decided_at_utc)
        yield made.id, moment, line.image_name, line.before, line.after, made.reviewer, made.undo_of


def _write_row(sheet: Any, number: int, cells: Iterable[Cell], style: Any = None) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            # Never `write`, which would take "=1+1" for a formula.
            sheet.write_string(number, column, storable(cell)[:_LONGEST_TEXT], style)
        elif cell is not None and math.isfinite(cell):
            sheet.write_number(number, column, cell, style)
