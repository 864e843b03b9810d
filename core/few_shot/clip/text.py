"""One text embedding a class: the mean of all its prompts in CLIP's joint space."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from core.few_shot.prompts import PromptBook

_BATCH = 64


@torch.no_grad()
def embed_classes(model: Any, tokenizer: Any, book: PromptBook, classes: Sequence[str]) -> Tensor:
    """Text embeddings of classes.

    Args:
        model: an open_clip model with a text tower.
        tokenizer: open_clip's for this model.
        book: the prompts.
        classes: names.

    Returns:
        (K, J) float32 at unit length, one a class.

    Source:
        SEM-CLIP, Sec. 3.1 and Eq. 8.
    """
    return torch.stack([_embed(model, tokenizer, book.sentences_of(name)) for name in classes])


def _embed(model: Any, tokenizer: Any, sentences: Sequence[str]) -> Tensor:
    parts = [
        model.encode_text(tokenizer(list(sentences[start : start + _BATCH])), normalize=True).float()
        for start in range(0, len(sentences), _BATCH)
    ]
    return F.normalize(torch.cat(parts).mean(dim=0), dim=0)
