import numpy as np
import pytest
import torch

from core.discovery.heads import HeadOptions, train_heads
from core.discovery.heads.sinkhorn import assign_softly
from core.discovery.kmeans import cluster_semi_supervised
from core.domain.errors import JobCancelled
from tests.core.discovery.synthetic import label_half, make_classes

QUICK = HeadOptions(steps=25, batch=64)


@pytest.fixture(scope="module")
def start():
    embeddings, classes = make_classes([30, 20, 24, 12])
    labels = label_half(classes, 2)
    return embeddings, classes, labels, cluster_semi_supervised(embeddings, labels, 4, seed=0).centres


@pytest.mark.parametrize("transport", [True, False])
def test_plain_classes_stay_apart(start, transport):
    embeddings, classes, labels, centres = start
    options = HeadOptions(steps=25, batch=64, transport=transport)
    found = train_heads(embeddings, labels, centres, options, seed=1)
    names = np.array([np.bincount(found.assigned[classes == one]).argmax() for one in range(4)])
    assert len(set(names)) == 4
    assert (found.assigned == names[classes]).mean() > 0.95
    assert (found.assigned[labels >= 0] == labels[labels >= 0]).all()
    assert ((found.confidence > 0) & (found.confidence <= 1)).all()


def test_known_classes_can_be_excluded_for_unlabelled_samples(start):
    embeddings, _, labels, centres = start
    options = HeadOptions(steps=10, batch=64, exclude_known=True)
    found = train_heads(embeddings, labels, centres, options, seed=1)
    assert (found.assigned[labels < 0] >= 2).all()
    assert (found.assigned[labels >= 0] < 2).all()


def test_the_same_seed_gives_the_same_classes_and_leaves_torch_as_it_was(start):
    embeddings, _, labels, centres = start
    before = torch.random.get_rng_state()
    a, b = (train_heads(embeddings, labels, centres, QUICK, seed=3).confidence for _ in range(2))
    assert np.array_equal(a, b)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("known", [0, 4])
def test_all_or_nothing_may_be_labelled(known):
    embeddings, classes = make_classes([12, 12, 12, 12])
    labels = classes if known else np.full(48, -1)
    centres = cluster_semi_supervised(embeddings, labels, 4, seed=0).centres
    found = train_heads(embeddings, labels, centres, QUICK, seed=0)
    assert len(set(found.assigned)) == 4


def test_a_stop_is_honoured(start):
    def stop():
        raise JobCancelled

    embeddings, _, labels, centres = start
    with pytest.raises(JobCancelled):
        train_heads(embeddings, labels, centres, QUICK, seed=0, check=stop)


def test_full_strength_gives_every_class_its_share_and_none_leaves_the_softmax():
    torch.manual_seed(0)
    logits = torch.randn(200, 4) + torch.tensor([1.0, 0, 0, 0])
    even = torch.full((4,), 0.25)
    forced = assign_softly(logits, even, strength=1.0, temperature=1.0, rounds=50)
    assert torch.allclose(forced.mean(dim=0), even, atol=0.01)
    free = assign_softly(logits, even, strength=0.0, temperature=1.0)
    assert torch.allclose(free, torch.softmax(logits, dim=1), atol=1e-5)


def test_a_forbidden_class_gets_nothing():
    logits = torch.zeros(6, 3)
    logits[:, 0] = -torch.inf
    plan = assign_softly(logits, torch.full((3,), 1 / 3), strength=0.5, temperature=0.1)
    assert not plan[:, 0].any()
    assert torch.allclose(plan.sum(dim=1), torch.ones(6))
