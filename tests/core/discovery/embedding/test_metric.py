from collections.abc import Callable, Sequence

import numpy as np
import pytest

from core.discovery.embedding.described import DescribedEmbedder, read_scales
from core.discovery.embedding.metric import KindMetric, fit_metric
from core.discovery.kmeans import unit_rows
from core.domain.arrays import FloatArray
from core.domain.maps import Crop, Region


def _separation(vectors: FloatArray, kinds: FloatArray) -> float:
    """Mean cosine within kinds less that between them."""
    cosines = unit_rows(vectors - vectors.mean(axis=0)) @ unit_rows(vectors - vectors.mean(axis=0)).T
    same = kinds[:, None] == kinds[None]
    return float(cosines[same].mean() - cosines[~same].mean())


def _sample(seed: int) -> tuple[FloatArray, FloatArray]:
    """Two columns tell kinds apart; twenty louder ones do not."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat([0.0, 1.0, 2.0], 60)
    places = np.array([[0, 0], [3, 0], [0, 3]])[kinds.astype(int)] + rng.normal(0, 0.5, (180, 2))
    return np.hstack([places, rng.normal(0, 4, (180, 20))]).astype(np.float32), kinds


def test_what_does_not_tell_kinds_apart_is_left_out() -> None:
    seen, kinds = _sample(0)
    fresh, _ = _sample(1)
    metric = fit_metric(seen, kinds.astype(str), "some embedding")
    assert np.array(metric.directions).shape == (22, 2)
    assert _separation(metric.project(fresh), kinds) > _separation(fresh, kinds) + 0.5
    assert KindMetric.model_validate_json(metric.model_dump_json()) == metric


class _Learned:
    def __init__(self, identity: str, width: int) -> None:
        self.identity, self._width = identity, width

    def embed(self, crops: Sequence[Crop], check: Callable[[], None]) -> FloatArray:
        check()
        return unit_rows(np.ones((len(crops), self._width), np.float32))


def test_the_metric_speaks_only_with_the_embedding_that_it_was_fitted_with() -> None:
    scales = read_scales()
    assert scales.metric is not None
    width = len(scales.metric.mean) - len(scales.middle)
    crop = Crop(
        (0, 0),
        np.random.default_rng(0).random((64, 64), np.float32),
        np.eye(64, dtype=np.float32),
        Region((0, 0, 64, 64), 64, (32, 32), 1.0),
    )
    own, other = (
        DescribedEmbedder(_Learned(name, width), scales, 0.8) for name in (scales.metric.embedding, "other")
    )
    vectors = [embedder.embed([crop], lambda: None)[0] for embedder in (own, other)]
    assert len(vectors[0]) == len(vectors[1]) + len(scales.metric.directions[0])
    lengths = [np.linalg.norm(vector[:width]) / np.linalg.norm(vector) for vector in vectors]
    np.testing.assert_allclose(lengths, [(0.25 / (0.25 + 0.64 + 0.64)) ** 0.5, (1 / 1.64) ** 0.5], atol=1e-3)
    assert own.identity.endswith("+ kinds")
    assert "kinds" not in other.identity


def test_the_shipped_metric_belongs_to_the_shipped_embedding() -> None:
    pytest.importorskip("torch")
    from core.discovery.embedding import EmbeddingOptions, load_embedder

    metric = read_scales().metric
    assert metric is not None
    assert metric.embedding == load_embedder(EmbeddingOptions(), "cpu").identity
