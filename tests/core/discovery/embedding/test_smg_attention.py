import pytest
import timm
import torch
from safetensors.torch import save_file

from core.discovery.embedding.smg_attention import Guidance, SMGAttention, guidance_of
from core.discovery.embedding.smg_timm import SMGTimm, TimmSpec
from core.discovery.embedding.smg_vit import SMGViT, SMGViTSpec
from core.domain.errors import UserError

TINY = SMGViTSpec(side=32, stem=8, dim=16, trunk_blocks=(1, 1), blocks=2, heads=2)


def corner_mask(side=32, share=4):
    masks = torch.zeros(1, 1, side, side)
    masks[..., : side // share, : side // share] = 0.5
    return masks


def test_guidance_is_the_masks_maximum_and_its_mean_in_each_patch():
    guidance = guidance_of(corner_mask(), (4, 4), prefix=3)
    assert guidance.shape == (1, 3 + 16)
    assert guidance[0, :3].tolist() == [0.5, 0, 0]
    assert guidance[0, 3:].tolist() == [0.5] + [0] * 15


def test_a_defect_smaller_than_a_patch_still_guides_fully():
    masks = torch.zeros(1, 1, 32, 32)
    masks[..., 3, 3] = 0.8
    assert guidance_of(masks, (4, 4), prefix=1)[0, 1].item() == pytest.approx(0.8)


def test_an_empty_mask_guides_nothing():
    assert not guidance_of(torch.zeros(2, 1, 32, 32), (4, 4), prefix=1).any()


@pytest.mark.parametrize(("rows", "others_guided"), [("cls", False), ("all", True)])
def test_only_the_asked_rows_are_guided(rows, others_guided):
    bias = Guidance(rows)(guidance_of(corner_mask(), (4, 4), prefix=1)).expand(1, 1, 17, 17)
    assert bias[0, 0, 0, 1].item() == pytest.approx(1.5)  # λ = 3
    assert bool(bias[0, 0, 1:].any()) is others_guided


def test_guidance_is_added_after_scaling():
    """With equal logits, a patch's attention grows by exactly e^λ·m against an unguided one."""
    attention = SMGAttention(16, 2, "cls").requires_grad_(False)
    attention.qkv.weight[:32] = 0
    attention.qkv.bias[:32] = 0
    attention.project.weight.copy_(torch.eye(16))
    attention.project.bias.zero_()
    x = torch.randn(1, 5, 16)
    guidance = torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0]])
    values = attention.qkv(x)[..., 32:]
    weights = torch.softmax(3.0 * guidance, dim=1)
    torch.testing.assert_close(attention(x, guidance)[0, 0], (weights[0, :, None] * values[0]).sum(0))
    torch.testing.assert_close(attention(x, guidance)[0, 1], values[0].mean(0))


def test_lambda_learns():
    network = SMGViT(TINY)
    inputs = torch.randn(2, 2, 32, 32)
    inputs[:, 1] = corner_mask()[0]
    network(inputs).pow(3).sum().backward()
    assert all(float(block.attention.guidance.weight.grad.abs()) > 0 for block in network.blocks)


def test_the_mask_changes_the_description_without_a_mask_channel():
    network = SMGViT(TINY.model_copy(update={"mask_channel": False})).eval()
    with torch.inference_mode():
        pixels = torch.randn(1, 1, 32, 32)
        one = network(torch.cat([pixels, corner_mask()], dim=1))
        other = network(torch.cat([pixels, corner_mask().flip(-1)], dim=1))
    assert one.shape == (1, network.width)
    assert not torch.allclose(one[:, :16], other[:, :16])


@pytest.fixture(scope="module")
def vit_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("vit") / "vit.safetensors"
    save_file(timm.create_model("test_vit", pretrained=False, num_classes=0).state_dict(), path)
    return path


def test_a_vit_of_timms_is_guided_in_its_last_layers_only(vit_file):
    network = SMGTimm(TimmSpec(backbone="test_vit", side=60, guided=2), str(vit_file)).eval()
    assert network.side == 64
    kinds = [type(block).__name__ for block in network.vit.blocks]
    assert kinds == ["Block"] * (len(kinds) - 2) + ["_GuidedBlock"] * 2
    inputs = torch.randn(2, 2, 64, 64)
    inputs[:, 1] = 0
    with torch.inference_mode():
        plain = network.vit.forward_features(inputs[:, :1].expand(-1, 3, -1, -1))[:, 0]
        unguided = network(inputs)[:, : plain.shape[1]]
        inputs[:, 1, :16, :16] = 1
        guided = network(inputs)[:, : plain.shape[1]]
    torch.testing.assert_close(unguided, torch.nn.functional.normalize(plain, dim=1))
    assert not torch.allclose(guided, unguided)


def test_rotary_positions_and_registers_are_guided_too():
    """DINOv3 is timm's Eva: rotary positions, four registers, no place embedding."""
    model = "vit_small_patch16_dinov3"
    network = SMGTimm(TimmSpec(backbone=model, side=32, guided=1), None).eval()
    inputs = torch.zeros(1, 2, 32, 32)
    inputs[:, 0] = torch.randn(32, 32)
    with torch.inference_mode():
        unguided = network(inputs)
        inputs[:, 1, :16, :16] = 1
        assert not torch.allclose(network(inputs)[:, :384], unguided[:, :384])


def test_a_network_without_class_token_is_refused():
    with pytest.raises(UserError, match="class token"):
        SMGTimm(TimmSpec(backbone="resnet10t"), None)
