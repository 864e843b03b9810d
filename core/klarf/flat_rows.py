"""Rows of a flat defect list: nothing ends a row but its length, and image lists vary it.

An image list is written in three ways: with its own count before the pairs of number and kind (whether IMAGECOUNT
stands before it or not, at the end of the row or in its middle), without one, or without a column of its own. Which
one a file uses is found by trying: with the right one every row begins on a line of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.klarf.cells import integer_of, numbers_of
from core.klarf.document import ImageList, no_images
from core.klarf.source import Source
from core.klarf.table import NO_TOKEN
from core.klarf.tokens import Indices, Tokens

IMAGE_LIST, IMAGE_COUNT = "IMAGELIST", "IMAGECOUNT"
_PAIR = 2
_FEW_TOKENS = 1_000


@dataclass(frozen=True, slots=True)
class _Writing:
    """One way to write a row.

    Attributes:
        before: values before the pairs.
        count_at: which of them tells how many pairs there are; None for no pairs.
        after: values behind the pairs.
    """

    before: int
    count_at: int | None
    after: int

    @property
    def least(self) -> int:
        """Values of a row without images."""
        return self.before + self.after


class _Misfit(Exception):
    """A row does not fit a way of writing; carries the token and the sentence."""

    def __init__(self, token: int, message: str) -> None:
        super().__init__(message)
        self.token, self.message = token, message


@dataclass(frozen=True, slots=True, eq=False)
class FlatRows:
    """Rows that were found.

    Attributes:
        cells, rows, begins: of a Table.
        images: of the rows.
        block_of: (N,) int32 the block of each row.
    """

    cells: Indices
    rows: Indices
    begins: Indices
    images: ImageList
    block_of: Indices


def find_rows(
    source: Source, tokens: Tokens, columns: tuple[str, ...], blocks: Sequence[tuple[int, int]]
) -> FlatRows:
    """The rows of a list that stands in one block or in several.

    Args:
        source, tokens: what is read.
        columns: names in capitals.
        blocks: of each the first token behind its keyword, and the token behind its last value.

    Raises:
        UserError: a row has more or fewer values than there are columns, with its line.
    """
    misfits: list[_Misfit] = []
    for writing in _writings(columns):
        try:
            found = [
                _by_line(source, tokens, writing, first, stop) or _walk(source, tokens, writing, first, stop)
                for first, stop in blocks
            ]
        except _Misfit as misfit:
            misfits.append(misfit)
        else:
            return _laid_out(tokens, columns, writing, blocks, found)
    wrong = misfits[0]
    offset = int(tokens.starts[min(wrong.token, len(tokens) - 1)])
    raise source.error_at(offset, wrong.message, "Mend the row or its DefectRecordSpec.")


def _writings(columns: tuple[str, ...]) -> list[_Writing]:
    width = len(columns)
    count_at = columns.index(IMAGE_COUNT) if IMAGE_COUNT in columns else None
    if IMAGE_LIST not in columns:
        ways = [_Writing(width, None, 0)]
        return [*ways, _Writing(width, count_at, 0)] if count_at == width - 1 else ways
    at = columns.index(IMAGE_LIST)
    ways = [_Writing(at + 1, at, width - at - 1)]
    if count_at is not None and count_at < at:
        ways.append(_Writing(at, count_at, width - at - 1))
    return ways


def _by_line(
    source: Source, tokens: Tokens, writing: _Writing, first: int, stop: int
) -> tuple[list[int], list[int]] | None:
    """What `_walk` finds, where every line is a row: without a look at each one. None where that is not so."""
    if stop - first < _FEW_TOKENS:
        return None
    starts = np.flatnonzero(tokens.opens_line[first:stop]).astype(np.int32) + first
    lengths = np.diff(starts, append=stop)
    if not len(starts) or starts[0] != first or lengths.min() < writing.before:
        return None
    pairs = np.zeros(len(starts))
    if writing.count_at is not None:
        pairs = numbers_of(source, tokens, starts + writing.count_at)
    if (pairs < 0).any() or not (lengths == writing.least + _PAIR * pairs).all():
        return None
    return starts.tolist(), pairs.astype(np.int32).tolist()


def _walk(
    source: Source, tokens: Tokens, writing: _Writing, first: int, stop: int
) -> tuple[list[int], list[int]]:
    starts: list[int] = []
    counts: list[int] = []
    count_of = _counter(source, tokens, writing)
    opens_line = tokens.opens_line
    at = first
    while at < stop:
        if at > first and not opens_line[at]:
            raise _misfit(tokens, writing, starts[-1], stop)
        pairs = count_of(at) if at + writing.before <= stop else 0
        length = writing.least + _PAIR * pairs
        if at + length > stop:
            raise _Misfit(at, f"The list ends in the middle of this row; {length} values belong to it.")
        starts.append(at)
        counts.append(pairs)
        at += length
    return starts, counts


def _counter(source: Source, tokens: Tokens, writing: _Writing) -> Callable[[int], int]:
    """Reads how many pairs the row has that begins at a token."""
    if writing.count_at is None:
        return lambda _row: 0
    count_at = writing.count_at

    def count_of(row: int) -> int:
        pairs = integer_of(source, tokens, row + count_at)
        if pairs is None or pairs < 0:
            raise _Misfit(row + count_at, "This is no number of images.")
        return pairs

    return count_of


def _misfit(tokens: Tokens, writing: _Writing, row: int, stop: int) -> _Misfit:
    following = np.flatnonzero(tokens.opens_line[row + 1 : stop])
    found = int(following[0]) + 1 if len(following) else stop - row
    wanted = f"{writing.least} are named by the columns"
    if writing.count_at is not None:
        wanted += ", and two more an image"
    return _Misfit(row, f"The row has {found} values on its line, where {wanted}.")


def _laid_out(
    tokens: Tokens,
    columns: tuple[str, ...],
    writing: _Writing,
    blocks: Sequence[tuple[int, int]],
    found: Sequence[tuple[list[int], list[int]]],
) -> FlatRows:
    firsts = np.array([start for starts, _ in found for start in starts], np.int32)
    pairs = np.array([count for _, counts in found for count in counts], np.int32)
    stops = firsts + writing.least + _PAIR * pairs
    width = len(columns)
    cells = np.full((len(firsts), width), NO_TOKEN, np.int32)
    before = width - writing.after - (IMAGE_LIST in columns)
    cells[:, :before] = firsts[:, None] + np.arange(before, dtype=np.int32)
    cells[:, width - writing.after :] = stops[:, None] - np.arange(writing.after, 0, -1, dtype=np.int32)
    block_of = np.repeat(np.arange(len(blocks)), [len(starts) for starts, _ in found]).astype(np.int32)
    begins = tokens.ends[firsts - 1]  # of the row before it, or of the keyword
    images = _images(firsts + writing.before, pairs)
    return FlatRows(cells, np.stack([firsts, stops], axis=1), begins, images, block_of)


def _images(firsts: Indices, pairs: Indices) -> ImageList:
    if not pairs.any():
        return no_images()
    rows = np.repeat(np.arange(len(pairs), dtype=np.int32), pairs)
    steps = np.arange(len(rows), dtype=np.int32) - np.repeat(np.cumsum(pairs, dtype=np.int32) - pairs, pairs)
    numbers = np.repeat(firsts, pairs) + _PAIR * steps
    nothing = np.full(len(rows), NO_TOKEN, np.int32)
    return ImageList(rows, nothing, nothing, numbers.astype(np.int32), (numbers + 1).astype(np.int32))
