"""The HTML report: one file that opens anywhere, offline, and prints well."""

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from core.domain.words import MODEL_WORDS, VERDICT_WORDS
from core.jobs import JobContext
from core.reporting.charts import outcome_bar, score_histogram
from core.reporting.files import replacing_text_file
from core.reporting.html_page import (
    ROW_CAP,
    ImageSource,
    OverlaySource,
    PageRow,
    galleries,
    log_lines,
    page_rows,
    pixel_size_sources,
)
from core.reporting.lot_report import LotReport
from core.reporting.quality import quality_lines
from core.reporting.rows import utc_text
from core.reporting.summary import DISPOSITION_HEAD, disposition_lines
from core.reporting.thumbnails import heat_colors
from core.reporting.wafer_chart import SIDE, wafer_charts

_OUTCOME_BAR = {"width": 1088.0, "height": 10.0}
_HISTOGRAM = {"width": 520.0, "height": 96.0}


def write_html(
    report: LotReport, images: ImageSource, overlays: OverlaySource, out: Path, ctx: JobContext
) -> None:
    """Write the report as one HTML file without external resources.

    Pictures and tables are capped (the page says so); the CSV report always holds every row.

    Args:
        images: native pixels of an item; None where they are gone.
        overlays: score map and mask of an item, each None where there is none.
        out: replaced whole, or left as it was.
        ctx: for progress and cancel.

    Raises:
        UserError: the file cannot be written.
        JobCancelled: the owner cancelled; nothing is left behind.
    """
    rows = page_rows(report)
    findings, clean = galleries(rows, report.map_range, images, overlays, ctx)
    facts = _facts(report, rows) | {"findings": findings, "clean": clean}
    with replacing_text_file(out, encoding="utf-8") as file:
        for piece in _environment().get_template("report.html.j2").generate(facts):
            ctx.check()
            file.write(piece)


def _facts(report: LotReport, rows: list[PageRow]) -> dict[str, Any]:
    log = log_lines(report)
    failures = [row for row in rows if row.outcome == "failed"]
    return {
        "report": report,
        "totals": report.totals,
        "rows": rows[:ROW_CAP],
        "log": log[-ROW_CAP:],
        "failures": failures[:ROW_CAP],
        "row_cap": ROW_CAP,
        "outcome_bar": outcome_bar(report.totals, **_OUTCOME_BAR),
        "histogram": score_histogram(report.items, **_HISTOGRAM),
        "pixel_sizes": pixel_size_sources(report),
        "heat_colors": heat_colors(24),
        "wafers": wafer_charts(report),
        "wafer_side": SIDE,
        "verdict_texts": VERDICT_WORDS,
        "quality": report.quality,
        "quality_lines": quality_lines(report.quality),
        "disposition_head": DISPOSITION_HEAD,
        "dispositions": disposition_lines(report),
    } | _inline_code()


def _inline_code() -> dict[str, Any]:
    """Style and script, trusted as ours, and their hashes, by which the page lets nothing else run."""
    style, script = _resource("report.css"), _resource("report.js")
    return {
        "style": Markup(style),
        "script": Markup(script),
        "style_hash": _csp_hash(style),
        "script_hash": _csp_hash(script),
    }


def _resource(name: str) -> str:
    return files("resources").joinpath("report", name).read_text(encoding="utf-8")


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("resources", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    model_words = {verdict.value: word for verdict, word in MODEL_WORDS.items()}
    environment.globals["outcome_texts"] = model_words | {"failed": "Failed", "not_run": "Not run"}
    environment.filters.update(
        color=_safe_color,
        count=lambda value: "" if value is None else f"{value:,}",
        length_nm=lambda value: "" if value is None else f"{value:,.1f}",
        score=lambda value: "" if value is None else f"{value:.3f}",
        percent=lambda share: f"{100 * share:.1f} %",
        pretty_json=_pretty_json,
        utc=lambda moment: utc_text(moment).replace("T", " ").removesuffix("Z"),
    )
    return environment


def _safe_color(text: str | None) -> str:
    return text if text and re.fullmatch(r"#[0-9a-fA-F]{6}", text) else "#9aa4af"


def _pretty_json(text: str) -> str:
    """Indented JSON; text that is none is shown as it is, for a report must not fail over a record."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
