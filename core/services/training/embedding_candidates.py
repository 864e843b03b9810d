"""An embedding beside what it must beat: raw features of the detector's encoder, and itself untrained."""

import math
from dataclasses import asdict, fields
from pathlib import Path
from typing import TypeAlias

from core.discovery.embedding.backbones import detector_backbone
from core.discovery.embedding.batched import BatchedEmbedder
from core.discovery.embedding.raw import RawFeatures
from core.discovery.embedding.weights import SMGNetwork, build_network, read_smg_network
from core.jobs import JobContext
from core.networks.device import pick_device, use_physical_cores
from core.services.training.embedding_measure import EmbeddingFigures, measure_on_generated
from core.services.training.embedding_plan import EmbeddingPlan, render_measured_crops

Figures: TypeAlias = dict[str, dict[str, EmbeddingFigures]]
"""By candidate, then by process."""

_RAW_SIDE = 128


def measure_embedding_file(
    path: Path, plan: EmbeddingPlan, out: Path, device_name: str, ctx: JobContext
) -> dict[str, dict[str, float]]:
    """Measure an embedding's weights on the plan's held-out crops.

    Returns:
        Figures by name, "trained", "raw" and "untrained" for each process.

    Raises:
        UserError: the weights are not there, or the folder holds crops of another plan.
    """
    use_physical_cores()
    figures = measure_candidates(read_smg_network(path), plan, out, device_name, ctx)
    return figures_for_card(figures)


def measure_candidates(
    network: SMGNetwork, plan: EmbeddingPlan, out: Path, device_name: str, ctx: JobContext
) -> Figures:
    """Measure a network, raw features, and a network of its kind that learned nothing."""
    crops, device = render_measured_crops(plan, out, ctx), pick_device(device_name)
    raw = RawFeatures(detector_backbone("default")[0])
    untrained = build_network(network.spec)
    candidates = {
        "trained": BatchedEmbedder(network, network.side, "trained", device),
        "raw": BatchedEmbedder(raw, raw.side_of(_RAW_SIDE), "raw", device),
        "untrained": BatchedEmbedder(untrained, untrained.side, "untrained", device),
    }
    return {
        name: measure_on_generated(candidate, crops, ctx.check)
        for name, candidate in ctx.track(list(candidates.items()), "measuring")
    }


def figures_for_card(figures: Figures) -> dict[str, dict[str, float]]:
    """Flat, for the card: "trained beol" and so on; a figure that nothing was there for is left out."""
    return {
        f"{candidate} {process}": {
            name: value for name, value in asdict(values).items() if not math.isnan(value)
        }
        for candidate, by_process in figures.items()
        for process, values in by_process.items()
    }


def figures_as_text(measured: dict[str, dict[str, float]]) -> str:
    """A table for a terminal: a row for each candidate and process."""
    columns = [field.name for field in fields(EmbeddingFigures)]
    rows = [["", *columns]]
    rows += [
        [name, *(f"{row[key]:g}" if key in row else "–" for key in columns)] for name, row in measured.items()
    ]
    return "\n".join(f"{row[0]:16}" + "".join(f"{cell:>12}" for cell in row[1:]) for row in rows)
