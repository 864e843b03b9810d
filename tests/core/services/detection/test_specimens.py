from core.detection.registry import load_detector
from core.domain.lots import FailedImage
from core.jobs import JobContext
from core.lots import read_lot
from core.services.detection.specimens import Specimen, measure_specimens


def test_an_image_that_vanishes_once_it_is_measured_is_left_out_and_the_others_go_on(folder, recipe):
    lot = read_lot(folder, JobContext())
    detector = load_detector(recipe.detector, "cpu")
    found = measure_specimens(lot.images, detector, recipe, JobContext())  # two images a batch
    first = next(found)
    lot.images[1].path.unlink()
    second, third = found
    assert isinstance(first, Specimen)
    assert isinstance(second, FailedImage)
    assert "cannot be read" in second.reason
    assert isinstance(third, Specimen)
