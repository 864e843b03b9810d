"""Entry point: `residua` and `residua LOT` open the window, the other words go to the command line."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from core import cli
from core.domain.errors import UserError

if TYPE_CHECKING:
    from core.services.workspace import Workspace

EXIT_OK, EXIT_NOTHING_DONE = 0, 2
LOG_BYTES = 2_000_000
NO_DISPLAY = (
    "residua: there is no display to open a window on.\n"
    "Start it from a desktop session, or with ssh -X; without one, “residua detect INPUT --out DIR” and\n"
    "“residua export LOT --format html --out FILE” do the same work."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run Residua; the exit code is 2 when nothing could be done."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and (words[0] in cli.COMMANDS):
        return cli.main(words)
    arguments = _parser().parse_args(words)
    if not has_display(os.environ, sys.platform):
        sys.stderr.write(NO_DISPLAY + "\n")
        return EXIT_NOTHING_DONE
    try:
        return open_window(arguments.lot)
    except UserError as error:
        tell(error)
        return EXIT_NOTHING_DONE


def open_window(lot: str | None) -> int:
    """Build the application and run it until its window is closed."""
    from app.composition import LOG_FILE, Station, application_of
    from app.preferences import Preferences
    from app.settings import AppSettings, read_settings, settings_path
    from app.theme import PALETTES, apply_theme

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends the event loop; decisions are on the disk
    application = application_of(sys.argv[:1])
    try:
        settings, complaint = read_settings(settings_path()), None
    except UserError as error:
        settings, complaint = AppSettings(), error
    apply_theme(application, PALETTES[settings.theme])
    with _open_workspace(settings.reviewer, complaint) as workspace:
        log_to(workspace.home / LOG_FILE)
        station = Station(workspace, Preferences(settings_path(), settings))
        station.crashes.install()
        station.start(lot)
        if complaint is not None:
            station.events.user_error.emit(complaint)
        return application.exec()


def _open_workspace(reviewer: str, complaint: UserError | None) -> "Workspace":
    """The workspace; where there is none, what is wrong with the settings is said too, for it is found but once."""
    from core.services.workspace import Workspace

    try:
        return Workspace.open(reviewer=reviewer or None)
    except UserError as error:
        if complaint is None:
            raise
        raise UserError(f"{error}\n{complaint.message}", complaint.hint) from error


def tell(error: UserError) -> None:
    """Say why there is no window, where a person looks: in the terminal and on the screen."""
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QMessageBox

    sys.stderr.write(f"residua: {error}\n")
    if QGuiApplication.instance() is not None and QGuiApplication.platformName() != "offscreen":
        QMessageBox.critical(None, "Residua", str(error))


def log_to(path: Path) -> None:
    """Keep warnings and tracebacks in a file that does not grow without end."""
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8", delay=True)
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def has_display(environment: os._Environ[str] | dict[str, str], platform: str) -> bool:
    """Whether Qt can put a window somewhere."""
    if not platform.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="residua",
        description="Review station for SEM defects. Without a command it opens the window.",
        epilog=f"Commands: {', '.join(cli.COMMANDS)}; each has its own --help.",
    )
    parser.add_argument(
        "lot", nargs="?", metavar="LOT", help="a folder, file or manifest, or a known lot's name"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
