"""Loading ahead: urgency, cache, and wishes that are no longer wanted."""

from collections.abc import Callable
from typing import cast

import numpy as np

from app.presenters.review.loader import ImageCache, WishList, key_of, load_image
from app.presenters.review.pixels import GrayStatistics, ImageKey, LoadedImage
from app.presenters.review.workspace import WorkspaceServices
from core.domain.ids import ImageId, LotId
from core.domain.review import ReviewItem
from core.services.lots import list_items
from core.services.workspace import Workspace


def picture(number: int, size_bytes: int = 1000) -> LoadedImage:
    statistics = GrayStatistics((0.0, 1.0), 0.0, 1.0, np.zeros(2, np.float32))
    pixels = np.zeros((1, size_bytes), np.uint8)
    return LoadedImage(
        ImageKey(ImageId(number), None), pixels, statistics, None, None, np.zeros((0, 2, 2), np.float32)
    )


def item(number: int) -> ReviewItem:
    from pathlib import Path

    from core.domain.lots import FailedImage

    return ReviewItem(ImageId(number), FailedImage(Path("a"), "a", "empty"))


def test_the_cache_stays_within_its_budget_and_keeps_what_was_looked_at_last() -> None:
    cache = ImageCache(budget_bytes=3500)
    for number in range(3):
        cache.put(picture(number))
    assert cache.get(ImageKey(ImageId(0), None)) is not None
    cache.put(picture(3))
    assert [ImageKey(ImageId(n), None) in cache for n in range(4)] == [True, False, True, True]
    assert cache.size_bytes <= 3500


def test_one_picture_larger_than_the_budget_is_still_shown() -> None:
    cache = ImageCache(budget_bytes=10)
    cache.put(picture(1))
    cache.put(picture(2))
    assert ImageKey(ImageId(2), None) in cache
    assert ImageKey(ImageId(1), None) not in cache


def test_images_come_before_thumbnails_and_the_newest_thumbnail_first() -> None:
    wishes = WishList()
    for number in (10, 11, 10):
        wishes.want_thumbnail(item(number))
    wishes.want_images([item(1), item(2)])
    wishes.want_images([item(3)])  # the cursor went on: 1 and 2 are no longer wanted
    taken = []
    while (wish := wishes.take()) is not None:
        taken.append((wish[0].image_id, wish[1]))
    assert taken == [(3, False), (10, True), (11, True)]
    assert not wishes.pending


def test_a_fast_scroll_leaves_only_the_last_screenfuls_to_read() -> None:
    wishes = WishList()
    for number in range(5000):
        wishes.want_thumbnail(item(number))
    taken = []
    while (wish := wishes.take()) is not None:
        taken.append(wish[0].image_id)
    assert taken == list(range(4999, 4999 - 64, -1))


def test_an_image_is_loaded_with_its_map_in_native_depth(
    workspace: Workspace, make_lot: Callable[..., LotId]
) -> None:
    lot_id = make_lot(2, lambda number: (0.9, None)[number], deep=(0,))
    measured, fresh = list_items(workspace, lot_id)
    loaded = load_image(WorkspaceServices(workspace), measured)
    assert (loaded.key, loaded.pixels.dtype, int(loaded.pixels.max())) == (
        key_of(measured),
        np.uint16,
        65535,
    )
    assert loaded.shades is not None
    assert cast(int, loaded.shades[26, 22]) == int(0.9 * 255)
    assert len(loaded.outline) == 4
    unmeasured = load_image(WorkspaceServices(workspace), fresh)
    assert (unmeasured.values, unmeasured.shades, len(unmeasured.outline)) == (None, None, 0)
