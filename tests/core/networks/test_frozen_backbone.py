import pytest
import timm
import torch
from safetensors.torch import save_file

from core.detection.network import DefectNetwork, NetworkSpec
from core.domain.errors import UserError
from core.networks.backbone.frozen import FrozenBackbone

VIT = "test_vit"  # timm's own tiny ViT: 160 px, patch 16


@pytest.fixture
def checkpoint(tmp_path):
    model = timm.create_model(VIT, pretrained=False, num_classes=0)
    path = tmp_path / "vit.safetensors"
    save_file(model.state_dict(), path)
    return path, model


def test_a_vit_is_read_from_a_local_checkpoint(checkpoint):
    path, original = checkpoint
    backbone = FrozenBackbone(VIT, checkpoint=str(path))
    loaded = backbone.model.state_dict()
    assert all(torch.equal(value, loaded[name]) for name, value in original.state_dict().items())
    tokens, grid = backbone(torch.randn(2, 1, 6 * backbone.stride, 8 * backbone.stride))
    assert grid == (6, 8)
    assert {tuple(layer.shape) for layer in tokens} == {(2, 48, backbone.dim)}
    assert not any(parameter.requires_grad for parameter in backbone.parameters())


def test_the_whole_method_runs_on_a_vit(checkpoint):
    path, _ = checkpoint
    network = DefectNetwork(NetworkSpec(backbone=VIT, attention_heads=4, matching=False), str(path)).eval()
    side = 4 * network.backbone.stride
    with torch.inference_mode():
        evidence = network(torch.randn(1, 1, side, side))
    assert set(evidence) == {"residual"}
    assert evidence["residual"].shape == (1, side // 2, side // 2)


def test_a_pyramid_becomes_one_token_map():
    backbone = FrozenBackbone("resnet10t")
    tokens, grid = backbone(torch.randn(1, 1, 64, 96))
    assert len(tokens) == 1
    assert tokens[0].shape == (1, grid[0] * grid[1], backbone.dim)


def test_missing_weights_say_how_to_get_them():
    with pytest.raises(UserError, match="hf download timm/test_vit"):
        FrozenBackbone(VIT, checkpoint="/nowhere/vit.safetensors")


@pytest.mark.parametrize("name", ["weights.pt", "weights.pkl", "weights.bin"])
def test_formats_that_can_run_code_are_refused(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"\x80\x04")
    with pytest.raises(UserError, match="safetensors"):
        FrozenBackbone(VIT, checkpoint=str(file))


def test_a_damaged_checkpoint_is_a_sentence(tmp_path):
    file = tmp_path / "cut.safetensors"
    file.write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00not json")
    with pytest.raises(UserError, match="could not be loaded"):
        FrozenBackbone(VIT, checkpoint=str(file))


def test_an_unknown_backbone_is_a_sentence():
    with pytest.raises(UserError, match="no backbone named"):
        FrozenBackbone("resnet_of_tomorrow")
