"""Reports without identifiers: lots and images go by names that only the owner of a key can find again."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.domain.decisions import Decision, Judgement
from core.domain.detections import Detection
from core.domain.dispositions import Disposition
from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem
from core.domain.wafers import Inspection, LotSites
from core.reporting.lot_report import LotReport

_DIGITS = 12
_SHORTEST = 3  # shorter words occur in any text, and taking them out would make it unreadable
_QUOTED = re.compile("“([^”]*)”")
_PATH = re.compile(r"[^\s,;:\"'()<>“”]*[/\\\\][^\s,;\"'()<>“”]*")
_WORD = re.compile(r"[^\s,;:\"'()<>]+")


def mask_identifiers(report: LotReport, key: bytes) -> LotReport:
    """The report under other names: the same key gives the same name again, and nobody else can compute it.

    Names of lot, wafers, images and references, and paths in recipes, become keyed hashes (HMAC-SHA-256, 12 digits);
    file suffixes stay. In notes and messages the names of the lot, of the image itself and of the lot's other images
    are replaced. Hashes of files, recipe, model and audit stay, for they prove and do not tell; so do the names of
    classes and reviewers.
    """
    names = _Names(report, key)
    of_item = {item.image_id: item for item in report.items}
    return replace(
        report,
        lot_name=names.lot,
        lot_source=Path(names.lot),
        audit_fault=names.free_text(report.audit_fault),
        items=tuple(_masked_item(item, names) for item in report.items),
        dispositions=tuple(_masked_disposition(one, names) for one in report.dispositions),
        decisions=tuple(
            _masked_decision(made, of_item.get(made.image_id), names) for made in report.decisions
        ),
        runs=tuple(replace(run, recipe_json=_masked_recipe(run.recipe_json, names)) for run in report.runs),
        sites=None if report.sites is None else _masked_sites(report.sites, names),
    )


class _Names:
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


def _masked_item(item: ReviewItem, names: _Names) -> ReviewItem:
    record = item.record
    name = names.image(record.name)
    masked: ImageRecord | FailedImage
    if isinstance(record, FailedImage):
        masked = FailedImage(Path(name), name, names.message(record.reason, record))
    else:
        reference = None if record.reference is None else Path(names.image(str(record.reference)))
        masked = replace(record, name=name, path=Path(name), reference=reference)
    found = None if item.detection is None else _masked_detection(item.detection, record, names)
    return replace(
        item, record=masked, detection=found, judgement=_masked_judgement(item.judgement, record, names)
    )


def _masked_detection(found: Detection, record: ImageRecord | FailedImage, names: _Names) -> Detection:
    aligned = found.alignment
    return replace(
        found,
        image_name=names.image(found.image_name),
        error=names.message(found.error, record),
        reference=names.image(found.reference) if found.reference else "",
        alignment=aligned and replace(aligned, reason=names.message(aligned.reason, record)),
    )


def _masked_judgement(given: Judgement, record: ImageRecord | FailedImage | None, names: _Names) -> Judgement:
    return replace(given, note=names.free_text(given.note, record))


def _masked_decision(made: Decision, item: ReviewItem | None, names: _Names) -> Decision:
    record = None if item is None else item.record
    return replace(
        made,
        before=_masked_judgement(made.before, record, names),
        after=_masked_judgement(made.after, record, names),
    )


def _masked_disposition(one: Disposition, names: _Names) -> Disposition:
    wafer = names.wafer(one.given.wafer) if one.given.wafer else one.given.wafer
    return replace(one, given=replace(one.given, wafer=wafer, reason=names.free_text(one.given.reason)))


def _masked_sites(sites: LotSites, names: _Names) -> LotSites:
    """Wafers, lot, device, step, station and setup are names; places, sizes, classes and defect numbers are not."""
    return replace(
        sites,
        wafers=tuple(
            replace(
                plan,
                wafer_id=names.wafer(plan.wafer_id) if plan.wafer_id else "",
                inspection=names.inspection(plan.inspection),
            )
            for plan in sites.wafers
        ),
        defect_of={names.image(name): defect for name, defect in sites.defect_of.items()},
    )


def _masked_recipe(recipe_json: str, names: _Names) -> str:
    """Paths are values with a separator; what else a recipe says is no name of a lot."""

    def masked(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: masked(inner) for key, inner in value.items()}
        is_path = isinstance(value, str) and ("/" in value or "\\" in value)
        return names.image(value) if is_path else value

    return json.dumps(masked(json.loads(recipe_json)))
