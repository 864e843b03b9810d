"""The output of `residua discover`: classes.csv, regions.csv and discovery.json."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.discovery import Cluster, Discovery
from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.services.discovery.classifying import Classified, ImageClass

CLASSES, REGIONS, SUMMARY = "classes.csv", "regions.csv", "discovery.json"
CLASS_COLUMNS = ("image", "class_name", "is_novel", "confidence", "cluster_id")
REGION_COLUMNS = (
    "image", "bbox_x", "bbox_y", "bbox_w", "bbox_h", "area_px", "score",
    "class_name", "is_novel", "confidence", "cluster_id", "weight",
)  # fmt: skip
_MEDOIDS = 5


@dataclass(frozen=True, slots=True)
class Made:
    """How a result was made: the recipe, the detector's weights and the embedding."""

    recipe: Recipe
    model_id: str
    model_sha256: str
    embedding: str


def write_discovery(out: Path, result: Classified, labels: Mapping[str, str], made: Made) -> None:
    """Write a result folder; earlier files of the same names are replaced.

    Raises:
        UserError: the folder cannot be written.
    """
    summary = json.dumps(_summary(result, labels, made), indent=2, ensure_ascii=False) + "\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_table(out / CLASSES, CLASS_COLUMNS, map(_image_row, result.images))
        _write_table(out / REGIONS, REGION_COLUMNS, _region_rows(result))
        (out / SUMMARY).write_text(summary, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The results cannot be written to {out}: {error.strerror}.", "Choose another --out folder."
        ) from error


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)


def _image_row(one: ImageClass) -> tuple[object, ...]:
    cluster = "" if one.cluster is None else one.cluster
    return one.image, one.name, int(one.is_novel), f"{one.confidence:.6g}", cluster


def _region_rows(result: Classified) -> Iterable[tuple[object, ...]]:
    if (discovery := result.discovery) is None:
        return
    for row, index in enumerate(result.grouped):
        region, cluster = result.lot.regions[index], discovery.clusters[int(discovery.cluster_of[row])]
        yield (
            result.lot.images[int(result.lot.image_of[index])],
            *region.bbox_xywh,
            region.area_px,
            f"{region.score:.6g}",
            cluster.name,
            int(cluster.is_novel),
            f"{discovery.confidence[row]:.6g}",
            cluster.number,
            f"{result.weights[index]:.6g}",
        )


def _summary(result: Classified, labels: Mapping[str, str], made: Made) -> dict[str, Any]:
    count = result.count
    return {
        "known": count.known,
        "estimated_total": count.estimated_total,
        "interval": list(count.interval),
        "stability": round(count.stability, 4),
        "images": len(result.images),
        "labelled": len(labels),
        "passed": int(result.lot.passed.sum()),
        "regions": len(result.grouped),
        "clusters": _clusters(result, result.discovery),
        "failures": {one.name: one.reason for one in result.lot.failures},
        "options": made.recipe.discovery.model_dump(mode="json"),
        "recipe_sha256": made.recipe.sha256,
        "model_id": made.model_id,
        "model_sha256": made.model_sha256,
        "embedding": made.embedding,
    }


def _clusters(result: Classified, discovery: Discovery | None) -> list[dict[str, Any]]:
    return [] if discovery is None else [_cluster(result, one) for one in discovery.clusters]


def _cluster(result: Classified, one: Cluster) -> dict[str, Any]:
    distance = one.nearest_known_distance
    typical = [result.lot.images[int(result.lot.image_of[result.grouped[row]])] for row in one.members]
    return {
        "cluster_id": one.number,
        "name": one.name,
        "is_novel": one.is_novel,
        "regions": len(one.members),
        "medoids": list(dict.fromkeys(typical))[:_MEDOIDS],
        "spread": round(one.spread, 4),
        "nearest_known": one.nearest_known,
        "nearest_known_distance": None if distance is None else round(distance, 4),
        "stability": round(one.stability, 4),
    }
