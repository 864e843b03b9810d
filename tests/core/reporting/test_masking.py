"""What a masked report must not say, wherever the words come from."""

from dataclasses import replace
from pathlib import Path

from core.domain.alignment import Alignment
from core.domain.decisions import Judgement
from core.domain.detections import Detection
from core.domain.ids import ImageId
from core.domain.lots import FailedImage, PixelSize
from core.domain.review import ReviewItem
from core.reporting.masking import mask_identifiers
from tests.core.reporting.small_lot import make_record

GOLDEN = Path("/fab/goldens/ACME N3 golden.tif")


def test_messages_name_neither_references_nor_paths_that_are_no_image_of_the_lot(report) -> None:
    reason = f"{GOLDEN.name} cannot be read."
    aligned = Alignment(0.0, 0.0, 0.0, 0.0, is_trusted=False, reason=reason)
    compared = ReviewItem(
        ImageId(20),
        replace(make_record("die_20.png"), reference=GOLDEN),
        Detection("die_20.png", 0.1, reference=str(GOLDEN), alignment=aligned),
        judgement=Judgement(note="beside the acme n3 golden"),
    )
    text = "The image path “D:\\ACME\\LOT77\\x.tif” is refused: see /fab/ACME/LOT77."
    refused = ReviewItem(ImageId(21), FailedImage(Path("/lots/W12/refused"), "refused", text))
    masked = mask_identifiers(replace(report, items=(compared, refused)), b"key")
    told = repr([(one.record, one.detection, one.judgement) for one in masked.items])
    assert "acme" not in told.lower()
    assert "LOT77" not in told
    assert "cannot be read" in told
    assert "see masked" in told


def test_how_a_pixel_size_is_known_names_no_lot(report):
    size = PixelSize(2.5, "by hand: mei, 2026-03-14; setup of W12, die_02")
    items = (
        replace(report.items[0], record=replace(report.items[0].record, pixel_size=size)),
        *report.items[1:],
    )
    masked = mask_identifiers(replace(report, items=items), b"key").items[0].record.pixel_size
    assert masked.nm == 2.5
    assert masked.source.startswith("by hand: mei, 2026-03-14; setup of lot-")
    assert "W12" not in masked.source
    assert "die_02" not in masked.source
