"""Runs contenders on lots whose classes are known."""

import csv
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.discovery.embedder import Embedder
from core.domain.discovery import DEFECT_FREE
from core.domain.lots import FailedImage
from core.domain.recipes import Recipe
from core.evaluation.discovery import DiscoveryFigures, score_classes
from core.jobs import JobContext
from core.lots import read_lot
from core.services.benchmarking.discovery_contenders import DiscoveryContender
from core.services.benchmarking.discovery_sets import DiscoverySet
from core.services.detection.specimens import Specimen, measure_specimens
from core.services.discovery.describing import Cutter, DescribedLot, describe_regions


@dataclass(frozen=True, slots=True)
class DiscoveryRow:
    """One contender on one set.

    Attributes:
        seconds: to describe and group, detection left out.
    """

    benchmark_set: DiscoverySet
    contender: DiscoveryContender
    figures: DiscoveryFigures
    seconds: float


def benchmark_discovery(
    out: Path,
    count: int,
    sets: Sequence[DiscoverySet],
    contenders: Sequence[DiscoveryContender],
    recipe: Recipe,
    device: str,
    ctx: JobContext,
) -> tuple[DiscoveryRow, ...]:
    """Render or copy the images, detect once, then describe and group by every contender.

    Args:
        out: folder for the images.
        count: images a set.
        recipe: detector, segmentation and discovery of "ours".
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there.
        JobCancelled: between images and clusterings.
    """
    from core.services.detection.detectors import load_detector  # torch takes seconds to import

    detector = load_detector(recipe.detector, device)
    embedders = _Embedders(recipe, device)
    rows: list[DiscoveryRow] = []
    for one in ctx.track(sets, "benchmark"):
        folder = out / one.name
        if not (folder / "truth.csv").is_file():
            one.write(folder, count)
        lot = read_lot(folder / "images", ctx)
        specimens = list(measure_specimens(lot.images, detector, recipe, ctx))
        rows += _measure_set(one, folder, specimens, contenders, embedders, ctx)
    return tuple(rows)


class _Embedders:
    """Embeddings by name, each loaded once."""

    def __init__(self, recipe: Recipe, device: str) -> None:
        self.recipe = recipe
        self._device = device
        self._loaded: dict[str | None, Embedder] = {}

    def get(self, name: str | None) -> Embedder:
        """The named one; None is the recipe's own."""
        from core.services.discovery.embedding import load_chosen_embedder

        chosen = name or self.recipe.discovery.embedding
        if name not in self._loaded:
            options = self.recipe.discovery.model_copy(update={"embedding": chosen} | _alone(name))
            self._loaded[name] = load_chosen_embedder(options, self._device)
        return self._loaded[name]


def _alone(name: str | None) -> dict[str, float]:
    """An embedding that a contender names speaks without the descriptors."""
    return {} if name is None else {"descriptor_weight": 0.0}


def _measure_set(
    one: DiscoverySet,
    folder: Path,
    specimens: Sequence[Specimen | FailedImage],
    contenders: Sequence[DiscoveryContender],
    embedders: _Embedders,
    ctx: JobContext,
) -> Iterator[DiscoveryRow]:
    """Contenders with the same crops and the same embedding share its vectors, and each is charged for them."""
    truth, labels = _read_pairs(folder / "truth.csv", "file"), _read_pairs(folder / "labels.csv", "image")
    described: dict[tuple[Cutter, str | None], tuple[DescribedLot, float]] = {}
    for contender in contenders:
        key = (contender.cut, contender.embedding)
        if key not in described:
            embedder, began = embedders.get(contender.embedding), time.perf_counter()
            regions = describe_regions(specimens, labels, embedder, contender.cut, ctx.check)
            described[key] = regions, time.perf_counter() - began
        regions, describing_s = described[key]
        began = time.perf_counter()
        found, estimated = contender.find(regions, labels, embedders.recipe.discovery, ctx)
        seconds = describing_s + time.perf_counter() - began
        figures = score_classes(truth, found, labels, estimated, normal=DEFECT_FREE)
        yield DiscoveryRow(one, contender, figures, seconds)


def _read_pairs(path: Path, column: str) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8") as stream:
        return {row[column]: row["label"] for row in csv.DictReader(stream)}
