"""The review screen, put together."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.engine import Engine, Frame
from app.presenters.review.actions import review_actions
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.review.wiring import connect_view
from app.presenters.review.workspace import WorkspaceServices
from app.presenters.shell import REVIEW
from app.qt_models.review_queue import ITEM_ROLE, THUMBNAIL_ROLE, ReviewQueueModel
from app.views.review.queue_delegate import RowRoles
from app.views.review.view import ReviewView
from app.views.shell.navigation import Destination
from core.domain.ids import ImageId, LotId
from core.domain.maps import MAP_RANGE


class ReviewRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self.model = ReviewQueueModel(self)
        self.roles = RowRoles(ITEM_ROLE, THUMBNAIL_ROLE)
        self.view = ReviewView(self.model, self.roles, engine.palette, MAP_RANGE)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(REVIEW, "review", "Review", "E"): self.view}

    def present(self, frame: Frame) -> None:
        """Bring the screen to life."""
        engine = self._engine
        self.presenter = ReviewPresenter(
            WorkspaceServices(engine.workspace),
            self.view,
            self.model,
            engine.quiet,
            engine.events,
            engine.palette,
            engine.report_failure,
            self,
        )
        connect_view(self.presenter, self.view)
        frame.table.add(review_actions(self.presenter, self.view), self.view)
        frame.shell.review_shown.connect(self.view.focus_images)
        self._follow_settings()
        self._follow_detection()

    def _follow_settings(self) -> None:
        preferences = self._engine.preferences
        self.presenter.set_auto_advance(preferences.settings.auto_advance)
        self.presenter.auto_advance_changed.connect(lambda on: preferences.change(auto_advance=on))

    def _follow_detection(self) -> None:
        operations = self._engine.operations
        self.presenter.detect_requested.connect(self._detect)
        self.presenter.nudging.compare_requested.connect(self._detect)
        operations.detecting_changed.connect(lambda: self.presenter.set_detecting(operations.detecting))

    def _detect(self, lot_id: int, only: frozenset[ImageId] = frozenset()) -> None:
        if self._engine.operations.can_detect(LotId(lot_id)):
            self._engine.operations.detect(LotId(lot_id), only)
