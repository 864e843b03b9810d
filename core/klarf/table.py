"""A list of a file: columns, rows, and the token of every cell."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.klarf.cells import FloatColumn, distinct_texts, numbers_of, texts_of
from core.klarf.source import Source
from core.klarf.tokens import Indices, Tokens

NO_TOKEN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of tokens.

    Attributes:
        columns: names in capitals.
        cells: (N, C) int32 token of each cell; NO_TOKEN for a list of images.
        rows: (N, 2) int32 first token of each row and the one behind its last; the row's `;` belongs to it in 1.8.
        begins: (N,) int32 offset in the body from which on everything up to a row belongs to it.
        begin: the same of a row at the head of the table.
        count_token: which tells the number of rows; None where none does.
        name_tokens: (C,) int32 tokens of the columns' names; empty where columns are not added to.
        width_token: which tells the number of columns; None where none does.
    """

    source: Source
    tokens: Tokens
    columns: tuple[str, ...]
    cells: Indices
    rows: Indices
    begins: Indices
    begin: int
    count_token: int | None = None
    name_tokens: Indices = field(default_factory=lambda: np.zeros(0, np.int32))
    width_token: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column in self.columns

    def column_tokens(self, column: str) -> Indices:
        """(N,) int32 tokens of a column.

        Raises:
            KeyError: there is no such column.
        """
        if column not in self.columns:
            raise KeyError(column)
        return self.cells[:, self.columns.index(column)]

    def numbers(self, column: str) -> FloatColumn:
        """(N,) float64; NaN where the cell is no number or there is no such column."""
        if not self.has(column):
            return np.full(len(self), np.nan)
        return numbers_of(self.source, self.tokens, self.column_tokens(column))

    def texts(self, column: str) -> tuple[str, ...]:
        """The cells of a column without quotes; empty where there is no such column."""
        if not self.has(column):
            return ("",) * len(self)
        return texts_of(self.source, self.tokens, self.column_tokens(column))

    def distinct(self, column: str) -> tuple[list[str], NDArray[np.intp]]:
        """The different texts of a column, and which of them stands in each row."""
        return distinct_texts(self.source, self.tokens, self.column_tokens(column))

    def row_spans(self) -> NDArray[np.int64]:
        """(N, 2) offsets in the body: each row's begin and end."""
        starts = self.tokens.starts[self.rows[:, 0]]
        ends = self.tokens.ends[self.rows[:, 1] - 1]
        return np.stack([starts, ends], axis=1).astype(np.int64)
