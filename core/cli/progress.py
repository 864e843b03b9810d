"""Progress on a terminal: one line that is rewritten; on a pipe, nothing but the end."""

import sys
import time

from core.jobs import JobContext


class TerminalContext(JobContext):
    """A job context whose progress shows on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = 0.0
        self._is_terminal = sys.stderr.isatty()

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
