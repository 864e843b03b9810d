"""Reading the flat grammar: 1.1 and 1.2."""

from collections.abc import Callable
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from core.klarf.class_rows import flat_class_table
from core.klarf.document import ClassTable, Klarf, Wafer
from core.klarf.flat_lists import (
    Block,
    FlatColumns,
    read_columns,
    read_defects,
    read_dies,
    read_summary,
)
from core.klarf.flat_text import FlatText
from core.klarf.source import Source
from core.klarf.statements import Statement, find_statements
from core.klarf.table import Table
from core.klarf.tokens import Tokens

_LONGEST_FIELD = 64
"""Values of a statement that are kept as a field; what is longer is a table that nothing here asks for."""
_TABLES = frozenset(
    {"classlookup", "sampletestplan", "defectrecordspec", "defectlist", "summaryspec", "summarylist"}
)


def parse_flat(source: Source, tokens: Tokens) -> Klarf:
    """Read a file of 1.1 or 1.2.

    Raises:
        UserError: something in it cannot be understood, with line and column.
    """
    reader = _Reader(FlatText(source, tokens))
    for statement in find_statements(source, tokens):
        reader.take(statement)
    return reader.finish()


class _Reader:
    """Statements one after the other; what was said before holds for what follows."""

    def __init__(self, text: FlatText) -> None:
        self._text = text
        self._fields: dict[str, tuple[str, ...]] = {}
        self._defect_columns: FlatColumns | None = None
        self._summary_columns: tuple[str, ...] = ()
        self._image_file = ""
        self._classes: ClassTable | None = None
        self._insert_classes_at: int | None = None
        self._wafers: list[Wafer] = []
        self._wafer_begins: int | None = None
        self._start_wafer()
        self._takers: dict[str, Callable[[Statement], None]] = {
            "waferid": self._take_wafer,
            "tifffilename": self._take_image_file,
            "classlookup": self._take_classes,
            "sampletestplan": self._take_dies,
            "defectrecordspec": self._take_defect_columns,
            "defectlist": self._take_defects,
            "summaryspec": self._take_summary_columns,
            "summarylist": self._take_summary,
        }

    def take(self, statement: Statement) -> None:
        """Read one statement."""
        if not statement.is_closed and statement.keyword != "endoffile":
            word = self._text.word(statement.first)
            self._text.notice(statement.first, f"{word} is not closed by a `;`.")
        taker = self._takers.get(statement.keyword)
        if taker is not None:
            taker(statement)
        is_table = statement.keyword in _TABLES
        self._fields[statement.keyword] = () if is_table else self._text.values(statement, _LONGEST_FIELD)

    def finish(self) -> Klarf:
        """The whole file."""
        self._refuse_empty_wafer()
        self._close_wafer()
        if "endoffile" not in self._fields:
            last = len(self._text.tokens) - 1
            self._text.notice(last, "The file does not end with EndOfFile; it may be cut off.")
        version = " ".join(self._fields.get("fileversion", ())[:2]).replace(" ", ".") or "1.1"
        return Klarf(
            source=self._text.source,
            tokens=self._text.tokens,
            version=version,
            is_nested=False,
            fields=dict(self._fields),
            wafers=tuple(self._wafers),
            classes=self._classes,
            insert_classes_at=self._insert_classes_at or 0,
            notices=tuple(self._text.notices),
        )

    def _refuse_empty_wafer(self) -> None:
        if self._wafers and not self._blocks and self._wafer_begins is not None:
            message = f"A further wafer, “{self._wafer_name()}”, begins here and has no list of defects."
            hint = "Remove the statement, or give the wafer its DefectList."
            raise self._text.fault(self._wafer_begins, message, hint)

    def _wafer_name(self) -> str:
        return next(iter(self._fields.get("waferid", ())), "")

    def _start_wafer(self) -> None:
        self._blocks: list[Block] = []
        self._summaries: list[Table] = []
        self._dies: list[NDArray[np.int32]] = []

    def _close_wafer(self) -> None:
        dies = np.unique(np.concatenate([np.zeros((0, 2), np.int32), *self._dies]), axis=0)
        if not len(dies) and self._wafers:
            dies = self._wafers[-1].dies  # told once for all
        lists = tuple(
            read_defects(self._text, columns, list(same))
            for columns, same in groupby(self._blocks, lambda block: block.columns)
        )
        parts = (dict(self._fields), lists, tuple(self._summaries))
        self._wafers.append(Wafer(self._wafer_name(), *parts, dies))
        self._start_wafer()

    def _take_wafer(self, statement: Statement) -> None:
        named = self._text.values(statement)[:1]
        if "waferid" in self._fields and named != self._fields["waferid"][:1]:
            if self._blocks:
                self._close_wafer()
            self._wafer_begins = statement.first

    def _take_image_file(self, statement: Statement) -> None:
        self._image_file = " ".join(self._text.values(statement))

    def _take_classes(self, statement: Statement) -> None:
        if self._classes is None:
            self._classes = flat_class_table(self._text.source, self._text.tokens, statement)

    def _take_dies(self, statement: Statement) -> None:
        self._dies.append(read_dies(self._text, statement))

    def _take_defect_columns(self, statement: Statement) -> None:
        if self._insert_classes_at is None:
            self._insert_classes_at = int(self._text.tokens.starts[statement.first])
        self._defect_columns = FlatColumns(read_columns(self._text, statement), statement.first + 2)

    def _take_summary_columns(self, statement: Statement) -> None:
        self._summary_columns = read_columns(self._text, statement)

    def _take_defects(self, statement: Statement) -> None:
        if self._defect_columns is None:
            raise self._text.fault(statement.first, "A DefectList stands here before any DefectRecordSpec.")
        self._blocks.append(Block(statement, self._defect_columns, self._image_file))

    def _take_summary(self, statement: Statement) -> None:
        self._summaries.append(read_summary(self._text, self._summary_columns, statement))
