"""The wafer screen, put together."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.engine import Engine
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.shell import REVIEW, WAFER, ShellPresenter
from app.presenters.wafer.presenter import WaferPresenter
from app.presenters.wafer.state import ZONE_WORDS
from app.views.shell.navigation import Destination
from app.views.wafer.view import WaferView
from core.domain.ids import ImageId


class WaferRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self.view = WaferView(ZONE_WORDS, engine.palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(WAFER, "wafer", "Wafer", "Ctrl+6"): self.view}

    def present(self, shell: ShellPresenter, review: ReviewPresenter) -> None:
        """Bring the screen to life."""
        engine = self._engine
        self.presenter = WaferPresenter(
            engine.workspace,
            self.view,
            engine.quiet,
            engine.events,
            engine.palette,
            engine.report_failure,
            self,
        )
        self.presenter.image_chosen.connect(lambda image_id: review.show_image(ImageId(image_id)))
        self.presenter.review_requested.connect(lambda: shell.show_screen(REVIEW))

        def follow() -> None:
            self.presenter.set_shown(shell.state.screen == WAFER, shell.state.lot_id)
            if shell.state.screen == WAFER and review.state.current is not None:
                self.presenter.show_image(review.state.current)

        shell.screen_changed.connect(follow)
