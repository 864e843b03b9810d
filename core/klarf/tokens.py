"""Words, strings and signs of a file, each with its exact span: found in blocks of lines by array arithmetic.

A string ends on the line that it begins on. Where its closing quote is missing it ends before the signs that close
the line, so that one forgotten quote in a wafer's name does not swallow the rest of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.klarf.limits import MAX_LINE_BYTES, MAX_TOKENS
from core.klarf.source import Source

SEMICOLON, QUOTE, OPEN, CLOSE = (ord(sign) for sign in ';"{}')
_LF, _CR = 10, 13
_WORD, _SPACE, _SIGN = 0, 1, 2
_BLOCK_BYTES = 4 * 2**20

ByteArray = NDArray[np.uint8]
Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """All tokens of a body, in order.

    Attributes:
        starts, ends: (T,) int32 spans, `ends` exclusive.
        heads: (T,) uint8, the first byte of each: it tells a string from a sign and from a word.
        opens_line: (T,) bool, whether nothing stands before it on its line.
    """

    starts: Indices
    ends: Indices
    heads: ByteArray
    opens_line: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.starts)


def tokenize(source: Source, *, nested: bool) -> Tokens:
    """Find the tokens.

    Args:
        source: what is read.
        nested: whether braces are signs and commas separate, as in 1.8; else they are parts of words.

    Raises:
        UserError: a line, or the number of tokens, is beyond the limit.
    """
    classes = _character_classes(nested)
    chars = np.frombuffer(source.body, np.uint8)
    parts: list[Tokens] = []
    count = 0
    for begin, end in _blocks(source):
        part = _tokens_of(chars[begin:end], begin, classes)
        count += len(part)
        if count > MAX_TOKENS:
            raise source.error_at(begin, f"The file has more than {MAX_TOKENS:,} values.")
        parts.append(part)
    return Tokens(
        np.concatenate([part.starts for part in parts] or [np.zeros(0, np.int32)]),
        np.concatenate([part.ends for part in parts] or [np.zeros(0, np.int32)]),
        np.concatenate([part.heads for part in parts] or [np.zeros(0, np.uint8)]),
        np.concatenate([part.opens_line for part in parts] or [np.zeros(0, np.bool_)]),
    )


def _character_classes(nested: bool) -> ByteArray:
    classes = np.full(256, _WORD, np.uint8)
    classes[list(b" \t\r\n\v\f" + (b"," if nested else b""))] = _SPACE
    classes[list(b";{}" if nested else b";")] = _SIGN
    return classes


def _blocks(source: Source) -> Iterator[tuple[int, int]]:
    """Spans of whole lines."""
    begin, size = 0, len(source.body)
    while begin < size:
        end = min(begin + _BLOCK_BYTES, size)
        if end < size:
            breaks = [source.body.find(sign, end - 1) + 1 or size for sign in (b"\n", b"\r")]
            end = min(breaks)
        if end - begin > MAX_LINE_BYTES + _BLOCK_BYTES:
            raise source.error_at(begin, f"A line here is longer than {MAX_LINE_BYTES // 2**20} MiB.")
        yield begin, end
        begin = end


def _tokens_of(chars: ByteArray, begin: int, classes: ByteArray) -> Tokens:
    kinds = classes[chars]
    breaks = np.flatnonzero((chars == _LF) | (chars == _CR))
    opening, closing = _string_spans(chars, breaks)
    fresh = np.zeros(len(chars) + 1, np.bool_)  # a token begins here, whatever stands before it
    if len(opening):
        kinds[_inside(opening, closing, len(chars))] = _WORD
        fresh[opening] = fresh[closing + 1] = True
    signs, used = kinds == _SIGN, kinds != _SPACE
    fresh[:-1] |= signs
    fresh[1:] |= signs
    before = np.concatenate([[False], used])
    here = np.concatenate([used, [False]])
    starts = np.flatnonzero(here & (fresh | ~before))
    ends = np.flatnonzero(before & (fresh | ~here))
    lines = np.searchsorted(breaks, starts)
    opens_line = np.diff(lines, prepend=-1) != 0
    return Tokens(
        (starts + begin).astype(np.int32), (ends + begin).astype(np.int32), chars[starts], opens_line
    )


def _string_spans(chars: ByteArray, breaks: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last character of each string."""
    quotes = np.flatnonzero(chars == QUOTE)
    _, firsts, counts = np.unique(np.searchsorted(breaks, quotes), return_index=True, return_counts=True)
    alone = quotes[(firsts + counts - 1)[counts % 2 == 1]]
    ends = [_last_of_open_string(chars, breaks, int(quote)) for quote in alone]
    marks = np.sort(np.concatenate([quotes, np.array(ends, np.intp)]))
    return marks[0::2], marks[1::2]


def _last_of_open_string(chars: ByteArray, breaks: NDArray[np.intp], quote: int) -> int:
    following = int(np.searchsorted(breaks, quote))
    line_end = int(breaks[following]) if following < len(breaks) else len(chars)
    content = chars[quote:line_end].tobytes().rstrip(b" \t;{}")
    return quote + max(len(content), 1) - 1


def _inside(opening: NDArray[np.intp], closing: NDArray[np.intp], size: int) -> NDArray[np.bool_]:
    steps = np.zeros(size + 1, np.int8)
    steps[opening] += 1
    steps[closing + 1] -= 1
    inside: NDArray[np.bool_] = np.cumsum(steps[:-1], dtype=np.int8) > 0
    return inside
