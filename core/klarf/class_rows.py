"""The class lookup, in either grammar: numbers, names, and where further rows go."""

import numpy as np

from core.klarf.cells import text_of, to_integer, unquoted
from core.klarf.document import ClassTable
from core.klarf.limits import MAX_CLASSES
from core.klarf.source import Source
from core.klarf.statements import Statement
from core.klarf.table import Table
from core.klarf.tokens import Tokens

_SEPARATOR = b"\n "


def flat_class_table(source: Source, tokens: Tokens, statement: Statement) -> ClassTable:
    """`ClassLookup 2 -1 "Unclassified" 10 "Blork"`: a row a line, or a row two values.

    Raises:
        UserError: it has no count, or its rows are no numbers and names.
    """
    count_token, first = statement.first + 1, statement.first + 2
    if count_token >= statement.stop:
        raise source.error_at(int(tokens.starts[statement.first]), "This ClassLookup is empty.")
    rows = _rows(tokens, first, statement.stop)
    if len(rows) > MAX_CLASSES:
        raise source.error_at(int(tokens.starts[first]), f"There are more than {MAX_CLASSES} classes.")
    numbers, names = [], []
    for begin, end in rows:
        number = to_integer(text_of(source, tokens, begin))
        if number is None or end - begin < 2:
            raise source.error_at(int(tokens.starts[begin]), "A class has a number and a name; this has not.")
        numbers.append(number)
        names.append(unquoted_span(source, tokens, begin + 1, end))
    return ClassTable(
        tuple(numbers), tuple(names), (), count_token, len(rows),
        int(tokens.ends[statement.stop - 1]), _separator(source, tokens, rows),
    )  # fmt: skip


def nested_class_table(source: Source, table: Table) -> ClassTable | None:
    """A ClassLookupList; None where it has no count to correct."""
    if table.count_token is None:
        return None
    numbers = [to_integer(text) for text in table.texts("CLASSNUMBER")]
    named = [
        (number, name)
        for number, name in zip(numbers, table.texts("CLASSNAME"), strict=True)
        if number is not None
    ]
    rows = [(int(begin), int(end)) for begin, end in table.rows]
    end = int(table.row_spans()[-1, 1]) if rows else table.begin
    return ClassTable(
        tuple(number for number, _ in named), tuple(name for _, name in named), table.columns,
        table.count_token, len(table), end, _separator(source, table.tokens, rows),
    )  # fmt: skip


def unquoted_span(source: Source, tokens: Tokens, first: int, stop: int) -> str:
    """A name of one token or of several, without its quotes."""
    text = source.text(int(tokens.starts[first]), int(tokens.ends[stop - 1]))
    return unquoted(text) if text.startswith('"') and stop - first == 1 else text


def _rows(tokens: Tokens, first: int, stop: int) -> list[tuple[int, int]]:
    """Spans of tokens: by line where every row has its own, else by two."""
    openings = (np.flatnonzero(tokens.opens_line[first:stop]) + first).tolist()
    if openings and openings[0] == first and 2 * len(openings) <= stop - first:
        return list(zip(openings, [*openings[1:], stop], strict=True))
    return [(at, min(at + 2, stop)) for at in range(first, stop, 2)]


def _separator(source: Source, tokens: Tokens, rows: list[tuple[int, int]]) -> bytes:
    """What stands before the last row, so that one more looks like it."""
    if not rows or not rows[-1][0]:
        return _SEPARATOR
    begin = rows[-1][0]
    return source.body[int(tokens.ends[begin - 1]) : int(tokens.starts[begin])] or b" "
