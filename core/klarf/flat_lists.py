"""The tables of a flat file: columns, dies, defects and summaries."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.klarf.cells import numbers_of
from core.klarf.document import DefectList
from core.klarf.flat_rows import find_rows
from core.klarf.flat_text import FlatText
from core.klarf.limits import MAX_COLUMNS
from core.klarf.statements import Statement
from core.klarf.table import Table

_WHOLE = 2**31


@dataclass(frozen=True, slots=True)
class Block:
    """One DefectList statement, with what was said before it."""

    statement: Statement
    columns: "FlatColumns"
    image_file: str


@dataclass(frozen=True, slots=True)
class FlatColumns:
    """A DefectRecordSpec: names in capitals, and where the first of them stands behind their number."""

    names: tuple[str, ...]
    first: int


def read_columns(text: FlatText, statement: Statement) -> tuple[str, ...]:
    """The columns that a DefectRecordSpec or SummarySpec names, in capitals.

    Raises:
        UserError: there are none, or too many.
    """
    names = tuple(name.upper() for name in text.values(statement)[1:])
    told = text.count(statement)
    if not names or len(names) > MAX_COLUMNS:
        raise text.fault(statement.first, f"{len(names)} columns cannot be read.")
    if told != len(names):
        keyword = text.word(statement.first)
        text.notice(statement.first, f"{keyword} says {told} columns and names {len(names)}.")
    return names


def read_dies(text: FlatText, statement: Statement) -> NDArray[np.int32]:
    """(D, 2) the inspected dies of a SampleTestPlan.

    Raises:
        UserError: they are no pairs of whole numbers.
    """
    places = np.arange(statement.first + 2, statement.stop, dtype=np.int32)
    numbers = numbers_of(text.source, text.tokens, places)
    told = text.count(statement)
    if len(numbers) % 2 or np.isnan(numbers).any() or (np.abs(numbers) >= _WHOLE).any():
        raise text.fault(statement.first, "The dies of this SampleTestPlan are no pairs of whole numbers.")
    if told != len(numbers) // 2:
        text.notice(statement.first, f"SampleTestPlan says {told} dies and lists {len(numbers) // 2}.")
    return numbers.reshape(-1, 2).astype(np.int32)


def read_defects(text: FlatText, columns: FlatColumns, blocks: Sequence[Block]) -> DefectList:
    """The rows of statements with the same columns, as one list.

    Raises:
        UserError: a row does not fit the columns.
    """
    spans = [(block.statement.first + 1, block.statement.stop) for block in blocks]
    found = find_rows(text.source, text.tokens, columns.names, spans)
    begin = text.behind(blocks[0].statement)
    table = Table(
        text.source, text.tokens, columns.names, found.cells, found.rows, found.begins, begin,
        name_tokens=columns.first + np.arange(len(columns.names), dtype=np.int32),
        width_token=columns.first - 1,
    )  # fmt: skip
    names = dict.fromkeys(block.image_file for block in blocks)
    files = {name: number for number, name in enumerate(names)}
    of_block = np.array([files[block.image_file] for block in blocks], np.int32)
    return DefectList(table, found.images, tuple(files), of_block[found.block_of])


def read_summary(text: FlatText, columns: tuple[str, ...], statement: Statement) -> Table:
    """The rows of a SummaryList.

    Raises:
        UserError: its values do not fill whole rows.
    """
    first, count = statement.first + 1, statement.stop - statement.first - 1
    if not columns or count % len(columns):
        message = f"This SummaryList has {count} values, where SummarySpec names {len(columns)} columns."
        raise text.fault(statement.first, message)
    cells = np.arange(first, statement.stop, dtype=np.int32).reshape(-1, len(columns))
    rows = np.stack([cells[:, 0], cells[:, -1] + 1], axis=1).astype(np.int32)
    begins = text.tokens.ends[rows[:, 0] - 1]
    return Table(text.source, text.tokens, columns, cells, rows, begins, text.behind(statement))
