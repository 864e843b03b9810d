"""A weights file: safetensors whose header holds a card, and the card beside it for people.

Nothing here can run code: safetensors holds tensors only, and a card is JSON checked against its schema.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from core.domain.errors import UserError

CARD_KEY = "residua_card"

C = TypeVar("C", bound=BaseModel)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_card_of(path: Path, kind: type[C], what: str) -> C:
    """The card in a weights file's header.

    Args:
        path: of the weights.
        kind: the card's schema.
        what: that a file of this kind holds, for the message ("detector").

    Raises:
        UserError: the file is no safetensors file of ours, or of another kind.
    """
    if path.suffix != ".safetensors":
        raise UserError(
            f"{path.name} is not a .safetensors file.", "Other formats can run code and are refused."
        )
    try:
        with safe_open(path, framework="pt") as stream:
            header = stream.metadata() or {}
        return kind.model_validate_json(header[CARD_KEY])
    except (OSError, SafetensorError, KeyError, ValidationError) as error:
        raise UserError(f"{path.name} holds no {what} of Residua.", "The file may be damaged.") from error


def load_tensors(
    path: Path, module: nn.Module, may_miss: Callable[[str], bool] = lambda _name: False
) -> None:
    """Load a weights file into a module, tensor for tensor.

    Args:
        path: of the weights.
        module: built as the file's card says.
        may_miss: names of the module's tensors that need not be in the file.

    Raises:
        UserError: the file cannot be read, or does not hold what the module needs.
    """
    try:
        missing, unexpected = module.load_state_dict(load_file(path), strict=False)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise UserError(f"{path.name} cannot be read.", "The file may be damaged.") from error
    if unexpected or not all(may_miss(name) for name in missing):
        raise UserError(f"{path.name} does not fit its own card.", "The file may be damaged.")


def save_weights(path: Path, tensors: Mapping[str, Tensor], card: BaseModel) -> None:
    """Write tensors and card; the card also as JSON beside the file, with the file's SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(kept, path, metadata={CARD_KEY: card.model_dump_json()})
    path.chmod(0o644)  # safetensors writes for the owner alone; weights are for everybody
    text = {"sha256": file_sha256(path), "bytes": path.stat().st_size, **card.model_dump(mode="json")}
    path.with_suffix(".json").write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")
