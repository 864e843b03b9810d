import pytest

from core.change.cadnet.cost import measure_cost
from core.change.cadnet.network import CADNet, CADNetSpec


def test_cost_grows_with_the_image_and_is_half_without_a_reference():
    change = CADNet(CADNetSpec(form="intra_class", classes=2, in_chans=3))
    appearance = CADNet(CADNetSpec(form="appearance", classes=2, in_chans=3))
    small, large = measure_cost(change, 64), measure_cost(change, 128)
    assert small.parameters == sum(part.numel() for part in change.parameters())
    assert large.multiply_adds > 3.5 * small.multiply_adds
    assert measure_cost(appearance, 64).multiply_adds < 0.75 * small.multiply_adds


def test_a_product_of_matrices_counts_as_its_multiplications():
    """The head alone, by hand: 256 channels to 3 at a quarter of the side."""
    two, three = (measure_cost(CADNet(CADNetSpec(classes=classes)), 64) for classes in (1, 2))
    assert three.multiply_adds - two.multiply_adds == pytest.approx(256 * 16 * 16)
