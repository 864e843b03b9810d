"""SMG-ViT on any ViT of timm's (DINOv2, DINOv3 and so on): guidance in the last layers, the earlier ones frozen."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from core.discovery.embedding.description import Description
from core.discovery.embedding.smg_attention import Guidance, Rows, guidance_of
from core.domain.errors import UserError
from core.networks.backbone.frozen import FrozenBackbone


class TimmSpec(BaseModel):
    """What must be known to build the network; part of the weights' card.

    Attributes:
        backbone: timm's name of a ViT with a class token.
        side: of the crops that it sees; rounded up to whole patches.
        guided: last layers whose attention the mask guides, and which may be trained.
        rows: which rows of the attention the mask guides.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: str
    side: int = Field(default=224, ge=32, le=1024)
    guided: int = Field(default=4, ge=1)
    rows: Rows = "cls"


class _GuidedBlock(nn.Module):
    """A block of timm's whose attention gets the mask as a bias, after its scaling."""

    def __init__(self, block: nn.Module, rows: Rows) -> None:
        super().__init__()
        self.block = block
        self.guidance = Guidance(rows)
        self.masks: Tensor | None = (
            None  # of the batch at hand; timm's loop over blocks cannot hand it through
        )

    def forward(self, x: Tensor, **others: Any) -> Tensor:
        """(B, T, C) tokens to the same."""
        if self.masks is not None:
            others["attn_mask"] = self.guidance(self.masks).to(x.dtype)
        out: Tensor = self.block(x, **others)
        return out


class SMGTimm(nn.Module):
    """Crop and soft mask to one vector by a ViT of timm's.

    Args:
        spec: what to build.
        checkpoint: safetensors file of the ViT, "hub", or None for untrained weights.

    Raises:
        UserError: the model is not known, is no ViT with a class token, or its weights cannot be had.
    """

    def __init__(self, spec: TimmSpec, checkpoint: str | None) -> None:
        super().__init__()
        backbone = FrozenBackbone(spec.backbone, checkpoint=checkpoint)
        self.spec = spec
        self.vit: Any = backbone.model
        self.stride = backbone.stride
        if not hasattr(self.vit, "blocks") or getattr(self.vit, "cls_token", None) is None:
            raise UserError(f"The backbone “{spec.backbone}” is no ViT with a class token.", "Choose a ViT.")
        self.guided = self._guide_last(spec)
        self.describe = Description(backbone.dim)

    def _guide_last(self, spec: TimmSpec) -> list[_GuidedBlock]:
        blocks = self.vit.blocks
        first = max(0, len(blocks) - spec.guided)
        guided = [_GuidedBlock(block, spec.rows) for block in list(blocks)[first:]]
        for offset, block in enumerate(guided):
            blocks[first + offset] = block
        return guided

    @property
    def width(self) -> int:
        """Numbers that describe a crop."""
        return self.describe.width

    @property
    def side(self) -> int:
        """Of the crops that it sees, in px."""
        return -(-self.spec.side // self.stride) * self.stride

    def tail(self, last: int) -> list[nn.Module]:
        """What fine-tuning trains: the last guided blocks, and the norm after them."""
        return [*self.guided[-last:], self.vit.norm]

    def forward(self, inputs: Tensor) -> Tensor:
        """(B, 2, side, side) pixels and masks to (B, width), as `SMGViT` does."""
        masks = inputs[:, 1:]
        grid = inputs.shape[-2] // self.stride, inputs.shape[-1] // self.stride
        prefix = int(self.vit.num_prefix_tokens)
        guidance = guidance_of(masks, grid, prefix)
        for block in self.guided:
            block.masks = guidance
        x = self.vit.forward_features(inputs[:, :1].expand(-1, 3, -1, -1))
        for block in self.guided:
            block.masks = None
        patches = x[:, prefix:].transpose(1, 2).unflatten(2, grid)
        described: Tensor = self.describe(x[:, 0], patches, masks)
        return described
