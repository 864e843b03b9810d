"""Where a station keeps its things: one home folder with history, maps and thumbnails."""

import getpass
import logging
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

from platformdirs import user_data_path

from core.domain.errors import UserError
from core.history import History, MapStore
from core.history.backup import BACKUP_FOLDER

HOME_VARIABLE = "RESIDUA_HOME"
HISTORY_FILE = "history.sqlite"
MAPS_FOLDER = "maps"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open home folder; a context manager.

    Attributes:
        home: the folder.
        history: lots, runs, decisions, audit.
        maps: score maps and masks by hash.
    """

    home: Path
    history: History
    maps: MapStore

    @classmethod
    def open(cls, home: Path | None = None, *, reviewer: str | None = None) -> "Workspace":
        """Open the home folder, made when it is not there.

        Args:
            home: None takes $RESIDUA_HOME, else the user's data folder.
            reviewer: who decides; None takes the login name.

        Raises:
            UserError: another instance has it open, or it cannot be written.
        """
        home = home or default_home()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The folder {home} cannot be made: {error.strerror}.", f"Set {HOME_VARIABLE} to another one."
            ) from error
        history = History.open(
            home / HISTORY_FILE, reviewer=reviewer or login_name(), app_version=app_version()
        )
        return cls(home, history, MapStore(home / MAPS_FOLDER))

    def close(self) -> None:
        """Back the history up when this session changed it, and release its lock; once more does nothing."""
        if self.history.is_closed:
            return
        try:
            self.history.back_up_changes(self.home / BACKUP_FOLDER)
        except UserError as error:  # a full disk must not keep the program from closing
            _log.warning("No backup was made: %s", error)
        finally:
            self.history.close()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about the environment."""
        return self.history.notices

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def login_name() -> str:
    """Of the account; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def default_home() -> Path:
    """$RESIDUA_HOME, else the user's data folder."""
    given = os.environ.get(HOME_VARIABLE)
    return Path(given).expanduser() if given else user_data_path("residua", appauthor=False)


def app_version() -> str:
    """Of the installed package; "source" where it is not installed."""
    try:
        return version("residua")
    except PackageNotFoundError:
        return "source"
