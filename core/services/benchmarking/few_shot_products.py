"""Generated products: one layer of one fab, whose few sites recur from image to image, as in the paper's set."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from core.domain.discovery import DEFECT_FREE
from core.services.benchmarking.few_shot_samples import FewShotSet, Sample
from core.synthesis import ImagingStyle
from core.synthesis.products import Site, draw_site, render_site

_SIDE, _SITE_SIDE = (256, 256), (384, 384)
_STYLE = ImagingStyle(edge_gain=0.5, dose=160, psf_px=0.9, read_noise=0.01, illumination=0.05)
_LEAST_AREA_PX = 120
_KINDS = {
    "bridge": ("bridge", _LEAST_AREA_PX),
    "copper residue": ("poly_residue", 2 * _LEAST_AREA_PX),
    "hole": ("void", _LEAST_AREA_PX),
    "in-film": ("buried_particle", 2 * _LEAST_AREA_PX),
    "particle": ("particle", _LEAST_AREA_PX),
    "scratch": ("scratch", 2 * _LEAST_AREA_PX),
}
"""Class → how it is drawn and its least visible area: a review image is aimed at a defect that can be seen."""


@dataclass(frozen=True, slots=True)
class _Product:
    """One layer.

    Attributes:
        name: for tables.
        seed: of its sites and images; nothing else uses it.
        families: of its sites, one each.
        content: in words.
    """

    name: str
    seed: int
    families: tuple[str, ...]
    content: str


_PRODUCTS = (
    _Product(
        "product-a",
        727_000_000,
        ("comb_fingers", "damascene_polygons") * 2,
        "four sites of combs and polygons, families of layouts that no training saw",
    ),
    _Product(
        "product-b",
        737_000_000,
        ("dense_tracks", "lines_with_pads", "power_grid", "serpentine"),
        "four sites of tracks, pads, power grid and serpentine, families that the encoder's training drew from",
    ),
)


def product_sets() -> tuple[FewShotSet, ...]:
    """Every product as a set."""
    words = (
        f"{_SIDE[0]} px windows at any place of a site, on other dies under one microscope setting with the drift of "
        f"days; defects of at least {_LEAST_AREA_PX} px, residue, in-film and scratches of {2 * _LEAST_AREA_PX} px"
    )
    return tuple(
        FewShotSet(one.name, f"generated: {one.content}; {words}", tuple(_KINDS), _Pictures(one))
        for one in _PRODUCTS
    )


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The endless images of a product, by class; the sites take turns."""

    product: _Product

    def __call__(self, label: str) -> Iterator[Sample]:
        sites = _sites_of(self.product)
        kind, least = (None, 0) if label == DEFECT_FREE else _KINDS[label]
        place = (DEFECT_FREE, *_KINDS).index(label)
        for number in range(1_000_000):
            seed = self.product.seed + 1_000_000 * (1 + place) + number
            scene = render_site(
                sites[number % len(sites)], seed, kind=kind, size_hw=_SIDE, least_area_px=least
            )
            yield Sample(scene.image, scene.mask, label)


@cache
def _sites_of(product: _Product) -> tuple[Site, ...]:
    return tuple(
        draw_site(product.seed + index, family=family, size_hw=_SITE_SIDE, style=_STYLE)
        for index, family in enumerate(product.families)
    )
