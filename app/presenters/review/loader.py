"""Reads images and thumbnails ahead of the eye, off the main thread."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.job_runner import JobRunner, RunningJob
from app.presenters.review.pixels import ImageKey, LoadedImage, measure_gray, shade_map, trace_outline
from app.presenters.review.services import ReviewServices
from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.ids import ImageId
from core.domain.lots import ImageRecord
from core.domain.maps import DIFFERENCE_RANGE
from core.domain.review import ReviewItem
from core.jobs import JobContext

if TYPE_CHECKING:
    from core.services.reference_view import ReferenceView

LANE = "display"  # not "io": reading a large lot must not hold up the next image
CACHE_BYTES = 384 * 2**20
WANTED_THUMBNAILS = 64  # of a fast scroll only the last screenfuls are worth reading

_log = logging.getLogger(__name__)


def key_of(item: ReviewItem, *, difference: bool = False) -> ImageKey:
    """What the item's picture is kept under, with or without the difference from its reference."""
    asked = difference and item.reference is not None
    return ImageKey(item.image_id, item.run_id, item.reference, item.choice.shift_xy, asked)


def load_image(services: ReviewServices, item: ReviewItem, *, difference: bool = False) -> LoadedImage:
    """Read one image with its map, mask and reference and prepare what the viewer draws.

    A reference that cannot be read is left out: the run has said why, or will.

    Raises:
        UserError: a file is gone or no longer what it was, or the item is no image.
    """
    if not isinstance(item.record, ImageRecord):
        raise UserError(item.record.reason)
    pixels = services.read_image(item.record)
    values, mask = services.read_map(item), services.read_mask(item)
    reference = _read_reference(services, item, pixels[: item.record.content_height], difference)
    changed = None if reference is None else reference.difference
    return LoadedImage(
        key=key_of(item, difference=difference),
        pixels=pixels,
        statistics=measure_gray(pixels, item.record.content_height),
        values=values,
        shades=None if values is None else shade_map(values, services.display_range()),
        outline=trace_outline(np.zeros((1, 1), bool) if mask is None else mask),
        reference=reference,
        difference_shades=None if changed is None else shade_map(changed, DIFFERENCE_RANGE),
        placed_xy=(item.placement.dx, item.placement.dy),
    )


def _read_reference(
    services: ReviewServices, item: ReviewItem, pixels: GrayImage, difference: bool
) -> "ReferenceView | None":
    try:
        return services.read_reference(item, pixels, with_difference=difference)
    except UserError as error:
        _log.info("The reference of %s is not shown: %s", item.record.name, error)
        return None


class ImageCache:
    """The pictures shown last, within a budget of bytes; the newest is always kept."""

    def __init__(self, budget_bytes: int = CACHE_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._held: OrderedDict[ImageKey, LoadedImage] = OrderedDict()

    def __contains__(self, key: ImageKey) -> bool:
        return key in self._held

    def get(self, key: ImageKey) -> LoadedImage | None:
        """The picture, now the most recently used one."""
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def put(self, image: LoadedImage) -> None:
        """Keep a picture and let the least recently used go."""
        self._held[image.key] = image
        self._held.move_to_end(image.key)
        while len(self._held) > 1 and self.size_bytes > self._budget_bytes:
            self._held.popitem(last=False)

    @property
    def size_bytes(self) -> int:
        """Memory held."""
        return sum(image.size_bytes for image in self._held.values())


class WishList:
    """What is wanted, most urgent first; the main thread writes, the worker takes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._images: list[ReviewItem] = []
        self._thumbnails: list[ReviewItem] = []

    def want_images(self, items: Sequence[ReviewItem]) -> None:
        """Replace the wanted images: what was wanted before is no longer."""
        with self._lock:
            self._images = list(items)

    def want_thumbnail(self, item: ReviewItem) -> None:
        """Add a thumbnail; the newest is the most urgent, the oldest are forgotten."""
        with self._lock:
            others = [other for other in self._thumbnails if other.image_id != item.image_id]
            self._thumbnails = [item, *others[: WANTED_THUMBNAILS - 1]]

    @property
    def pending(self) -> bool:
        """Whether anything is wanted."""
        with self._lock:
            return bool(self._images or self._thumbnails)

    def take(self) -> tuple[ReviewItem, bool] | None:
        """The next item and whether its thumbnail is meant; images come first."""
        with self._lock:
            if self._images:
                return self._images.pop(0), False
            return (self._thumbnails.pop(0), True) if self._thumbnails else None


class ReviewLoader(QObject):
    """Keeps one job at work while anything is wanted."""

    image_loaded = Signal(object)  # LoadedImage
    image_failed = Signal(object, object)  # ImageKey, UserError
    thumbnail_loaded = Signal(object, object)  # ImageId, (h, w) uint8 or None when there is none

    def __init__(
        self,
        services: ReviewServices,
        runner: JobRunner,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._runner, self._report_failure = services, runner, report_failure
        self._wishes = WishList()
        self._job: RunningJob | None = None
        self._difference = False

    def want_images(self, items: Sequence[ReviewItem], *, difference: bool = False) -> None:
        """Load these, the most urgent first, and forget earlier wishes."""
        self._difference = difference
        self._wishes.want_images(items)
        if items:
            self._ensure_running()

    def want_thumbnail(self, item: ReviewItem) -> None:
        """Load a thumbnail once no image is wanted."""
        self._wishes.want_thumbnail(item)
        self._ensure_running()

    def _ensure_running(self) -> None:
        if self._job is None:
            self._job = self._runner.start(self._load_wishes, title="Load images", lane=LANE)
            self._job.partial.connect(self._deliver)
            self._job.failed.connect(self._report_failure)
            self._job.finished.connect(self._on_finished)

    def _load_wishes(self, ctx: JobContext) -> None:
        while (wish := self._wishes.take()) is not None:
            ctx.check()
            item, is_thumbnail = wish
            ctx.emit(self._load_thumbnail(item) if is_thumbnail else self._load_image(item))

    def _load_image(self, item: ReviewItem) -> LoadedImage | tuple[ImageKey, UserError]:
        difference = self._difference
        try:
            return load_image(self._services, item, difference=difference)
        except UserError as error:
            return key_of(item, difference=difference), error

    def _load_thumbnail(self, item: ReviewItem) -> tuple[ImageId, object]:
        try:
            return item.image_id, self._services.read_thumbnail(item)
        except UserError:
            return item.image_id, None  # the viewer says why; the queue shows a blank

    def _deliver(self, loaded: object) -> None:
        match loaded:
            case LoadedImage():
                self.image_loaded.emit(loaded)
            case (ImageKey() as key, error):
                self.image_failed.emit(key, error)
            case (image_id, thumbnail):
                self.thumbnail_loaded.emit(image_id, thumbnail)

    def _on_finished(self) -> None:
        self._job = None
        if self._wishes.pending:  # wished between the worker's last look and this moment
            self._ensure_running()
