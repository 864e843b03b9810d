"""Classifiers that learn the known and the novel classes together, on embeddings that stay as they are."""

from core.discovery.heads.options import HeadOptions
from core.discovery.heads.training import train_heads

__all__ = ["HeadOptions", "train_heads"]
