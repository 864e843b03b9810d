"""What if: runs two recipes on the open lot in the background and shows which images flip."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from app.events import Events
from app.job_runner import JobRunner, RunningJob
from app.presenters.dialog_job import fraction_of, progress_text
from app.presenters.recipes.state import RecipesState
from app.presenters.recipes.text import what_if_text
from app.qt_models.recipes import FlipsModel
from app.theme import Palette
from app.views.recipes.what_if import WhatIfPanel
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.recipe_library import VersionId
from core.domain.what_if import Flip, Move, WhatIf
from core.jobs import JobContext, Progress
from core.services.lots import remember_position
from core.services.recipes import read_version
from core.services.recipes.library import SHIPPED
from core.services.workspace import Workspace

GPU_LANE = "gpu"
NOT_YET = (
    "Two recipes on one lot",
    "Choose A and B: both judge every image of the open lot, and the images that get another verdict are shown with "
    "the outlines of both. Stored results are used where they hold. Nothing is kept of it.",
)
NO_LOT = ("No lot is open", "Open a lot on the Lots screen; then two recipes can be compared on it.")


@dataclass(frozen=True, slots=True)
class WhatIfState:
    """The panel.

    Attributes:
        is_settled: the pair was chosen by hand, or compared; until then it follows what is looked at.
        progress: of the comparison under way; None while nothing is compared.
        found: the newest outcome; None before there is one.
        first_number: of the outcome's pictures; they are numbered on and on, so that none is taken for another.
        kept: whose flips alone are shown; None for all.
    """

    before: VersionId = SHIPPED
    after: VersionId = SHIPPED
    is_settled: bool = False
    progress: Progress | None = None
    found: WhatIf | None = None
    lot_name: str = ""
    first_number: int = 0
    kept: Move | None = None


class WhatIfPresenter(QObject):
    """Applies WhatIfState to the panel.

    Args:
        open_lot: id and name of the open lot; None and empty where there is none.
        device: "auto", "cpu" or "cuda", when it is needed.
    """

    def __init__(
        self,
        workspace: Workspace,
        view: WhatIfPanel,
        model: FlipsModel,
        runner: JobRunner,
        events: Events,
        *,
        open_lot: Callable[[], tuple[LotId | None, str]],
        device: Callable[[], str],
        report_failure: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._model, self._runner = workspace, view, model, runner
        self._events, self._open_lot, self._device = events, open_lot, device
        self._report_failure = report_failure
        self._running: RunningJob | None = None
        self._state = WhatIfState()
        self._versions: tuple[VersionId, ...] = (SHIPPED,)
        self._shown: tuple[WhatIf | None, Move | None] = (None, None)
        view.pair_chosen.connect(self.choose)
        view.compare_requested.connect(self.compare)
        view.cancel_requested.connect(self.cancel)
        view.moves.move_chosen.connect(self._keep)
        view.grid.flip_opened.connect(self._open)
        self._apply(self._state)

    @property
    def state(self) -> WhatIfState:
        """What is shown now."""
        return self._state

    def flip(self, number: int) -> Flip | None:
        """The flip whose picture has this number; None once another outcome is shown."""
        found, place = self._state.found, number - self._state.first_number
        return found.flips[place] if found is not None and 0 <= place < len(found.flips) else None

    def offer(self, library: RecipesState) -> None:
        """The library is shown; until a pair is settled A is the version in use, and B the one that is looked at."""
        self._versions, state = library.versions, self._state
        if not state.is_settled:
            state = replace(state, before=library.in_use, after=_other_than(library.in_use, library))
        self._apply(state)

    def choose(self, before: VersionId, after: VersionId) -> None:
        """Compare these next."""
        self._apply(replace(self._state, before=before, after=after, is_settled=True))

    def compare(self) -> None:
        """Run both on the open lot."""
        lot_id, name = self._open_lot()
        if lot_id is None or self._running is not None:
            return
        state = self._state
        job = partial(_compare, self._workspace, lot_id, state.before, state.after, self._device())
        running = self._runner.start(job, title=f"What if {state.after}, on {name}", lane=GPU_LANE)
        self._running = running
        running.progressed.connect(lambda progress: self._apply(replace(self._state, progress=progress)))
        running.succeeded.connect(lambda found: self._take(found, name))
        running.failed.connect(self._report_failure)
        running.finished.connect(self._on_finished)
        self._apply(replace(state, progress=Progress(), is_settled=True))

    def cancel(self) -> None:
        """Stop it."""
        if self._running is not None:
            self._running.cancel()

    def refresh(self) -> None:
        """Another lot may be open."""
        self._apply(self._state)

    def _take(self, found: WhatIf, lot_name: str) -> None:
        old = self._state
        first = old.first_number + (0 if old.found is None else len(old.found.flips))
        self._apply(replace(old, found=found, lot_name=lot_name, first_number=first, kept=None))

    def _on_finished(self) -> None:
        self._running = None
        self._apply(replace(self._state, progress=None))

    def _keep(self, move: Move) -> None:
        before, after = move
        if before is not after:
            self._apply(replace(self._state, kept=None if move == self._state.kept else move))

    def _open(self, flip: Flip) -> None:
        found = self._state.found
        if found is not None:
            remember_position(self._workspace, found.lot_id, flip.image_id)
            self._events.lot_requested.emit(found.lot_id)

    def _apply(self, state: WhatIfState) -> None:
        self._state = state
        view, (lot_id, name) = self._view, self._open_lot()
        is_running, progress = state.progress is not None, state.progress
        view.set_pair(self._versions, state.before, state.after)
        view.set_lot(name, can_compare=lot_id is not None and not is_running and state.before != state.after)
        view.set_progress(progress_text(progress), fraction_of(progress), is_running=is_running)
        if state.found is None:
            view.say_instead(*(NO_LOT if lot_id is None else NOT_YET))
        elif not _answers(state.found, state, lot_id):
            self._shown = (None, None)
            view.say_instead(*NOT_YET)
        elif self._shown != (state.found, state.kept):
            self._show(state.found)

    def _show(self, found: WhatIf) -> None:
        state = self._state
        self._shown = (found, state.kept)
        numbered = enumerate(found.flips, start=state.first_number)
        self._model.set_flips(
            [(number, flip) for number, flip in numbered if state.kept in (None, flip.move)]
        )
        self._view.moves.set_counts(found.counts, state.kept)
        self._view.show_outcome(what_if_text(found, state.lot_name, state.kept))


def read_picture(presenter: WhatIfPresenter, palette: Palette, number: int) -> NDArray[np.uint8] | None:
    """The picture of a flip, in a worker; None where the image is gone."""
    from core.services.what_if import FlipColors, read_flip_picture

    flip = presenter.flip(number)
    if flip is None:
        return None
    try:
        return read_flip_picture(flip, FlipColors(_rgb(palette.unknown), _rgb(palette.accent)))
    except UserError:
        return None


def _answers(found: WhatIf, state: WhatIfState, lot_id: LotId | None) -> bool:
    """Whether an outcome is of the pair that is chosen now, on the lot that is open now."""
    return (found.before, found.after, found.lot_id) == (state.before, state.after, lot_id)


def _other_than(in_use: VersionId, library: RecipesState) -> VersionId:
    """The version that is looked at; where that is the one in use, the newest of its recipe, else any other."""
    candidates = [
        library.chosen,
        *(one for one in library.versions if one.name == in_use.name),
        *library.versions,
    ]
    return next((version for version in candidates if version != in_use), in_use)


def _rgb(color: str) -> tuple[int, int, int]:
    parts = QColor(color)
    return parts.red(), parts.green(), parts.blue()


def _compare(
    workspace: Workspace, lot_id: LotId, before: VersionId, after: VersionId, device: str, ctx: JobContext
) -> WhatIf:
    from core.services.what_if import compare_recipes_on_lot  # with torch, which takes seconds

    first, second = read_version(workspace, before), read_version(workspace, after)
    return compare_recipes_on_lot(workspace, lot_id, first, second, device, ctx)
