"""Text for PDF pages: escaped, and in fonts that have its characters."""

import re
from functools import cache
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

_KOREAN, _JAPANESE, _CHINESE = "HYGothic-Medium", "HeiseiKakuGo-W5", "STSong-Light"
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3000-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]+")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3040-\u30ff]")


def pdf_markup(text: object) -> str:
    r"""Markup of a paragraph that shows the text as it is.

    Latin text is in the standard fonts. Chinese, Japanese and Korean are in those that PDF readers bring along, so no
    font is embedded. Characters of neither become \x escapes: seen to be missing, and which.
    """
    return "".join(_run(part) for part in _parts(str(text)))


def _parts(text: str) -> list[str]:
    return [part for part in re.split(f"({_EAST_ASIAN.pattern})", text) if part]


def _run(part: str) -> str:
    if not _EAST_ASIAN.fullmatch(part):
        return escape(part.encode("cp1252", "backslashreplace").decode("cp1252")).replace("\n", "<br/>")
    font = _KOREAN if _HANGUL.search(part) else _JAPANESE if _KANA.search(part) else _CHINESE
    return f'<font name="{_registered(font)}">{part}</font>'


@cache
def _registered(font: str) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    return font
