"""Classes for defects: the tokens of the class columns, and new rows for the class lookup."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.domain.errors import UserError
from core.klarf.document import Klarf
from core.klarf.splice import Splice
from core.klarf.tokens import QUOTE

CLASS_COLUMNS = (
    "CLASSNUMBER", "MANSEMCLASS", "AUTOONSEMCLASS", "AUTOOFFSEMCLASS", "ROUGHBINNUMBER", "FINEBINNUMBER",
)  # fmt: skip
"""Columns that may be asked for."""


def class_splices(klarf: Klarf, numbers: Mapping[int, int], columns: Sequence[str]) -> Iterator[Splice]:
    """Write class numbers; a cell that says the same already is left alone.

    Args:
        klarf: what is changed.
        numbers: class number by the defect's number in the order of the file.
        columns: which of CLASS_COLUMNS to write to; a list without one of them is left alone in it.

    Raises:
        UserError: a defect to change stands in a list with none of the columns.
    """
    base = 0
    defects = np.sort(np.fromiter(numbers, np.int64, len(numbers)))
    for wafer in klarf.wafers:
        for found in wafer.defect_lists:
            table = found.table
            low, high = np.searchsorted(defects, (base, base + len(table)))
            mine = (defects[low:high] - base).tolist()
            present = [column for column in columns if table.has(column)]
            if mine and not present:
                raise UserError(
                    f"The defects of {klarf.source.name} have none of the columns {', '.join(columns)}.",
                    f"They have: {', '.join(table.columns)}.",
                )
            for column in present:
                tokens = table.column_tokens(column)
                yield from (
                    splice
                    for row in mine
                    for splice in _cell_splice(klarf, int(tokens[row]), numbers[base + row])
                )
            base += len(table)


def _cell_splice(klarf: Klarf, token: int, number: int) -> Iterator[Splice]:
    start, end = int(klarf.tokens.starts[token]), int(klarf.tokens.ends[token])
    text = f'"{number}"' if klarf.tokens.heads[token] == QUOTE else str(number)
    if klarf.source.body[start:end] != text.encode():
        yield Splice(start, end, text.encode())


def lookup_splices(klarf: Klarf, classes: Sequence[tuple[int, str]]) -> list[Splice]:
    """Append classes to the class lookup and correct its count; a file without a lookup gets one.

    Args:
        klarf: what is changed.
        classes: number and name of each, none of them in the lookup yet.
    """
    if not classes:
        return []
    known = klarf.classes
    if known is None:
        return [Splice(klarf.insert_classes_at, klarf.insert_classes_at, _new_lookup(klarf, classes))]
    rows = b"".join(known.separator + _row(klarf, known.columns, *one) for one in classes)
    start, end = (int(spans[known.count_token]) for spans in (klarf.tokens.starts, klarf.tokens.ends))
    count = str(known.rows + len(classes)).encode()
    return [Splice(start, end, count), Splice(known.end, known.end, rows)]


def free_numbers(klarf: Klarf, reserved: range) -> Iterator[int]:
    """Numbers of a range that no class and no defect of the file bears.

    Raises:
        UserError: they are used up.
    """
    used = used_numbers(klarf)
    yield from (number for number in reserved if number not in used)
    raise UserError(
        f"{klarf.source.name} uses all class numbers from {reserved.start} to {reserved.stop - 1}.",
        "Give the new classes numbers of their own in the class manager.",
    )


def used_numbers(klarf: Klarf) -> frozenset[int]:
    """Numbers in the class lookup and in the class columns of all defects."""
    used = set(() if klarf.classes is None else klarf.classes.numbers)
    for wafer in klarf.wafers:
        for found in wafer.defect_lists:
            for column in CLASS_COLUMNS:
                values = found.table.numbers(column)
                used |= {int(value) for value in set(values[values == values].tolist()) if abs(value) < 2**53}
    return frozenset(used)


def _row(klarf: Klarf, columns: tuple[str, ...], number: int, name: str) -> bytes:
    quoted = b'"' + klarf.source.encoded(_plain(name)) + b'"'
    if not columns:
        return str(number).encode() + b" " + quoted
    cells = {"CLASSNUMBER": str(number).encode(), "CLASSNAME": quoted}
    return b" ".join(cells.get(column, b'""') for column in columns) + b";"


def _plain(name: str) -> str:
    """A name that cannot end its string or its line."""
    return " ".join(name.replace('"', "'").split())


def _new_lookup(klarf: Klarf, classes: Sequence[tuple[int, str]]) -> bytes:
    line = b"\r\n" if b"\r\n" in klarf.source.body else b"\n"
    columns = ("CLASSNUMBER", "CLASSNAME", "CLASSCODE") if klarf.is_nested else ()
    rows = line.join(b" " + _row(klarf, columns, *one) for one in classes)
    if not klarf.is_nested:
        return b"ClassLookup %d" % len(classes) + line + rows + b";" + line
    head = b"List ClassLookupList" + line + b"{" + line
    named = b"Columns 3 { int32 CLASSNUMBER, string CLASSNAME, string CLASSCODE }" + line
    return (
        head
        + named
        + b"Data %d" % len(classes)
        + line
        + b"{"
        + line
        + rows
        + line
        + b"}"
        + line
        + b"}"
        + line
    )
