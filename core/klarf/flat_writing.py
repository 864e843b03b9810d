"""The ways in which a flat row can be written, and the rows that one of them finds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.klarf.cells import integer_of, numbers_of
from core.klarf.source import Source
from core.klarf.tokens import Tokens

IMAGE_LIST, IMAGE_COUNT = "IMAGELIST", "IMAGECOUNT"
PAIR = 2
"""Values of an image: number and kind."""
_FEW_TOKENS = 1_000


@dataclass(frozen=True, slots=True)
class Writing:
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


class Misfit(Exception):
    """A row does not fit a way of writing; carries the token and the sentence."""

    def __init__(self, token: int, message: str) -> None:
        super().__init__(message)
        self.token, self.message = token, message


def writings(columns: tuple[str, ...]) -> list[Writing]:
    """The ways in which rows of these columns may be written, the likeliest first."""
    width = len(columns)
    count_at = columns.index(IMAGE_COUNT) if IMAGE_COUNT in columns else None
    if IMAGE_LIST not in columns:
        ways = [Writing(width, None, 0)]
        return [*ways, Writing(width, count_at, 0)] if count_at == width - 1 else ways
    at = columns.index(IMAGE_LIST)
    ways = [Writing(at + 1, at, width - at - 1)]
    if count_at is not None and count_at < at:
        ways.append(Writing(at, count_at, width - at - 1))
    return ways


def find_starts(
    source: Source, tokens: Tokens, writing: Writing, first: int, stop: int
) -> tuple[list[int], list[int]]:
    """First token of each row between two tokens, and how many pairs it has.

    Raises:
        Misfit: the rows are not written in this way.
    """
    by_line = _by_line(source, tokens, writing, first, stop)
    return by_line or _by_count(source, tokens, writing, first, stop)


def _by_line(
    source: Source, tokens: Tokens, writing: Writing, first: int, stop: int
) -> tuple[list[int], list[int]] | None:
    """What `_by_count` finds, where every line is a row: without a look at each one. None where that is not so."""
    if stop - first < _FEW_TOKENS:
        return None
    starts = np.flatnonzero(tokens.opens_line[first:stop]).astype(np.int32) + first
    lengths = np.diff(starts, append=stop)
    if not len(starts) or starts[0] != first or lengths.min() < writing.before:
        return None
    pairs = np.zeros(len(starts))
    if writing.count_at is not None:
        pairs = numbers_of(source, tokens, starts + writing.count_at)
    if (pairs < 0).any() or not (lengths == writing.least + PAIR * pairs).all():
        return None
    return starts.tolist(), pairs.astype(np.int32).tolist()


def _by_count(
    source: Source, tokens: Tokens, writing: Writing, first: int, stop: int
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
        length = writing.least + PAIR * pairs
        if at + length > stop:
            raise Misfit(at, f"The list ends in the middle of this row; {length} values belong to it.")
        starts.append(at)
        counts.append(pairs)
        at += length
    return starts, counts


def _counter(source: Source, tokens: Tokens, writing: Writing) -> Callable[[int], int]:
    """Reads how many pairs the row has that begins at a token."""
    if writing.count_at is None:
        return lambda _row: 0
    count_at = writing.count_at

    def count_of(row: int) -> int:
        pairs = integer_of(source, tokens, row + count_at)
        if pairs is None or pairs < 0:
            raise Misfit(row + count_at, "This is no number of images.")
        return pairs

    return count_of


def _misfit(tokens: Tokens, writing: Writing, row: int, stop: int) -> Misfit:
    following = np.flatnonzero(tokens.opens_line[row + 1 : stop])
    found = int(following[0]) + 1 if len(following) else stop - row
    wanted = f"{writing.least} are named by the columns"
    if writing.count_at is not None:
        wanted += ", and two more an image"
    return Misfit(row, f"The row has {found} values on its line, where {wanted}.")
