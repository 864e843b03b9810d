"""A small lot in which every image has a reference, to try the comparison on."""

from pathlib import Path

import cv2

from core.domain.errors import UserError
from core.jobs import JobContext
from core.synthesis import render_pair

_SEED = 40
_SIDE = (448, 448)
_LARGEST_SHIFT_PX = 14.0
_SITES: tuple[tuple[str, str | None], ...] = (
    ("multilevel_routing", "bridge"),
    ("damascene_polygons", "particle"),
    ("granular_metal", None),
    ("contact_holes", "hole_closed"),
)


def write_demo_pairs(folder: Path, ctx: JobContext) -> Path:
    """Write pairs named `site_1_test.png` and `site_1_temp.png`; the same each time.

    Args:
        folder: made when it is not there.

    Raises:
        UserError: the folder cannot be written.
        JobCancelled: between pairs.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, (family, kind) in enumerate(ctx.track(_SITES, "writing the demo pairs"), start=1):
            seed = _SEED + number - 1
            pair = render_pair(seed, family=family, kind=kind, size_hw=_SIDE, max_shift_px=_LARGEST_SHIFT_PX)
            for word, scene in (("test", pair.test), ("temp", pair.reference)):
                path = folder / f"site_{number}_{word}.png"
                path.write_bytes(cv2.imencode(".png", scene.image)[1].tobytes())
    except OSError as error:
        raise UserError(f"The demo pairs cannot be written to {folder}: {error.strerror}.") from error
    return folder
