"""An embedding for a user's own lot: its last blocks learn from the lot's crops, named and unnamed ones alike."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.discovery.embedding import EmbeddingOptions
from core.discovery.embedding.load import open_smg
from core.discovery.embedding.weights import EmbeddingCard, write_embedding
from core.discovery.training.distillation import TeacherAndStudent, train_embedding
from core.discovery.training.start import freeze_all_but_tail
from core.discovery.training.windows import UNKNOWN, ViewSampler, WindowSet
from core.domain.errors import UserError
from core.domain.maps import Crop
from core.jobs import JobContext
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.training.loop import Schedule

LEAST_CROPS = 16
"""Fewer say nothing about what a lot's defects have in common."""

NOTES = "The last blocks were fitted to the defects of a user's own lot."

_WINDOW = 160
_CHECKPOINT = "fine_tuning.checkpoint.safetensors"


@dataclass(frozen=True, slots=True)
class FineTuning:
    """How an embedding is fitted to a lot.

    Attributes:
        blocks: last transformer blocks that learn; all before them stay as they are.
        steps, batch: of the optimiser.
        rate: peak learning rate; a tenth of the first training's, so that what was learnt stays.
        distillation: weight of the teacher's loss, which also learns from crops without a name.
        seed: of the batches.
    """

    blocks: int = 1
    steps: int = 200
    batch: int = 32
    rate: float = 1e-4
    distillation: float = 1.0
    seed: int = 1


def fine_tune_embedder(
    crops: Sequence[Crop],
    names: Sequence[str | None],
    start: EmbeddingOptions,
    out: Path,
    plan: FineTuning,
    device_name: str,
    ctx: JobContext,
) -> Path:
    """Fit the last blocks of an embedding to a lot's crops; after a stop the same call goes on.

    Args:
        crops: of the lot.
        names: the class of each, None where nobody has said.
        start: the trained SMG-ViT, or the ViT of timm's, that it begins as.
        out: the weights file to write; its card and, until it is done, a checkpoint lie beside it.
        plan: how.
        device_name: "auto", "cpu" or "cuda".
        ctx: progress and cancel.

    Returns:
        The weights file.

    Raises:
        UserError: fewer than LEAST_CROPS crops, no weights, or the checkpoint is of other crops or another plan.
        JobCancelled: stopped between steps; the checkpoint stays.
    """
    if len(crops) < LEAST_CROPS:
        raise UserError(
            f"{len(crops)} defects are too few to fit the embedding to.",
            f"Detect more images: {LEAST_CROPS} defects are the least.",
        )
    use_physical_cores()
    device, (network, identity) = pick_device(device_name), open_smg(start)
    freeze_all_but_tail(network, plan.blocks)
    windows = windows_of(crops, names)
    begun = _fields(plan, identity, windows)
    checkpoint = checkpoint_of_fit(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    state = TeacherAndStudent(
        network, kinds=windows.kind_count, seed=plan.seed, distillation=plan.distillation
    )
    seconds = train_embedding(
        state,
        ViewSampler(windows, side=network.side, batch=plan.batch, seed=plan.seed),
        Schedule(plan.steps, peak=plan.rate, final=plan.rate / 10, warmup=plan.steps // 10 + 1, plan=begun),
        device=device,
        checkpoint=checkpoint,
        ctx=ctx,
    )
    facts = {**begun, "device": describe_device(device), "seconds": round(seconds)}
    fitted = EmbeddingCard(model_id=f"{identity} fitted", network=network.spec, training=facts, notes=NOTES)
    write_embedding(out, state.teacher.cpu(), fitted)
    checkpoint.unlink(missing_ok=True)
    return out


def checkpoint_of_fit(out: Path) -> Path:
    """Where a fitting that was stopped goes on from."""
    return out.with_name(f"{out.stem}.{_CHECKPOINT}")


def windows_of(crops: Sequence[Crop], names: Sequence[str | None]) -> WindowSet:
    """Crops as training sees them; each is a layout of its own, so that all of one class attract each other."""
    classes = sorted({name for name in names if name is not None})
    kinds = [UNKNOWN if name is None else classes.index(name) for name in names]
    windows = np.stack([_window(crop) for crop in crops])
    return WindowSet(windows, np.array(kinds, np.int64), np.arange(len(crops)))


def _window(crop: Crop) -> NDArray[np.uint8]:
    method = cv2.INTER_AREA if crop.pixels.shape[0] > _WINDOW else cv2.INTER_LINEAR
    parts = [
        cv2.resize(part, (_WINDOW, _WINDOW), interpolation=method) for part in (crop.pixels, crop.soft_mask)
    ]
    window: NDArray[np.uint8] = np.rint(np.clip(np.stack(parts), 0, 1) * 255).astype(np.uint8)
    return window


def _fields(plan: FineTuning, identity: str, windows: WindowSet) -> dict[str, str | int | float]:
    """What decides the outcome: the plan, the weights and the crops with their names."""
    crops = hashlib.sha256(windows.windows.tobytes() + windows.kinds.tobytes()).hexdigest()
    return {**asdict(plan), "start_from": identity, "crops_sha256": crops}
