"""What a few-shot training starts from: a network that knows nothing of the classes yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from core.detection.registry import load_detector as load_single_image_detector
from core.detection.weights import read_network
from core.domain.detector import Detector
from core.domain.errors import UserError
from core.few_shot.card import FewShotCard
from core.few_shot.network import FewShotNetwork
from core.few_shot.own.network import OwnFewShotNetwork
from core.few_shot.prompts import read_prompts
from core.networks.weights_file import file_sha256
from core.services.few_shot.guide import guide_name_of, guide_options
from core.services.few_shot.plan import FewShotPlan

NO_TEXT = "off: there are no CLIP weights; the project's own encoder reads no text"


@dataclass(frozen=True, slots=True)
class FewShotStart:
    """A network before training.

    Attributes:
        guide: the detector that it starts from; None for CLIP.
    """

    network: FewShotNetwork
    guide: Detector | None
    card: FewShotCard


def begin_few_shot(
    plan: FewShotPlan, classes: Sequence[str], out_stem: str, device: str, guide: Detector | None = None
) -> FewShotStart:
    """Build the network that the plan asks for.

    Args:
        plan: the training's.
        classes: names, the defect-free class first.
        out_stem: of the weights file to be.
        device: "auto", "cpu" or "cuda".
        guide: the detector of the plan's weights, where it is loaded already.

    Raises:
        UserError: weights are missing, or open_clip is.
    """
    torch.manual_seed(plan.seed)
    if plan.clip is not None:
        return _begin_clip(plan, plan.clip, classes, out_stem)
    if plan.clip_weights is not None:
        raise UserError(
            "There are CLIP weights and no CLIP model.", "Name it with --clip, as ViT-B-16-plus-240."
        )
    return _begin_own(plan, classes, out_stem, device, guide)


def _begin_own(
    plan: FewShotPlan, classes: Sequence[str], out_stem: str, device: str, guide: Detector | None
) -> FewShotStart:
    options = guide_options(plan.weights)
    detection = read_network(Path(options.weights))
    network = OwnFewShotNetwork(detection.spec.backbone)
    network.frozen.load_state_dict(detection.encoder.state_dict())
    card = FewShotCard(
        model_id=out_stem,
        kind="own",
        classes=tuple(classes),
        backbone=detection.spec.backbone,
        vector=0,
        input_size=plan.input_size,
        guide_file=guide_name_of(out_stem),
        guide_sha256=file_sha256(Path(options.weights)),
        text=NO_TEXT,
    )
    return FewShotStart(network, guide or load_single_image_detector(options, device), card)


def _begin_clip(plan: FewShotPlan, name: str, classes: Sequence[str], out_stem: str) -> FewShotStart:
    from core.few_shot.clip.loading import load_clip
    from core.few_shot.clip.network import ClipFewShotNetwork
    from core.few_shot.clip.text import embed_classes

    if plan.clip_weights is None:
        raise UserError(
            f"The CLIP model “{name}” needs its weights.", "Give --clip-weights: a .safetensors file or hub."
        )
    book = read_prompts(plan.prompts)
    model, tokenizer = load_clip(name, plan.clip_weights, plan.side)
    network = ClipFewShotNetwork(model, embed_classes(model, tokenizer, book, classes))
    described = ", ".join(book.describes(classes)) or "none"
    card = FewShotCard(
        model_id=out_stem,
        kind="clip",
        classes=tuple(classes),
        backbone=name,
        vector=0,
        side=network.side,
        text=f"on; in the prompt book: {described}",
    )
    return FewShotStart(network, None, card)
