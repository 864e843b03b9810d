"""An embedding's weights file: its card, and the network that it builds."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.discovery.embedding.smg_timm import SMGTimm, TimmSpec
from core.discovery.embedding.smg_vit import SMGViT, SMGViTSpec
from core.networks.weights_file import load_tensors, read_card_of, save_weights

DEFAULT_FILE = "embedding_s.safetensors"

SMGNetwork = SMGViT | SMGTimm


class EmbeddingCard(BaseModel):
    """Where an embedding comes from and what it is worth.

    Attributes:
        model_id: short name that results show.
        network: how to build it.
        training: how it was trained.
        measured: figures on generated defects that it did not see; empty where nothing was measured.
        notes: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_id: str
    network: SMGViTSpec | TimmSpec
    training: dict[str, str | int | float] = {}
    measured: dict[str, dict[str, float]] = {}
    notes: str = ""


def build_network(spec: SMGViTSpec | TimmSpec, checkpoint: str | None = None) -> SMGNetwork:
    """An untrained network; a ViT of timm's with its own weights.

    Args:
        spec: what to build.
        checkpoint: of a ViT of timm's: its safetensors file or "hub".

    Raises:
        UserError: the ViT or its weights cannot be had.
    """
    return SMGViT(spec) if isinstance(spec, SMGViTSpec) else SMGTimm(spec, checkpoint)


def read_embedding_card(path: Path) -> EmbeddingCard:
    """The card in a weights file's header.

    Raises:
        UserError: the file is no embedding of Residua.
    """
    return read_card_of(path, EmbeddingCard, "embedding")


def read_smg_network(path: Path) -> SMGNetwork:
    """Build the network of a weights file and load its tensors.

    Raises:
        UserError: the file is damaged.
    """
    network = build_network(read_embedding_card(path).network)
    load_tensors(path, network)
    return network.eval()


def write_embedding(path: Path, network: SMGNetwork, card: EmbeddingCard) -> None:
    """Write tensors and card; the card also as JSON beside the file, with the file's SHA-256."""
    save_weights(path, network.state_dict(), card)
