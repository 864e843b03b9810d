"""The lots of the history's front door."""

from collections.abc import Mapping
from pathlib import Path

from core.domain.ids import ImageId, LotId
from core.domain.lots import GivenPixelSize, Lot, PixelSize
from core.domain.review import LotSummary, ReviewItem
from core.domain.wafers import LotSites
from core.history import lot_list, lots, pixel_sizes, relocation, review_items, sites
from core.history.session import Session


class KeptLots(Session):
    """Lots and their images; each method is one transaction."""

    def add_lot(self, lot: Lot) -> LotId:
        """Store a lot, or bring the stored one of the same source up to date; decisions stay.

        Raises:
            UserError: the lot's source is a path that is no text.
        """
        with self._database.write() as connection:
            return lots.add_lot(connection, lot, self._stamp())

    def list_lots(self) -> tuple[LotSummary, ...]:
        """The recent lots, newest opened first."""
        with self._database.read() as connection:
            return lot_list.list_lots(connection)

    def find_lot(self, name_or_source: str) -> LotId | None:
        """The lot with this source, else the newest opened with this name."""
        with self._database.read() as connection:
            return lot_list.find_lot(connection, name_or_source)

    def list_items(self, lot_id: LotId) -> tuple[ReviewItem, ...]:
        """The lot's images in lot order, each with its newest detection and its judgement."""
        with self._database.read() as connection:
            return review_items.list_items(connection, lot_id)

    def remember_position(self, lot_id: LotId, image_id: ImageId) -> None:
        """Note the image to come back to when the lot is opened again."""
        with self._database.write() as connection:
            lot_list.remember_position(connection, lot_id, image_id)

    def sites(self, lot_id: LotId) -> LotSites | None:
        """What the lot's defect file says of wafers and defects; None where the lot came without one."""
        with self._database.read() as connection:
            return sites.read_sites(connection, lot_id)

    def give_pixel_size(self, lot_id: LotId, nm: float | None, how: str, *, overrides: bool) -> None:
        """Keep the pixel size that a person gives a lot's images; None takes the last one back."""
        with self._database.write() as connection:
            pixel_sizes.give_pixel_size(connection, lot_id, nm, how, overrides=overrides, stamp=self._stamp())

    def count_stored_sizes(self, lot_id: LotId) -> tuple[tuple[PixelSize | None, int], ...]:
        """How many images of a lot have which pixel size by their own metadata."""
        with self._database.read() as connection:
            return pixel_sizes.count_stored_sizes(connection, lot_id)

    def given_pixel_size(self, lot_id: LotId) -> GivenPixelSize | None:
        """The pixel size that a person gave a lot's images; None where nobody did, or it was taken back."""
        with self._database.read() as connection:
            return pixel_sizes.given_pixel_size(connection, lot_id)

    def relocate(self, lot_id: LotId, moved: Mapping[ImageId, Path], new_root: Path | None) -> None:
        """Point images at where their bytes lie now.

        Args:
            new_root: where the lot as a whole lies now; None where it is scattered.

        Raises:
            UserError: another lot was opened from the new place.
        """
        with self._database.write() as connection:
            relocation.relocate(connection, lot_id, moved, new_root, self._stamp())
