"""The dual path, both branches and the loading of CLIP, on a real but tiny and untrained model."""

import pytest
import torch
from torch.nn import functional as F

from core.domain.errors import UserError
from core.few_shot.clip.dual_path import DualPathEncoder, value_attention
from core.few_shot.clip.loading import load_clip
from core.few_shot.clip.network import ClipFewShotNetwork
from core.few_shot.clip.text import embed_classes
from core.few_shot.prompts import read_prompts
from tests.core.few_shot.conftest import WIDE

CLASSES = ("normal", "hole", "scratch")


@pytest.fixture(scope="module")
def clip(tiny_clip):
    return load_clip(tiny_clip[0], str(tiny_clip[1]))


@pytest.fixture(scope="module")
def network(clip):
    model, tokenizer = clip
    torch.manual_seed(1)
    return ClipFewShotNetwork(model, embed_classes(model, tokenizer, read_prompts(), CLASSES)).eval()


def test_the_vanilla_path_is_clip_itself(clip):
    visual = clip[0].visual
    x = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        outputs = DualPathEncoder(visual, 4)(x)
        pooled = visual.ln_post(outputs[-1].vanilla)[:, 0] @ visual.proj
        assert torch.allclose(pooled, visual(x), atol=1e-5)


def test_value_attention_is_what_the_formula_says(clip):
    attention = clip[0].visual.transformer.resblocks[0].attn
    x = torch.randn(1, 5, 32)
    with torch.no_grad():
        value = x @ attention.in_proj_weight[64:].T + attention.in_proj_bias[64:]
        heads = []
        for head in value.split(16, dim=-1):
            weights = torch.softmax(head @ head.transpose(1, 2) / 4.0, dim=-1)
            heads.append(weights @ head)
        expected = torch.cat(heads, dim=-1) @ attention.out_proj.weight.T + attention.out_proj.bias
        assert torch.allclose(value_attention(attention, x), expected, atol=1e-5)


def test_the_value_path_is_fed_by_the_original_stream_and_adds_up(clip):
    visual = clip[0].visual
    x = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        (output,) = DualPathEncoder(visual, 1)(x)
        stream = value = visual._embeds(x)
        for layer in visual.transformer.resblocks:
            value = value + value_attention(layer.attn, layer.ln_1(stream))
            stream = layer(stream)
        assert torch.allclose(output.value, value[:, 1:], atol=1e-5)


def test_blocks_split_the_layers_evenly(clip):
    assert DualPathEncoder(clip[0].visual, 4).ends == (0, 1, 2, 3)
    assert DualPathEncoder(clip[0].visual, 2).ends == (1, 3)


def test_class_embeddings_are_means_of_all_prompts(clip, network):
    model, tokenizer = clip
    assert torch.allclose(network.texts.norm(dim=1), torch.ones(3), atol=1e-5)
    sentences = list(read_prompts().sentences_of("hole"))
    with torch.no_grad():
        each = F.normalize(model.encode_text(tokenizer(sentences)), dim=-1)
    assert torch.allclose(F.normalize(each.mean(dim=0), dim=0), network.texts[1], atol=1e-5)


def test_the_value_branch_is_silent_where_texts_say_the_same(clip):
    texts = F.normalize(torch.ones(3, 16), dim=1)
    network = ClipFewShotNetwork(clip[0], texts).eval()
    encoded = network.encode(torch.randn(1, 1, 32, 32))
    value = network.cells(encoded, None).features[..., -1]
    assert value.abs().max() < 1e-3


def test_only_the_transformations_and_the_branch_weight_are_trained(network):
    trained = {name for name, one in network.named_parameters() if one.requires_grad}
    assert trained == {"judgement.log_value_weight"} | {
        f"judgement.layers.{index}.{part}" for index in range(4) for part in ("weight", "bias")
    }


def test_a_map_has_the_wanted_size_and_a_class_has_a_text(network):
    encoded = network.encode(torch.randn(2, 1, 32, 32))
    assert network.segment(encoded, None, (32, 32)).shape == (2, 32, 32)
    anywhere = torch.zeros(2, 1, 32, 32)
    vectors = network.describe(encoded, anywhere, anywhere, anywhere[:, 0])
    assert vectors.shape == (2, 4 * 32)
    assert network.text_logits(vectors).shape == (2, 3)


def test_another_input_size_resamples_the_positions(tiny_clip):
    model, _ = load_clip(tiny_clip[0], str(tiny_clip[1]), side=48)
    network = ClipFewShotNetwork(model, torch.eye(16)[:2])
    assert network.cells(network.encode(torch.randn(1, 1, 48, 48)), None).grid == (6, 6)


@pytest.mark.parametrize(
    ("name", "weights", "complaint"),
    [
        ("ViT-B-1000", "clip.safetensors", "no CLIP model named"),
        ("ViT-B-32", "clip.pt", "not a .safetensors file"),
        ("ViT-B-32", "nowhere/clip.safetensors", "hf download"),
    ],
)
def test_what_is_missing_is_said_with_the_command_that_brings_it(tiny_clip, name, weights, complaint):
    with pytest.raises(UserError, match=complaint):
        load_clip(name, weights)


def test_weights_of_another_model_are_refused(tiny_clip):
    with pytest.raises(UserError, match="could not be loaded"):
        load_clip(WIDE, str(tiny_clip[1]))
