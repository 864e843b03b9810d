"""The lots screen and the search on it, put together."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.commands import Commands
from app.engine import Engine
from app.presenters.lot_search import LotSearchPresenter
from app.presenters.lots import LotsPresenter
from app.presenters.shell import LOTS
from app.qt_models.lots import SUMMARY_ROLE, LotsModel
from app.qt_models.search_hits import SearchHitsModel
from app.views.lots.search_panel import SearchPanel
from app.views.lots.view import LotsView
from app.views.shell.navigation import Destination
from core.services.lots import list_lots


class LotsRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self.model = LotsModel(self)
        self.view = LotsView(self.model, SUMMARY_ROLE, engine.palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(LOTS, "lots", "Lots", "Ctrl+1"): self.view}

    def present(self, commands: Commands) -> None:
        """Bring the screen to life."""
        engine = self._engine
        read_lots = partial(list_lots, engine.workspace)
        self.presenter = LotsPresenter(
            read_lots, engine.operations.open_source, engine.events, self.view, self.model, self
        )
        self._present_search()
        self.view.folder_requested.connect(commands.open_folder)
        self.view.files_requested.connect(commands.open_files)
        self.view.manifest_requested.connect(commands.open_manifest)
        self.view.demo_requested.connect(commands.write_demo)

    def _present_search(self) -> None:
        engine, hits = self._engine, SearchHitsModel(self)
        panel = SearchPanel(hits)
        self.view.add_search(panel)
        self.search = LotSearchPresenter(
            engine.workspace, engine.quiet, engine.events, engine.report_failure, panel, hits, self
        )
        self.search.active_changed.connect(self.view.set_searching)
