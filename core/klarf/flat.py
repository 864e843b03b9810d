"""Reading the flat grammar: 1.1 and 1.2."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from core.domain.errors import UserError
from core.klarf.cells import integer_of, numbers_of, text_of, texts_of
from core.klarf.class_rows import flat_class_table
from core.klarf.document import ClassTable, DefectList, Klarf, Wafer
from core.klarf.flat_rows import find_rows
from core.klarf.limits import MAX_COLUMNS, MAX_NOTICES
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
    reader = _Reader(source, tokens)
    for statement in find_statements(source, tokens):
        reader.take(statement)
    return reader.finish()


@dataclass(frozen=True, slots=True)
class _Block:
    """One DefectList statement, with what was said before it."""

    statement: Statement
    columns: tuple[str, ...]
    image_file: str


class _Reader:
    """Statements one after the other; what was said before holds for what follows."""

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self._source, self._tokens = source, tokens
        self._fields: dict[str, tuple[str, ...]] = {}
        self._defect_columns: tuple[str, ...] | None = None
        self._summary_columns: tuple[str, ...] | None = None
        self._image_file = ""
        self._classes: ClassTable | None = None
        self._insert_classes_at: int | None = None
        self._notices: list[str] = []
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
            self._notice(statement.first, f"{self._text(statement.first)} is not closed by a `;`.")
        taker = self._takers.get(statement.keyword)
        if taker is not None:
            taker(statement)
        self._keep_field(statement)

    def finish(self) -> Klarf:
        """The whole file."""
        if self._wafers and not self._blocks and self._wafer_begins is not None:
            offset = int(self._tokens.starts[self._wafer_begins])
            name = self._wafer_name()
            message = f"A further wafer, “{name}”, begins here and has no list of defects."
            raise self._source.error_at(
                offset, message, "Remove the statement, or give the wafer its DefectList."
            )
        self._close_wafer()
        if "endoffile" not in self._fields:
            self._notice(len(self._tokens) - 1, "The file does not end with EndOfFile; it may be cut off.")
        version = " ".join(self._fields.get("fileversion", ())[:2]).replace(" ", ".") or "1.1"
        return Klarf(
            source=self._source,
            tokens=self._tokens,
            version=version,
            is_nested=False,
            fields=dict(self._fields),
            wafers=tuple(self._wafers),
            classes=self._classes,
            insert_classes_at=self._insert_classes_at or 0,
            notices=tuple(self._notices),
        )

    def _wafer_name(self) -> str:
        return next(iter(self._fields.get("waferid", ())), "")

    def _start_wafer(self) -> None:
        self._blocks: list[_Block] = []
        self._summaries: list[Table] = []
        self._dies: list[np.ndarray[tuple[int, int], np.dtype[np.int32]]] = []

    def _close_wafer(self) -> None:
        dies = np.unique(np.concatenate([np.zeros((0, 2), np.int32), *self._dies]), axis=0)
        if not len(dies) and self._wafers:
            dies = self._wafers[-1].dies  # told once for all
        name = self._wafer_name()
        lists = tuple(
            self._defect_list(columns, list(same)) for columns, same in groupby(self._blocks, _columns_of)
        )
        parts = (dict(self._fields), lists, tuple(self._summaries))
        self._wafers.append(Wafer(name, *parts, dies))
        self._start_wafer()

    def _take_wafer(self, statement: Statement) -> None:
        named = self._values(statement)[:1]
        if "waferid" in self._fields and named != self._fields["waferid"][:1]:
            if self._blocks:
                self._close_wafer()
            self._wafer_begins = statement.first

    def _take_image_file(self, statement: Statement) -> None:
        self._image_file = " ".join(self._values(statement))

    def _take_classes(self, statement: Statement) -> None:
        if self._classes is None:
            self._classes = flat_class_table(self._source, self._tokens, statement)

    def _take_dies(self, statement: Statement) -> None:
        places = np.arange(statement.first + 2, statement.stop, dtype=np.int32)
        numbers = numbers_of(self._source, self._tokens, places)
        told = self._count(statement)
        if len(numbers) % 2 or np.isnan(numbers).any() or (np.abs(numbers) >= 2**31).any():
            raise self._fault(
                statement.first, "The dies of this SampleTestPlan are no pairs of whole numbers."
            )
        if told != len(numbers) // 2:
            self._notice(statement.first, f"SampleTestPlan says {told} dies and lists {len(numbers) // 2}.")
        self._dies.append(numbers.reshape(-1, 2).astype(np.int32))

    def _take_defect_columns(self, statement: Statement) -> None:
        if self._insert_classes_at is None:
            self._insert_classes_at = int(self._tokens.starts[statement.first])
        self._defect_columns = self._columns(statement)

    def _take_summary_columns(self, statement: Statement) -> None:
        self._summary_columns = self._columns(statement)

    def _take_defects(self, statement: Statement) -> None:
        if self._defect_columns is None:
            raise self._fault(statement.first, "A DefectList stands here before any DefectRecordSpec.")
        self._blocks.append(_Block(statement, self._defect_columns, self._image_file))

    def _defect_list(self, columns: tuple[str, ...], blocks: list[_Block]) -> DefectList:
        """The rows of statements with the same columns, as one list."""
        spans = [(block.statement.first + 1, block.statement.stop) for block in blocks]
        found = find_rows(self._source, self._tokens, columns, spans)
        begin = self._behind(blocks[0].statement)
        table = Table(self._source, self._tokens, columns, found.cells, found.rows, found.begins, begin)
        files = {block.image_file: 0 for block in blocks}
        files = {name: number for number, name in enumerate(files)}
        of_block = np.array([files[block.image_file] for block in blocks], np.int32)
        return DefectList(table, found.images, tuple(files), of_block[found.block_of])

    def _take_summary(self, statement: Statement) -> None:
        columns = self._summary_columns or ()
        first, count = statement.first + 1, statement.stop - statement.first - 1
        if not columns or count % len(columns):
            message = f"This SummaryList has {count} values, where SummarySpec names {len(columns)} columns."
            raise self._fault(statement.first, message)
        cells = np.arange(first, statement.stop, dtype=np.int32).reshape(-1, len(columns))
        rows = np.stack([cells[:, 0], cells[:, -1] + 1], axis=1).astype(np.int32)
        begin = self._behind(statement)
        begins = self._tokens.ends[rows[:, 0] - 1]
        self._summaries.append(Table(self._source, self._tokens, columns, cells, rows, begins, begin))

    def _columns(self, statement: Statement) -> tuple[str, ...]:
        names = tuple(name.upper() for name in self._values(statement)[1:])
        told = self._count(statement)
        if not names or len(names) > MAX_COLUMNS:
            raise self._fault(statement.first, f"{len(names)} columns cannot be read.")
        if told != len(names):
            self._notice(
                statement.first, f"{self._text(statement.first)} says {told} columns and names {len(names)}."
            )
        return names

    def _keep_field(self, statement: Statement) -> None:
        if statement.keyword in _TABLES:
            self._fields[statement.keyword] = ()
            return
        stop = min(statement.stop, statement.first + 1 + _LONGEST_FIELD)
        places = np.arange(statement.first + 1, stop, dtype=np.int32)
        self._fields[statement.keyword] = texts_of(self._source, self._tokens, places)

    def _values(self, statement: Statement) -> tuple[str, ...]:
        stop = min(statement.stop, statement.first + 2 + MAX_COLUMNS + 1)
        return texts_of(self._source, self._tokens, np.arange(statement.first + 1, stop, dtype=np.int32))

    def _count(self, statement: Statement) -> int | None:
        has_value = statement.stop > statement.first + 1
        return integer_of(self._source, self._tokens, statement.first + 1) if has_value else None

    def _behind(self, statement: Statement) -> int:
        return int(self._tokens.ends[statement.first])

    def _text(self, token: int) -> str:
        return text_of(self._source, self._tokens, token)

    def _fault(self, token: int, message: str) -> UserError:
        return self._source.error_at(int(self._tokens.starts[token]), message)

    def _notice(self, token: int, message: str) -> None:
        if len(self._notices) < MAX_NOTICES and len(self._tokens):
            line, _ = self._source.place(int(self._tokens.starts[token]))
            self._notices.append(f"Line {line}: {message}")


def _columns_of(block: _Block) -> tuple[str, ...]:
    return block.columns
