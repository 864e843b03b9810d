import torch

from core.detection.matching.network import EXCLUDED_CELLS, SelfMatching, deviation


def test_what_no_other_place_explains_stands_out():
    matching = SelfMatching(8, embed=8)
    torch.nn.init.eye_(matching.key.weight[:, :, 0, 0])
    torch.nn.init.zeros_(matching.key.bias)
    stripes = torch.randn(2, 8)[torch.arange(16) % 2]
    features = stripes.T[None, :, :, None].expand(1, 8, 16, 16).clone()
    features[0, :, 5, 9] = torch.randn(8)
    unexplained = matching(features)[0, 0]
    assert divmod(int(unexplained.argmax()), 16) == (5, 9)
    others = unexplained.flatten().sort().values[:-1]
    assert others.max() < 1e-4


def test_a_neighbour_does_not_count_as_an_explanation():
    matching = SelfMatching(8, embed=8)
    torch.nn.init.eye_(matching.key.weight[:, :, 0, 0])
    features = torch.randn(1, 8, 16, 16)
    twin = features.clone()
    twin[0, :, 4, 4 + EXCLUDED_CELLS] = twin[0, :, 4, 4]
    far_twin = features.clone()
    far_twin[0, :, 12, 12] = far_twin[0, :, 4, 4]
    assert matching(twin)[0, 0, 4, 4] > 0.01
    assert matching(far_twin)[0, 0, 4, 4] < 1e-4


def test_images_of_a_batch_do_not_explain_each_other():
    matching = SelfMatching(8)
    features = torch.randn(2, 8, 10, 12)
    alone = matching(features[:1])
    assert torch.allclose(matching(features)[:1], alone, atol=1e-5)


def test_deviation_is_the_same_for_a_quiet_and_a_loud_image():
    quiet = torch.randn(1, 3, 8, 8)
    pair = deviation(torch.cat([quiet, 5 + 40 * quiet]))
    assert torch.allclose(pair[0], pair[1], atol=1e-3)


def test_deviation_of_a_flat_image_is_zero():
    assert torch.equal(deviation(torch.full((1, 2, 4, 4), 3.0)), torch.zeros(1, 2, 4, 4))
