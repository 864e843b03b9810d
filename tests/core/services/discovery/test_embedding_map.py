"""Maps of embeddings: what is alike lies together, and a cancel ends the layout at once."""

from threading import Timer
from time import perf_counter

import numpy as np
import pytest

from core.domain.errors import JobCancelled, UserError
from core.jobs import CancelToken, JobContext
from core.services.discovery import embedding_map
from core.services.discovery.cluster_figures import to_unit
from tests.core.services.discovered_lot import embeddings_of

GROUPS = [0] * 20 + [1] * 20 + [2] * 20


def mean_distances(places):
    """Within a group, and between them."""
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
    same = np.equal.outer(GROUPS, GROUPS)
    return gaps[same].mean(), gaps[~same].mean()


def test_pca_fills_the_map_and_keeps_groups_together():
    places = embedding_map.project_pca(to_unit(embeddings_of(GROUPS)))
    assert places.dtype == np.float32
    assert np.abs(places).max() == pytest.approx(1)
    within, between = mean_distances(places)
    assert within < between / 3


def test_one_crop_and_equal_crops_have_a_place_too():
    assert embedding_map.project_pca(np.ones((1, 8), np.float32)).tolist() == [[0, 0]]
    assert np.isfinite(embedding_map.project_pca(np.ones((5, 8), np.float32))).all()


def test_tsne_parts_the_groups():
    places = embedding_map.project_tsne(to_unit(embeddings_of(GROUPS)), JobContext())
    within, between = mean_distances(places)
    assert within < between / 3


def test_a_cancel_ends_the_layout_long_before_it_is_done():
    token = CancelToken()
    cancelled_at = []

    def cancel():
        cancelled_at.append(perf_counter())
        token.cancel()

    Timer(0.3, cancel).start()
    with pytest.raises(JobCancelled):
        embedding_map.project_tsne(np.random.default_rng(0).normal(size=(4000, 64)), JobContext(token))
    assert perf_counter() - cancelled_at[0] < 5


def test_a_layout_that_fails_is_a_sentence():
    with pytest.raises(UserError, match="could not be laid out"):
        embedding_map.project_tsne(np.full((20, 4), np.nan, np.float32), JobContext())
