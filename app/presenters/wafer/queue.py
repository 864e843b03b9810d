"""The queue's own filter, as the wafer screen sees it."""

from dataclasses import replace

import numpy as np

from app.presenters.review.order import QueueFilter, QueueQuery, matches
from app.presenters.review.state import ReviewState
from app.presenters.wafer.state import QueueChoice
from app.views.review.queue_panel import FILTERS


def queue_choice(state: ReviewState) -> QueueChoice | None:
    """What filter and text of the queue list, whatever other screens let through; None where they list all."""
    if state.query.filter is QueueFilter.ALL and not state.query.text:
        return None
    own = replace(state.query, limit=None)
    images = [item.image_id for item in state.items if matches(item, own)]
    return QueueChoice(_words(own), np.array(images, np.int64))


def _words(query: QueueQuery) -> str:
    words = [] if query.filter is QueueFilter.ALL else [dict(FILTERS)[query.filter.value]]
    return ", ".join([*words, *([f"name contains “{query.text}”"] if query.text else [])])
