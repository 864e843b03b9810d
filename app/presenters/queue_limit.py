"""What another screen lets through to the review queue."""

from dataclasses import dataclass

from app.views.filter_chips import FilterChip
from core.domain.ids import ImageId


@dataclass(frozen=True, slots=True)
class QueueLimit:
    """The only images that are listed, and the filters that chose them."""

    images: frozenset[ImageId]
    chips: tuple[FilterChip, ...]
