"""The statements of a flat file: a keyword, values, and a `;` that is sometimes forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.klarf.cells import text_of
from core.klarf.limits import MAX_STATEMENTS
from core.klarf.source import Source
from core.klarf.tokens import SEMICOLON, Tokens

_KEYWORD_TEXT = """
    fileversion filetimestamp inspectionstationid tiffspec tifffilename sampletype resulttimestamp lotid
    samplesize deviceid setupid stepid resultsid sampleorientationmarktype orientationmarklocation
    diepitch dieorigin waferid slot samplecenterlocation orientationinstructions coordinatesmirrored
    inspectionorientation classlookup inspectiontest sampletestplan areapertest samplediemap lotstatus
    waferstatus defectrecordspec defectlist summaryspec summarylist removeddielist
    processequipmentidlist customwaferlist testparametersspec testparameterslist clusterspec
    clusterclassificationlist endoffile
"""
KEYWORDS = frozenset(_KEYWORD_TEXT.split())
"""Words that begin a statement wherever they begin a line, so that the one before them has lost its `;`."""

_LETTERS = np.zeros(256, np.bool_)
_LETTERS[list(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] = True


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        keyword: in lower case.
        first: token of the keyword.
        stop: the token behind its last value.
        is_closed: whether a `;` follows.
    """

    keyword: str
    first: int
    stop: int
    is_closed: bool


def find_statements(source: Source, tokens: Tokens) -> Iterator[Statement]:
    """The statements in order.

    Raises:
        UserError: one begins with something that is no word, or there are too many.
    """
    for number, (first, stop, is_closed) in enumerate(_spans(source, tokens)):
        if number >= MAX_STATEMENTS:
            raise source.error_at(
                int(tokens.starts[first]), f"There are more than {MAX_STATEMENTS} statements."
            )
        if not _LETTERS[tokens.heads[first]]:
            found = text_of(source, tokens, first)[:40]
            message = f"A statement begins with “{found}”, which is no keyword."
            raise source.error_at(int(tokens.starts[first]), message, "A `;` before it may be one too many.")
        yield Statement(text_of(source, tokens, first).lower(), first, stop, is_closed)


def _spans(source: Source, tokens: Tokens) -> Iterator[tuple[int, int, bool]]:
    """First token, stop and whether a `;` follows; empty statements are left out."""
    beginnings = iter([*_keyword_tokens(source, tokens), len(tokens)])
    beginning = next(beginnings)
    at = 0
    for end in [*np.flatnonzero(tokens.heads == SEMICOLON).tolist(), len(tokens)]:
        while beginning < end:
            if beginning > at:
                yield at, beginning, False
                at = beginning
            beginning = next(beginnings)
        if at < end:
            yield at, end, end < len(tokens)
        at = end + 1


def _keyword_tokens(source: Source, tokens: Tokens) -> list[int]:
    candidates = np.flatnonzero(tokens.opens_line & _LETTERS[tokens.heads])[:MAX_STATEMENTS]
    return [index for index in candidates.tolist() if text_of(source, tokens, index).lower() in KEYWORDS]
