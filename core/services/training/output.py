"""Where a user's own detector is written: checked before hours are spent, written at the end."""

import json
from pathlib import Path

from safetensors import SafetensorError

from core.detection.network import DefectNetwork
from core.detection.weights import Card, default_weights_file, resolve_weights, write_weights
from core.domain.errors import UserError
from core.services.output_place import HINT, refuse_unwritable


def checkpoint_of(out: Path) -> Path:
    """The state of a training that was stopped, beside the weights that it will make."""
    return out.with_name(f"{out.stem}.checkpoint.safetensors")


def refuse_bad_output(out: Path, start_from: str) -> None:
    """Refuse a place where the weights cannot, or should not, be written.

    Args:
        out: the weights, an absolute path; the folder is made when it is not there.
        start_from: the recipe's detector.weights.

    Raises:
        UserError: the suffix is wrong, the folder cannot be written, or something else would be lost.
    """
    if out.suffix != ".safetensors":
        raise UserError(f"{out.name} is not a .safetensors file.", "Give --out a name that ends so.")
    sources = {default_weights_file().resolve(), resolve_weights(start_from).resolve()}
    if out.resolve() in sources:
        raise UserError(f"{out.name} is what the training would start from.", HINT)
    card = out.with_suffix(".json")
    if card.exists() and not _is_card(card):
        raise UserError(f"{card.name} would be overwritten by the card of {out.name}.", HINT)
    refuse_unwritable(out)


def write_trained(out: Path, network: DefectNetwork, card: Card) -> None:
    """Write the weights, then forget the state that led to them.

    Raises:
        UserError: they cannot be written; the checkpoint stays, so that nothing is trained twice.
    """
    try:
        write_weights(out, network, card)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"{out} cannot be written: {error}.", "What was trained is kept; make room and run it again."
        ) from error
    checkpoint_of(out).unlink(missing_ok=True)


def _is_card(path: Path) -> bool:
    try:
        return "model_id" in json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
