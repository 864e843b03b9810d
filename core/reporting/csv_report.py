"""The CSV report: one line an image, for spreadsheets and scripts alike."""

import csv
import dataclasses
import math
from pathlib import Path

from core.jobs import JobContext
from core.reporting.files import replacing_text_file
from core.reporting.lot_report import LotReport
from core.reporting.rows import COLUMNS, ReportRow, report_rows

_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
_CHUNK = 500


def write_csv(report: LotReport, out: Path, ctx: JobContext) -> None:
    """Write one line an image; an empty cell was not measured.

    The file is RFC 4180 in UTF-8 with a BOM, so that Excel reads it. Text that a spreadsheet would take for a
    formula gets a leading apostrophe; numbers stay numbers.

    Args:
        out: replaced whole, or left as it was.
        ctx: for progress and cancel.

    Raises:
        UserError: the file cannot be written.
        JobCancelled: the owner cancelled; nothing is left behind.
    """
    total = len(report.items)
    with replacing_text_file(out, encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for done, row in enumerate(report_rows(report)):
            if done % _CHUNK == 0:
                ctx.check()
                ctx.report(done, total, "Writing CSV")
            writer.writerow(_cells(row))
    ctx.report(total, total, "Writing CSV")


def _cells(row: ReportRow) -> list[str]:
    return [_cell(getattr(row, column.name)) for column in dataclasses.fields(row)]


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defuse_formula(value)
    if isinstance(value, int):
        return str(value)
    return format(value, ".9g") if math.isfinite(value) else ""


def defuse_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    A leading apostrophe is put before text that starts with a control character, or whose first printing
    character opens a formula; full-width signs count, for Excel folds them in some locales.
    """
    bare = text.lstrip(" \xa0\u3000\ufeff")
    starts_formula = bare[:1] in _FORMULA_STARTS if bare else False
    starts_control = bool(bare) and not bare[0].isprintable()
    return f"'{text}" if starts_formula or starts_control else text
