"""Trains and tests benchmark methods side by side; what is done is kept, so that a stop costs one method at most."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from core.anomaly.registry import METHODS
from core.domain.arrays import BoolArray
from core.domain.recipes import LearnedMethod
from core.evaluation import read_detection_folder
from core.evaluation.ranking import rank
from core.jobs import JobContext
from core.services.benchmarking.peak_memory import forget_peak, peak_mib
from core.services.benchmarking.timing import timed
from core.services.benchmarking.vad_set import NORMAL, VadSet, write_test
from core.services.detection.files import detect_files
from core.services.training.vad import train_vad
from core.services.training.vad_plan import VadPlan


@dataclass(frozen=True, slots=True)
class VadRow:
    """One method on one set; shares in [0, 1], None where not defined.

    Attributes:
        learned: images that it learned from; others of the normal ones were held back for its scales and cuts.
        tested: images that it was tested on.
        i_auroc, i_f1, i_ap: of the image scores.
        p_auroc, p_f1, p_ap, pro: of the maps, every second pixel in each direction.
        false_ng: share of the defect-free test images that its own cut calls NG.
        found: share of the true regions that its masks touch.
        train_s, ms_per_image: processor time on a CPU, else time on the clock; reading and writing included.
        peak_mib: largest resident memory meanwhile.
        features: where its features come from.
    """

    set_name: str
    method: LearnedMethod
    learned: int
    tested: int
    i_auroc: float | None
    i_f1: float | None
    i_ap: float | None
    p_auroc: float | None
    p_f1: float | None
    p_ap: float | None
    pro: float | None
    false_ng: float | None
    found: float | None
    train_s: float
    ms_per_image: float
    peak_mib: float | None
    features: str


@dataclass(frozen=True, slots=True)
class VadLimits:
    """How much is spent; None leaves a method its own.

    Attributes:
        side: of the squares that methods see, px, at most; some need more.
        steps: of a training, at most.
        backbone, backbone_weights: of all methods that take one.
    """

    side: int | None = None
    steps: int | None = None
    backbone: str | None = None
    backbone_weights: str | None = None

    def plan(self, method: LearnedMethod) -> VadPlan:
        """Of a method within these limits."""
        entry = METHODS[method]
        plan = VadPlan(
            method,
            side=max(entry.least, min(self.side or entry.side, entry.side)),
            steps=min(self.steps or entry.steps, entry.steps),
            batch=entry.batch,
        )
        if entry.backbone is None:
            return plan
        return replace(plan, backbone=self.backbone, backbone_weights=self.backbone_weights)


def benchmark_vad(
    sets: Sequence[VadSet],
    methods: Sequence[LearnedMethod],
    limits: VadLimits,
    out: Path,
    device: str,
    ctx: JobContext,
) -> list[VadRow]:
    """Train and test each method on each set; run again after a stop, it goes on.

    Nothing is chosen by what is tested on: every method is trained for its steps, and its scales and cuts come from
    normal images that were held back from its training.

    Raises:
        UserError: a method lacks a library or weights, or a set is too small.
        JobCancelled: within a training, which then goes on, or between images.
    """
    rows = []
    for one in sets:
        test = out / one.name / "test"
        if not _is_written(one, test):
            write_test(one, test, ctx)
        rows += [
            _measure(one, method, limits.plan(method), out / one.name, device, ctx) for method in methods
        ]
    return rows


def _is_written(one: VadSet, test: Path) -> bool:
    names = {f"{index:05d}_{case.image.name}" for index, case in enumerate(one.cases)}
    present = {path.name for path in (test / "images").glob("*")}
    return names == present and (test / "labels.csv").is_file()


def _measure(
    one: VadSet, method: LearnedMethod, plan: VadPlan, folder: Path, device: str, ctx: JobContext
) -> VadRow:
    """The row that lies there if it was measured in the same way, else a new one."""
    kept = folder / method / "row.json"
    settings = {**asdict(plan), "normals": len(one.normals), "cases": len(one.cases), "device": device}
    if kept.is_file():
        before = json.loads(kept.read_text(encoding="utf-8"))
        if before["settings"] == settings:
            return VadRow(**before["row"])
    row = _train_and_test(one, plan, folder, device, ctx)
    kept.write_text(json.dumps({"settings": settings, "row": asdict(row)}, indent=2), encoding="utf-8")
    return row


def _train_and_test(one: VadSet, plan: VadPlan, folder: Path, device: str, ctx: JobContext) -> VadRow:
    forget_peak()
    out = folder / plan.method
    made, train_s = timed(
        lambda: train_vad(one.normals, out / "model.safetensors", plan, device, ctx), device
    )
    _, test_s = timed(
        lambda: detect_files(folder / "test" / "images", out / "results", made.recipe, device, ctx), device
    )
    peak = peak_mib()
    read = read_detection_folder(
        out / "results", folder / "test" / "masks", folder / "test" / "labels.csv", ctx
    )
    figures, defective = read.figures, np.array([label != NORMAL for label in read.labels])
    return VadRow(
        set_name=one.name,
        method=plan.method,
        learned=made.trained,
        tested=figures.images,
        i_auroc=figures.i_auroc,
        i_f1=figures.i_f1max,
        i_ap=rank(np.array(read.image_scores), defective).average_precision,
        p_auroc=figures.p_auroc,
        p_f1=figures.p_f1max,
        p_ap=figures.p_ap,
        pro=figures.pro,
        false_ng=_share_of(np.array(read.image_scores) >= made.cuts[1], ~defective),
        found=figures.found,
        train_s=train_s,
        ms_per_image=1e3 * test_s / figures.images,
        peak_mib=peak,
        features=made.features,
    )


def _share_of(called: BoolArray, chosen: BoolArray) -> float | None:
    return float(called[chosen].mean()) if chosen.any() else None
