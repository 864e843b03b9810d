"""Progress on a terminal, and Ctrl+C as a polite stop."""

import signal
import sys
import time
from types import FrameType

from core.domain.lots import FailedImage
from core.jobs import JobContext

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TerminalContext(JobContext):
    """A job context whose progress shows on standard error, one line that is rewritten; on a pipe, nothing.

    The first Ctrl+C cancels the job, so that a training saves its state; the second one breaks off.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown = 0.0
        self._is_terminal = sys.stderr.isatty()
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)

    def report(self, done: int, total: int, text: str = "") -> None:
        """Publish progress; the terminal sees ten a second at most, and always the last."""
        super().report(done, total, text)
        now = time.monotonic()
        if not self._is_terminal or (now - self._shown < 0.1 and done != total):
            return
        self._shown = now
        share = f"{done}/{total}" if total else str(done)
        end = "\n" if total and done == total else ""
        print(f"\r\x1b[K{text} {share}", end=end, file=sys.stderr, flush=True)

    def emit(self, partial: object) -> None:
        """Hand over a partial result; an image that is left out is a line at once, before minutes are spent."""
        super().emit(partial)
        if isinstance(partial, FailedImage):
            print(f"skipped: {partial.name}: {partial.reason}", file=sys.stderr)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self.token.cancelled:
            raise KeyboardInterrupt
        self.token.cancel()
