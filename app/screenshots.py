"""Screenshots of the real window: starts the application offscreen on a demo lot, uses it, and takes pictures.

`python -m app.screenshots --out docs/screenshots` makes the pictures of the README; where there is no display,
`make run` shows the same ones.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.composition import Station, application_of
from app.preferences import Preferences
from app.presenters.shell import CLASSES, DISCOVER, LOTS, QUALITY, RECIPES, REVIEW, WAFER
from app.settings import AppSettings
from app.theme import PALETTES, apply_theme
from app.views.discover.name_dialog import NameDialog
from core.domain.errors import UserError
from core.domain.recipe_library import VersionId
from core.domain.recipes import Recipe, Thresholds
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.services.demo_pairs import write_demo_pairs
from core.services.demo_wafers import FIRST_WAFER, write_demo_wafers
from core.services.recipes import save_version
from core.services.workspace import Workspace

SIZES = {"": (1600, 1000), "-small": (1280, 800)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")
SETTLE_MS = 250  # layouts, loading of the shown image, one repaint
TIMEOUT_S = 600.0
GROUP_NAME = "Foreign material"  # what a group of the demo lot might be called
RECIPE_NAME, RECIPE_NOTE = "Contacts", "thresholds of this product"
DECISIONS = (Qt.Key.Key_Space, Qt.Key.Key_X, Qt.Key.Key_Space, Qt.Key.Key_F, Qt.Key.Key_Space)


class Tour:
    """A walk through the application, as an engineer would take it."""

    def __init__(self, station: Station, out: Path) -> None:
        self._station, self._out = station, out
        self.taken: list[Path] = []

    def take(self, lot: Path | None) -> None:
        """Open a lot (None: the demo lot), wait until it is measured, decide a few images, look around.

        Raises:
            UserError: something that the tour needs did not happen in time.
        """
        self.shoot("lots-empty")
        self._open(lot)
        self.shoot("review")
        for key in DECISIONS:
            QTest.keyClick(self._focus(), key)
            _run_events(SETTLE_MS)
        self.shoot("review-decided")
        self._look_at_quality()
        self._discover()
        self._station.shell.toggle_jobs()
        self._station.shell.show_screen(LOTS)
        self.shoot("lots")
        self._station.shell.toggle_jobs()
        self._export()
        self._recipes()
        self._compare(lot)
        self._look_at_wafers(lot)

    def shoot(self, name: str) -> None:
        """One picture at each size."""
        window = self._station.window
        for suffix, size in SIZES.items():
            window.resize(*size)
            _run_events(SETTLE_MS)
            self._let_pictures_come()
            file = self._out / f"{name}{suffix}.png"
            if not window.grab().save(str(file)):
                raise UserError(f"The picture {file} cannot be written.")
            self.taken.append(file)

    def _let_pictures_come(self) -> None:
        """What is painted asks for its pictures, and is painted again when they are there."""
        self._station.window.grab()
        quiet = self._station.quiet
        wait_for(lambda: not quiet.running, "The pictures were not made", self._complaint)
        _run_events(SETTLE_MS)

    def _open(self, lot: Path | None) -> None:
        station, before = self._station, self._station.shell.state.lot_id
        if lot is None:
            station.operations.write_demo_lot(station.workspace.home / "demo")
        else:
            station.operations.open_source(lot)
        wait_for(lambda: station.shell.state.lot_id != before, "The lot was not opened", self._complaint)
        wait_for(lambda: not station.runner.running, "The lot was not measured", self._complaint)

    def _look_at_quality(self) -> None:
        """What is known of the review so far."""
        self._station.shell.show_screen(QUALITY)
        self.shoot("quality")
        self._station.shell.show_screen(REVIEW)

    def _look_at_wafers(self, lot: Path | None) -> None:
        """Where the defects lie; the demo lot lies on no wafer, so wafers are drawn."""
        station = self._station
        if lot is None:
            self._open(write_demo_wafers(station.workspace.home / "wafers", JobContext()) / FIRST_WAFER)
        station.shell.show_screen(WAFER)
        self.shoot("wafer")

    def _discover(self) -> None:
        """Group the defects, if any were marked, name one group, and look at its class."""
        station = self._station
        if not any(
            item.detection and item.detection.regions for item in station.review_presenter.state.items
        ):
            return
        presenter = station.rooms.discover_presenter
        station.shell.show_screen(DISCOVER)
        self.shoot("discover-empty")
        presenter.request_grouping()
        wait_for(lambda: presenter.state.opened is not None, "The lot was not grouped", self._complaint)
        QTimer.singleShot(SETTLE_MS, _answer_name)
        presenter.work.name()
        novel = [cluster.id for cluster in presenter.state.clusters if cluster.class_id is None]
        presenter.choose(tuple(novel[:1]) or presenter.state.chosen)
        station.window.grab()  # what is painted asks for its pictures
        busy = (station.runner, station.quiet)
        wait_for(lambda: not any(runner.running for runner in busy), "The map was not made", self._complaint)
        self.shoot("discover")
        station.shell.show_screen(CLASSES)
        self.shoot("classes")
        station.shell.show_screen(REVIEW)

    def _recipes(self) -> None:
        """Look at a recipe of one's own, and at what it would change on the lot."""
        station, room = self._station, self._station.recipes
        items = station.review_presenter.state.items
        scores = sorted(
            item.detection.score for item in items if item.detection and item.detection.score is not None
        )
        if not scores:
            return
        unknown_at, ng_at = (round(scores[part * len(scores) // 3], 3) for part in (1, 2))
        cuts = Thresholds(unknown_at=unknown_at, ng_at=ng_at)
        save_version(station.workspace, Recipe(name=RECIPE_NAME, thresholds=cuts), RECIPE_NOTE)
        station.shell.show_screen(RECIPES)
        mine = VersionId(RECIPE_NAME, 1)
        room.presenter.choose(mine)
        self.shoot("recipes")
        room.view.tabs.setCurrentWidget(room.view.what_if)
        room.what_if.choose(room.presenter.state.in_use, mine)
        room.what_if.compare()
        wait_for(
            lambda: room.what_if.state.found is not None, "The recipes were not compared", self._complaint
        )
        self.shoot("recipes-what-if")
        station.shell.show_screen(REVIEW)

    def _compare(self, lot: Path | None) -> None:
        """Look at an image beside its reference; the demo lot has none, so pairs are drawn."""
        station = self._station
        if lot is None:
            self._open(write_demo_pairs(station.workspace.home / "pairs", JobContext()))
        station.shell.show_screen(REVIEW)
        items = station.review_presenter.state.items
        compared = [item for item in items if item.alignment is not None and item.alignment.is_trusted]
        if not compared:
            return
        station.review_presenter.show_image(max(compared, key=_score_of).image_id)
        self.shoot("reference")
        QTest.keyClick(self._focus(), Qt.Key.Key_I)
        self.shoot("reference-difference")
        QTest.keyPress(self._focus(), Qt.Key.Key_B)
        self.shoot("reference-blink")
        QTest.keyRelease(self._focus(), Qt.Key.Key_B)

    def _export(self) -> None:
        """Write the lot's report, and a picture of it where a browser can draw one."""
        station, page = self._station, self._out / "report.html"
        lot_id = station.shell.state.lot_id
        if lot_id is None:
            raise UserError("There is no lot to report on.")
        station.operations.export(lot_id, "html", page)
        wait_for(lambda: not station.runner.running, "The report was not written", self._complaint)
        self.taken.append(page)
        picture = self._out / "report.png"
        if (browser := find_browser()) is not None and draw_page(browser, page, picture):
            self.taken.append(picture)

    def _complaint(self) -> str:
        messages = self._station.shell.state.messages
        return " ".join(message.text for message in messages if message.is_error)

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self._station.window


def _score_of(item: ReviewItem) -> float:
    return (item.detection.score or 0.0) if item.detection else 0.0


def _answer_name() -> None:
    dialog = QApplication.activeModalWidget()
    if isinstance(dialog, NameDialog):
        dialog.form.name.setText(GROUP_NAME)
        dialog.accept()


def wait_for(condition: Callable[[], bool], what: str, complaint: Callable[[], str]) -> None:
    """Let the application run until something is so.

    Raises:
        UserError: it did not become so in ten minutes, or the application complains meanwhile.
    """
    until = monotonic() + TIMEOUT_S
    while not (done := condition()) and not complaint() and monotonic() < until:
        _run_events(50)
    if not done or complaint():
        raise UserError(f"{what}. {complaint()}".strip())


def _run_events(milliseconds: int) -> None:
    """A real event loop, because QTest.qWait keeps the interpreter's lock: workers would stand still meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def find_browser() -> str | None:
    """A browser that can draw without a window; Qt's own is not among our dependencies."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def draw_page(browser: str, page: Path, picture: Path) -> bool:
    """Draw an HTML page into a PNG of the first size; False where the browser fails."""
    width, height = SIZES[""]
    with tempfile.TemporaryDirectory(prefix="residua-") as profile:
        options = ["--headless", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
        options += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [browser, *options, f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        command += [f"--screenshot={picture.resolve()}", page.resolve().as_uri()]
        drawn = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return drawn.returncode == 0 and picture.is_file()


def take_screenshots(out: Path, lot: Path | None = None) -> list[Path]:
    """Take the tour in a home of its own.

    Args:
        out: folder of the pictures, made if needed.
        lot: a folder or manifest; None draws the demo lot.

    Raises:
        UserError: the lot cannot be opened or measured, or `out` cannot be written.
    """
    application = application_of(["residua"])
    settings = AppSettings()
    apply_theme(application, PALETTES[settings.theme])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="residua-") as home, Workspace.open(Path(home)) as workspace:
        station = Station(workspace, Preferences(Path(home) / "settings.toml", settings))
        station.start()
        tour = Tour(station, out)
        try:
            tour.take(lot)
        finally:
            station.window.close()
        return tour.taken


def main(argv: Sequence[str] | None = None) -> int:
    """Command line of the script."""
    parser = argparse.ArgumentParser(prog="python -m app.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--lot", type=Path, metavar="FOLDER", help="a lot of one's own instead of the demo lot"
    )
    arguments = parser.parse_args(argv)
    try:
        taken = take_screenshots(arguments.out, arguments.lot)
    except UserError as error:
        sys.stderr.write(f"screenshots: {error}\n")
        return 2
    sys.stdout.writelines(f"{file}\n" for file in taken)
    return 0


if __name__ == "__main__":
    sys.exit(main())
