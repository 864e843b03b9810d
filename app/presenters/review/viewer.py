"""Brings the current image onto the screen, and the next ones into memory."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.presenters.review.levels import drag_levels, effective_levels
from app.presenters.review.loader import ImageCache, ReviewLoader, key_of
from app.presenters.review.pixels import ImageKey, LoadedImage
from app.presenters.review.reference import ReferencePresenter
from app.presenters.review.state import ManualLevels, Overlays
from app.presenters.review.text import facts_text, missing_words, readout_text
from app.views.review.viewer import Viewer
from core.domain.errors import UserError
from core.domain.ids import ImageId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem


class ViewerPresenter(QObject):
    """Shows one item. A picture that arrives late, for an item no longer shown, only goes into the cache."""

    levels_chosen = Signal(object)  # ManualLevels, or None for each image's own window

    def __init__(self, viewer: Viewer, loader: ReviewLoader, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._loader, self._cache = viewer, loader, ImageCache()
        self._item: ReviewItem | None = None
        self._shown: LoadedImage | None = None
        self._levels: ManualLevels | None = None
        self._detecting = self._difference = False
        self._ahead: Sequence[ReviewItem] = ()
        self.reference = ReferencePresenter(viewer)
        loader.image_loaded.connect(self._on_loaded)
        loader.image_failed.connect(self._on_failed)
        viewer.pictures.cursor_moved.connect(self._on_cursor)
        viewer.pictures.cursor_left.connect(lambda: viewer.set_readout(""))
        viewer.pictures.window_dragged.connect(self._on_window_dragged)
        viewer.levels.levels_edited.connect(self._on_levels_edited)
        viewer.levels.auto_requested.connect(lambda: self.levels_chosen.emit(None))

    @property
    def shown_id(self) -> ImageId | None:
        """The image whose pixels are on the screen."""
        return None if self._shown is None else self._shown.key.image_id

    def show_item(self, item: ReviewItem | None, ahead: Sequence[ReviewItem]) -> None:
        """Show an item now or as soon as it is read, and read the ones ahead."""
        self._item, self._ahead = item, ahead
        self.reference.show_item(item)
        if item is None:
            self._viewer.set_header("", "")
            self._forget("Nothing to show", "No image matches the filter of the queue.")
        elif isinstance(item.record, FailedImage):
            self._viewer.set_header(item.record.name, "")
            self._forget("This file could not be read", item.record.reason)
        else:
            self._viewer.set_header(item.record.name, facts_text(item.record))
            self._show_or_wait(item)
        self._want()

    def set_levels(self, levels: ManualLevels | None) -> None:
        """Another window."""
        self._levels = levels
        if self._shown is not None and isinstance(self._record, ImageRecord):
            window = effective_levels(levels, self._shown.statistics, self._record.bit_depth)
            self._viewer.pictures.set_levels(window)
            self._show_window(self._shown, self._record)

    def set_detecting(self, detecting: bool) -> None:
        """Whether a result is on its way to images that have none."""
        self._detecting = detecting
        self._say_what_is_missing()

    def set_overlays(self, overlays: Overlays) -> None:
        """Other overlays."""
        on = not overlays.blink
        pictures = self._viewer.pictures
        pictures.set_overlays(
            heatmap=overlays.heatmap and on, mask=overlays.mask and on, opacity=overlays.opacity
        )
        pictures.set_linked(overlays.linked)
        self._viewer.show_residual(overlays.residual)
        self._viewer.overlays.set_overlays(
            heatmap=overlays.heatmap,
            mask=overlays.mask,
            linked=overlays.linked,
            residual=overlays.residual,
            opacity=overlays.opacity,
        )
        self.reference.set_overlays(overlays)
        self._say_what_is_missing()
        if overlays.difference != self._difference:
            self._difference = overlays.difference
            self.show_item(self._item, self._ahead)

    def pick_region(self, row: int, *, center: bool = False) -> None:
        """Emphasise a region of the shown image; -1 for none."""
        regions = self._item.detection.regions if self._item and self._item.detection else ()
        box = regions[row].bbox_xywh if 0 <= row < len(regions) else None
        self._viewer.pictures.pick_region(box, center=center)

    @property
    def _record(self) -> ImageRecord | FailedImage | None:
        return None if self._item is None else self._item.record

    def _want(self) -> None:
        wanted = ([] if self._item is None else [self._item]) + list(self._ahead)
        missing = [near for near in wanted if self._is_missing(near)]
        self._loader.want_images(missing, difference=self._difference)

    def _is_missing(self, item: ReviewItem) -> bool:
        return isinstance(item.record, ImageRecord) and self._key_of(item) not in self._cache

    def _key_of(self, item: ReviewItem) -> ImageKey:
        return key_of(item, difference=self._difference)

    def _forget(self, title: str, sentence: str) -> None:
        self._shown = None
        self.reference.show_loaded(None, (0.0, 1.0))
        self._viewer.say_instead(title, sentence)

    def _show_or_wait(self, item: ReviewItem) -> None:
        loaded = self._cache.get(self._key_of(item))
        if loaded is not None:
            self._present(loaded)
        elif (
            self.shown_id != item.image_id
        ):  # a new map of the same image: the old one stays until it is read
            self._shown = None
            self.reference.show_loaded(None, (0.0, 1.0))
            self._viewer.clear()

    def _on_loaded(self, loaded: LoadedImage) -> None:
        self._cache.put(loaded)
        if self._item is not None and self._key_of(self._item) == loaded.key:
            self._present(loaded)

    def _on_failed(self, key: ImageKey, error: UserError) -> None:
        if self._item is not None and self._key_of(self._item) == key:
            self._forget("This image cannot be shown", str(error))

    def _present(self, loaded: LoadedImage) -> None:
        if self._item is None or not isinstance(self._item.record, ImageRecord):
            return
        record = self._item.record
        window = effective_levels(self._levels, loaded.statistics, record.bit_depth)
        nm = record.pixel_size.nm if record.pixel_size else None
        if self.shown_id != loaded.key.image_id:
            self._viewer.set_picture(loaded.pixels, window, record.content_height, nm)
            self._show_window(loaded, record)
        else:  # the same picture, of which more may be known now
            self._viewer.pictures.set_pixel_size(nm)
        self._shown = loaded
        regions = self._item.detection.regions if self._item.detection else ()
        shades = loaded.shades if loaded.difference_shades is None else loaded.difference_shades
        self._viewer.set_map(shades, loaded.outline, [region.bbox_xywh for region in regions])
        self.reference.show_loaded(loaded, window)
        self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        if self._item is None or self._shown is None:
            return
        has_map = self._shown.shades is not None
        words = missing_words(self._item, detecting=self._detecting, has_map=has_map)
        if words is None or self.reference.is_beside:
            self._viewer.say_nothing_beside()
        else:
            self._viewer.say_beside(*words)

    def _show_window(self, loaded: LoadedImage, record: ImageRecord) -> None:
        statistics = loaded.statistics
        low, high = effective_levels(self._levels, statistics, record.bit_depth)
        bar = self._viewer.levels
        bar.strip.set_histogram(statistics.counts, statistics.low, statistics.high)
        automatic = (low, high) == statistics.levels
        bar.set_levels(low, high, automatic=automatic)

    def _on_cursor(self, x: float, y: float) -> None:
        if self._shown is not None and isinstance(self._record, ImageRecord):
            self._viewer.set_readout(readout_text(self._shown, self._record, x, y))

    def _on_window_dragged(self, right: float, up: float) -> None:
        if self._shown is not None and isinstance(self._record, ImageRecord):
            statistics = self._shown.statistics
            before = effective_levels(self._levels, statistics, self._record.bit_depth)
            self._on_levels_edited(*drag_levels(before, right, up, statistics.high - statistics.low))

    def _on_levels_edited(self, low: float, high: float) -> None:
        if isinstance(self._record, ImageRecord):
            self.levels_chosen.emit(ManualLevels(low, high, self._record.bit_depth))
