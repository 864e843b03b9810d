"""The embedding that a recipe asks for. Imports torch, so it is imported where it is used."""

from core.discovery.embedder import Embedder
from core.discovery.embedding import DescribedEmbedder, EmbeddingOptions, load_embedder, read_scales
from core.domain.discovery_options import DESCRIPTORS_ALONE, DiscoveryOptions


def load_chosen_embedder(options: DiscoveryOptions, device: str) -> Embedder:
    """Load it.

    Args:
        options: the recipe's discovery section.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there.
    """
    if (chosen := options_of(options.embedding)) is None:
        return DescribedEmbedder(None, read_scales(), 1.0)
    learned = load_embedder(chosen, device)
    if not options.descriptor_weight:
        return learned
    return DescribedEmbedder(learned, read_scales(), options.descriptor_weight)


def options_of(name: str) -> EmbeddingOptions | None:
    """What a recipe's `embedding` means; None where nothing is learned."""
    if name == DESCRIPTORS_ALONE:
        return None
    if name == "default":
        return EmbeddingOptions()
    if name == "raw":
        return EmbeddingOptions(method="raw")
    return EmbeddingOptions(method="smg_vit", weights=name)
