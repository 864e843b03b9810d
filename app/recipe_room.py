"""The recipe editor, put together."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.engine import Engine
from app.presenters.crop_pictures import CropPictureLoader
from app.presenters.recipes.presenter import RecipesPresenter
from app.presenters.recipes.what_if import WhatIfPresenter, read_picture
from app.presenters.shell import RECIPES, ShellPresenter
from app.qt_models.recipes import ChangesModel, FlipsModel, RecipesModel, VersionsModel
from app.views.recipes.view import RecipesView
from app.views.shell.navigation import Destination
from core.domain.recipe_fields import recipe_fields

PICTURES_KEPT = 200  # of 404 × 200 px in colour: about 50 MB


class RecipeRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, palette = engine, engine.palette
        self._models = (RecipesModel(self), VersionsModel(self), ChangesModel(self))
        self._flips = FlipsModel(self)
        self._pictures = CropPictureLoader(
            lambda number: read_picture(self.what_if, palette, number),
            engine.quiet,
            engine.report_failure,
            self,
            kept=PICTURES_KEPT,
        )
        self._pictures.picture_loaded.connect(lambda _number: self._flips.refresh())
        self.view = RecipesView(recipe_fields(), self._models, self._flips, self._pictures.picture, palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(RECIPES, "recipes", "Recipes", "Ctrl+5"): self.view}

    def present(self, shell: ShellPresenter) -> None:
        """Bring the screen to life."""
        engine = self._engine
        self.presenter = RecipesPresenter(engine.workspace, self.view, self._models, engine.events, self)
        self.what_if = WhatIfPresenter(
            engine.workspace,
            self.view.what_if,
            self._flips,
            engine.runner,
            engine.events,
            open_lot=lambda: (shell.state.lot_id, shell.state.lot_name),
            device=lambda: engine.operations.device,
            report_failure=engine.report_failure,
            parent=self,
        )
        self.presenter.shown.connect(self.what_if.offer)
        shell.screen_changed.connect(self.what_if.refresh)
