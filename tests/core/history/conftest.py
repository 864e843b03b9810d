"""A history on disk with a small lot, and what it takes to judge it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.domain.decisions import UNDECIDED, Judgement
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ImageId, LotId
from core.domain.lots import FailedImage, ImageRecord, Lot, PixelSize
from core.domain.maps import Region
from core.domain.review import JudgementChange
from core.history import History

ROOT = Path("/fab/lots/W07")


@pytest.fixture
def history_file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "history.sqlite"


@pytest.fixture
def open_history(history_file: Path) -> Callable[[], History]:
    return lambda: History.open(history_file, reviewer="mei", app_version="0.1.0")


@pytest.fixture
def history(open_history: Callable[[], History]) -> Iterator[History]:
    with open_history() as opened:
        yield opened


@pytest.fixture
def record() -> Callable[..., ImageRecord]:
    def make(name: str, sha256: str = "", **changes: object) -> ImageRecord:
        values = {
            "path": ROOT / name,
            "name": name,
            "page": 0,
            "sha256": sha256 or f"{name.encode().hex():0>64}"[-64:],
            "size_hw": (448, 512),
            "bit_depth": 16,
            "content_height": 420,
            "pixel_size": PixelSize(2.5, "FEI"),
        }
        return ImageRecord(**(values | changes))

    return make


@pytest.fixture
def lot(record: Callable[..., ImageRecord]) -> Lot:
    images = tuple(record(f"die {number}/µ{number}.tif") for number in range(6))
    broken = FailedImage(ROOT / "notes.txt", "notes.txt", "notes.txt is no image.")
    return Lot("W07", ROOT, ROOT, images, (broken,))


@pytest.fixture
def lot_id(history: History, lot: Lot) -> LotId:
    return history.add_lot(lot)


@pytest.fixture
def image_ids(history: History, lot_id: LotId) -> list[ImageId]:
    return [item.image_id for item in history.list_items(lot_id)]


@pytest.fixture
def change() -> Callable[..., JudgementChange]:
    def make(image_id: ImageId, after: Judgement, before: Judgement = UNDECIDED) -> JudgementChange:
        return JudgementChange(image_id, before, after)

    return make


@pytest.fixture
def detection() -> Callable[..., Detection]:
    def make(name: str, verdict: ModelVerdict = ModelVerdict.NG, score: float = 0.75) -> Detection:
        regions = (
            Region((1, 2, 30, 40), 77, (12.5, 20.25), 0.9),
            Region((5, 6, 3, 3), 9, (6.0, 7.0), 0.1 + 0.2),
        )
        return Detection(name, 0.5, score, verdict, regions, area_px=86, unknown_at=0.25)

    return make
