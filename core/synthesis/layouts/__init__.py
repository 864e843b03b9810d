"""Layout families, one module a group, and the table of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from core.synthesis.drawing import Frame
from core.synthesis.layout import Layout
from core.synthesis.layouts import (
    beol_arrays,
    beol_blocks,
    beol_links,
    beol_logic,
    beol_routing,
    beol_sparse,
    dep_films,
    dep_textures,
    dpr_cells,
    dpr_gates,
    dpr_islands,
)
from core.synthesis.randomness import Rng

Builder: TypeAlias = Callable[[Rng, Frame], Layout]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to draw layouts.

    Attributes:
        build: draws one.
        process: "beol", "dep" or "dpr".
        traits: what defects can hold on to: "lines", "holes", "film", "gates", "fins", "cuts".
        held_out: kept from training, for evaluation.
        training_share: how often training draws it, where the usual pattern is drawn once.
    """

    build: Builder
    process: str
    traits: frozenset[str]
    held_out: bool = False
    training_share: int = 1


def _pattern(
    build: Builder, process: str, traits: str, *, held_out: bool = False, training_share: int = 1
) -> tuple[str, Pattern]:
    return build.__name__, Pattern(build, process, frozenset(traits.split()), held_out, training_share)


# Where nothing repeats, what is normal has to be learned rather than found again in the image: it takes more examples.
_APERIODIC = 3


PATTERNS: Mapping[str, Pattern] = MappingProxyType(
    dict(
        [
            _pattern(beol_routing.dense_tracks, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_routing.mixed_width_routing, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_sparse.sparse_routing, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_routing.multilevel_routing, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_logic.brick_runs, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_logic.grid_routing, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_arrays.lines_spaces, "beol", "lines"),
            _pattern(beol_arrays.lines_with_pads, "beol", "lines"),
            _pattern(beol_arrays.staggered_vias, "beol", "holes"),
            _pattern(beol_arrays.comb_fingers, "beol", "lines", held_out=True),
            _pattern(beol_arrays.serpentine, "beol", "lines"),
            _pattern(beol_blocks.power_grid, "beol", "lines", training_share=_APERIODIC),
            _pattern(beol_blocks.damascene_polygons, "beol", "lines", held_out=True),
            _pattern(beol_links.via_chain, "beol", "lines"),
            _pattern(beol_links.crossing_mesh, "beol", "lines"),
            _pattern(beol_links.dummy_fill, "beol", "lines"),
            _pattern(dep_films.blanket_film, "dep", "film"),
            _pattern(dep_films.grainy_film, "dep", "film"),
            _pattern(dep_films.voronoi_grains, "dep", "film"),
            _pattern(dep_films.bumpy_film, "dep", "film"),
            _pattern(dep_films.granular_metal, "dep", "film", held_out=True),
            _pattern(dep_films.patterned_film, "dep", "film"),
            _pattern(dep_textures.fibrous_film, "dep", "film"),
            _pattern(dep_textures.porous_film, "dep", "film"),
            _pattern(dep_textures.labyrinth_film, "dep", "film"),
            _pattern(dep_textures.stepped_film, "dep", "film"),
            _pattern(dpr_gates.fin_gate_array, "dpr", "gates lines fins"),
            _pattern(dpr_gates.gate_cuts, "dpr", "gates lines cuts"),
            _pattern(dpr_gates.fin_spacers, "dpr", "fins lines gates"),
            _pattern(dpr_gates.poly_blocks, "dpr", "gates lines"),
            _pattern(dpr_gates.cell_rows, "dpr", "gates lines"),
            _pattern(dpr_islands.tilted_islands, "dpr", "gates lines fins"),
            _pattern(dpr_islands.lined_trenches, "dpr", "gates lines"),
            _pattern(dpr_islands.pillar_array, "dpr", "holes"),
            _pattern(dpr_cells.contact_holes, "dpr", "holes"),
            _pattern(dpr_cells.contacts_on_gates, "dpr", "gates lines holes"),
            _pattern(dpr_cells.sram_cells, "dpr", "gates lines", held_out=True),
        ]
    )
)
