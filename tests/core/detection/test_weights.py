import json

import pytest
import torch

from core.detection.weights import read_card, read_network, resolve_weights, write_weights
from core.domain.errors import UserError
from core.networks.weights_file import file_sha256


def test_weights_come_back_as_they_were(weights_file, network):
    again = read_network(weights_file)
    x = torch.randn(1, 1, 64, 64)
    with torch.inference_mode():
        assert torch.equal(network(x)["matching"], again(x)["matching"])
        assert torch.equal(network(x)["residual"], again(x)["residual"])


def test_the_card_beside_the_file_names_its_hash(weights_file):
    card = json.loads(weights_file.with_suffix(".json").read_text())
    assert card["sha256"] == file_sha256(weights_file)
    assert read_card(weights_file).model_id == card["model_id"] == "tiny"


def test_a_head_without_its_backbone_asks_for_it(tmp_path, weights_file, network):
    card = read_card(weights_file)
    lean = card.model_copy(update={"network": card.network.model_copy(update={"backbone_included": False})})
    path = tmp_path / "head.safetensors"
    write_weights(path, network, lean)
    assert path.stat().st_size < weights_file.stat().st_size
    with pytest.raises(UserError, match="do not hold their backbone"):
        read_network(path)


def test_weights_of_another_backbone_are_refused(weights_file):
    with pytest.raises(UserError, match="residua_test"):
        read_network(weights_file, backbone="resnet10t")


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"PK\x03\x04", b"\x80\x04K\x01."])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match="no detector of Residua"):
        read_network(path)


def test_a_cut_off_file_is_refused(tmp_path, weights_file):
    path = tmp_path / "cut.safetensors"
    path.write_bytes(weights_file.read_bytes()[:-1000])
    with pytest.raises(UserError, match="damaged"):
        read_network(path)


def test_a_pickle_is_never_opened(tmp_path):
    path = tmp_path / "model.pt"
    path.write_bytes(b"\x80\x04")
    with pytest.raises(UserError, match=r"not a \.safetensors"):
        read_card(path)


def test_missing_weights_name_the_recipe_key():
    with pytest.raises(UserError, match=r"detector\.weights"):
        resolve_weights("/nowhere/model.safetensors")
