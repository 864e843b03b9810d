"""Pictures of crops: the square around a defect, at the size of a thumbnail."""

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import UserError
from core.domain.ids import CropId, ImageId, LotId
from core.domain.lots import ImageRecord
from core.history.discovery_reading import CropPlace
from core.lots import read_pixels
from core.services.pixels import make_thumbnail
from core.services.workspace import Workspace

PICTURE_SIDE = 96


class CropPictures:
    """Reads pictures one by one; owned by one worker. The records of a lot are looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._records: dict[LotId, dict[ImageId, ImageRecord]] = {}

    def read(self, crop_id: CropId) -> NDArray[np.uint8] | None:
        """(h, w) uint8, at most 96 px a side; None where the image is gone or another one now."""
        places = self._workspace.history.discoveries.crops_of([crop_id])
        if not places:
            return None
        record = self._record(places[0])
        try:
            return None if record is None else _cut(record, places[0].square)
        except UserError:
            return None

    def _record(self, place: CropPlace) -> ImageRecord | None:
        if place.lot_id not in self._records:
            items = self._workspace.history.list_items(place.lot_id)
            self._records[place.lot_id] = {
                item.image_id: item.record for item in items if isinstance(item.record, ImageRecord)
            }
        return self._records[place.lot_id].get(place.image_id)


def _cut(record: ImageRecord, square: tuple[int, int, int]) -> NDArray[np.uint8]:
    left, top, side = square
    return make_thumbnail(read_pixels(record)[top : top + side, left : left + side], PICTURE_SIDE)
