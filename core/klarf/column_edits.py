"""Columns of our own: written where a file has them, added where it has not."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.klarf.document import Klarf
from core.klarf.splice import Splice
from core.klarf.table import Table
from core.klarf.tokens import QUOTE

_ANCHOR = "CLASSNUMBER"


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column to be written.

    Attributes:
        name: in capitals.
        kind: "int32" or "float", for the grammar that names kinds.
        values: as they are written, by the defect's number in the order of the file.
        missing: what stands for a defect without a value where the column is added; one that the file has keeps its
            cells there.
    """

    name: str
    kind: str
    values: Mapping[int, str]
    missing: str


def column_splices(
    klarf: Klarf, columns: Sequence[NewColumn], kept: Container[int] | None = None
) -> Iterator[Splice]:
    """Write columns into all lists of defects; what is new stands behind the class number.

    Args:
        klarf: what is changed.
        columns: the columns, in the order in which new ones are added.
        kept: numbers of the defects whose rows stay in the file; None for all.
    """
    base = 0
    heads: dict[int, Splice] = {}  # lists may share the line that names their columns
    for wafer in klarf.wafers:
        for found in wafer.defect_lists:
            table, numbers = found.table, range(base, base + len(found.table))
            rows = [row for row, number in enumerate(numbers) if kept is None or number in kept]
            yield from _known_cells(klarf, table, columns, rows, base)
            added = [column for column in columns if not table.has(column.name)]
            if added:
                heads |= {splice.start: splice for splice in _head(klarf, table, added)}
                yield from _new_cells(klarf, table, added, rows, base)
            base += len(table)
    yield from heads.values()


def _known_cells(
    klarf: Klarf, table: Table, columns: Sequence[NewColumn], rows: Sequence[int], base: int
) -> Iterator[Splice]:
    for column in columns:
        if not table.has(column.name):
            continue
        tokens = table.column_tokens(column.name)
        for row in rows:
            value = column.values.get(base + row)
            token = int(tokens[row])
            start, end = int(klarf.tokens.starts[token]), int(klarf.tokens.ends[token])
            if value is None:
                continue
            text = f'"{value}"' if klarf.tokens.heads[token] == QUOTE else value
            if klarf.source.body[start:end] != text.encode():
                yield Splice(start, end, text.encode())


def _new_cells(
    klarf: Klarf, table: Table, added: Sequence[NewColumn], rows: Sequence[int], base: int
) -> Iterator[Splice]:
    anchors = table.column_tokens(_anchor(table))
    for row in rows:
        end = int(klarf.tokens.ends[anchors[row]])
        values = (column.values.get(base + row, column.missing) for column in added)
        yield Splice(end, end, "".join(f" {value}" for value in values).encode())


def _head(klarf: Klarf, table: Table, added: Sequence[NewColumn]) -> Iterator[Splice]:
    """The names, and how many there are."""
    anchor = int(table.name_tokens[table.columns.index(_anchor(table))])
    end = int(klarf.tokens.ends[anchor])
    words = (f", {column.kind} {column.name}" if klarf.is_nested else f" {column.name}" for column in added)
    yield Splice(end, end, "".join(words).encode())
    if table.width_token is not None:
        start, stop = (int(ends[table.width_token]) for ends in (klarf.tokens.starts, klarf.tokens.ends))
        yield Splice(start, stop, str(len(table.columns) + len(added)).encode())


def _anchor(table: Table) -> str:
    return _ANCHOR if table.has(_ANCHOR) else table.columns[0]
