"""`residua benchmark detection`: the default detector on images whose truth is known, run as a user runs it.

Each set is rendered, measured by `detect` in a process of its own (so that time and memory are a user's), and
scored. The table in docs/benchmarks.md is this module's output.
"""

import csv
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from core.domain.errors import UserError
from core.evaluation import DetectionFigures, read_detection_folder
from core.jobs import JobContext
from core.synthesis import FAMILIES, write_corpus

_SEED = 505_000
_PROCESSES = ("beol", "dep", "dpr")


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """Generated images of one process.

    Attributes:
        held_out: whether the layout families were kept from training; the others come with seeds of their own.
        families: their names.
    """

    process: str
    held_out: bool
    families: tuple[str, ...]

    @property
    def name(self) -> str:
        """For folders and tables."""
        return f"{self.process}-{'held-out' if self.held_out else 'fresh-seeds'}"


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A set's figures.

    Attributes:
        ms_per_image: disk to written map, start-up left out.
        start_up_s: a run on a single image.
        peak_mib: largest resident memory of the runs so far; None where the system does not tell..
    """

    benchmark_set: BenchmarkSet
    figures: DetectionFigures
    ms_per_image: float
    start_up_s: float
    peak_mib: float | None


def benchmark_detection(
    out: Path, count: int, recipe: Path | None, device: str, ctx: JobContext
) -> tuple[BenchmarkRow, ...]:
    """Render, detect, score; writes detection.csv and detection.md to `out`.

    Args:
        out: folder for images, results and tables.
        count: images a set, half of them defective.
        recipe: recipe file; None for the default.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: `detect` failed.
        JobCancelled: between sets.
    """
    rows = tuple(
        _run_set(one, out / one.name, count, recipe, device, ctx)
        for one in ctx.track(benchmark_sets(), "benchmark")
    )
    _write_csv(rows, out / "detection.csv")
    (out / "detection.md").write_text(render_table(rows, count), encoding="utf-8")
    return rows


def benchmark_sets() -> tuple[BenchmarkSet, ...]:
    """Held-out layouts first: they are what a new product looks like."""
    return tuple(
        BenchmarkSet(
            process,
            held_out,
            tuple(
                name
                for name, family in FAMILIES.items()
                if family.process == process and family.held_out is held_out
            ),
        )
        for held_out in (True, False)
        for process in _PROCESSES
    )


def _run_set(
    one: BenchmarkSet, folder: Path, count: int, recipe: Path | None, device: str, ctx: JobContext
) -> BenchmarkRow:
    images = folder / "images"
    if not (folder / "labels.csv").is_file() or len(list(images.glob("*.png"))) != count:
        seed = _SEED + _PROCESSES.index(one.process) + 10 * one.held_out
        write_corpus(folder, count=count, seed=seed, families=one.families)
    start_up_s = _detect(next(images.glob("*.png")), folder / "first", recipe, device)
    whole_s = _detect(images, folder / "results", recipe, device)
    figures = read_detection_folder(folder / "results", folder / "masks", folder / "labels.csv", ctx).figures
    return BenchmarkRow(
        one, figures, 1e3 * (whole_s - start_up_s) / (count - 1), start_up_s, _peak_mib_of_children()
    )


def _detect(source: Path, out: Path, recipe: Path | None, device: str) -> float:
    """Run `detect` in a fresh process; seconds."""
    command = [sys.executable, "-m", "core.cli", "detect", str(source), "--out", str(out), "--device", device]
    command += ["--recipe", str(recipe)] if recipe else []
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


def _write_csv(rows: tuple[BenchmarkRow, ...], out: Path) -> None:
    with out.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        names = [*asdict(rows[0].figures), "ms_per_image", "start_up_s", "peak_mib"]
        writer.writerow(["set", "families", *names])
        for row in rows:
            timing = (row.ms_per_image, row.start_up_s, row.peak_mib)
            families = " ".join(row.benchmark_set.families)
            writer.writerow([row.benchmark_set.name, families, *asdict(row.figures).values(), *timing])


def render_table(rows: tuple[BenchmarkRow, ...], count: int) -> str:
    """The rows as the page docs/benchmarks.md."""
    template = files("resources").joinpath("benchmark/detection.md.j2").read_text(encoding="utf-8")
    page = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return page.from_string(template).render(
        rows=rows, count=count, cores=os.cpu_count(), machine=platform.machine(), system=platform.system()
    )
