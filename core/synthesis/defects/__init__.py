"""Defect kinds, one module a group, and the table of them."""

from collections.abc import Mapping
from types import MappingProxyType

from core.synthesis.defects import debris, films, gates, holes, lines, material_defects
from core.synthesis.defects.kinds import DefectKind, DefectMaker

SMALL, USUAL, LARGE, LONG = (3.5, 18.0), (4.0, 46.0), (9.0, 100.0), (14.0, 120.0)


def _kind(
    name: str,
    make: DefectMaker,
    processes: str,
    needs: str,
    size_px: tuple[float, float],
    description: str,
    *,
    held_out: bool = False,
) -> tuple[str, DefectKind]:
    places = frozenset(processes.split())
    return name, DefectKind(name, places, description, frozenset(needs.split()), size_px, make, held_out)


KINDS: Mapping[str, DefectKind] = MappingProxyType(
    dict(
        [
            _kind("bridge", lines.bridge, "beol", "lines", SMALL, "Two lines joined across their gap."),
            _kind("open", lines.open_line, "beol", "lines", SMALL, "A line is interrupted."),
            _kind("necking", lines.necking, "beol dpr", "lines", USUAL, "A line is narrowed.", held_out=True),
            _kind("protrusion", lines.protrusion, "beol dpr", "lines", SMALL, "A bump on a line's side."),
            _kind("mouse_bite", lines.mouse_bite, "beol", "lines", SMALL, "A notch in a line's side."),
            _kind("extra_metal", lines.extra_material, "beol", "lines holes", USUAL, "Metal where none belongs."),
            _kind("void", lines.line_void, "beol", "lines", SMALL, "A hole inside a line."),
            _kind("via_missing", holes.hole_missing, "beol", "holes", USUAL, "A via is not there."),
            _kind("via_partial", holes.hole_partial, "beol", "holes", USUAL, "A via is partly closed."),
            _kind("particle", debris.particle, "beol dep dpr", "", USUAL, "A foreign particle on top."),
            _kind("buried_particle", debris.buried_particle, "beol dpr", "", USUAL,
                  "A particle under the pattern."),
            _kind("scratch", debris.scratch, "beol dep", "", USUAL, "A long narrow groove."),
            _kind("hillock", debris.hillock, "beol", "lines holes", SMALL, "A pointed growth.", held_out=True),
            _kind("nodule", films.nodule, "dep", "", USUAL, "A rounded growth in the film."),
            _kind("blister", films.blister, "dep", "", LARGE, "Film lifted into a dome."),
            _kind("pit", films.pit, "dep", "", USUAL, "A hole in the film."),
            _kind("peeling", films.peeling, "dep", "", LARGE, "Film is gone from an area.", held_out=True),
            _kind("discoloration", films.discoloration, "dep", "", LONG, "A patch of another tone."),
            _kind("poly_residue", debris.residue, "dpr", "", USUAL, "Poly left in a trench."),
            _kind("missing_fin", gates.missing_line, "dpr", "lines", LONG, "A piece of a fin or gate is gone."),
            _kind("gate_lean", gates.leaning_line, "dpr", "gates", LONG, "A gate leans to its neighbour."),
            _kind("footing", gates.footing, "dpr", "gates", LARGE, "A low foot along a line.", held_out=True),
            _kind("pinhole", debris.pinhole, "dpr", "", SMALL, "A tiny dark hole."),
            _kind("gate_bridge", lines.bridge, "dpr", "gates", SMALL, "Two gates joined."),
            _kind("cut_missing", gates.cut_missing, "dpr", "cuts", SMALL, "An intended cut was not made."),
            _kind("cut_misplaced", gates.cut_misplaced, "dpr", "cuts gates", SMALL, "A cut where none belongs."),
            _kind("hole_closed", holes.hole_missing, "dpr", "holes", USUAL, "A hole is not open."),
            _kind("hole_partial", holes.hole_partial, "dpr", "holes", USUAL, "A hole is partly open."),
            _kind("hole_oversized", holes.hole_oversized, "dpr", "holes", USUAL, "A hole is much too large."),
            _kind("odd_tone", material_defects.odd_tone, "beol dpr", "lines holes", USUAL,
                  "A shape with another brightness."),
            _kind("corrosion", material_defects.corrosion, "beol", "lines holes", USUAL, "A cluster of small pits."),
            _kind("crack", material_defects.crack, "dep", "", LARGE, "A narrow crack."),
            _kind("fibre", material_defects.fibre, "beol dep dpr", "", USUAL, "A thin bent hair."),
            _kind("wiggling", material_defects.wiggling, "beol dpr", "lines", LARGE, "Lines wander in a small area."),
            _kind("stain", material_defects.stain, "beol dpr", "", LONG, "A faint film or water mark.", held_out=True),
            _kind("missing_patch", material_defects.missing_patch, "beol dpr", "lines holes", USUAL,
                  "The pattern is wiped out in an area."),
            _kind("hole_merged", holes.hole_merged, "dpr", "holes", SMALL, "Two holes run together.", held_out=True),
        ]
    )
)  # fmt: skip
