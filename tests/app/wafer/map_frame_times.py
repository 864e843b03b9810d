"""How long a frame of the wafer map takes while it is moved and zoomed, offscreen.

`python tests/app/wafer/map_frame_times.py [DEFECTS …]` prints the median of 60 frames, the painting of the whole widget
included, for a map of 1200 × 800 px with the grid of a wafer of 300 mm; and the same as the time that the process was
computing, which a busy machine does not lengthen. A frame under 33 ms is 30 frames a second.
"""

import os
import sys
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from app.theme import DARK
from app.views.wafer.wafer_map import WaferMapWidget

FRAMES, SIZE = 60, (1200, 800)
DIAMETER_UM, PITCH_UM = 300_000.0, 2_500.0


def shown_wafer(count: int) -> WaferMapWidget:
    """A wafer with its dies and defects spread evenly over it."""
    draw = np.random.default_rng(0)
    radius = DIAMETER_UM / 2 * np.sqrt(draw.uniform(0, 1, count))
    angle = draw.uniform(0, 2 * np.pi, count)
    places = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)
    at = np.arange(-60, 60) * PITCH_UM
    corners = np.array([(x, y) for x in at for y in at if np.hypot(x, y) < DIAMETER_UM / 2])
    shown = WaferMapWidget(DARK)
    shown.resize(*SIZE)
    shown.show()
    shown.set_wafer(DIAMETER_UM, "notch", np.concatenate([corners, corners + PITCH_UM], axis=1))
    shown.set_edge(DIAMETER_UM / 2 - 3_000)
    shown.set_dots(places, draw.integers(60, 255, (count, 3), np.uint8))
    shown.grab()
    return shown


def frame_times_ms(count: int) -> np.ndarray:
    """(FRAMES, 2) ms on the clock and of the processor, moving for one half and zooming for the other."""
    shown = shown_wafer(count)
    times = []
    for frame in range(FRAMES):
        begin, computing = perf_counter(), process_time()
        if frame < FRAMES // 2:
            shown._box.translateBy(x=900, y=500)
        else:
            shown._box.scaleBy((0.97, 0.97))
        shown.grab()
        times.append((perf_counter() - begin, process_time() - computing))
    shown.close()
    return np.array(times) * 1e3


def main(counts: list[int]) -> None:
    """Print a line a count."""
    application = QApplication([])
    for count in counts:
        clock, processor = np.median(frame_times_ms(count), axis=0)
        print(f"{count:,} defects: median frame {clock:.1f} ms, computing {processor:.1f} ms")  # noqa: T201
    application.quit()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [2_000, 20_000, 100_000])
