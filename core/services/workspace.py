"""Where a station keeps its things: one home folder with history, maps and thumbnails."""

import getpass
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

from platformdirs import user_data_path

from core.domain.errors import UserError
from core.history import History, MapStore

HOME_VARIABLE = "RESIDUA_HOME"


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
            home / "history.sqlite", reviewer=reviewer or login_name(), app_version=app_version()
        )
        return cls(home, history, MapStore(home / "maps"))

    def close(self) -> None:
        """Release the history's lock."""
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
