"""CADNet whole: pair in, logits and DistMap out."""

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from core.change.cadnet.decoder import ChangeAwareDecoder, Form
from core.change.cadnet.encoder import STAGE_DIMS, SiameseEncoder, distance_map


class CADNetSpec(BaseModel):
    """What must be known to build a network before its tensors are read; part of the weights' card.

    Attributes:
        form: of the decoder; "appearance" is a SegFormer of the same size, which reads the test alone.
        classes: kinds of change, without the unchanged.
        in_chans: 1 for SEM.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Form = "out_of_class"
    classes: int = 1
    in_chans: int = 1


class CADNet(nn.Module):
    """Siamese encoder, DistMap, change-aware decoder.

    Source:
        CADNet, Fig. 2.
    """

    def __init__(self, spec: CADNetSpec) -> None:
        super().__init__()
        self.spec = spec
        self.encoder = SiameseEncoder(spec.in_chans)
        self.decoder = ChangeAwareDecoder(STAGE_DIMS, spec.classes, spec.form)

    def forward(self, test: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, 1 + C, H/4, W/4) and DistMap (B, 1, H/4, W/4).

        Args:
            test, reference: (B, in_chans, H, W) standardised, registered; H and W multiples of 32.
        """
        if self.spec.form == "appearance":
            ours = self.encoder.encode(test)
            distance = torch.zeros_like(ours[0][:, :1])
        else:
            ours, theirs = self.encoder(test, reference)
            distance = distance_map(ours, theirs)
        return self.decoder(ours, distance), distance
