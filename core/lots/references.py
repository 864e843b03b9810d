"""Which image is whose reference: by a naming rule, or by a golden image or folder that the user names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.domain.errors import UserError
from core.domain.paths import source_path
from core.lots.sources import IMAGE_SUFFIXES, Entry, Listing, list_folder

NAMING_RULES = (
    ("inspected", "reference"),
    ("test", "temp"),
    ("test", "template"),
    ("test", "reference"),
    ("test", "ref"),
)
"""Word of the test's name, word of the reference's: `B7_test.png` and `B7_temp.png` are a pair."""

_WORD = r"(?<![a-z]){}(?![a-z])"


def pair_by_name(listing: Listing) -> Listing:
    """A folder's tests with the references that lie beside them; the references are no images of the lot any more."""
    by_name = {entry.name.casefold(): entry for entry in listing.entries if not entry.problem}
    pairs = {entry.name: found for entry in listing.entries if (found := _counterpart(entry, by_name))}
    references = {found.name for found in pairs.values()}
    entries = tuple(
        replace(entry, reference=pairs[entry.name].path) if entry.name in pairs else entry
        for entry in listing.entries
        if entry.name not in references
    )
    return replace(listing, entries=entries)


def _counterpart(entry: Entry, by_name: dict[str, Entry]) -> Entry | None:
    if entry.reference is not None or entry.problem:
        return None
    return next((by_name[name] for name in _reference_names(entry.name) if name in by_name), None)


def _reference_names(name: str) -> Iterable[str]:
    """Names that the reference of an image may have, by the rules; only the file's own name is rewritten."""
    path = PurePosixPath(name.casefold())
    for test, reference in NAMING_RULES:
        renamed, count = re.subn(_WORD.format(test), reference, path.name)
        if count:
            yield str(path.with_name(renamed))


def with_references(listing: Listing, source: Path) -> Listing:
    """Every image with a golden image, or with its namesake in a folder of references.

    A namesake has the same path relative to the folder, whatever its suffix, or that of a naming rule. Where the folder
    lies within the lot (`die_1`), the same path in a sibling of it (`die_2`) is a namesake too. Images without one keep
    what they have, and none is a reference of itself.

    Args:
        listing: of the lot.
        source: an image file for all, or a folder.

    Raises:
        UserError: the source is not there, or is a folder in which no image has a namesake.
    """
    source = source_path(source)
    if source.is_file() and source.suffix.lower() in IMAGE_SUFFIXES:
        return _with([None if entry.path == source else source for entry in listing.entries], listing)
    if not source.is_dir():
        raise UserError(f"{source} is neither a folder nor an image.", "Name a folder or an image.")
    namesakes = {_stem(entry.name): entry.path for entry in list_folder(source).entries if not entry.problem}
    inside = source.is_relative_to(listing.root)
    depth = len(source.relative_to(listing.root).parts) if inside else 0
    found = [_namesake(entry, namesakes, depth) for entry in listing.entries]
    if not any(found):
        raise UserError(
            f"No image of the lot has a namesake in {source}.",
            "References have the same path and name as their images, or a name such as B7_temp for B7_test.",
        )
    return _with(found, listing)


def with_golden_die(listing: Listing, word: str) -> Listing:
    """Every image of other dies with that of the golden die whose name differs in the die's number alone.

    Args:
        listing: of the lot.
        word: the golden die as it stands in the names: with `die1`, `die1_site5.png` is the reference of
            `die2_site5.png` and `die13_site5.png`; with `r2/c1`, that of any other row and column.

    Raises:
        UserError: the word has no number, or no name of the lot differs in it alone.
    """
    word = word.strip().casefold()
    if not re.search(r"\d", word):
        raise UserError(f"“{word}” has no number.", "Name the die as the images do, for example die1.")
    # Numbers may differ, the rest may not; a longer number or word around it is another one.
    pattern = re.compile(r"(?<![a-z0-9])" + re.sub(r"\d+", r"\\d+", re.escape(word)) + r"(?!\d)")
    golden = {_stem(entry.name): entry.path for entry in listing.entries if not entry.problem}
    stems = [_stem(entry.name) for entry in listing.entries]
    renamed = [pattern.sub(lambda _found: word, stem, count=1) for stem in stems]
    found = [golden.get(new) if new != stem else None for stem, new in zip(stems, renamed, strict=True)]
    if not any(found):
        raise UserError(
            f"No image has a namesake of the die “{word}”.",
            "Names of the same site may differ in the die's number only, as die1_site5 and die2_site5 do.",
        )
    return _with(found, listing)


def _with(references: Sequence[Path | None], listing: Listing) -> Listing:
    entries = tuple(
        entry if reference is None else replace(entry, reference=reference)
        for entry, reference in zip(listing.entries, references, strict=True)
    )
    return replace(listing, entries=entries)


def _namesake(entry: Entry, namesakes: dict[str, Path], depth: int) -> Path | None:
    stems = [_stem(name) for name in (entry.name, *_reference_names(entry.name))]
    in_siblings = [_without_folders(stem, depth) for stem in stems if depth]
    found = next((namesakes[stem] for stem in (*stems, *in_siblings) if stem in namesakes), None)
    return None if found == entry.path else found


def _without_folders(name: str, count: int) -> str:
    return "/".join(PurePosixPath(name).parts[count:])


def _stem(name: str) -> str:
    return str(PurePosixPath(name.casefold()).with_suffix(""))
