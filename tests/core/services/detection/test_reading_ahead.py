"""Images are decoded ahead, but neither without bound nor after a cancel."""

from dataclasses import replace

import pytest

from core.detection.registry import load_detector
from core.domain.errors import JobCancelled
from core.jobs import JobContext
from core.lots import read_lot, read_pixels
from core.services.detection import reading_ahead
from core.services.detection.measuring import measure_images

IMAGE_BYTES = 72 * 96


@pytest.fixture
def detector(recipe):
    return load_detector(recipe.detector, "cpu")


@pytest.fixture
def records(folder):
    """Forty images of 72 × 96, 8 bit."""
    (first, *_) = read_lot(folder, JobContext()).images
    return [replace(first, name=f"{number}.png") for number in range(40)]


@pytest.fixture
def decoded(monkeypatch):
    """Names of the images whose decoding began."""
    names = []

    def read(record):
        names.append(record.name)
        return read_pixels(record)

    monkeypatch.setattr(reading_ahead, "read_pixels", read)
    return names


def of_batch_size(recipe, batch_size):
    return recipe.model_copy(
        update={"detector": recipe.detector.model_copy(update={"batch_size": batch_size})}
    )


def test_a_batch_holds_no_more_pixels_than_allowed(records, monkeypatch):
    monkeypatch.setattr(reading_ahead, "_BATCH_BYTES", 3 * IMAGE_BYTES)
    large = replace(records[0], size_hw=(720, 96))
    deep = replace(records[0], bit_depth=16)
    batches = reading_ahead.batches_of([*records[:7], large, deep, deep, records[7]], 8)
    assert [len(batch) for batch in batches] == [3, 3, 1, 1, 1, 2]


def test_large_images_are_read_one_batch_ahead(records, detector, recipe, decoded, monkeypatch):
    monkeypatch.setattr(reading_ahead, "_BATCH_BYTES", 2 * IMAGE_BYTES)
    results = measure_images(records, detector, of_batch_size(recipe, 16), JobContext())
    next(results)
    results.close()
    assert len(decoded) <= 4


def test_a_cancel_waits_for_no_image_but_those_in_hand(records, detector, recipe, decoded, monkeypatch):
    ctx = JobContext()
    read = reading_ahead.read_pixels

    def cancel_and_read(record):
        ctx.token.cancel()
        return read(record)

    monkeypatch.setattr(reading_ahead, "read_pixels", cancel_and_read)
    with pytest.raises(JobCancelled):
        list(measure_images(records, detector, of_batch_size(recipe, 40), ctx))
    assert len(decoded) <= 2


def test_all_are_measured_in_order_whatever_the_batches(records, detector, recipe, monkeypatch):
    monkeypatch.setattr(reading_ahead, "_BATCH_BYTES", 3 * IMAGE_BYTES)
    few = records[:7]
    measured = measure_images(few, detector, of_batch_size(recipe, 5), JobContext())
    assert [one.record for one in measured] == few
