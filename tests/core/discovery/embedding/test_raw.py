import numpy as np
import pytest
import timm
from safetensors.torch import save_file

from core.discovery.embedding import EmbeddingOptions, load_embedder
from core.domain.errors import JobCancelled, UserError
from core.jobs import JobContext
from tests.core.discovery.embedding.crops import make_crop

VIT = "test_vit"  # timm's own tiny ViT: 160 px, patch 16


@pytest.fixture(scope="module")
def raw():
    return load_embedder(EmbeddingOptions(method="raw"), "cpu")


def no_check() -> None:
    return


def test_crops_of_any_size_become_unit_vectors(raw):
    crops = [make_crop(side, side) for side in (20, 90, 300)]
    vectors = raw.embed(crops, no_check)
    assert vectors.dtype == np.float32
    assert vectors.shape[0] == 3
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_crops_give_no_vectors_of_the_same_width(raw):
    assert raw.embed([], no_check).shape == (0, raw.embed([make_crop(64, 1)], no_check).shape[1])


def test_the_mask_decides_what_is_described(raw):
    with_mask, without = make_crop(96, 5), make_crop(96, 5, masked=False)
    first, second = raw.embed([with_mask, without], no_check)
    assert float(first @ second) < 0.99


def test_neighbours_in_a_batch_change_nothing(raw):
    crops = [make_crop(96, seed) for seed in range(3)]
    alone = raw.embed(crops[:1], no_check)[0]
    np.testing.assert_allclose(raw.embed(crops, no_check)[0], alone, atol=1e-4)


def test_a_vit_from_a_local_file_embeds_too(tmp_path):
    path = tmp_path / "vit.safetensors"
    save_file(timm.create_model(VIT, pretrained=False, num_classes=0).state_dict(), path)
    options = EmbeddingOptions(method="raw", backbone=VIT, weights=str(path), side=90)
    embedder = load_embedder(options, "cpu")
    assert embedder.embed([make_crop(50, 1)], no_check).shape == (1, 4 * 64)
    assert VIT in embedder.identity


def test_identity_tells_weights_apart(tmp_path, raw):
    path = tmp_path / "vit.safetensors"
    save_file(timm.create_model(VIT, pretrained=False, num_classes=0).state_dict(), path)
    other = load_embedder(EmbeddingOptions(method="raw", backbone=VIT, weights=str(path)), "cpu")
    assert other.identity != raw.identity


def test_missing_weights_are_a_sentence():
    with pytest.raises(UserError, match="do not exist"):
        load_embedder(EmbeddingOptions(method="raw", weights="/nowhere/w.safetensors"), "cpu")


def test_embedding_can_be_stopped(raw):
    ctx = JobContext()
    ctx.token.cancel()
    with pytest.raises(JobCancelled):
        raw.embed([make_crop(64, 1)], ctx.check)
