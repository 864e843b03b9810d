"""Columns and rows of a nested file's list."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.klarf.cells import integer_of, numbers_of, text_of, texts_of
from core.klarf.document import ImageList, no_images
from core.klarf.limits import MAX_COLUMNS
from core.klarf.source import Source
from core.klarf.table import NO_TOKEN, Table
from core.klarf.tokens import OPEN, QUOTE, SEMICOLON, Indices, Tokens
from core.klarf.tree import Braces, RawList

_IMAGE_TYPE = "imagelist"
_PAIR, _NAMED = 2, 4
"""Values an image: number and kind, or path, format, number and kind."""


@dataclass(frozen=True, slots=True, eq=False)
class NestedList:
    """A list that was read; `told` is the number of rows that it claims."""

    table: Table
    images: ImageList
    told: int | None


def read_list(source: Source, tokens: Tokens, braces: Braces, raw: RawList) -> NestedList:
    """Read a list's columns and find its rows.

    Raises:
        UserError: it has no columns or data, or a row does not fit the columns; with the place.
    """
    columns_open = _section(source, tokens, raw, raw.open + 1, "columns")
    columns_close = int(braces.match[columns_open])
    types, names = _columns(source, tokens, columns_open + 1, columns_close)
    data_open = _section(source, tokens, raw, columns_close + 1, "data")
    data_close = int(braces.match[data_open])
    if data_close + 1 != raw.close:
        raise source.error_at(int(tokens.starts[data_close + 1]), "The list goes on behind its Data.")
    rows = _row_spans(tokens, braces, data_open, data_close)
    list_at = types.index(_IMAGE_TYPE) if _IMAGE_TYPE in types else None
    lengths = _list_lengths(source, tokens, braces, rows, list_at, len(names))
    cells = _cells(rows, len(names), list_at)
    images = no_images() if list_at is None else _images(source, tokens, rows[:, 0] + list_at, lengths)
    told_at = data_open - 1
    told = integer_of(source, tokens, told_at)
    table = Table(
        source, tokens, names, cells, _with_signs(tokens, rows), tokens.ends[rows[:, 0] - 1],
        int(tokens.ends[data_open]), told_at if told is not None else None,
        np.arange(columns_open + 2, columns_close, 2, dtype=np.int32), _count_before(source, tokens, columns_open),
    )  # fmt: skip
    return NestedList(table, images, told)


def _count_before(source: Source, tokens: Tokens, opening: int) -> int | None:
    """The number in front of a brace; None where there is none."""
    return opening - 1 if integer_of(source, tokens, opening - 1) is not None else None


def _section(source: Source, tokens: Tokens, raw: RawList, at: int, word: str) -> int:
    """The opening brace of `Columns 3 {` or `Data 3 {`."""
    found = text_of(source, tokens, at).lower()
    opening = next(
        (index for index in (at + 1, at + 2) if index < raw.close and tokens.heads[index] == OPEN), None
    )
    if found != word or opening is None:
        raise source.error_at(
            int(tokens.starts[at]), f"{word.capitalize()} was expected, of the list {raw.name}."
        )
    return opening


def _columns(source: Source, tokens: Tokens, first: int, stop: int) -> tuple[list[str], tuple[str, ...]]:
    """Types in lower case, names in capitals."""
    if (stop - first) % 2 or not 0 < stop - first <= 2 * MAX_COLUMNS:
        raise source.error_at(int(tokens.starts[first]), "These columns are no pairs of a type and a name.")
    words = texts_of(source, tokens, np.arange(first, stop, dtype=np.int32))
    return [word.lower() for word in words[0::2]], tuple(word.upper() for word in words[1::2])


def _row_spans(tokens: Tokens, braces: Braces, opening: int, closing: int) -> Indices:
    """(N, 2) first token of each row, and its `;` (or the closing brace where the last row has none)."""
    inner = slice(opening + 1, closing)
    is_end = (tokens.heads[inner] == SEMICOLON) & (braces.depth[inner] == braces.depth[opening])
    ends = np.flatnonzero(is_end) + opening + 1
    if closing > opening + 1 and (not len(ends) or ends[-1] != closing - 1):
        ends = np.append(ends, closing)
    starts = np.concatenate([[opening + 1], ends[:-1] + 1]) if len(ends) else ends
    rows = np.stack([starts, ends], axis=1).astype(np.int32)
    return rows[rows[:, 1] > rows[:, 0]]


def _with_signs(tokens: Tokens, rows: Indices) -> Indices:
    """Rows whose end lies behind their `;`."""
    stops = rows[:, 1] + (tokens.heads[rows[:, 1]] == SEMICOLON)
    return np.stack([rows[:, 0], stops], axis=1).astype(np.int32)


def _list_lengths(
    source: Source, tokens: Tokens, braces: Braces, rows: Indices, list_at: int | None, width: int
) -> Indices:
    """(N,) tokens of each row's list of images; 1 where there is none, so that a cell counts as a cell.

    Raises:
        UserError: a row has more or fewer values than there are columns.
    """
    lengths = np.ones(len(rows), np.int32)
    have = rows[:, 1] - rows[:, 0]
    if list_at is not None:
        long_enough = np.flatnonzero(have > list_at)
        at = rows[long_enough, 0] + list_at
        has_images = np.isin(tokens.heads[at], (ord("I"), ord("i")))
        at, long_enough = at[has_images], long_enough[has_images]
        opening = at + np.where(tokens.heads[np.minimum(at + 1, len(tokens) - 1)] == OPEN, 1, 2)
        closing = braces.match[np.minimum(opening, len(tokens) - 1)]
        lengths[long_enough] = np.maximum(closing - at + 1, 1)
    wrong = np.flatnonzero(have != width - 1 + lengths)
    if len(wrong):
        row = int(wrong[0])
        found = int(have[row] - lengths[row] + 1)
        message = f"The row has {found} values, where {width} are named by the columns."
        raise source.error_at(int(tokens.starts[rows[row, 0]]), message, "Mend the row or its Columns.")
    return lengths


def _cells(rows: Indices, width: int, list_at: int | None) -> Indices:
    cells = np.full((len(rows), width), NO_TOKEN, np.int32)
    before = width if list_at is None else list_at
    cells[:, :before] = rows[:, :1] + np.arange(before, dtype=np.int32)
    after = width - before - (list_at is not None)
    if after > 0:
        cells[:, width - after :] = rows[:, 1:] - np.arange(after, 0, -1, dtype=np.int32)
    return cells


def _images(source: Source, tokens: Tokens, at: Indices, lengths: Indices) -> ImageList:
    """`Images n {…}` of each row; what is between its braces are pairs, or groups of four where paths are named."""
    rows = np.flatnonzero(lengths > 1).astype(np.int32)
    signs = np.where(tokens.heads[at[rows] + 1] == OPEN, 3, 4)  # Images { }, or Images n { }
    firsts, values = at[rows] + signs - 1, lengths[rows] - signs
    counts = _counts(source, tokens, at[rows], values)
    strides = np.where(counts > 0, values // np.maximum(counts, 1), _PAIR).astype(np.int32)
    wrong = np.flatnonzero((strides * counts != values) | ~np.isin(strides, (_PAIR, _NAMED)))
    if len(wrong):
        offset = int(tokens.starts[at[rows[wrong[0]]]])
        raise source.error_at(offset, "These images are neither numbers with kinds nor paths with formats.")
    return _laid_out(rows, firsts, counts, strides)


def _counts(source: Source, tokens: Tokens, at: Indices, values: Indices) -> Indices:
    """How many images each list has; what it says counts where that fits, else the values behind it are counted."""
    said = numbers_of(source, tokens, at + 1)
    fits = (values == _PAIR * said) | (values == _NAMED * said)
    last = len(tokens) - 1
    is_named = (values >= _NAMED) & (tokens.heads[np.minimum(at + 4, last)] == QUOTE)
    strides = np.where(is_named, _NAMED, _PAIR)
    counted = np.where(values % strides == 0, values // strides, 0)
    return np.where(fits, np.where(fits, said, 0), counted).astype(np.int32)


def _laid_out(rows: Indices, firsts: Indices, counts: Indices, strides: Indices) -> ImageList:
    steps = _steps(counts)
    begins = np.repeat(firsts, counts) + steps * np.repeat(strides, counts)
    is_named = np.repeat(strides, counts) == _NAMED
    nothing = np.full(len(begins), NO_TOKEN)
    number = begins + np.where(is_named, 2, 0)
    columns = (
        np.where(is_named, begins, nothing),
        np.where(is_named, begins + 1, nothing),
        number,
        number + 1,
    )
    return ImageList(np.repeat(rows, counts), *(column.astype(np.int32) for column in columns))


def _steps(counts: Indices) -> NDArray[np.int32]:
    """0, 1, … within each group."""
    total = int(counts.sum())
    begins = np.repeat(np.cumsum(counts, dtype=np.int32) - counts, counts)
    return np.arange(total, dtype=np.int32) - begins
