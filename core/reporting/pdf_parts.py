"""The building blocks of PDF pages: styles, tables and pictures."""

import base64
import io
from collections.abc import Iterable, Sequence

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, LongTable, Paragraph, Spacer, Table, TableStyle

from core.reporting.html_page import PageRow
from core.reporting.pdf_text import pdf_markup
from core.reporting.thumbnails import Thumbnail

PAGE_WIDTH = 174 * mm
"""Of A4 between its margins."""
INK, QUIET, RULE = colors.HexColor("#1b2026"), colors.HexColor("#66707b"), colors.HexColor("#dfe3e8")
_ALARM = colors.HexColor("#b3372c")
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=8, leading=10.5, textColor=INK)
_STYLES = {
    "body": _BODY,
    "head": ParagraphStyle("head", _BODY, fontName="Helvetica-Bold"),
    "quiet": ParagraphStyle("quiet", _BODY, textColor=QUIET),
    "alarm": ParagraphStyle("alarm", _BODY, textColor=_ALARM, fontName="Helvetica-Bold"),
    "title": ParagraphStyle("title", _BODY, fontSize=18, leading=23, fontName="Helvetica-Bold"),
    "section": ParagraphStyle(
        "section", _BODY, fontSize=11, leading=15, fontName="Helvetica-Bold", spaceBefore=12, spaceAfter=4
    ),
}
_LINES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
)
_TILE_SIDE = 36 * mm
_TILES_ACROSS = 2


def text(content: object, style: str = "body") -> Paragraph:
    """A paragraph; the style is body, head, quiet, alarm, title or section."""
    return Paragraph(pdf_markup(content), _STYLES[style])


def gap(points: float = 6) -> Spacer:
    """Room between two parts."""
    return Spacer(1, points)


def table(head: Sequence[str], lines: Iterable[Sequence[object]], shares: Sequence[float]) -> Flowable:
    """A table across the page, its head repeated on every page.

    Args:
        shares: widths of the columns, as parts of the page's.
    """
    body = [["" if cell is None else text(cell) for cell in line] for line in lines]
    heads = [[text(name, "head") for name in head]] if any(head) else []
    widths = [PAGE_WIDTH * share / sum(shares) for share in shares]
    return LongTable([*heads, *body], widths, repeatRows=len(heads), style=_LINES, hAlign="LEFT")


def tiles(rows: Sequence[PageRow], captions: Sequence[Sequence[str]]) -> Flowable:
    """Pictures with their captions, two images across."""
    cells = [_tile(row, caption) for row, caption in zip(rows, captions, strict=True)]
    cells += [[] for _ in range(-len(cells) % _TILES_ACROSS)]
    grid = [cells[start : start + _TILES_ACROSS] for start in range(0, len(cells), _TILES_ACROSS)]
    return Table(grid, [PAGE_WIDTH / _TILES_ACROSS] * _TILES_ACROSS, style=_LINES, hAlign="LEFT")


def _tile(row: PageRow, caption: Sequence[str]) -> list[Flowable]:
    words = [text(line, "quiet" if number else "body") for number, line in enumerate(caption)]
    if row.thumbnail is None:
        return [text("No picture: the image file is no longer where it was.", "quiet"), *words]
    return [_pictures(row.thumbnail), *words]


def _pictures(thumbnail: Thumbnail) -> Flowable:
    shown = [uri for uri in (thumbnail.context, thumbnail.close_up) if uri]
    pictures: list[Flowable | str] = [_picture(uri) for uri in shown]
    return Table([pictures + [""] * (2 - len(shown))], [_TILE_SIDE + 3 * mm] * 2, hAlign="LEFT")


def _picture(uri: str) -> Image:
    content = io.BytesIO(base64.b64decode(uri.partition(",")[2]))
    return Image(content, _TILE_SIDE, _TILE_SIDE, kind="proportional")
