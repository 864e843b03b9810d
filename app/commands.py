"""What the menus offer: the window's own actions, and the menus made of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup

from app.actions import ActionSpec, ActionTable
from app.device_text import AUTO_DEVICE, device_text
from app.events import Events
from app.main_window import SEPARATOR, MainWindow
from app.messages import Message
from app.operations import Operations, ReportFormat
from app.preferences import Preferences
from app.presenters.shell import CLASSES, DISCOVER, LOTS, RECIPES, REVIEW, WAFER, ShellPresenter
from app.undoing import BACK, FORTH, Undoing
from app.views.shell import dialogs
from app.views.shell.key_sheet import KeySheet
from core.domain.lengths import REVIEWER_LENGTH

MENUS = {
    "&File": (
        "file.open_folder",
        "file.open_files",
        "file.open_manifest",
        "file.write_demo",
        SEPARATOR,
        "file.export",
        SEPARATOR,
        "file.quit",
    ),
    "&Edit": ("edit.undo", "edit.redo", SEPARATOR, "edit.reviewer"),
    "&Run": ("run.detect", "run.discover", "run.fit_grouping"),
    "&View": (
        "view.lots",
        "view.review",
        "view.discover",
        "view.classes",
        "view.recipes",
        "view.wafer",
        SEPARATOR,
        "view.jobs",
        SEPARATOR,
        "view.contrast",
    ),
    "&Help": ("help.keys",),
}

FORMAT_OF_SUFFIX: dict[str, ReportFormat] = {
    ".html": "html",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".json": "coco",
    ".zip": "zip",
}


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that the window's own actions act upon."""

    window: MainWindow
    shell: ShellPresenter
    operations: Operations
    undoing: Undoing
    events: Events
    table: ActionTable
    preferences: Preferences


