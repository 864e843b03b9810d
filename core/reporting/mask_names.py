"""The masks of one report's names, and running text in which they stand."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem
from core.domain.wafers import Inspection
from core.reporting.lot_report import LotReport

_DIGITS = 12
_SHORTEST = 3  # shorter words occur in any text, and taking them out would make it unreadable
_QUOTED = re.compile("“([^”]*)”")
_PATH = re.compile(r"[^\s,;:\"'()<>“”]*[/\\\\][^\s,;\"'()<>“”]*")
_WORD = re.compile(r"[^\s,;:\"'()<>]+")


class MaskNames:
    """Masks of one report's names."""

    def __init__(self, report: LotReport, key: bytes) -> None:
        self._key = key
        self.lot = self._hashed("lot", report.lot_name)
        source = report.lot_source
        self._lot_words = dict.fromkeys(
            (str(source), source.name, source.stem, report.lot_name, str(source.parent)), self.lot
        )
        self._image_words: dict[str, str] = {}
        for item in report.items:
            self._image_words |= dict.fromkeys(_spellings(item.record), self.image(item.record.name))
        self._lot_words |= {one.given.wafer: self.wafer(one.given.wafer) for one in report.dispositions}
        for plan in () if report.sites is None else report.sites.wafers:
            fab_lot = plan.inspection.fab_lot
            self._lot_words |= {
                plan.wafer_id: self.wafer(plan.wafer_id),
                fab_lot: self._hashed("lot", fab_lot),
            }
        for path in {path for item in report.items for path in _references(item)}:
            words = {
                str(path),
                path.name,
                path.stem,
            } - self._image_words.keys()  # a golden die goes by its own mask
            self._lot_words |= dict.fromkeys(words, self.image(str(path)))

    def image(self, name: str) -> str:
        """An image's name, its suffix and page kept."""
        stem, mark, page = name.partition("#page=")
        return f"{self._hashed('image', stem)}{Path(stem).suffix.lower()}{mark}{page}"

    def wafer(self, name: str) -> str:
        """A wafer's name."""
        return self._hashed("wafer", name)

    def inspection(self, given: Inspection) -> Inspection:
        """Where a wafer was inspected; the moment stays."""
        return replace(
            given,
            fab_lot=given.fab_lot and self._hashed("lot", given.fab_lot),
            **{
                name: value and self._hashed(name, value)
                for name in ("device", "step", "station", "setup")
                if (value := getattr(given, name))
            },
        )

    def free_text(self, text: str, record: ImageRecord | FailedImage | None = None) -> str:
        """Running text without names, those of its own image (which may hold spaces) first."""
        if not text:
            return text
        own = {} if record is None else dict.fromkeys(_spellings(record), self.image(record.name))
        bare = _replaced(text, own | self._lot_words)
        return _WORD.sub(lambda word: self._image_words.get(word[0].rstrip("."), word[0]), bare)

    def message(self, text: str, record: ImageRecord | FailedImage) -> str:
        """What the program said of an image: it may quote a path or name that is no image of the lot."""
        quoted = _QUOTED.sub(lambda found: f"“{self._masked_quote(found[1], record)}”", text)
        return _PATH.sub("masked", self.free_text(quoted, record))

    def _masked_quote(self, quoted: str, record: ImageRecord | FailedImage) -> str:
        known = self.free_text(quoted, record)
        return "masked" if known == quoted else known

    def _hashed(self, kind: str, name: str) -> str:
        word = f"{kind}\0{name}".encode("utf-8", "backslashreplace")
        return f"{kind}-{hmac.new(self._key, word, hashlib.sha256).hexdigest()[:_DIGITS]}"


def _spellings(record: ImageRecord | FailedImage) -> Iterable[str]:
    """How an image may be called in a note: by its path, its name, or a part of that."""
    bare = Path(record.name.partition("#page=")[0])
    return (record.name, str(record.path), str(bare), bare.name, bare.stem)


def _references(item: ReviewItem) -> Iterable[Path]:
    """What an image was compared with, and what it is to be compared with next."""
    if isinstance(item.record, ImageRecord) and item.record.reference is not None:
        yield item.record.reference
    if item.detection is not None and item.detection.reference:
        yield Path(item.detection.reference)


def _replaced(text: str, words: Mapping[str, str]) -> str:
    lowered = {word.lower(): mask for word, mask in words.items() if len(word) >= _SHORTEST}
    if not lowered:
        return text
    any_of = "|".join(re.escape(word) for word in sorted(lowered, key=len, reverse=True))
    return re.sub(any_of, lambda found: lowered.get(found[0].lower(), "masked"), text, flags=re.IGNORECASE)
