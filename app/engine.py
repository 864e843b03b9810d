"""What runs behind every screen, and the frame around them: handed to each room and dialog as one."""

from collections.abc import Callable
from dataclasses import dataclass

from app.actions import ActionTable
from app.crash_dialog import CrashReporter
from app.events import Events
from app.job_runner import JobRunner
from app.main_window import MainWindow
from app.operations import Operations
from app.preferences import Preferences
from app.presenters.shell import ShellPresenter
from app.theme import Palette
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Engine:
    """Where things are kept, who works, and who is told; it is there before any widget.

    Attributes:
        runner: jobs that the user asked for, which the jobs panel lists.
        quiet: jobs that screens ask for themselves, such as loading what is shown.
    """

    workspace: Workspace
    preferences: Preferences
    palette: Palette
    events: Events
    runner: JobRunner
    quiet: JobRunner
    crashes: CrashReporter
    operations: Operations

    @property
    def report_failure(self) -> Callable[[BaseException], None]:
        """Hears of what went wrong: a sentence for the user, or a bug of ours."""
        return self.crashes.report


@dataclass(frozen=True, slots=True)
class Frame:
    """The window, which screen and lot it shows, and what its menus and keys do."""

    window: MainWindow
    shell: ShellPresenter
    table: ActionTable

    @property
    def has_lot(self) -> bool:
        """Whether a lot is open."""
        return self.shell.state.lot_id is not None
