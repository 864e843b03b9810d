"""Making the change detector's weights from generated pairs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.change.card import ChangeCard
from core.change.training.calibrate import TruePair, fit_calibration
from core.domain.errors import UserError
from core.jobs import JobContext
from core.networks.weights_file import save_weights
from core.services.training import binarize
from core.synthesis import FAMILIES, KINDS, render_pair

NOTES = "Fitted on generated SEM pairs only; held-out layout families and defect kinds were not shown."


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Sizes and seeds.

    Attributes:
        calibration_pairs: rendered, half of them clean.
        side: of each image, px.
        max_shift_px: largest shift of the stage along each axis.
        seed: of everything.
    """

    calibration_pairs: int = 300
    side: int = 384
    max_shift_px: float = 16.0
    seed: int = 1


def train_change(plan: ChangePlan, out: Path, ctx: JobContext) -> Path:
    """Fit the change detector that ships.

    Args:
        plan: what to fit.
        out: folder for the weights.

    Returns:
        The safetensors file; its card lies beside it.

    Raises:
        JobCancelled: between pairs; nothing is written.
    """
    calibration = fit_calibration(_render_pairs(plan, ctx), binarize, seed=plan.seed)
    card = ChangeCard(
        model_id="registered-difference", calibration=calibration, training=asdict(plan), notes=NOTES
    )
    path = out / "change.safetensors"
    try:
        save_weights(path, {}, card)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.", "Choose another --out folder."
        ) from error
    return path


def _render_pairs(plan: ChangePlan, ctx: JobContext) -> Iterator[TruePair]:
    families = [family for family in FAMILIES.values() if not family.held_out]
    allowed = {kind.name for kind in KINDS.values() if not kind.held_out}
    for index in ctx.track(range(plan.calibration_pairs), "rendering pairs"):
        rng = np.random.default_rng([plan.seed, index])
        family = families[int(rng.integers(len(families)))]
        kinds = [kind for kind in family.kinds if kind in allowed]
        kind = kinds[int(rng.integers(len(kinds)))] if index % 2 else None
        pair = render_pair(
            plan.seed * 1_000_000 + index,
            family=family.name,
            kind=kind,
            size_hw=(plan.side, plan.side),
            max_shift_px=plan.max_shift_px,
        )
        yield TruePair(pair.test.image, pair.reference.image, pair.test.mask)
