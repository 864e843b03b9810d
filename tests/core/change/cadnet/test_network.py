import pytest
import torch

from core.change.cadnet.encoder import distance_map
from core.change.cadnet.losses import (
    LARGEST_BALANCE,
    balance_of,
    balanced_contrastive_loss,
    segmentation_loss,
)
from core.change.cadnet.network import CADNet, CADNetSpec


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def pair():
    reference = torch.randn(2, 1, 64, 64)
    test = reference.clone()
    test[:, :, 16:32, 32:48] += 3
    return test, reference


@pytest.mark.parametrize("form", ["intra_class", "out_of_class", "appearance"])
def test_a_network_fits_the_size_that_the_paper_gives(form, pair):
    network = CADNet(CADNetSpec(form=form, classes=2)).eval()
    assert sum(parameter.numel() for parameter in network.parameters()) < 4e6
    logits, distance = network(*pair)
    assert logits.shape == (2, 3, 16, 16)
    assert distance.shape == (2, 1, 16, 16)


def test_the_distance_of_equal_images_is_zero_and_shows_where_they_differ(pair):
    network = CADNet(CADNetSpec()).eval()
    test, reference = pair
    same = distance_map(*network.encoder(test, test))
    assert same.max() < 1e-3
    changed = distance_map(*network.encoder(test, reference))
    assert changed[:, :, 5:7, 9:11].mean() > 3 * changed[:, :, 12:, :4].mean()


def test_the_encoder_is_shared(pair):
    network = CADNet(CADNetSpec()).eval()
    test, reference = pair
    assert torch.allclose(
        distance_map(*network.encoder(test, reference)),
        distance_map(*network.encoder(reference, test)),
        atol=1e-4,
    )


def test_the_appearance_model_does_not_look_at_the_reference(pair):
    network = CADNet(CADNetSpec(form="appearance")).eval()
    test, reference = pair
    assert torch.equal(network(test, reference)[0], network(test, test)[0])


def test_out_of_class_nothing_but_the_difference_lights_up(pair):
    network = CADNet(CADNetSpec()).eval()
    test, _ = pair
    logits, _ = network(test, test)
    # Without any difference the gate is nearly shut: what is left is the head's bias.
    assert (logits - network.decoder.head.bias[None, :, None, None]).abs().max() < 0.05


def test_contrastive_loss_is_zero_beyond_both_margins():
    classes = torch.tensor([[[0, 0], [1, 2]]])
    assert balanced_contrastive_loss(torch.tensor([[[0.1, 0.3], [2.2, 9.0]]]), classes) == 0
    assert balanced_contrastive_loss(torch.tensor([[[0.1, 1.3], [2.2, 9.0]]]), classes) == pytest.approx(0.5)
    assert balanced_contrastive_loss(torch.tensor([[[0.1, 0.3], [1.2, 9.0]]]), classes) == pytest.approx(0.5)


def test_rare_kinds_of_change_weigh_more_up_to_a_limit():
    classes = torch.cat([torch.ones(990), torch.full((10,), 2)]).long()[None, None]
    weights = balance_of(classes)
    assert weights.tolist() == pytest.approx([0, 1000 / 990, LARGEST_BALANCE])


def test_no_change_at_all_is_a_valid_batch(pair):
    classes = torch.zeros(2, 16, 16, dtype=torch.int64)
    logits, distance = CADNet(CADNetSpec())(*pair)
    total = balanced_contrastive_loss(distance[:, 0], classes) + segmentation_loss(logits, classes)
    total.backward()
    assert torch.isfinite(total)


def test_a_few_steps_learn_a_planted_change(pair):
    network = CADNet(CADNetSpec()).train()
    classes = torch.zeros(2, 16, 16, dtype=torch.int64)
    classes[:, 4:8, 8:12] = 1
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    for _ in range(12):
        logits, distance = network(*pair)
        loss = segmentation_loss(logits, classes) + balanced_contrastive_loss(distance[:, 0], classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found = logits.argmax(dim=1)
    assert (found & classes).sum() > 0.6 * (found | classes).sum()
