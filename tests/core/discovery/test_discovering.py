import numpy as np
import pytest

from core.discovery.discovering import discover_clusters
from core.domain.discovery_options import DiscoveryOptions
from tests.core.discovery.synthetic import label_half, make_classes

OPTIONS = DiscoveryOptions()


@pytest.fixture(scope="module")
def found():
    embeddings, classes = make_classes([30, 20, 26, 14])
    return (
        discover_clusters(embeddings, label_half(classes, 2), ("bridge", "open"), OPTIONS),
        embeddings,
        classes,
    )


def test_known_classes_come_first_then_the_novel_ones_by_size(found):
    discovery, _, classes = found
    assert [one.name for one in discovery.clusters] == ["bridge", "open", "Novel 1", "Novel 2"]
    assert [one.is_novel for one in discovery.clusters] == [False, False, True, True]
    assert [len(one.members) for one in discovery.clusters] == [30, 20, 26, 14]
    assert np.array_equal(discovery.cluster_of, classes)
    assert (discovery.count.known, discovery.count.estimated_total) == (2, 4)


def test_clusters_say_what_they_are_made_of(found):
    discovery, embeddings, _ = found
    novel = discovery.clusters[2]
    assert set(novel.members) == set(np.flatnonzero(discovery.cluster_of == 2))
    centre = embeddings[list(novel.members)].mean(axis=0)
    typical = embeddings[list(novel.members[:5])] @ centre
    assert typical.mean() > (embeddings[list(novel.members[-5:])] @ centre).mean()
    assert novel.nearest_known in ("bridge", "open")
    assert novel.nearest_known_distance > novel.spread
    assert novel.stability > 0.9


def test_labelled_crops_are_certain_and_odd_ones_are_not(found):
    discovery, _, classes = found
    labels = label_half(classes, 2)
    assert (discovery.confidence[labels >= 0] == 1).all()
    assert ((discovery.confidence >= 0) & (discovery.confidence <= 1)).all()


def test_the_defect_free_class_is_a_group_but_no_defect_class():
    embeddings, classes = make_classes([30, 20, 26, 14])
    discovery = discover_clusters(embeddings, label_half(classes, 2), ("normal", "open"), OPTIONS)
    assert (discovery.count.known, discovery.count.estimated_total) == (1, 3)
    assert discovery.clusters[0].name == "normal"
    assert all(one.nearest_known == "open" for one in discovery.clusters[2:])


def test_without_labels_all_is_novel():
    embeddings, _ = make_classes([30, 20, 26])
    discovery = discover_clusters(embeddings, np.full(76, -1), (), OPTIONS)
    assert [one.name for one in discovery.clusters] == ["Novel 1", "Novel 2", "Novel 3"]
    assert discovery.clusters[0].nearest_known == ""
    assert discovery.clusters[0].nearest_known_distance is None


def test_a_class_without_a_crop_is_left_out_and_a_name_is_not_given_twice():
    embeddings, classes = make_classes([30, 20])
    labels = np.where(label_half(classes, 1) == 0, 1, -1)
    discovery = discover_clusters(embeddings, labels, ("nobody", "Novel 1"), DiscoveryOptions(classes=2))
    assert [one.name for one in discovery.clusters] == ["Novel 1", "Novel 2"]
    assert discovery.count.known == 1


def test_a_given_number_of_classes_is_kept():
    embeddings, _ = make_classes([30, 20, 26])
    discovery = discover_clusters(embeddings, np.full(76, -1), (), DiscoveryOptions(classes=2))
    assert len(discovery.clusters) == discovery.count.estimated_total == 2


def test_one_crop_is_one_class():
    embeddings, _ = make_classes([1])
    discovery = discover_clusters(embeddings, np.full(1, -1), (), OPTIONS)
    assert discovery.count.estimated_total == 1
    assert discovery.confidence[0] == 1


def test_what_does_not_belong_together_is_refused():
    embeddings, _ = make_classes([4])
    with pytest.raises(ValueError, match="names"):
        discover_clusters(embeddings, np.array([0, 1, 2, -1]), ("a", "b"), OPTIONS)
    with pytest.raises(ValueError, match="3 labels"):
        discover_clusters(embeddings, np.full(3, -1), (), OPTIONS)


@pytest.mark.parametrize("head", ["auto", "kmeans", "parametric", "simgcd"])
def test_every_head_finds_plain_classes(head):
    embeddings, classes = make_classes([30, 20, 26, 14])
    options = DiscoveryOptions(head=head, classes=4)
    found = discover_clusters(embeddings, label_half(classes, 2), ("bridge", "open"), options)
    assert (found.cluster_of == classes).mean() > 0.9  # the heads round by the number of threads


def test_unlabelled_crops_can_be_kept_out_of_the_known_classes():
    embeddings, classes = make_classes([30, 20, 26, 14])
    labels = label_half(classes, 2)
    options = DiscoveryOptions(head="parametric", classes=4, exclude_known=True)
    found = discover_clusters(embeddings, labels, ("bridge", "open"), options)
    assert (found.cluster_of[labels < 0] >= 2).all()


def test_crops_that_do_not_lead_join_a_group_but_found_none():
    embeddings, _ = make_classes([30, 30, 30])
    leads = np.arange(90) < 60
    found = discover_clusters(embeddings, np.full(90, -1), (), OPTIONS, leads=leads)
    assert found.count.estimated_total == 2
    assert len(found.cluster_of) == 90
