import json

import pytest
import torch
from safetensors.torch import save_file

TINY, WIDE = "residua-tiny-clip", "residua-wide-clip"


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory):
    """A CLIP of the smallest size, untrained, as open_clip would load it: its name and its weights file."""
    open_clip = pytest.importorskip(
        "open_clip", reason="open_clip is not installed: pip install residua[clip]"
    )
    folder = tmp_path_factory.mktemp("clip")
    config = {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "layers": 4, "width": 32, "head_width": 16, "patch_size": 8},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
    }
    (folder / f"{TINY}.json").write_text(json.dumps(config))
    (folder / f"{WIDE}.json").write_text(json.dumps(config | {"embed_dim": 24}))
    open_clip.add_model_config(folder)
    torch.manual_seed(0)
    model = open_clip.create_model(TINY)
    path = folder / "tiny.safetensors"
    save_file({name: one.contiguous().clone() for name, one in model.state_dict().items()}, path)
    return TINY, path
