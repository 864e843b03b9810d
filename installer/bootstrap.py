"""Sets Residua up and runs it: `python installer/bootstrap.py run` or `… test`. Needs nothing but Python.

`make run` and `make test` call this; on Windows: `py -3.11 installer/bootstrap.py run`.
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"Residua needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}. "
        "Install one of them and run this again (make run PYTHON=/path/to/python3.11 chooses one)."
    )

import time

import checks
import demo
import environment
import qt_libraries


def main() -> int:
    """Set up, then do what was asked; the exit status is that of what ran."""
    task = sys.argv[1] if len(sys.argv) == 2 else ""
    if task not in ("run", "test"):
        print("usage: bootstrap.py run|test")
        return 2
    started = time.monotonic()
    try:
        environment.prepare(task)
        qt_libraries.ensure()
        return demo.open_demo_lot() if task == "run" else checks.run_all(started)
    except environment.SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
