"""The running application, put together: nothing here does any work itself."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from app.actions import ActionSpec, ActionTable
from app.commands import Commands
from app.crash_dialog import CrashReporter
from app.device_text import device_text
from app.discovery_rooms import DiscoveryRooms
from app.disposition_setting import DispositionSetting
from app.engine import Engine, Frame
from app.events import Events
from app.few_shot_teaching import FewShotTeaching
from app.job_runner import JobRunner
from app.klarf_writing import KlarfWriting
from app.lots_room import LotsRoom
from app.main_window import MainWindow
from app.messages import Message
from app.operations import Operations
from app.pixel_size_setting import PixelSizeSetting
from app.preferences import Preferences
from app.presenters.jobs import JobsPresenter
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.shell import ShellPresenter
from app.quality_room import QualityRoom
from app.recipe_room import RecipeRoom
from app.reference_setting import ReferenceSetting
from app.review_room import ReviewRoom
from app.theme import PALETTES
from app.threshold_setting import ThresholdSetting
from app.undoing import Undoing
from app.views.shell import dialogs
from app.wafer_room import WaferRoom
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.paths import source_path
from core.jobs import JobQueue
from core.services.lots import list_lots
from core.services.workspace import Workspace

GEOMETRY_KEY = "geometry"
LOG_FILE = "residua.log"


class Station(QObject):
    """The window and all that lives behind it, from start to close."""

    def __init__(self, workspace: Workspace, preferences: Preferences) -> None:
        super().__init__()
        self.workspace = workspace
        self.events = Events(self)
        queue = JobQueue()
        self.runner, self.quiet = JobRunner(queue, self), JobRunner(queue, self)
        self.crashes = CrashReporter(workspace.home / LOG_FILE, lambda: self.window, self)
        self.operations = Operations(workspace, self.runner, self.events, self.crashes.report, self)
        self._engine = Engine(
            workspace,
            preferences,
            PALETTES[preferences.settings.theme],
            self.events,
            self.runner,
            self.quiet,
            self.crashes,
            self.operations,
        )
        self._make_rooms()
        self._frame_rooms()
        self._present_rooms()
        self._wire_frame()

    @property
    def review_presenter(self) -> ReviewPresenter:
        """What moves the review screen."""
        return self.review_room.presenter

    def start(self, lot: str | None = None) -> None:
        """Show the window; only then look for devices, which imports torch in a worker."""
        self.window.show()
        if lot is not None:
            self.open_named(lot)
        self.operations.find_devices()

    def open_named(self, lot: str) -> None:
        """Open a folder, file or manifest by path, or a known lot by name."""
        path = source_path(lot)
        known = [found for found in list_lots(self.workspace) if lot == found.name]
        if path.exists():
            self.operations.open_source(path)
        elif known:
            self.events.lot_requested.emit(known[0].id)
        else:
            message = f"There is no lot and no file or folder named “{lot}”."
            self.events.user_error.emit(UserError(message, "Drop its folder on this window."))

    def close(self) -> None:
        """Keep the window's place and stop the jobs; the workspace stays open for whoever opened it."""
        self._window_state.setValue(GEOMETRY_KEY, self.window.saveGeometry())
        self._window_state.sync()
        try:
            self.review_presenter.close()
        finally:  # whatever could not be kept, no worker may outlive the window
            self.quiet.close()
            self.runner.close()
        self.crashes.uninstall()

    def _make_rooms(self) -> None:
        """The screens; nothing moves them yet."""
        engine = self._engine
        self.lots_room = LotsRoom(engine, self)
        self.review_room = ReviewRoom(engine, self)
        self.rooms = DiscoveryRooms(engine, self)
        self.recipes = RecipeRoom(engine, self)
        self.wafers = WaferRoom(engine, self.review_room, self)
        self.quality = QualityRoom(engine, self)

    def _frame_rooms(self) -> None:
        """The window around the screens, with its menus and dialogs."""
        rooms = (self.lots_room, self.review_room, self.rooms, self.recipes, self.wafers, self.quality)
        pages = {place: page for room in rooms for place, page in room.pages().items()}
        self.window = MainWindow(pages, self._engine.palette)
        self.table = ActionTable(self.window, self._engine.preferences.settings.keys)
        self.shell = ShellPresenter(self.window, self.events, self._name_of, _open_path, self)
        self.jobs = JobsPresenter(self.runner, self.window.jobs, self.window.status.jobs, parent=self)
        self._frame = Frame(self.window, self.shell, self.table)
        self.commands = Commands(self._engine, self._frame, self._undoing())
        self.table.add(self._dialogs(), self.window)
        self.commands.add_menus()
        self._references().add_to(self.commands.menus["&Run"])
        self.window.rail.add_action(self.table.action("view.jobs"), "jobs", "Jobs")
        self.window.rail.add_action(self.table.action("help.keys"), "keys", "Keys")

    def _dialogs(self) -> tuple[ActionSpec, ...]:
        """What opens a dialog on the open lot; `app.commands.MENUS` says where it is offered."""
        engine, frame = self._engine, self._frame
        self.klarf_writing = KlarfWriting(engine, frame, dialogs.ask_klarf, self)
        return (
            ThresholdSetting(engine, frame).action,
            FewShotTeaching(engine, frame).action,
            DispositionSetting(engine, frame).action,
            PixelSizeSetting(engine, frame, lambda: self.review_room.view.viewer.pictures.measured_px).action,
            self.klarf_writing.action,
        )

    def _references(self) -> ReferenceSetting:
        return ReferenceSetting(self._engine, self._frame, lambda: self.review_presenter.state.current_item)

    def _undoing(self) -> Undoing:
        return Undoing(
            self.workspace,
            self.events,
            lambda: self.shell.undo_scope,
            self._name_of,
            lambda: self.review_presenter.nudging.settle(),
        )

    def _present_rooms(self) -> None:
        self.lots_room.present(self.commands)
        self.review_room.present(self._frame)
        self.rooms.present(self.table)
        self.recipes.present(self.shell)
        self.wafers.present(self._frame)
        self.quality.present(self._frame, self.review_presenter)

    def _wire_frame(self) -> None:
        self._devices: dict[str, str] = {}
        self.crashes.user_error.connect(self.events.user_error)
        self.operations.devices_known.connect(self._on_devices_known)
        self.operations.device_chosen.connect(lambda _device: self._show_device())
        status = self.window.status
        status.set_reviewer(self.workspace.history.reviewer)
        status.set_notices(self.workspace.notices)
        status.notices_requested.connect(self._show_notices)
        self._show_device()
        self.window.closed.connect(self.close)
        self._window_state = QSettings(str(self.workspace.home / "window.ini"), QSettings.Format.IniFormat)
        kept = self._window_state.value(GEOMETRY_KEY)
        if isinstance(kept, QByteArray):
            self.window.restoreGeometry(kept)

    def _show_notices(self) -> None:
        for notice in self.workspace.notices:
            self.events.notice.emit(Message(notice, is_error=False))

    def _on_devices_known(self, devices: dict[str, str]) -> None:
        self._devices = devices
        self._show_device()

    def _show_device(self) -> None:
        self.window.status.set_device(device_text(self.operations.device, self._devices))

    def _name_of(self, lot_id: LotId) -> str:
        return next((lot.name for lot in list_lots(self.workspace) if lot.id == lot_id), "")


def _open_path(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def application_of(argv: list[str]) -> QApplication:
    """The Qt application, under the names that the platform shows."""
    application = QApplication(argv)
    application.setApplicationName("Residua")
    application.setApplicationDisplayName("Residua")
    application.setDesktopFileName("residua")
    return application
