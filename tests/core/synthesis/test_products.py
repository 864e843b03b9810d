import numpy as np
import pytest

from core.synthesis import ImagingStyle
from core.synthesis.products import draw_site, render_site

SIZE = (96, 96)


@pytest.fixture(scope="module")
def site():
    return draw_site(3, family="lines_spaces", size_hw=(160, 160), style=ImagingStyle())


def _render(site, seed, kind=None, least=0):
    return render_site(site, seed, kind=kind, size_hw=SIZE, least_area_px=least)


def test_metal_is_raised_and_bright(site):
    metal = site.layout.layers[0]
    assert metal.height > 0
    assert metal.tone > site.layout.base_tone.mean() + 0.1


def test_pictures_of_a_site_differ_and_follow_from_the_seed(site):
    one, other = _render(site, 1), _render(site, 2)
    assert one.image.shape == SIZE
    assert not one.mask.any()
    assert not np.array_equal(one.image, other.image)
    assert np.array_equal(one.image, _render(site, 1).image)
    assert abs(float(one.image.std()) - float(other.image.std())) < 0.3 * float(one.image.std())


def test_defects_are_as_large_as_was_asked_for_and_of_any_process(site):
    for kind in ("particle", "poly_residue"):
        scene = _render(site, 5, kind, least=60)
        assert scene.kind == kind
        assert scene.mask.sum() >= 60


def test_what_is_never_seen_there_is_refused(site):
    with pytest.raises(RuntimeError, match="no visible particle"):
        _render(site, 5, "particle", least=SIZE[0] * SIZE[1])
