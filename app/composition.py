"""The running application, put together: nothing here does any work itself."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from app.actions import ActionTable
from app.commands import Commands, Room
from app.crash_dialog import CrashReporter
from app.device_text import device_text
from app.discovery_rooms import DiscoveryRooms
from app.disposition_setting import DispositionSetting
from app.events import Events
from app.few_shot_teaching import FewShotTeaching
from app.job_runner import JobRunner
from app.klarf_writing import KlarfWriting
from app.main_window import MainWindow
from app.messages import Message
from app.operations import Operations
from app.preferences import Preferences
from app.presenters.jobs import JobsPresenter
from app.presenters.lot_search import LotSearchPresenter
from app.presenters.lots import LotsPresenter
from app.presenters.review.actions import review_actions
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.review.wiring import connect_view
from app.presenters.review.workspace import WorkspaceServices
from app.presenters.shell import LOTS, REVIEW, ShellPresenter
from app.qt_models.lots import SUMMARY_ROLE, LotsModel
from app.qt_models.review_queue import ITEM_ROLE, THUMBNAIL_ROLE, ReviewQueueModel
from app.qt_models.search_hits import SearchHitsModel
from app.recipe_room import RecipeRoom
from app.reference_setting import ReferenceSetting
from app.theme import PALETTES
from app.threshold_setting import ThresholdSetting
from app.undoing import Undoing
from app.views.lots.search_panel import SearchPanel
from app.views.lots.view import LotsView
from app.views.review.queue_delegate import RowRoles
from app.views.review.view import ReviewView
from app.views.shell import dialogs
from app.views.shell.navigation import Destination
from app.wafer_room import WaferRoom
from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId
from core.domain.maps import MAP_RANGE
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
        self.workspace, self.preferences = workspace, preferences
        settings = preferences.settings
        self.palette = PALETTES[settings.theme]
        self.events = Events(self)
        queue = JobQueue()
        self.runner = JobRunner(queue, self)
        self.quiet = JobRunner(queue, self)  # loading of shown images: the jobs panel need not know
        self.crashes = CrashReporter(workspace.home / LOG_FILE, lambda: self.window, self)
        self.operations = Operations(workspace, self.runner, self.events, self.crashes.report, self)
        self.lots_model = LotsModel(self)
        self.lots = LotsView(self.lots_model, SUMMARY_ROLE, self.palette)
        self.review_model = ReviewQueueModel(self)
        roles = RowRoles(ITEM_ROLE, THUMBNAIL_ROLE)
        self.review = ReviewView(self.review_model, roles, self.palette, MAP_RANGE)
        self.rooms = DiscoveryRooms(
            workspace, self.runner, self.quiet, self.crashes.report, self.palette, self
        )
        self.recipes = RecipeRoom(workspace, self.runner, self.quiet, self.crashes.report, self.palette, self)
        self.wafers = WaferRoom(workspace, self.quiet, self.crashes.report, self.palette, self)
        self.window = MainWindow(
            {
                Destination(LOTS, "lots", "Lots", "Ctrl+1"): self.lots,
                Destination(REVIEW, "review", "Review", "E"): self.review,
                **self.rooms.pages(),
                **self.recipes.pages(),
                **self.wafers.pages(),
            },
            self.palette,
        )
        self.table = ActionTable(self.window, settings.keys)
        self._present()
        self._present_review()
        self.rooms.present(self.events, self.operations, self.table)
        self.recipes.present(self.events, self.operations, self.shell)
        self.wafers.present(self.events, self.shell, self.review_presenter)
        self._wire()
        self._devices: dict[str, str] = {}
        self._window_state = QSettings(str(workspace.home / "window.ini"), QSettings.Format.IniFormat)
        kept = self._window_state.value(GEOMETRY_KEY)
        if isinstance(kept, QByteArray):
            self.window.restoreGeometry(kept)

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

    def _present(self) -> None:
        self.shell = ShellPresenter(self.window, self.events, self._name_of, _open_path, self)
        self.jobs = JobsPresenter(self.runner, self.window.jobs, self.window.status.jobs, parent=self)
        read_lots = partial(list_lots, self.workspace)
        self.lots_presenter = LotsPresenter(
            read_lots, self.operations.open_source, self.events, self.lots, self.lots_model, self
        )
        self._present_search()
        undoing = Undoing(
            self.workspace,
            self.events,
            lambda: self.shell.undo_scope,
            self._name_of,
            lambda: self.review_presenter.nudging.settle(),
        )
        room = Room(
            self.window, self.shell, self.operations, undoing, self.events, self.table, self.preferences
        )
        self.table.add((self._threshold_setting().action,), self.window)
        self.commands = Commands(room)
        self.commands.menus["&Run"].addAction(self.table.action("run.thresholds"))
        self.table.add((self._few_shot_teaching().action,), self.window)
        self.commands.menus["&Run"].addAction(self.table.action("run.few_shot"))
        disposition = DispositionSetting(self.workspace, self.window, self.shell)
        self.table.add((disposition.action,), self.window)
        self.commands.menus["&Edit"].addAction(self.table.action("lot.disposition"))
        self.klarf_writing = KlarfWriting(
            self.workspace,
            self.window,
            self.shell,
            self.runner,
            self.events,
            self.crashes,
            dialogs.ask_klarf,
            self,
        )
        self.table.add((self.klarf_writing.action,), self.window)
        self.commands.menus["&File"].addAction(self.table.action("file.klarf"))
        self._reference_setting().add_to(self.table, self.commands.menus["&Run"])
        self.window.rail.add_action(self.table.action("view.jobs"), "jobs", "Jobs")
        self.window.rail.add_action(self.table.action("help.keys"), "keys", "Keys")

    def _present_search(self) -> None:
        hits = SearchHitsModel(self)
        panel = SearchPanel(hits)
        self.lots.add_search(panel)
        self.lot_search = LotSearchPresenter(
            self.workspace, self.quiet, self.events, self.crashes.report, panel, hits, self
        )
        self.lot_search.active_changed.connect(self.lots.set_searching)

    def _threshold_setting(self) -> ThresholdSetting:
        return ThresholdSetting(
            self.workspace,
            self.window,
            self.shell,
            self.operations,
            self.runner,
            self.events,
            self.crashes,
            self.palette,
        )

    def _few_shot_teaching(self) -> FewShotTeaching:
        return FewShotTeaching(
            self.workspace,
            self.window,
            self.shell,
            self.operations,
            self.runner,
            self.events,
            self.crashes,
        )

    def _reference_setting(self) -> ReferenceSetting:
        return ReferenceSetting(
            self.workspace,
            self.window,
            self.shell,
            self.runner,
            self.events,
            lambda: self.review_presenter.state.current_item,
            self.crashes.report,
        )

    def _present_review(self) -> None:
        self.review_presenter = ReviewPresenter(
            WorkspaceServices(self.workspace),
            self.review,
            self.review_model,
            self.quiet,
            self.events,
            self.palette,
            self.crashes.report,
            self,
        )
        connect_view(self.review_presenter, self.review)
        self.table.add(review_actions(self.review_presenter, self.review), self.review)
        self.review_presenter.set_auto_advance(self.preferences.settings.auto_advance)
        self.review_presenter.auto_advance_changed.connect(
            lambda on: self.preferences.change(auto_advance=on)
        )
        self.review_presenter.detect_requested.connect(self._detect)
        self.review_presenter.nudging.compare_requested.connect(self._detect)
        self.operations.detecting_changed.connect(
            lambda: self.review_presenter.set_detecting(self.operations.detecting)
        )
        self.shell.review_shown.connect(self.review.focus_images)

    def _detect(self, lot_id: int, only: frozenset[ImageId] = frozenset()) -> None:
        if self.operations.can_detect(LotId(lot_id)):
            self.operations.detect(LotId(lot_id), only)

    def _wire(self) -> None:
        self.crashes.user_error.connect(self.events.user_error)
        self.operations.devices_known.connect(self._on_devices_known)
        self.operations.device_chosen.connect(lambda _device: self._show_device())
        self.lots.folder_requested.connect(self.commands.open_folder)
        self.lots.files_requested.connect(self.commands.open_files)
        self.lots.manifest_requested.connect(self.commands.open_manifest)
        self.lots.demo_requested.connect(self.commands.write_demo)
        self.window.status.set_reviewer(self.workspace.history.reviewer)
        self.window.status.set_device(device_text(self.operations.device, {}))
        self.window.status.set_notices(self.workspace.notices)
        self.window.status.notices_requested.connect(self._show_notices)
        self.window.closed.connect(self.close)

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
