import pytest
import timm
import torch
from safetensors.torch import save_file

from core.anomaly.features import LAYERS, Pyramid
from core.anomaly.tokens import Tokens
from core.anomaly.zoo.rd4ad import Widened
from core.domain.errors import UserError


@pytest.mark.parametrize(("name", "channels"), [("residua_test", [8, 16, 16]), ("resnet10t", [64, 128, 256])])
def test_a_pyramid_has_maps_at_stride_4_8_and_16(name, channels):
    pyramid = Pyramid(name)
    maps = pyramid(torch.randn(2, 1, 64, 96))
    assert [tuple(maps[layer].shape[1:]) for layer in LAYERS] == [
        (count, 64 // stride, 96 // stride) for count, stride in zip(channels, (4, 8, 16), strict=True)
    ]
    assert pyramid.out_dims == channels
    assert not any(one.requires_grad for one in maps.values())


def test_a_student_learns_and_a_teacher_stays_as_it_is():
    teacher, student = Pyramid("resnet10t"), Pyramid("resnet10t", learns=True)
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    x = torch.randn(2, 1, 64, 64)
    teacher.train()(x)  # would move running statistics
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())
    student.train()(x)["layer3"].sum().backward()
    assert any(value.grad is not None for value in student.parameters())


def test_a_published_checkpoint_loads_with_its_classifier(tmp_path):
    original = timm.create_model("resnet10t", pretrained=False)
    save_file(original.state_dict(), tmp_path / "resnet.safetensors")
    pyramid = Pyramid("resnet10t", str(tmp_path / "resnet.safetensors"))
    assert torch.equal(pyramid.backbone.model.conv1[0].weight, original.conv1[0].weight)
    with pytest.raises(UserError, match="could not be loaded"):
        Pyramid("resnet18", str(tmp_path / "resnet.safetensors"))


def test_each_kind_of_backbone_has_its_place():
    with pytest.raises(UserError, match="no maps at stride 4"):
        Pyramid("test_vit")
    with pytest.raises(UserError, match="no vision transformer"):
        Tokens("resnet10t", None)


@pytest.mark.parametrize(("name", "patch"), [("test_vit", 16), ("residua_test", 8)])
def test_tokens_lie_on_the_grid_of_patches(name, patch):
    tokens = Tokens(name, None, last=True).named(["blocks.11"])
    found = tokens(torch.randn(2, 1, 96, 64))["blocks.11"]
    assert found.shape == (2, 96 // patch * 64 // patch, tokens.dim)
    assert tokens.patch_size == patch
    assert len(Tokens(name, None).names) >= 2


def test_a_wider_space_keeps_lengths_and_angles():
    widened = Widened("residua_test", None)
    x = torch.randn(1, 1, 64, 64)
    narrow, wide = Pyramid.forward(widened, x), widened(x)
    for layer, channels in zip(LAYERS, (64, 128, 256), strict=True):
        assert wide[layer].shape[1] == channels
        first, second = (one[layer][0].flatten(1) for one in (narrow, wide))
        torch.testing.assert_close(first.T @ first, second.T @ second, rtol=1e-3, atol=1e-3)
