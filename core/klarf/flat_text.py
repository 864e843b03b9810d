"""The statements of a flat file as words, numbers and places, and what was odd in them."""

import numpy as np

from core.domain.errors import UserError
from core.klarf.cells import integer_of, text_of, texts_of
from core.klarf.limits import MAX_COLUMNS, MAX_NOTICES
from core.klarf.source import Source
from core.klarf.statements import Statement
from core.klarf.tokens import Tokens


class FlatText:
    """What is read, and the notices that come up on the way.

    Attributes:
        notices: what was odd and could be read all the same, with its line.
    """

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self.source, self.tokens = source, tokens
        self.notices: list[str] = []

    def values(self, statement: Statement, most: int = MAX_COLUMNS + 2) -> tuple[str, ...]:
        """The words behind a keyword, `most` of them at the most."""
        stop = min(statement.stop, statement.first + 1 + most)
        places = np.arange(statement.first + 1, stop, dtype=np.int32)
        return texts_of(self.source, self.tokens, places)

    def count(self, statement: Statement) -> int | None:
        """The number behind a keyword that tells how many values follow; None where there is none."""
        has_value = statement.stop > statement.first + 1
        return integer_of(self.source, self.tokens, statement.first + 1) if has_value else None

    def behind(self, statement: Statement) -> int:
        """Offset in the body behind a keyword."""
        return int(self.tokens.ends[statement.first])

    def word(self, token: int) -> str:
        """One token."""
        return text_of(self.source, self.tokens, token)

    def fault(self, token: int, message: str, hint: str = "") -> UserError:
        """The error of a fault at a token."""
        return self.source.error_at(int(self.tokens.starts[token]), message, hint)

    def notice(self, token: int, message: str) -> None:
        """Keep what was odd at a token; beyond a limit nobody reads on."""
        if len(self.notices) < MAX_NOTICES and len(self.tokens):
            line, _ = self.source.place(int(self.tokens.starts[token]))
            self.notices.append(f"Line {line}: {message}")
