"""The main window: assembles rail, screens, banner, jobs panel, status line and menus, and nothing else."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.actions import ActionTable
from app.theme import Palette
from app.views.jobs.panel import JobsPanel
from app.views.shell.banner import Banner
from app.views.shell.navigation import Destination, NavigationRail
from app.views.shell.status_line import StatusLine

DEFAULT_SIZE = (1440, 900)
MINIMUM_SIZE = (1024, 640)
SEPARATOR = "-"


class MainWindow(QMainWindow):
    """Setters for what the shell presenter decides; `closed` once the user has had enough."""

    closed = Signal()

    def __init__(self, pages: Mapping[Destination, QWidget], palette: Palette) -> None:
        super().__init__()
        self.resize(*DEFAULT_SIZE)
        self.setMinimumSize(*MINIMUM_SIZE)
        self.rail = NavigationRail(tuple(pages), palette)
        self.banner = Banner(palette)
        self.jobs = JobsPanel(palette)
        self.jobs.hide()
        self.status = StatusLine()
        self.setStatusBar(self.status)
        self._stack = QStackedWidget()
        self._pages = {destination.id: page for destination, page in pages.items()}
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._lay_out()

    def set_state(self, screen: str, lot_name: str, *, can_review: bool) -> None:
        """Show a screen, and the lot's name in the title."""
        self.setWindowTitle(f"{lot_name} – Residua" if lot_name else "Residua")
        self._stack.setCurrentWidget(self._pages[screen])
        self.rail.set_current(screen)
        for of_a_lot in ("review", "discover", "wafer", "quality"):
            self.rail.set_enabled(of_a_lot, can_review)

    def add_menu(self, title: str, action_ids: Sequence[str], table: ActionTable) -> QMenu:
        """A menu of actions; "-" draws a line. What they offer is asked again when the menu opens."""
        menu = self.menuBar().addMenu(title)
        menu.aboutToShow.connect(table.refresh)
        for action_id in action_ids:
            if action_id == SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(table.action(action_id))
        return menu

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is unsaved: every decision is on the disk already."""
        super().closeEvent(event)
        self.closed.emit()

    def _lay_out(self) -> None:
        work = QVBoxLayout()
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(0)
        work.addWidget(self.banner)
        work.addWidget(self._stack, 1)
        work.addWidget(self.jobs)
        central = QWidget()
        layout = QHBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(work, 1)
        self.setCentralWidget(central)
