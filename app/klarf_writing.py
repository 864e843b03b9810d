"""Decisions of the open lot back into its KLARF: worked out, shown, and then written to a file of choice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.actions import ActionSpec
from app.crash_dialog import CrashReporter
from app.events import Events
from app.job_runner import JobRunner
from app.main_window import MainWindow
from app.messages import Message
from app.presenters.shell import ShellPresenter
from app.views.wafer.klarf_dialog import KlarfDialog
from core.domain.ids import LotId
from core.jobs import JobContext
from core.services.workspace import Workspace

if TYPE_CHECKING:
    from core.services.klarf.writing import KlarfChange

LANE = "io"


class KlarfWriting(QObject):
    """The menu's way; the lot's own file is never written to from here."""

    def __init__(
        self,
        workspace: Workspace,
        window: MainWindow,
        shell: ShellPresenter,
        runner: JobRunner,
        events: Events,
        crashes: CrashReporter,
        ask_file: Callable[[MainWindow, str], Path | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._window, self._shell = workspace, window, shell
        self._runner, self._events, self._crashes = runner, events, crashes
        self._ask_file = ask_file

    @property
    def action(self) -> ActionSpec:
        """What the menu offers."""
        return ActionSpec(
            "file.klarf",
            "Write KLARF…",
            "",
            self.plan,
            lambda: self._shell.state.lot_id is not None,
            section="File",
        )

    def plan(self) -> None:
        """Work out what would change, and show it."""
        lot_id = self._shell.state.lot_id
        if lot_id is None:
            return
        running = self._runner.start(
            partial(_plan, self._workspace, lot_id), title="Compare with KLARF", lane=LANE
        )
        running.failed.connect(self._crashes.report)
        running.succeeded.connect(self._show)

    def _show(self, change: "KlarfChange") -> None:
        dialog = KlarfDialog(change.source.name, change.summary(), change.lines(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._write(change))
        dialog.open()

    def _write(self, change: "KlarfChange") -> None:
        out = self._ask_file(self._window, f"{change.source.stem}.reviewed{change.source.suffix}")
        if out is None:
            return
        running = self._runner.start(
            partial(_write, self._workspace, change, out), title=f"Write {out.name}", lane=LANE
        )
        running.failed.connect(self._crashes.report)
        running.succeeded.connect(
            lambda path: self._events.notice.emit(
                Message(f"The KLARF is in {path}", is_error=False, path=path)
            )
        )


def _plan(workspace: Workspace, lot_id: LotId, ctx: JobContext) -> "KlarfChange":
    from core.services.klarf.writing import plan_klarf

    return plan_klarf(workspace, lot_id, ctx)


def _write(workspace: Workspace, change: "KlarfChange", out: Path, ctx: JobContext) -> Path:
    from core.services.klarf.writing import write_klarf

    return write_klarf(workspace, change, out, ctx)
