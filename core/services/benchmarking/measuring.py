"""Runs contenders on sets, each in a fresh process, and scores what they wrote."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.evaluation import DetectionFigures, read_detection_folder
from core.jobs import JobContext
from core.services.benchmarking.contenders import Contender, ours, rivals
from core.services.benchmarking.sets import BenchmarkSet, write_set


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One contender on one set.

    Attributes:
        ms_per_image: disk to written map, start-up left out.
        start_up_s: a run on a single image.
        peak_mib: largest resident memory of the runs so far; None where the system does not tell.
    """

    benchmark_set: BenchmarkSet
    contender: Contender
    figures: DetectionFigures
    ms_per_image: float
    start_up_s: float
    peak_mib: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """A contender on a set."""

    benchmark_set: BenchmarkSet
    contender: Contender


def plan_runs(sets: Sequence[BenchmarkSet], recipe: Recipe, *, with_rivals: bool) -> tuple[Run, ...]:
    """Ours on every set; if asked, its ablations and peers on the held-out ones."""
    runs = [Run(one, ours(recipe)) for one in sets]
    if with_rivals:
        runs += [Run(one, rival) for one in sets if one.held_out for rival in rivals(recipe)]
    return tuple(runs)


def benchmark_detection(
    out: Path, count: int, runs: Sequence[Run], device: str, ctx: JobContext
) -> tuple[BenchmarkRow, ...]:
    """Render or copy the images, detect, score.

    Args:
        out: folder for images, recipes and results.
        count: images a set, half of them defective.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: `detect` failed.
        JobCancelled: between runs.
    """
    return tuple(_measure(run, out, count, device, ctx) for run in ctx.track(runs, "benchmark"))


def _measure(run: Run, out: Path, count: int, device: str, ctx: JobContext) -> BenchmarkRow:
    one, contender, folder = run.benchmark_set, run.contender, out / run.benchmark_set.name
    write_set(one, folder, count)
    images, results = folder / "images", folder / "results" / contender.name.replace(" ", "-")
    results.mkdir(parents=True, exist_ok=True)
    recipe = results / "recipe.json"
    recipe.write_text(contender.recipe.model_dump_json(indent=2), encoding="utf-8")
    start_up_s = _detect(next(images.iterdir()), results / "first", recipe, device)
    whole_s = _detect(images, results / "all", recipe, device)
    figures = read_detection_folder(results / "all", folder / "masks", folder / "labels.csv", ctx).figures
    ms_per_image = 1e3 * (whole_s - start_up_s) / (count - 1)
    return BenchmarkRow(one, contender, figures, ms_per_image, start_up_s, _peak_mib_of_children())


def _detect(source: Path, out: Path, recipe: Path, device: str) -> float:
    """Run `detect` in a fresh process; seconds."""
    command = [sys.executable, "-m", "core.cli", "detect", str(source), "--out", str(out), "--device", device]
    command += ["--recipe", str(recipe)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"Detection on {source} failed: {done.stderr.strip()[-400:]}")
    return time.perf_counter() - began


def _peak_mib_of_children() -> float | None:
    if sys.platform == "win32":  # tells no child's peak memory
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024**2
