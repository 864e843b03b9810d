"""Shows the reference of the current image: beside it, in a blink, as a difference, and in words."""

from app.presenters.review.pixels import LoadedImage
from app.presenters.review.state import Nudge, Overlays
from app.presenters.review.text import alignment_text
from app.views.review.pictures import DIFFERENCE, REFERENCE, RESIDUAL, UNPLACED_REFERENCE
from app.views.review.viewer import Viewer
from core.domain.maps import DIFFERENCE_RANGE, MAP_RANGE
from core.domain.review import ReviewItem


class ReferencePresenter:
    """Knows what is loaded, how it is looked at, and how far the reference was moved since."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._item: ReviewItem | None = None
        self._loaded: LoadedImage | None = None
        self._overlays = Overlays()
        self._nudge: Nudge | None = None

    @property
    def is_beside(self) -> bool:
        """Whether the pane beside the image shows the reference."""
        return self._overlays.reference and self._loaded is not None and self._loaded.reference is not None

    def show_item(self, item: ReviewItem | None) -> None:
        """Say how this item lies on its reference."""
        self._item = item
        self._say()

    def show_loaded(self, loaded: LoadedImage | None, levels: tuple[float, float]) -> None:
        """Show an image's reference, or that it has none."""
        self._loaded = loaded
        view = None if loaded is None else loaded.reference
        self._viewer.pictures.set_reference(None if view is None else view.pixels, levels)
        self._place()
        self._switch()

    def set_overlays(self, overlays: Overlays) -> None:
        """Look at it otherwise."""
        self._overlays = overlays
        self._switch()

    def set_nudge(self, nudge: Nudge | None) -> None:
        """Move it from where it is kept."""
        self._nudge = nudge
        self._place()
        self._say()

    def _switch(self) -> None:
        has_one = self._loaded is not None and self._loaded.reference is not None
        differs = self._overlays.difference and has_one
        pictures = self._viewer.pictures
        placed = self._item is not None and self._item.placement.is_trusted
        word = REFERENCE if placed else UNPLACED_REFERENCE
        pictures.show_reference(word, beside=self.is_beside, instead=self._overlays.blink and has_one)
        pictures.set_scale(*((DIFFERENCE, DIFFERENCE_RANGE) if differs else (RESIDUAL, MAP_RANGE)))
        self._viewer.reference.set_shown(
            there=has_one, beside=self._overlays.reference, difference=self._overlays.difference
        )

    def _place(self) -> None:
        if self._item is None or self._loaded is None or self._loaded.key.image_id != self._item.image_id:
            return
        dx, dy = self._shift(self._item)
        self._viewer.pictures.place_reference(dx - self._loaded.placed_xy[0], dy - self._loaded.placed_xy[1])

    def _say(self) -> None:
        bar, item = self._viewer.reference, self._item
        bar.setVisible(item is not None and item.reference is not None)
        if item is not None and item.reference is not None:
            words, is_problem = alignment_text(item, self._shift(item))
            bar.set_words(words, is_problem=is_problem)

    def _shift(self, item: ReviewItem) -> tuple[float, float]:
        return shift_with(item, self._nudge)


def shift_with(item: ReviewItem, nudge: Nudge | None) -> tuple[float, float]:
    """Where an item lies on its reference, px, with what was moved and is not kept yet."""
    placed = item.placement
    if nudge is None or nudge.image_id != item.image_id:
        return placed.dx, placed.dy
    return placed.dx + nudge.dx, placed.dy + nudge.dy
