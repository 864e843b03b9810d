"""Decisions of the open lot back into its KLARF: worked out, shown, and then written to a file of choice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.job_runner import RunningJob
from app.main_window import MainWindow
from app.messages import Message
from app.views.wafer.klarf_dialog import KlarfDialog
from core.domain.ids import LotId
from core.jobs import Job, JobContext
from core.services.workspace import Workspace

if TYPE_CHECKING:
    from core.services.klarf.writing import KlarfChange

LANE = "io"


class KlarfWriting(QObject):
    """The menu's way; the lot's own file is never written to from here."""

    def __init__(
        self,
        engine: Engine,
        frame: Frame,
        ask_file: Callable[[MainWindow, str], Path | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine, self._frame, self._ask_file = engine, frame, ask_file

    @property
    def action(self) -> ActionSpec:
        """What the menu offers."""
        return ActionSpec(
            "file.klarf", "Write KLARF…", "", self.plan, lambda: self._frame.has_lot, section="File"
        )

    def plan(self) -> None:
        """Work out what would change, and show it."""
        if (lot_id := self._frame.shell.state.lot_id) is not None:
            job = partial(_plan, self._engine.workspace, lot_id)
            self._start(job, "Compare with KLARF").succeeded.connect(self._show)

    def _show(self, change: "KlarfChange") -> None:
        dialog = KlarfDialog(change.source.name, change.summary(), change.lines(), self._frame.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._write(change))
        dialog.open()

    def _write(self, change: "KlarfChange") -> None:
        out = self._ask_file(self._frame.window, f"{change.source.stem}.reviewed{change.source.suffix}")
        if out is not None:
            job = partial(_write, self._engine.workspace, change, out)
            self._start(job, f"Write {out.name}").succeeded.connect(self._say_written)

    def _say_written(self, path: Path) -> None:
        self._engine.events.notice.emit(Message(f"The KLARF is in {path}", is_error=False, path=path))

    def _start(self, job: Job[Any], title: str) -> RunningJob:
        running = self._engine.runner.start(job, title=title, lane=LANE)
        running.failed.connect(self._engine.report_failure)
        return running


def _plan(workspace: Workspace, lot_id: LotId, ctx: JobContext) -> "KlarfChange":
    from core.services.klarf.writing import plan_klarf

    return plan_klarf(workspace, lot_id, ctx)


def _write(workspace: Workspace, change: "KlarfChange", out: Path, ctx: JobContext) -> Path:
    from core.services.klarf.writing import write_klarf

    return write_klarf(workspace, change, out, ctx)
