"""A file's bytes, the body that tokens point into, and where in it a fault lies."""

import codecs
import re
from dataclasses import dataclass

from core.domain.errors import UserError

_LINE_END = re.compile(rb"\r\n|\r|\n")
_ENCODINGS = ("utf-8", "cp949", "latin-1")
_WIDE_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file as it was read.

    Attributes:
        name: of the file, for messages.
        raw: its bytes.
        body: the same without a byte order mark, in an encoding in which ASCII characters stand for themselves.
        mark: the byte order mark, or nothing.
        wide: "utf-16-le" or "utf-16-be" where the file is one, else empty.
        encoding: of the body's other characters.
    """

    name: str
    raw: bytes
    body: bytes
    mark: bytes
    wide: str
    encoding: str

    def text(self, start: int, end: int) -> str:
        """What stands at a span of the body."""
        return self.body[start:end].decode(self.encoding, errors="replace")

    def encoded(self, text: str) -> bytes:
        """Text as the body writes it; characters that its encoding lacks become `?`."""
        return text.encode(self.encoding, errors="replace")

    def restored(self, body: bytes) -> bytes:
        """The file's bytes for another body."""
        return self.mark + (body.decode("utf-8").encode(self.wide) if self.wide else body)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset in the body."""
        line, begin = 1, 0
        for found in _LINE_END.finditer(self.body, 0, offset):
            line, begin = line + 1, found.end()
        return line, len(self.text(begin, offset)) + 1

    def error_at(self, offset: int, message: str, hint: str = "") -> UserError:
        """The error of a fault at an offset in the body."""
        line, column = self.place(offset)
        return UserError(f"{self.name}, line {line}, column {column}: {message}", hint)


def make_source(name: str, raw: bytes) -> Source:
    """Find a file's encoding.

    Raises:
        UserError: it says that it is UTF-16 and is not.
    """
    if raw.startswith(codecs.BOM_UTF8):
        return _narrow(name, raw, codecs.BOM_UTF8)
    mark = next((mark for mark in _WIDE_MARKS if raw.startswith(mark)), b"")
    if mark:
        return _wide(name, raw, mark, _WIDE_MARKS[mark])
    unmarked = {b"\0": "utf-16-be"}.get(raw[:1]) or ("utf-16-le" if raw[1:4:2] == b"\0\0" else "")
    return _wide(name, raw, b"", unmarked) if unmarked else _narrow(name, raw, b"")


def _narrow(name: str, raw: bytes, mark: bytes) -> Source:
    body = raw[len(mark) :]
    encoding = next(encoding for encoding in _ENCODINGS if _decodes(body, encoding))
    return Source(name, raw, body, mark, "", encoding)


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _wide(name: str, raw: bytes, mark: bytes, encoding: str) -> Source:
    try:
        body = raw[len(mark) :].decode(encoding).encode("utf-8")
    except UnicodeError as error:
        raise UserError(
            f"{name} begins as UTF-16 text and is none.", "Save it anew as plain text."
        ) from error
    return Source(name, raw, body, mark, encoding, "utf-8")
