"""What a defect looks like, as a vector: raw backbone features, or the SMG-ViT that was trained for it."""

from core.discovery.embedding.described import DescribedEmbedder, read_scales
from core.discovery.embedding.load import load_embedder
from core.discovery.embedding.options import EmbeddingOptions

__all__ = ["DescribedEmbedder", "EmbeddingOptions", "load_embedder", "read_scales"]
