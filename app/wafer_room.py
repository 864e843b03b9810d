"""The wafer screen, put together."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.events import Events
from app.job_runner import JobRunner
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.shell import REVIEW, WAFER, ShellPresenter
from app.presenters.wafer.presenter import WaferPresenter
from app.presenters.wafer.state import ZONE_WORDS
from app.theme import Palette
from app.views.shell.navigation import Destination
from app.views.wafer.view import WaferView
from core.domain.ids import ImageId
from core.services.workspace import Workspace


class WaferRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(
        self,
        workspace: Workspace,
        quiet: JobRunner,
        report_failure: Callable[[BaseException], None],
        palette: Palette,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._quiet = workspace, quiet
        self._report_failure, self._palette = report_failure, palette
        self.view = WaferView(ZONE_WORDS, palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(WAFER, "wafer", "Wafer", "Ctrl+6"): self.view}

    def present(self, events: Events, shell: ShellPresenter, review: ReviewPresenter) -> None:
        """Bring the screen to life."""
        self.presenter = WaferPresenter(
            self._workspace, self.view, self._quiet, events, self._palette, self._report_failure, self
        )
        self.presenter.image_chosen.connect(lambda image_id: review.show_image(ImageId(image_id)))
        self.presenter.review_requested.connect(lambda: shell.show_screen(REVIEW))

        def follow() -> None:
            self.presenter.set_shown(shell.state.screen == WAFER, shell.state.lot_id)
            if shell.state.screen == WAFER and review.state.current is not None:
                self.presenter.show_image(review.state.current)

        shell.screen_changed.connect(follow)
