"""Making the change detector's weights from generated pairs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from core.change.cadnet.network import CADNet, CADNetSpec
from core.change.card import ChangeCard
from core.change.training.cadnet import train_cadnet
from core.change.training.calibrate import TruePair, fit_calibration
from core.change.training.pairs import PairSampler, open_pairs
from core.domain.errors import UserError
from core.jobs import JobContext
from core.networks.device import describe_device, pick_device, use_physical_cores
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.networks.weights_file import save_weights
from core.services.training.binarizing import binarize
from core.services.training.pairs import PairPlan, render_pairs, sample_pair, shown_families, shown_kinds

NOTES = "Made from generated SEM pairs only; held-out layout families and defect kinds were not shown."
_CHECKPOINT = "change.checkpoint.safetensors"
_CALIBRATION_SEEDS = 900_000  # beyond the seeds of the training pairs


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Sizes and seeds.

    Attributes:
        steps: of the network; 0 leaves it out, and the registered difference speaks alone.
        pairs: rendered for training.
        calibration_pairs: rendered apart, half of them clean.
        side: of each image, px.
        crop, batch: of a training step.
        rate: peak learning rate.
        max_shift_px: largest shift of the stage along each axis.
        form: of the decoder.
        seed: of everything.
    """

    steps: int = 6000
    pairs: int = 8000
    calibration_pairs: int = 300
    side: int = 384
    crop: int = 256
    batch: int = 8
    rate: float = 1e-3
    max_shift_px: float = 16.0
    form: Literal["intra_class", "out_of_class"] = "out_of_class"
    seed: int = 1


def train_change(plan: ChangePlan, out: Path, device_name: str, ctx: JobContext) -> Path:
    """Make the change detector that ships; run again with the same plan after a stop, it goes on.

    Args:
        plan: what to train.
        out: folder for the pairs, the checkpoint and the result.
        device_name: "auto", "cpu" or "cuda".

    Returns:
        The safetensors file; its card lies beside it.

    Raises:
        UserError: the folder holds work of another plan, or cannot be written.
        JobCancelled: between steps; what was trained is kept.
    """
    use_physical_cores()
    device = pick_device(device_name)
    network, seconds = _train_network(plan, out, device, ctx) if plan.steps else (None, 0.0)
    pairs = _calibration_pairs(plan, ctx)
    calibration = fit_calibration(pairs, network, binarize, device=device, seed=plan.seed)
    card = ChangeCard(
        model_id="registered-difference" if network is None else "cadnet",
        network=None if network is None else network.spec,
        calibration=calibration,
        training={**asdict(plan), "seconds": round(seconds), "device": describe_device(device)},
        notes=NOTES,
    )
    path = out / "change.safetensors"
    try:
        save_weights(path, {} if network is None else network.state_dict(), card)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.", "Choose another --out folder."
        ) from error
    return path


def _train_network(
    plan: ChangePlan, out: Path, device: torch.device, ctx: JobContext
) -> tuple[CADNet, float]:
    begun = asdict(plan)
    refuse_other_checkpoint(out / _CHECKPOINT, begun)
    render_pairs(_pair_plan(plan), out / "pairs", ctx)
    torch.manual_seed(plan.seed)
    network = CADNet(CADNetSpec(form=plan.form))
    seconds = train_cadnet(
        network,
        PairSampler(open_pairs(out / "pairs"), crop=plan.crop, batch=plan.batch, seed=plan.seed),
        Schedule(steps=plan.steps, peak=plan.rate, plan=begun),
        device=device,
        checkpoint=out / _CHECKPOINT,
        ctx=ctx,
    )
    return network, seconds


def _pair_plan(plan: ChangePlan) -> PairPlan:
    return PairPlan(
        plan.pairs, plan.side, plan.max_shift_px, plan.seed * 1_000_000, shown_families(), shown_kinds()
    )


def _calibration_pairs(plan: ChangePlan, ctx: JobContext) -> Iterator[TruePair]:
    """Rendered as they are asked for; registered by the calibration itself, as in use."""
    pairs = replace(
        _pair_plan(plan),
        count=plan.calibration_pairs,
        seed=plan.seed * 1_000_000 + _CALIBRATION_SEEDS,
        defect_probability=0.5,
    )
    for index in ctx.track(range(pairs.count), "rendering pairs"):
        pair = sample_pair(pairs, index)
        yield TruePair(pair.test.image, pair.reference.image, pair.test.mask)
