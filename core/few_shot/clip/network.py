"""SEM-CLIP as one torch module: the dual-path encoder, its transformation layers, and what texts say.

Source:
    SEM-CLIP, Sec. 3.2-3.4. Where ours differs: images enter standardised instead of with CLIP's own mean and
    deviation, which a grey image with a contrast of its own does not have; the V-V branch joins the vanilla one with a
    weight that is trained with the layers, because the two are of unlike scales.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.few_shot.clip.dual_path import BlockOutput, DualPathEncoder
from core.few_shot.network import Cells, FewShotNetwork

_SHARPNESS = 100.0  # of the softmax over cosines, as CLIP was trained
_SURE = 1e-5


class Transformations(nn.Module):
    """What few images train: one linear layer a block, and how much the V-V branch counts.

    Args:
        width: of CLIP's tokens.
        joint: of the space of images and texts.
        blocks: how many.
    """

    def __init__(self, width: int, joint: int, blocks: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, joint) for _ in range(blocks))
        self.log_value_weight = nn.Parameter(torch.zeros(1))

    def forward(self, index: int, tokens: Tensor) -> Tensor:
        """Tokens of a block in the joint space, at unit length."""
        return F.normalize(self.layers[index](tokens), dim=-1)


class ClipFewShotNetwork(FewShotNetwork):
    """Both branches of SEM-CLIP on a frozen CLIP.

    Args:
        model: an open_clip ViT, frozen.
        texts: (K, J) text embeddings at unit length, the defect-free class first.
        blocks: encoding blocks that are read.
    """

    guided, parts = False, 1
    texts: Tensor
    frozen: DualPathEncoder
    judgement: Transformations

    def __init__(self, model: Any, texts: Tensor, blocks: int = 4) -> None:
        super().__init__()
        self.frozen = DualPathEncoder(model.visual, blocks)
        self.stride = self.side = int(model.visual.image_size[0])
        self.register_buffer("texts", texts)
        width, joint = self.frozen.width, int(texts.shape[1])
        self.blocks = (width * len(self.frozen.ends),)
        self.judgement = Transformations(width, joint, len(self.frozen.ends))

    @torch.no_grad()
    def encode(self, x: Tensor) -> list[BlockOutput]:
        """Outputs of the encoding blocks on both paths."""
        outputs: list[BlockOutput] = self.frozen(x.expand(-1, 3, -1, -1))
        return outputs

    @torch.no_grad()
    def cells(self, encoded: list[BlockOutput], guide: Tensor | None) -> Cells:  # noqa: ARG002 - see FewShotNetwork
        """Patch tokens of all blocks, and last what the V-V branch says of each."""
        tokens = [block.vanilla[:, 1:] for block in encoded]
        features = torch.cat([*tokens, self._value_branch(encoded)[..., None]], dim=2)
        return Cells(features, self.frozen.grid)

    def judge(self, features: Tensor) -> Tensor:
        """Both branches together; see `FewShotNetwork.judge`."""
        tokens, value = features[..., :-1], features[..., -1:]
        shares = [
            torch.sigmoid(_SHARPNESS * self._excess(self.judgement(index, block)))
            for index, block in enumerate(tokens.split(self.frozen.width, dim=-1))
        ]
        vanilla = torch.stack(shares).mean(dim=0).clamp(_SURE, 1 - _SURE).logit()
        logits: Tensor = vanilla[..., None] + self.judgement.log_value_weight.exp() * value
        return logits

    @torch.no_grad()
    def describe(self, encoded: list[BlockOutput], x: Tensor, place: Tensor, logits: Tensor) -> Tensor:  # noqa: ARG002
        """The class tokens of all blocks, (B, blocks · width); CLIP looks at the whole image."""
        return torch.cat([block.vanilla[:, 0] for block in encoded], dim=1)

    def text_logits(self, vectors: Tensor) -> Tensor:
        """(B, K): 100 × the highest cosine over the blocks of a class token with each text."""
        cosines = [
            self.judgement(index, token) @ self.texts.T
            for index, token in enumerate(vectors.split(self.frozen.width, dim=1))
        ]
        return _SHARPNESS * torch.stack(cosines).amax(dim=0)

    def _excess(self, unit: Tensor) -> Tensor:
        """How much nearer to the mean defect than to the defect-free text: (…,) difference of two cosines."""
        return unit @ (self._mean_defect() - self.texts[0])

    def _mean_defect(self) -> Tensor:
        return F.normalize(self.texts[1:].mean(dim=0), dim=0)

    def _value_branch(self, encoded: list[BlockOutput]) -> Tensor:
        """(B, N) summed over the blocks: products of image and text features less what all texts share."""
        pair = torch.stack([self.texts[0], self._mean_defect()])
        maps = []
        for block in encoded:
            products = self.frozen.project(block.value)[:, :, None] * pair
            redundant = products.mean(dim=2, keepdim=True)
            maps.append((products - redundant)[:, :, 1].sum(dim=-1))
        return _SHARPNESS * torch.stack(maps).mean(dim=0)