class Commands(QObject):
    """Asks what has to be asked (which folder, which file) and passes it on."""

    def __init__(self, room: Room) -> None:
        super().__init__(room.window)
        self._room = room
        room.table.add(self._specs(), room.window)
        self.menus = {title: room.window.add_menu(title, ids, room.table) for title, ids in MENUS.items()}
        self._devices = self.menus["&Run"].addMenu("Device")
        self._group = QActionGroup(self)
        self._show_contrast()
        self.set_devices({})
        room.operations.devices_known.connect(self.set_devices)
        room.operations.detecting_changed.connect(room.table.refresh)
        room.shell.screen_changed.connect(room.table.refresh)
        self.menus["&Edit"].aboutToShow.connect(self.name_undo)

    def set_devices(self, devices: Mapping[str, str]) -> None:
        """Offer the devices that were found."""
        self._devices.clear()
        for device in (AUTO_DEVICE, *devices):
            action = QAction(
                "Automatic" if device == AUTO_DEVICE else device_text(device, devices),
                self._group,
                checkable=True,
            )
            action.setChecked(device == self._room.operations.device)
            action.triggered.connect(
                lambda _checked, chosen=device: self._room.operations.choose_device(chosen)
            )
            self._devices.addAction(action)

    def _show_contrast(self) -> None:
        action = self._room.table.action("view.contrast")
        action.blockSignals(True)  # shows what is set; nobody asked for a change
        action.setChecked(self._room.preferences.settings.theme == "high_contrast")
        action.blockSignals(False)

    def name_undo(self) -> None:
        """Say in the menu what undo and redo would do; asked when it opens, so that no decision waits for it."""
        undoing, table = self._room.undoing, self._room.table
        table.action("edit.undo").setText(undoing.text(BACK))
        table.action("edit.redo").setText(undoing.text(FORTH))

    def open_folder(self) -> None:
        """Ask for a folder of images and open it."""
        self._open(dialogs.ask_folder(self._room.window, "Open folder"))

    def open_manifest(self) -> None:
        """Ask for a CSV manifest and open it."""
        self._open(dialogs.ask_manifest(self._room.window))

    def open_files(self) -> None:
        """Ask for images and open them as one lot."""
        if files := dialogs.ask_files(self._room.window):
            self._room.operations.open_source(files[0] if len(files) == 1 else files)

    def write_demo(self) -> None:
        """Ask where to draw the demo lot."""
        folder = dialogs.ask_folder(self._room.window, "Write the demo lot into this folder")
        if folder is not None:
            self._room.operations.write_demo_lot(folder / "residua-demo")

    def export(self) -> None:
        """Ask where to write the report of the shown lot."""
        state = self._room.shell.state
        if state.lot_id is None:
            return
        if (out := dialogs.ask_report(self._room.window, state.lot_name)) is not None:
            self._room.operations.export(state.lot_id, FORMAT_OF_SUFFIX[out.suffix.lower()], out)

    def detect(self) -> None:
        """Measure the shown lot."""
        if (lot_id := self._room.shell.state.lot_id) is not None:
            self._room.operations.detect(lot_id)

    def discover(self) -> None:
        """Group the shown lot's defects and show them."""
        if (lot_id := self._room.shell.state.lot_id) is not None:
            self._room.shell.show_screen(DISCOVER)
            self._room.operations.discover(lot_id)

    def fit_grouping(self) -> None:
        """Fit what describes defects to the shown lot, and group its defects by it."""
        if (lot_id := self._room.shell.state.lot_id) is not None:
            self._room.shell.show_screen(DISCOVER)
            self._room.operations.fit_embedding(lot_id)

    def show_keys(self) -> None:
        """Show the key sheet."""
        sheet = KeySheet(self._room.table.sections(), self._room.window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.remap_requested.connect(lambda action_id: self._remap(sheet, action_id))
        sheet.open()

    def change_reviewer(self) -> None:
        """Ask who reviews."""
        preferences = self._room.preferences
        kept = preferences.settings.reviewer
        name = dialogs.ask_text(
            self._room.window, "Reviewer", "Name beside each decision:", kept, REVIEWER_LENGTH
        )
        if name is not None and name != kept:
            preferences.change(reviewer=name)
            self._tell_next_start(f"Decisions will bear the name {name or 'of the account'}")

    def switch_contrast(self, high: bool) -> None:
        """Change the theme."""
        self._room.preferences.change(theme="high_contrast" if high else "dark")
        self._tell_next_start("The window will be in high contrast" if high else "The window will be dark")

    def _tell_next_start(self, what: str) -> None:
        self._room.events.notice.emit(Message(f"{what} from the next start on.", is_error=False))

    def _remap(self, sheet: KeySheet, action_id: str) -> None:
        table = self._room.table
        keys = dialogs.ask_key(sheet, table.text(action_id))
        if keys is None:
            return
        table.remap(action_id, keys)
        sheet.set_keys(action_id, table.keys_text(action_id))
        self._room.preferences.change(keys=table.remaps)

    def _open(self, source: Path | None) -> None:
        if source is not None:
            self._room.operations.open_source(source)

    def _has_lot(self) -> bool:
        return self._room.shell.state.lot_id is not None

    def _specs(self) -> tuple[ActionSpec, ...]:
        room = self._room
        return (
            _spec("file.open_folder", "Open folder…", "Ctrl+O", self.open_folder, "File"),
            _spec("file.open_files", "Open files…", "Ctrl+Shift+O", self.open_files, "File"),
            _spec("file.open_manifest", "Open manifest…", "", self.open_manifest, "File"),
            _spec("file.write_demo", "Write demo lot…", "", self.write_demo, "File"),
            _spec("file.export", "Export report…", "Ctrl+E", self.export, "File", self._has_lot),
            _spec("file.quit", "Quit", "Ctrl+Q", room.window.close, "File"),
            _spec("edit.undo", "Undo", "Ctrl+Z", partial(room.undoing.go, BACK), "Edit"),
            _spec("edit.redo", "Redo", "Ctrl+Shift+Z; Ctrl+Y", partial(room.undoing.go, FORTH), "Edit"),
            _spec("edit.reviewer", "Reviewer…", "", self.change_reviewer, "Edit"),
            _spec("run.detect", "Detect", "F5", self.detect, "Run", self._can_detect),
            _spec("run.discover", "Group the defects", "F6", self.discover, "Run", self._can_discover),
            _spec(
                "run.fit_grouping",
                "Fit the grouping to this lot",
                "Shift+F6",
                self.fit_grouping,
                "Run",
                self._can_discover,
            ),
            _spec("view.lots", "Lots", "Ctrl+1", lambda: room.shell.show_screen(LOTS), "View"),
            _spec(
                "view.review",
                "Review",
                "E; Ctrl+2",
                lambda: room.shell.show_screen(REVIEW),
                "View",
                self._has_lot,
            ),
            _spec(
                "view.discover",
                "Discover",
                "D; Ctrl+3",
                lambda: room.shell.show_screen(DISCOVER),
                "View",
                self._has_lot,
            ),
            _spec("view.classes", "Classes", "Ctrl+4", lambda: room.shell.show_screen(CLASSES), "View"),
            _spec("view.recipes", "Recipes", "Ctrl+5", lambda: room.shell.show_screen(RECIPES), "View"),
            _spec(
                "view.wafer", "Wafer", "Ctrl+6", lambda: room.shell.show_screen(WAFER), "View", self._has_lot
            ),
            _spec("view.jobs", "Jobs", "J", room.shell.toggle_jobs, "View"),
            ActionSpec(
                "view.contrast", "High contrast", "", self.switch_contrast, section="View", checkable=True
            ),
            _spec("help.keys", "Keys", "?; F1", self.show_keys, "Help"),
        )

    def _can_discover(self) -> bool:
        return self._room.operations.can_discover(self._room.shell.state.lot_id)

    def _can_detect(self) -> bool:
        return self._room.operations.can_detect(self._room.shell.state.lot_id)


def _spec(
    action_id: str,
    text: str,
    keys: str,
    callback: Callable[[], object],
    section: str,
    enabled_when: Callable[[], bool] = lambda: True,
) -> ActionSpec:
    return ActionSpec(action_id, text, keys, callback, enabled_when, section)
