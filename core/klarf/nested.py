"""Reading the nested grammar: 1.8."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.klarf.class_rows import nested_class_table
from core.klarf.document import ClassTable, DefectList, Fields, Klarf, Wafer
from core.klarf.limits import MAX_NOTICES
from core.klarf.nested_rows import NestedList, read_list
from core.klarf.source import Source
from core.klarf.tokens import SEMICOLON, Tokens
from core.klarf.tree import RawList, Record, TreeReader, match_braces


def parse_nested(source: Source, tokens: Tokens) -> Klarf:
    """Read a file of 1.8.

    Raises:
        UserError: something in it cannot be understood, with line and column.
    """
    return _Reader(source, tokens).read()


class _Reader:
    def __init__(self, source: Source, tokens: Tokens) -> None:
        self._source, self._tokens = source, tokens
        self._braces = match_braces(source, tokens)
        self._notices: list[str] = []

    def read(self) -> Klarf:
        """The whole file."""
        tree = TreeReader(self._source, self._tokens, self._braces)
        root = tree.read()
        self._check_end(tree, root)
        lots = [record for record in root.records if record.name == "lotrecord"] or [root]
        wafers = [wafer for lot in lots for wafer in self._wafers(root, lot)]
        return Klarf(
            source=self._source,
            tokens=self._tokens,
            version=root.record_id or "1.8",
            is_nested=True,
            fields={**root.fields, **lots[-1].fields, "lotid": (lots[-1].record_id,)},
            wafers=tuple(wafers),
            classes=self._classes(root),
            insert_classes_at=int(self._tokens.starts[lots[-1].close]),
            notices=tuple(self._notices),
        )

    def _check_end(self, tree: TreeReader, root: Record) -> None:
        rest = range(root.close + 1, min(len(self._tokens), root.close + 4))
        words = [index for index in rest if self._tokens.heads[index] != SEMICOLON]
        if not words:
            self._notice(root.close, "The file does not end with EndOfFile; it may be cut off.")
        for index in words:
            start, end = int(self._tokens.starts[index]), int(self._tokens.ends[index])
            if self._source.text(start, end).lower() != "endoffile":
                raise tree.fault(index, "Something stands behind the file's record.")

    def _wafers(self, root: Record, lot: Record) -> Iterator[Wafer]:
        """The wafers of a lot; what a lot holds beside them belongs to a wafer without a name."""
        shared = {**root.fields, **lot.fields, "lotid": (lot.record_id,)}
        records = [record for record in lot.records if record.name == "waferrecord"]
        for record in records:
            yield self._wafer({**shared, **record.fields}, record, list(record.walk()))
        beside = [lot, *(inner for record in lot.records if record not in records for inner in record.walk())]
        if any(_is(raw, "defectlist") for record in beside for raw in record.lists):
            yield self._wafer(shared, lot, beside)

    def _wafer(self, fields: Fields, own: Record, records: list[Record]) -> Wafer:
        lists, summaries, dies = [], [], [np.zeros((0, 2), np.int32)]
        for record in records:
            for raw in record.lists:
                if _is(raw, "defectlist"):
                    found = self._read(raw)
                    scope = {**fields, **record.fields}
                    named = scope.get("imagefilename") or scope.get("tifffilename") or ("",)
                    file_of = np.zeros(len(found.table), np.int32)
                    lists.append(DefectList(found.table, found.images, named[:1], file_of))
                elif _is(raw, "sampletestplanlist", "sampletestplan"):
                    dies.append(self._dies(raw))
                elif _is(raw, "testsummarylist", "summarylist"):
                    summaries.append(self._read(raw).table)
        name = own.record_id if own.name == "waferrecord" else ""
        return Wafer(name, fields, tuple(lists), tuple(summaries), np.unique(np.concatenate(dies), axis=0))

    def _dies(self, raw: RawList) -> NDArray[np.int32]:
        table = self._read(raw).table
        dies = np.stack([table.numbers("XINDEX"), table.numbers("YINDEX")], axis=1)
        if np.isnan(dies).any() or (np.abs(dies) >= 2**31).any():
            offset = int(self._tokens.starts[raw.at])
            raise self._source.error_at(offset, "The dies of this list are no pairs of whole numbers.")
        return dies.astype(np.int32)

    def _classes(self, root: Record) -> ClassTable | None:
        for record in root.walk():
            for raw in record.lists:
                if _is(raw, "classlookuplist", "classlookup"):
                    return nested_class_table(self._source, self._read(raw).table)
        return None

    def _read(self, raw: RawList) -> NestedList:
        found = read_list(self._source, self._tokens, self._braces, raw)
        if found.told != len(found.table):
            told = "no number of rows" if found.told is None else f"{found.told} rows"
            self._notice(raw.at, f"The list {raw.name} says {told} and has {len(found.table)}.")
        return found

    def _notice(self, token: int, message: str) -> None:
        if len(self._notices) < MAX_NOTICES:
            line, _ = self._source.place(int(self._tokens.starts[token]))
            self._notices.append(f"Line {line}: {message}")


def _is(raw: RawList, *names: str) -> bool:
    return raw.name in names
