"""The state of the review screen: one frozen record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.presenters.review.order import QueueFilter, QueueQuery, count_filters
from core.domain.ids import ImageId, LotId
from core.domain.review import ReviewItem


@dataclass(frozen=True, slots=True)
class Overlays:
    """What lies over the image.

    Attributes:
        blink: while the key is held, everything is hidden and the reference takes the image's place.
        opacity: of the heatmap, 0 to 1.
        linked: whether both panes zoom and pan together.
        residual: whether there is a pane beside the image.
        reference: whether that pane shows the reference, where the image has one.
        difference: whether the difference from the reference takes the residual's place, where there is one.
    """

    heatmap: bool = True
    mask: bool = True
    blink: bool = False
    opacity: float = 0.6
    linked: bool = True
    residual: bool = True
    reference: bool = True
    difference: bool = False


@dataclass(frozen=True, slots=True)
class ManualLevels:
    """A window that the engineer chose, in native gray values; valid for images of the same depth."""

    low: float
    high: float
    bit_depth: int


@dataclass(frozen=True, slots=True)
class Nudge:
    """How far an image's reference was moved by hand since it was last kept, px right and down."""

    image_id: ImageId
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class ReviewState:
    """All that the review screen shows.

    Attributes:
        places: position of each image in `items`.
        order: listed positions, top first.
        counts: how many images each filter lists.
        current: the image under the cursor.
        selection: images marked for a bulk decision, the current one among them.
        levels: None while each image gets its own percentile window.
        detecting: the lots that are being measured, shown or not.
        nudge: what the keys have moved and the history does not know yet.
    """

    lot_id: LotId | None = None
    items: tuple[ReviewItem, ...] = ()
    places: Mapping[ImageId, int] = field(default_factory=lambda: MappingProxyType({}))
    query: QueueQuery = field(default_factory=QueueQuery)
    order: tuple[int, ...] = ()
    counts: Mapping[QueueFilter, int] = field(default_factory=lambda: MappingProxyType(count_filters(())))
    current: ImageId | None = None
    selection: tuple[ImageId, ...] = ()
    overlays: Overlays = Overlays()
    levels: ManualLevels | None = None
    auto_advance: bool = True
    detecting: frozenset[LotId] = frozenset()
    nudge: Nudge | None = None

    @property
    def is_detecting(self) -> bool:
        """Whether the shown lot is being measured."""
        return self.lot_id in self.detecting

    @property
    def current_item(self) -> ReviewItem | None:
        """The item under the cursor."""
        return None if self.current is None else self.items[self.places[self.current]]

    @property
    def current_row(self) -> int | None:
        """Its row in the queue; None when it is not listed."""
        return None if self.current is None else self.row_of(self.current)

    @property
    def selected_items(self) -> tuple[ReviewItem, ...]:
        """The selected items, in the order they were selected."""
        return tuple(self.items[self.places[image_id]] for image_id in self.selection)

    def item_at(self, row: int) -> ReviewItem:
        """The item of a row of the queue."""
        return self.items[self.order[row]]

    def row_of(self, image_id: ImageId) -> int | None:
        """The queue row of an image; None when it is unknown or not listed."""
        place = self.places.get(image_id)
        try:
            return None if place is None else self.order.index(place)
        except ValueError:
            return None
