"""The discover screen and the class manager, put together."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.actions import ActionTable
from app.engine import Engine
from app.operations import Operations
from app.presenters.classes.presenter import ClassesPresenter
from app.presenters.crop_pictures import CropPictureLoader
from app.presenters.discover.actions import class_actions, discover_actions
from app.presenters.discover.presenter import DiscoverPresenter
from app.presenters.shell import CLASSES, DISCOVER
from app.qt_models.classes import ClassesModel
from app.qt_models.discovery import CardsModel, CropsModel
from app.views.classes.view import ClassesView
from app.views.discover.view import DiscoverView
from app.views.shell.navigation import Destination
from core.domain.ids import LotId
from core.services.discovery.crop_pictures import CropPictures


class DiscoveryRooms(QObject):
    """Views first, because the window is made of them; then what moves them."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        read = CropPictures(engine.workspace).read
        self._pictures = CropPictureLoader(read, engine.quiet, engine.report_failure, self)
        self._classes_model = ClassesModel(engine.palette.disabled, self)
        self._cards_model, self._crops_model = CardsModel(self), CropsModel(self)
        picture = self._pictures.picture
        self.discover = DiscoverView(self._cards_model, self._crops_model, picture, engine.palette)
        self.classes = ClassesView(self._classes_model, picture, engine.palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screens, with their place on the rail."""
        return {
            Destination(DISCOVER, "discover", "Discover", "D"): self.discover,
            Destination(CLASSES, "classes", "Classes", "Ctrl+4"): self.classes,
        }

    def present(self, table: ActionTable) -> None:
        """Bring the screens to life."""
        engine = self._engine
        self.discover_presenter = DiscoverPresenter(
            engine.workspace,
            self.discover,
            (self._cards_model, self._crops_model),
            self._pictures,
            (engine.runner, engine.quiet),
            engine.events,
            engine.palette,
            engine.report_failure,
            self,
        )
        self.classes_presenter = ClassesPresenter(
            engine.workspace,
            self.classes,
            self._classes_model,
            self._pictures,
            engine.runner,
            engine.events,
            engine.report_failure,
            self,
        )
        self._connect(engine.operations)
        table.add(discover_actions(self.discover_presenter, self.discover), self.discover)
        table.add(class_actions(self.classes_presenter), self.classes)

    def _connect(self, operations: Operations) -> None:
        presenter, view = self.discover_presenter, self.discover
        presenter.group_requested.connect(
            lambda lot_id: (
                operations.discover(LotId(lot_id)) if operations.can_discover(LotId(lot_id)) else None
            )
        )
        operations.detecting_changed.connect(lambda: presenter.set_grouping(operations.discovering))
        view.group_requested.connect(presenter.request_grouping)
        view.name_requested.connect(presenter.work.name)
        view.merge_requested.connect(presenter.work.merge)
        view.split_requested.connect(presenter.work.split)
        view.dismiss_requested.connect(presenter.work.dismiss)
        view.alike_requested.connect(presenter.show_alike)
        view.layout_chosen.connect(presenter.layouts.want)
        view.cards.cards_chosen.connect(presenter.choose)
        view.cards.name_requested.connect(presenter.work.name)
        view.cards.crops_dropped.connect(presenter.move_selected)
        view.map.lasso_drawn.connect(presenter.choose_inside)
        view.map.place_clicked.connect(presenter.choose_at)
