"""The demo lot: three layers of generated images, one 16-bit stack, and one file that broke on the way."""

from pathlib import Path

import cv2
import numpy as np
import tifffile

from core.domain.errors import UserError
from core.jobs import JobContext
from core.synthesis import Scene, render_scene

_SEED = 7_000
_SIDE = (448, 448)
_LAYERS: tuple[tuple[str, tuple[tuple[str, str | None], ...]], ...] = (
    (
        "M1_metal",
        (
            ("comb_fingers", "bridge"),
            ("comb_fingers", None),
            ("damascene_polygons", "particle"),
            ("dense_tracks", "open"),
            ("dense_tracks", None),
            ("mixed_width_routing", "extra_metal"),
            ("multilevel_routing", None),
            ("staggered_vias", "via_missing"),
            ("sparse_routing", "scratch"),
            ("lines_spaces", None),
        ),
    ),
    (
        "ILD_film",
        (
            ("granular_metal", "particle"),
            ("granular_metal", None),
            ("blanket_film", "blister"),
            ("blanket_film", None),
            ("grainy_film", "pit"),
            ("voronoi_grains", None),
            ("bumpy_film", "nodule"),
            ("patterned_film", "scratch"),
        ),
    ),
    (
        "PC_gate",
        (
            ("sram_cells", "particle"),
            ("sram_cells", None),
            ("fin_gate_array", "missing_fin"),
            ("gate_cuts", "cut_missing"),
            ("gate_cuts", None),
            ("contact_holes", "hole_closed"),
            ("contact_holes", None),
            ("poly_blocks", "poly_residue"),
            ("fin_spacers", None),
            ("cell_rows", "pinhole"),
        ),
    ),
)


def write_demo_lot(folder: Path, ctx: JobContext) -> Path:
    """Write the demo lot; the same images each time.

    Args:
        folder: made when it is not there.

    Raises:
        UserError: the folder cannot be written.
        JobCancelled: between images.
    """
    plan = [(layer, *shot) for layer, shots in _LAYERS for shot in shots]
    try:
        for number, (layer, family, kind) in enumerate(ctx.track(plan, "writing the demo lot"), start=1):
            scene = render_scene(_SEED + number, family=family, kind=kind, size_hw=_SIDE)
            path = folder / layer / f"{layer}_{number:03d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_encode(scene, ".png"))
        _write_stack(folder / "PC_gate" / "PC_gate_tilt_series.tif")
        _write_broken(folder / "M1_metal" / "M1_metal_transfer_cut_off.jpg")
    except OSError as error:
        raise UserError(f"The demo lot cannot be written to {folder}: {error.strerror}.") from error
    return folder


def _encode(scene: Scene, suffix: str) -> bytes:
    return cv2.imencode(suffix, scene.image)[1].tobytes()


def _write_stack(path: Path) -> None:
    """Two 16-bit pages."""
    pages = [
        render_scene(_SEED + 900 + page, family="fin_gate_array", kind=kind, size_hw=_SIDE).image
        for page, kind in enumerate(("particle", None))
    ]
    tifffile.imwrite(path, np.stack(pages).astype(np.uint16) * 257, photometric="minisblack")


def _write_broken(path: Path) -> None:
    """A JPEG whose second half never arrived: lots have such files, and a review must show them."""
    whole = _encode(render_scene(_SEED, family="lines_spaces", kind=None, size_hw=_SIDE), ".jpg")
    path.write_bytes(whole[: len(whole) // 2])
