import pytest

from core.domain.lots import PixelSize
from core.domain.maps import Region


def test_lengths_and_areas_follow_the_pixel_size():
    size = PixelSize(2.5, "FEI")
    region = Region((3, 4, 8, 5), area_px=31, centroid_xy=(7.0, 6.0), score=0.9)
    assert size.length_nm(region.longer_side_px) == 20.0
    assert size.area_nm2(region.area_px) == pytest.approx(193.75)


@pytest.mark.parametrize("nm", [0.0, -1.0, float("nan")])
def test_a_pixel_size_is_never_zero(nm):
    with pytest.raises(ValueError, match="positive"):
        PixelSize(nm, "manual")
