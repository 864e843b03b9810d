"""Sections of the PDF report on the lot as a whole: its wafers, its classes, the quality of its review."""

from collections.abc import Iterator

from reportlab.graphics.shapes import Circle, Drawing, Polygon, Rect
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Table

from core.reporting.lot_report import LotReport
from core.reporting.pdf_parts import QUIET, RULE, gap, table, text
from core.reporting.quality import quality_lines
from core.reporting.wafer_chart import SIDE, WaferChart, wafer_charts

_MOST_COLUMNS = 14  # more do not fit on the page; they stand in the HTML report
_WAFER_SIDE = 82 * mm
_WAFERS_ACROSS = 2
_GROUND = colors.HexColor("#f5f7f9")


def wafer_section(report: LotReport) -> Iterator[Flowable]:
    """Maps of the wafers, of a lot that came as a KLARF."""
    charts = wafer_charts(report)
    if not charts:
        return
    words = text(
        "Mark at the bottom. A dot is a defect, in the colour of its reviewer's class; dark gray has a verdict "
        "without a class, light gray is undecided.",
        "quiet",
    )
    cells = [[wafer_drawing(chart), text(_wafer_words(chart), "quiet")] for chart in charts]
    rows = [cells[at : at + _WAFERS_ACROSS] for at in range(0, len(cells), _WAFERS_ACROSS)]
    filled = [row + [""] * (_WAFERS_ACROSS - len(row)) for row in rows]
    yield KeepTogether([text("Wafers", "section"), words, Table(filled[:1], hAlign="LEFT")])
    if filled[1:]:
        yield Table(filled[1:], hAlign="LEFT")


def wafer_drawing(chart: WaferChart) -> Drawing:
    """A wafer as vectors; its y runs upwards."""
    drawing = Drawing(_WAFER_SIDE, _WAFER_SIDE)
    drawing.scale(_WAFER_SIDE / SIDE, _WAFER_SIDE / SIDE)
    middle, rim = SIDE / 2, SIDE / 2 - chart.radius
    drawing.add(Circle(middle, middle, chart.radius, fillColor=_GROUND, strokeColor=QUIET, strokeWidth=1))
    if chart.mark:
        mark = [middle - 5, rim, middle + 5, rim, middle, rim + 7]
        drawing.add(Polygon(mark, fillColor=colors.white, strokeColor=QUIET, strokeWidth=0.8))
    for x, y, width, height in chart.dies:
        drawing.add(
            Rect(x, SIDE - y - height, width, height, fillColor=None, strokeColor=RULE, strokeWidth=0.5)
        )
    for x, y, color in chart.dots:
        drawing.add(Circle(x, SIDE - y, 2, fillColor=colors.HexColor(color), strokeColor=None))
    return drawing


def _wafer_words(chart: WaferChart) -> str:
    words = f"{chart.title}: {chart.counted}"
    return f"{words}; {chart.note}" if chart.note else words


def class_section(report: LotReport) -> Iterator[Flowable]:
    """The classes that were given, with their contributions."""
    yield text("Defect classes", "section")
    if not report.totals.classes:
        yield text("No image has been given a class.", "quiet")
        return
    lines = [
        (
            line.defect_class.name,
            line.defect_class.code,
            line.images,
            _percent(line.contribution),
            f"{_percent(line.contribution_low)} – {_percent(line.contribution_high)}",
            _percent(line.cumulative),
            line.killers,
        )
        for line in report.totals.classes
    ]
    head = ("Class", "Code", "Images", "Contribution", "95 % interval", "Cumulative", "Killers")
    yield table(head, lines, (3, 1, 1, 1.4, 2, 1.4, 1))
    yield text(
        "Contribution = images of the class / all classified images, with its Wilson interval.", "quiet"
    )


def quality_section(report: LotReport) -> Iterator[Flowable]:
    """Figures, confusions and classes."""
    yield text("Quality", "section")
    yield table(("What", "Figure (95 % interval)", "Formula"), quality_lines(report.quality), (1.2, 2.2, 3.4))
    for title, met in (
        ("Verdict by the reviewer (rows) and the model (columns)", report.quality.verdicts),
        (
            f"Class by the reviewer (rows) and {report.quality.class_source} (columns)",
            report.quality.class_confusion,
        ),
    ):
        if met is not None and len(met.columns) <= _MOST_COLUMNS:
            yield gap()
            yield text(title, "head")
            yield table(("", *met.columns, "Sum"), met.lines(), (2, *[1] * len(met.columns), 1))
    if report.quality.classes:
        yield gap()
        lines = [
            (line.name, str(line.purity), str(line.accuracy), str(line.contribution))
            for line in report.quality.classes
        ]
        yield table(("Class", "Purity", "Accuracy", "Contribution"), lines, (1.4, 2, 2, 2))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
