"""The embedding that a recipe asks for. Imports torch, so it is imported where it is used."""

from core.discovery.embedder import Embedder
from core.discovery.embedding import EmbeddingOptions, load_embedder
from core.domain.discovery_options import DiscoveryOptions


def load_chosen_embedder(options: DiscoveryOptions, device: str) -> Embedder:
    """Load it.

    Args:
        options: the recipe's discovery section.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there.
    """
    return load_embedder(_embedding(options.embedding), device)


def _embedding(name: str) -> EmbeddingOptions:
    if name == "default":
        return EmbeddingOptions()
    if name == "raw":
        return EmbeddingOptions(method="raw")
    return EmbeddingOptions(method="smg_vit", weights=name)
