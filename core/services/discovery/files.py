"""Discovery without a window: an input folder or file to classes, with or without labels."""

from itertools import chain
from pathlib import Path

from core.domain.errors import UserError
from core.domain.lots import Lot
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.services.detection.specimens import cut_specimen, measure_specimens
from core.services.discovery.classifying import Classified, classify_lot
from core.services.discovery.describing import describe_regions
from core.services.discovery.labels_table import read_labels
from core.services.klarf.lots import read_source
from core.services.output_place import refuse_unwritable


def discover_files(
    source: Path, out: Path, recipe: Recipe, device: str, ctx: JobContext, labels_csv: Path | None = None
) -> Classified:
    """Detect, describe and group the images of a folder, file or manifest, and write the classes.

    Args:
        source: what to work on.
        out: folder for classes.csv, regions.csv and discovery.json.
        recipe: how.
        device: "auto", "cpu" or "cuda".
        labels_csv: columns image,label; a manifest's own labels hold where it says nothing.

    Raises:
        UserError: nothing could be done, or a label is wrong.
        JobCancelled: between images and clusterings; nothing is written then.
    """
    lot = read_source(source, ctx)
    labels = _labels_of(lot, labels_csv)
    if not lot.images:
        raise _nothing_readable(source, lot)
    refuse_unwritable(out / "classes.csv")
    from core.services.detection.detectors import load_detector  # torch takes seconds to import
    from core.services.discovery.embedding import load_chosen_embedder
    from core.services.discovery.folder import Made, write_discovery

    detector = load_detector(recipe.detector, device)
    embedder = load_chosen_embedder(recipe.discovery, device)
    specimens = measure_specimens(lot.images, detector, recipe, ctx)
    described = describe_regions(chain(lot.failures, specimens), labels, embedder, cut_specimen, ctx.check)
    if not described.images:
        raise _nothing_readable(source, lot)
    classified = classify_lot(described, labels, recipe.discovery, ctx)
    made = Made(recipe, detector.identity.model_id, detector.identity.sha256, embedder.identity)
    write_discovery(out, classified, labels, made)
    return classified


def _nothing_readable(source: Path, lot: Lot) -> UserError:
    """One reason stands for all: files that broke on the way mostly broke in one way."""
    hint = f"{lot.failures[0].name}: {lot.failures[0].reason}" if lot.failures else ""
    return UserError(f"None of the files in {source} is a readable image.", hint)


def _labels_of(lot: Lot, labels_csv: Path | None) -> dict[str, str]:
    """Labels of readable images; one of a file that cannot be read is no mistake, but serves nothing."""
    labels = {record.name: record.label for record in lot.images if record.label}
    if labels_csv is not None:
        readable = [record.name for record in lot.images]
        told = read_labels(labels_csv, [*readable, *(failure.name for failure in lot.failures)])
        labels |= {name: label for name, label in told.items() if name in set(readable)}
    return labels
