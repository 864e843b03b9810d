"""One program per history: a lock held by the operating system, with its holder's name for the others to read."""

import getpass
import json
import os
import socket
import sys
from pathlib import Path
from typing import IO

from core.domain.errors import UserError

if sys.platform == "win32":
    import msvcrt

    _FAR_BYTE = 1 << 30  # Windows denies reading a locked byte: lock one that nobody reads

    def _try_lock(stream: IO[str]) -> None:
        os.lseek(stream.fileno(), _FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(stream: IO[str]) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class LockFile:
    """An exclusive hold. It ends with its process, however that ends, so it never has to be broken.

    Attributes:
        left_behind: who held it last and did not let go in order; empty otherwise.
    """

    def __init__(self, file: Path) -> None:
        """Take the lock.

        Raises:
            UserError: another program, or another window of this one, holds it.
            OSError: the file cannot be made.
        """
        self._stream = file.open("a+", encoding="utf-8")
        try:
            _try_lock(self._stream)
        except (BlockingIOError, PermissionError) as error:  # held: the first on POSIX, the second on Windows
            self._stream.close()
            raise _refusal(file) from error
        except OSError:  # a file system without locks
            self._stream.close()
            raise
        self.left_behind = _read_holder(file)
        self._write(json.dumps({"host": socket.gethostname(), "user": _user(), "pid": os.getpid()}))

    def release(self) -> None:
        """Let go. The file stays, empty: removing it would race with whoever is opening it."""
        if not self._stream.closed:
            self._write("")
            self._stream.close()

    def _write(self, text: str) -> None:
        self._stream.seek(0)
        self._stream.truncate()
        self._stream.write(text)
        self._stream.flush()


def _refusal(file: Path) -> UserError:
    holder = _read_holder(file) or "another program"
    return UserError(
        f"The history in {file.parent} is in use by {holder}.",
        "Close the other window, or start with another home folder.",
    )


def _read_holder(file: Path) -> str:
    try:
        holder = json.loads(file.read_text(encoding="utf-8") or "{}")
        return "{user} on {host} (process {pid})".format(**holder) if holder else ""
    except (ValueError, KeyError, TypeError, OSError):
        return "an unknown program"  # it died while it wrote its name


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a container's user without a name
