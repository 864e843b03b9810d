"""Opens the app on the demo lot, or reviews the lot without a window where there is no display."""

import qt_libraries
from environment import PYTHON, ROOT, SetupError, run

_DEMO = ROOT / "demo"
_LOT = _DEMO / "lot"
_WRITTEN = _LOT / ".written"  # an interrupted run leaves half a lot, and not this


def open_demo_lot() -> int:
    """Write the demo lot once, then show it."""
    if not _WRITTEN.exists():
        _residua("demo", _LOT)
        _WRITTEN.touch()
    if qt_libraries.has_display():
        return run(PYTHON, "-m", "app", _LOT)
    print("No display: the demo lot is reviewed without a window.", flush=True)
    _review_headless()
    return 0


def _review_headless() -> None:
    results, report, screenshots = _DEMO / "results", _DEMO / "report.html", _DEMO / "screenshots"
    _residua("detect", _LOT, "--out", results, "--record")
    _residua("export", _LOT, "--format", "html", "--out", report)
    if (
        run(PYTHON, "-m", "app.screenshots", "--lot", _LOT, "--out", screenshots, QT_QPA_PLATFORM="offscreen")
        != 0
    ):
        raise SetupError("The screenshots could not be rendered; the reason stands above.")
    print(f"\nDetections   {results / 'detections.csv'}")
    print(f"Report       {report}")
    print(f"Screenshots  {screenshots}")


def _residua(*arguments: object) -> None:
    if run(PYTHON, "-m", "app", *arguments) != 0:
        raise SetupError(f"`residua {arguments[0]}` failed; the reason stands above.")
