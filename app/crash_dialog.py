"""What happens when we are wrong: the traceback goes to the log, one dialog says so, the application lives on."""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.theme import with_role
from core.domain.errors import UserError

_log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """One window for all bugs of a session; non-modal, so that the work can go on."""

    def __init__(self, log_path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Residua made a mistake")
        self.resize(760, 420)
        self.tracebacks: list[str] = []
        self._headline = with_role(QLabel(), "heading")
        where = QLabel(f"Every decision up to now is saved. The details are also in {log_path}")
        where.setWordWrap(True)
        self._details = with_role(QPlainTextEdit(readOnly=True), "code")
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details.toPlainText()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self._headline, where, self._details, buttons):
            layout.addWidget(widget)

    def add(self, error: BaseException) -> None:
        """Show one more bug."""
        self.tracebacks.append("".join(traceback.format_exception(error)))
        count = len(self.tracebacks)
        many = f" {count} times since it was started" if count > 1 else ""
        self._headline.setText(f"Something in Residua went wrong{many}: {type(error).__name__}.")
        self._details.setPlainText("\n".join(reversed(self.tracebacks)))
        self.show()


class CrashReporter(QObject):
    """Takes exceptions from anywhere and shows them on the main thread."""

    user_error = Signal(object)  # UserError that nobody handled: a sentence, no crash
    _raised = Signal(object)

    def __init__(
        self, log_path: Path, window: Callable[[], QWidget | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._log_path = log_path
        self._window = window
        self._dialog: CrashDialog | None = None
        self._hooks = (sys.excepthook, threading.excepthook)
        self._raised.connect(self._show)  # queued when it comes from another thread

    @property
    def dialog(self) -> CrashDialog | None:
        """The dialog, once there was a bug."""
        return self._dialog

    def install(self) -> None:
        """Become the last resort of the main thread (slots included) and of all others."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._hooks

    def report(self, error: BaseException) -> None:
        """Show an exception; may be called from any thread."""
        if not isinstance(error, UserError):
            _log.critical("unexpected error", exc_info=error)
        self._raised.emit(error)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self.report(error)
        else:
            self._hooks[0](kind, error, trace)  # KeyboardInterrupt and SystemExit mean what they always mean

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            self.report(args.exc_value)

    def _show(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.user_error.emit(error)
            return
        if self._dialog is None:
            self._dialog = CrashDialog(self._log_path, self._window())
        self._dialog.add(error)
