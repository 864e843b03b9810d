"""Rows of a flat defect list: nothing ends a row but its length, and image lists vary it.

An image list is written in three ways: with its own count before the pairs of number and kind (whether IMAGECOUNT
stands before it or not, at the end of the row or in its middle), without one, or without a column of its own. Which
one a file uses is found by trying: with the right one every row begins on a line of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.klarf.document import ImageList, no_images
from core.klarf.flat_writing import IMAGE_LIST, PAIR, Misfit, Writing, find_starts, writings
from core.klarf.source import Source
from core.klarf.table import NO_TOKEN
from core.klarf.tokens import Indices, Tokens


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
    misfits: list[Misfit] = []
    for writing in writings(columns):
        try:
            found = [find_starts(source, tokens, writing, first, stop) for first, stop in blocks]
        except Misfit as misfit:
            misfits.append(misfit)
        else:
            return _laid_out(tokens, columns, writing, blocks, found)
    wrong = misfits[0]
    offset = int(tokens.starts[min(wrong.token, len(tokens) - 1)])
    raise source.error_at(offset, wrong.message, "Mend the row or its DefectRecordSpec.")


def _laid_out(
    tokens: Tokens,
    columns: tuple[str, ...],
    writing: Writing,
    blocks: Sequence[tuple[int, int]],
    found: Sequence[tuple[list[int], list[int]]],
) -> FlatRows:
    firsts = np.array([start for starts, _ in found for start in starts], np.int32)
    pairs = np.array([count for _, counts in found for count in counts], np.int32)
    stops = firsts + writing.least + PAIR * pairs
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
    numbers = np.repeat(firsts, pairs) + PAIR * steps
    nothing = np.full(len(rows), NO_TOKEN, np.int32)
    return ImageList(rows, nothing, nothing, numbers.astype(np.int32), (numbers + 1).astype(np.int32))
