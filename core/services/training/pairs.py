"""Generated pairs, registered as in use: what the change detector is trained and calibrated on."""

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.change.registration import register, warp_reference
from core.domain.arrays import BoolArray
from core.jobs import JobContext
from core.services.training.rendering import ArrayFile, render_arrays
from core.synthesis import FAMILIES, KINDS, ScenePair, render_pair

_ATTEMPT_STRIDE = 10_000_019  # a prime far above any count: seeds of further attempts meet no other item's


@dataclass(frozen=True, slots=True)
class PairPlan:
    """What to render.

    Attributes:
        count: pairs.
        side: of each image, px.
        max_shift_px: largest shift of the stage along each axis.
        seed: of the first; pair i has seed + i.
        families, kinds: allowed layouts and defects.
        defect_probability: share of pairs in which something changed.
    """

    count: int
    side: int
    max_shift_px: float
    seed: int
    families: tuple[str, ...]
    kinds: tuple[str, ...]
    defect_probability: float = 0.6


def shown_families() -> tuple[str, ...]:
    """Layouts that training may see."""
    return tuple(name for name, family in FAMILIES.items() if not family.held_out)


def shown_kinds() -> tuple[str, ...]:
    """Defects that training may see."""
    return tuple(name for name, kind in KINDS.items() if not kind.held_out)


def sample_pair(plan: PairPlan, index: int, attempt: int = 0) -> ScenePair:
    """A pair of a plan."""
    seed = plan.seed + index + attempt * _ATTEMPT_STRIDE
    rng = np.random.default_rng(seed)
    family = FAMILIES[plan.families[int(rng.integers(len(plan.families)))]]
    kinds = [kind for kind in family.kinds if kind in plan.kinds]
    changed = kinds and rng.random() < plan.defect_probability
    kind = kinds[int(rng.integers(len(kinds)))] if changed else None
    size = (plan.side, plan.side)
    return render_pair(seed, family=family.name, kind=kind, size_hw=size, max_shift_px=plan.max_shift_px)


def render_pairs(plan: PairPlan, folder: Path, ctx: JobContext) -> None:
    """Write tests.npy, references.npy (N, S, S) uint8 and masks.npy (N, S, S) bool; goes on where a call stopped.

    References are registered and warped onto their tests. Pairs that cannot be registered are drawn again.

    Raises:
        UserError: the folder holds pairs of another plan, or of nobody knows which.
        JobCancelled: stopped between chunks; what is rendered stays.
    """
    square = (plan.side, plan.side)
    files = (
        ArrayFile("tests", np.uint8, square),
        ArrayFile("references", np.uint8, square),
        ArrayFile("masks", np.bool_, square),
    )
    render_arrays(folder, asdict(plan), plan.count, files, partial(_render_one, plan), ctx)


def _render_one(plan: PairPlan, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], BoolArray]:
    attempt = 0
    while True:
        pair = sample_pair(plan, index, attempt)
        test, reference = pair.test.image, pair.reference.image
        alignment = register(test, reference)
        if alignment.is_trusted:
            break
        attempt += 1
    warped = warp_reference(reference, alignment, (plan.side, plan.side)) * 255
    filled = np.where(np.isfinite(warped), warped, test)
    return test, np.clip(np.rint(filled), 0, 255).astype(np.uint8), pair.test.mask
