"""How long a frame of the map takes while it is moved and zoomed, offscreen.

`python tests/app/discover/map_frame_times.py [POINTS …]` prints the median and the slowest of 60 frames, the painting
of the whole widget included, for a map of 1200 × 800 px. A frame under 33 ms is 30 frames a second.
"""

import os
import sys
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from app.theme import DARK
from app.views.discover.cluster_map import ClusterMap

FRAMES, SIZE, GROUPS = 60, (1200, 800), 12
LEAST_PER_SECOND = 30


def frame_times_ms(count: int) -> list[float]:
    """Milliseconds of each frame, moving for one half and zooming for the other."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, GROUPS, count)
    centres = rng.uniform(-0.8, 0.8, (GROUPS, 2))
    places = (centres[group] + rng.normal(0, 0.08, (count, 2))).astype(np.float32)
    shown = ClusterMap(DARK)
    shown.resize(*SIZE)
    shown.show()
    shown.set_points(places, rng.integers(60, 255, (GROUPS, 3), np.uint8)[group], np.zeros(count, np.bool_))
    shown.fit()
    shown.grab()
    times = []
    for frame in range(FRAMES):
        start = perf_counter()
        if frame < FRAMES // 2:
            shown._box.translateBy(x=0.01, y=0.005)
        else:
            shown._box.scaleBy((0.97, 0.97))
        shown.grab()
        times.append((perf_counter() - start) * 1e3)
    shown.close()
    return times


def main(counts: list[int]) -> None:
    """Print a line a count."""
    application = QApplication([])
    for count in counts:
        times = np.array(frame_times_ms(count))
        median, slowest = float(np.median(times)), float(times.max())
        verdict = "yes" if 1e3 / median >= LEAST_PER_SECOND else "no"
        print(  # noqa: T201
            f"{count:,} points: median {median:.1f} ms ({1e3 / median:.0f} frames a second), slowest "
            f"{slowest:.1f} ms; {LEAST_PER_SECOND} a second: {verdict}"
        )
    application.quit()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [2_000, 5_000, 20_000, 100_000])
