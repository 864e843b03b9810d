"""Sentences for the banner."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.ids import LotId


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, what to do about it, and whether something went wrong.

    Attributes:
        path: a file or folder that the message is about and that can be opened.
        lot_id: a lot likewise.
    """

    text: str
    hint: str = ""
    is_error: bool = True
    path: Path | None = None
    lot_id: LotId | None = None
