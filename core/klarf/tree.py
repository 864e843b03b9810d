"""Records, fields and lists of a nested file, as they stand in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import UserError
from core.klarf.cells import text_of, texts_of
from core.klarf.limits import MAX_NESTING, MAX_STATEMENTS
from core.klarf.source import Source
from core.klarf.tokens import CLOSE, OPEN, QUOTE, SEMICOLON, Indices, Tokens

NO_MATCH = -1


@dataclass(frozen=True, slots=True)
class RawList:
    """A list that was found and not yet read.

    Attributes:
        name: in lower case.
        at: token of the word List.
        open, close: tokens of its braces.
    """

    name: str
    at: int
    open: int
    close: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its name in lower case, its id, and what is in it. `close` is the token of its closing brace."""

    name: str
    record_id: str
    close: int
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    records: list["Record"] = field(default_factory=list)
    lists: list[RawList] = field(default_factory=list)

    def walk(self) -> Iterator["Record"]:
        """This record and all below it, in order."""
        yield self
        for record in self.records:
            yield from record.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Braces:
    """Which brace closes which.

    Attributes:
        match: (T,) int32 the closing token of each opening brace; NO_MATCH elsewhere.
        depth: (T,) int8 open braces behind each token.
    """

    match: Indices
    depth: NDArray[np.int8]


def match_braces(source: Source, tokens: Tokens) -> Braces:
    """Pair the braces of a file.

    Raises:
        UserError: they do not fit, or are nested too deep; with the place.
    """
    opening, closing = tokens.heads == OPEN, tokens.heads == CLOSE
    depth = np.cumsum(opening.astype(np.int32) - closing.astype(np.int32), dtype=np.int32)
    for wrong, message in (
        (np.flatnonzero(depth < 0), "A closing brace too many."),
        (np.flatnonzero(depth > MAX_NESTING), f"Braces are nested more than {MAX_NESTING} deep."),
    ):
        if len(wrong):
            raise source.error_at(int(tokens.starts[wrong[0]]), message)
    match = np.full(len(tokens), NO_MATCH, np.int32)
    for level in range(1, int(depth.max(initial=0)) + 1):
        begins = np.flatnonzero(opening & (depth == level))
        ends = np.flatnonzero(closing & (depth == level - 1))
        if len(begins) != len(ends):
            offset = int(tokens.starts[begins[len(ends)]])
            raise source.error_at(offset, "This brace is never closed; the file may be cut off.")
        match[begins] = ends
    return Braces(match, depth.astype(np.int8))


class TreeReader:
    """Reads records down to the lists, whose rows are left alone."""

    def __init__(self, source: Source, tokens: Tokens, braces: Braces) -> None:
        self._source, self._tokens, self._match = source, tokens, braces.match
        self._nodes = 0

    def read(self) -> Record:
        """The file's record, at the first token.

        Raises:
            UserError: something stands where a record, field or list was expected; with the place.
        """
        return self._record(0)

    def _record(self, at: int) -> Record:
        self._count(at)
        name, record_id = self._word(at + 1, "a record's name"), ""
        opening = at + 2
        if opening < len(self._tokens) and self._tokens.heads[opening] not in (OPEN, CLOSE):
            record_id, opening = text_of(self._source, self._tokens, opening), opening + 1
        record = Record(name, record_id, self._closing(opening, f"the record {name}"))
        inner = opening + 1
        while inner < record.close:
            inner = self._member(record, inner)
        return record

    def _member(self, record: Record, at: int) -> int:
        """Read what begins at a token; the token behind it."""
        if self._tokens.heads[at] == SEMICOLON:
            return at + 1
        match self._word(at, "Record, Field or List"):
            case "record":
                record.records.append(self._record(at))
                return record.records[-1].close + 1
            case "field":
                return self._field(record, at)
            case "list":
                return self._list(record, at)
            case other:
                raise self.fault(at, f"“{other[:40]}” stands where Record, Field or List was expected.")

    def _field(self, record: Record, at: int) -> int:
        self._count(at)
        name = self._word(at + 1, "a field's name")
        opening = at + 2
        if opening < len(self._tokens) and self._tokens.heads[opening] != OPEN:
            opening += 1  # how many values there are; what counts is what is there
        close = self._closing(opening, f"the field {name}")
        places = np.arange(opening + 1, close, dtype=np.int32)
        record.fields[name] = texts_of(self._source, self._tokens, places)
        return close + 1

    def _list(self, record: Record, at: int) -> int:
        self._count(at)
        name = self._word(at + 1, "a list's name")
        close = self._closing(at + 2, f"the list {name}")
        record.lists.append(RawList(name, at, at + 2, close))
        return close + 1

    def _closing(self, opening: int, of: str) -> int:
        if opening >= len(self._tokens) or self._tokens.heads[opening] != OPEN:
            raise self.fault(opening, f"An opening brace was expected, of {of}.")
        return int(self._match[opening])

    def _word(self, at: int, expected: str) -> str:
        if at >= len(self._tokens) or self._tokens.heads[at] in (OPEN, CLOSE, QUOTE, SEMICOLON):
            raise self.fault(at, f"Here {expected} was expected.")
        return text_of(self._source, self._tokens, at).lower()

    def _count(self, at: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_STATEMENTS:
            raise self.fault(at, f"There are more than {MAX_STATEMENTS} records, fields and lists.")

    def fault(self, at: int, message: str) -> UserError:
        """The error of a fault at a token, or at the end of the file."""
        end = len(self._source.body)
        offset = int(self._tokens.starts[at]) if at < len(self._tokens) else end
        return self._source.error_at(offset, message)
