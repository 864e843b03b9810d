"""A file of some of its defects: rows taken out, and what counts them corrected."""

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray
from core.klarf.document import Klarf, Wafer
from core.klarf.splice import Splice
from core.klarf.table import Table


def subset_splices(klarf: Klarf, kept: Collection[int]) -> Iterator[Splice]:
    """Take all other defects out.

    Rows keep their bytes. The number of rows of a list, and of each summary the numbers of defects and of defective
    dies by test and the density with them, are corrected.

    Args:
        klarf: what is changed.
        kept: numbers of defects in the order of the file.
    """
    base = 0
    for wafer in klarf.wafers:
        keeps: list[BoolArray] = []
        for found in wafer.defect_lists:
            numbers = np.arange(base, base + len(found.table))
            keeps.append(np.isin(numbers, np.fromiter(kept, np.int64, len(kept))))
            yield from _row_splices(klarf, found.table, keeps[-1])
            base += len(found.table)
        if not all(keep.all() for keep in keeps):
            yield from _summary_splices(klarf, wafer, keeps)


def _row_splices(klarf: Klarf, table: Table, keep: BoolArray) -> Iterator[Splice]:
    if keep.all():
        return
    spans = table.row_spans()
    for row in np.flatnonzero(~keep):
        yield Splice(int(table.begins[row]), int(spans[row, 1]), b"")
    if table.count_token is not None:
        yield _cell(klarf, table.count_token, str(int(keep.sum())))


def _summary_splices(klarf: Klarf, wafer: Wafer, keeps: list[BoolArray]) -> Iterator[Splice]:
    tests = _joined(wafer, "TEST")
    dies = np.stack([_joined(wafer, "XINDEX"), _joined(wafer, "YINDEX")], axis=1)
    keep = np.concatenate(keeps)
    for summary in wafer.summaries:
        for row, test in enumerate(summary.numbers("TESTNO")):
            of_test = (tests == test) | np.isnan(tests)
            before, after = int(of_test.sum()), of_test & keep
            yield from _row_of_summary(klarf, summary, row, before, dies[after])


def _row_of_summary(
    klarf: Klarf, summary: Table, row: int, before: int, dies: NDArray[np.float64]
) -> Iterator[Splice]:
    after = len(dies)
    if after == before:
        return
    values = {"NDEFECT": str(after), "NDEFDIE": str(len(np.unique(dies, axis=0)))}
    density = summary.numbers("DEFDENSITY")[row]
    if np.isfinite(density):
        values["DEFDENSITY"] = f"{density * after / before:.6g}"
    for column, text in values.items():
        if summary.has(column):
            yield _cell(klarf, int(summary.column_tokens(column)[row]), text)


def _joined(wafer: Wafer, column: str) -> NDArray[np.float64]:
    return np.concatenate([np.zeros(0), *(found.table.numbers(column) for found in wafer.defect_lists)])


def _cell(klarf: Klarf, token: int, text: str) -> Splice:
    return Splice(int(klarf.tokens.starts[token]), int(klarf.tokens.ends[token]), text.encode())
