"""From a file's bytes to what it says."""

import os
import re
import stat
from pathlib import Path

from core.domain.errors import UserError
from core.klarf.document import Klarf
from core.klarf.flat import parse_flat
from core.klarf.limits import MAX_BYTES
from core.klarf.nested import parse_nested
from core.klarf.source import make_source
from core.klarf.tokens import tokenize

_NESTED = re.compile(rb"\s*Record\s+FileRecord\b", re.IGNORECASE)
_FLAT = re.compile(rb"\s*FileVersion\s+\d", re.IGNORECASE)
_HEAD_BYTES = 4096


def is_klarf(path: Path) -> bool:
    """Whether a file begins as a KLARF does, whatever its suffix is; False where it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        body = make_source(path.name, head).body
    except (OSError, UserError):
        return False
    return bool(_NESTED.match(body) or _FLAT.match(body))


def read_klarf(path: Path) -> Klarf:
    """Read a KLARF of any version.

    Raises:
        UserError: it cannot be opened, is larger than the limit, or something in it cannot be understood; then the
            sentence names line and column.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UserError(f"{path.name} is not a file.")
        if status.st_size > MAX_BYTES:
            raise UserError(f"{path.name} has {status.st_size:,} bytes; a KLARF may have {MAX_BYTES:,}.")
        raw = path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UserError(f"{path.name} cannot be read: {reason}.") from error
    return parse_klarf(path.name, raw)


def parse_klarf(name: str, raw: bytes) -> Klarf:
    """Read a KLARF from its bytes.

    The grammar is told by how the file begins, not by the version that it claims.

    Args:
        name: of the file, for messages.
        raw: its bytes.

    Raises:
        UserError: as for `read_klarf`.
    """
    if len(raw) > MAX_BYTES:
        raise UserError(f"{name} has {len(raw):,} bytes; a KLARF may have {MAX_BYTES:,}.")
    source = make_source(name, raw)
    if _NESTED.match(source.body):
        return parse_nested(source, tokenize(source, nested=True))
    if _FLAT.match(source.body):
        return parse_flat(source, tokenize(source, nested=False))
    hint = "A KLARF begins with FileVersion, or with Record FileRecord."
    raise source.error_at(0, "The file is no KLARF.", hint)
