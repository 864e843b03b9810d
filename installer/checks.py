"""Every check and test, in the order in which a mistake is cheapest to learn of."""

import time

from environment import PYTHON, run

_BIN = PYTHON.parent
_STEPS = (
    ("lint", (_BIN / "ruff", "check", ".")),
    ("format", (_BIN / "ruff", "format", "--check", ".")),
    ("types", (_BIN / "mypy",)),
    ("imports", (_BIN / "lint-imports",)),
    # One process a core, each kept to its own (tests/conftest.py); beyond four, memory is what runs out.
    ("tests", (PYTHON, "-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")),
)


def run_all(started: float) -> int:
    """Run every step even after a failure, so that one run tells everything; 0 when all passed."""
    failed = [title for title, command in _STEPS if not _passes(title, command)]
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'} in {minutes} min {seconds} s")
    return 1 if failed else 0


def _passes(title: str, command: "tuple[object, ...]") -> bool:
    print(f"\n== {title}", flush=True)
    started = time.monotonic()
    status = run(*command, QT_QPA_PLATFORM="offscreen")
    print(f"== {title} {'ok' if status == 0 else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
    return status == 0
