"""A lot with a detection, and a discovery of it whose groups are known."""

from pathlib import Path

import cv2
import numpy as np

from core.domain.detections import Detection, ModelVerdict
from core.domain.discovery import ClassCount, Cluster, Discovery
from core.domain.ids import ClassId, LotId
from core.domain.lots import ImageRecord
from core.domain.maps import Region
from core.domain.recipes import Recipe, SegmentationOptions
from core.domain.review import RunState
from core.domain.stored_discovery import CropTable, DiscoveryOrigin
from core.jobs import JobContext
from core.services.discovery.stored import OpenDiscovery, keep_discovery, read_discovery
from core.services.discovery.stored_crops import crop_table, cut_stored_crops
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace

SIDE = 96
SPOTS = ((10, 12, 9, 9), (60, 58, 12, 8))  # the second one only in every third image
ORIGIN = DiscoveryOrigin("test", "a" * 64, "{}", "test embedding", "b" * 64, "")


def write_lot(folder: Path, images: int) -> Path:
    """Noise with bright spots."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(images)
    for number in range(images):
        pixels = rng.integers(60, 120, (SIDE, SIDE), np.uint8)
        for x, y, width, height in spots_of(number):
            pixels[y : y + height, x : x + width] = 230 - 20 * (number % 4)
        (folder / f"site_{number:03}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return folder


def spots_of(number: int) -> tuple[tuple[int, int, int, int], ...]:
    return SPOTS if number % 3 == 0 else SPOTS[:1]


def open_detected(workspace: Workspace, folder: Path, images: int = 12) -> LotId:
    """Open a new lot and give it a run in which each spot is a region."""
    lot_id = open_lot(workspace, write_lot(folder, images), JobContext())
    recipe = Recipe(segmentation=SegmentationOptions(floor=0.5))
    run_id = workspace.history.start_run(
        lot_id, recipe=recipe, model_id="test", model_sha256="0" * 64, device="cpu"
    )
    for number, item in enumerate(list_items(workspace, lot_id)):
        values = np.full((SIDE, SIDE), 0.05, np.float32)
        regions = []
        for place, (x, y, width, height) in enumerate(spots_of(number)):
            score = 0.95 - 0.1 * place
            values[y : y + height, x : x + width] = score
            regions.append(
                Region((x, y, width, height), width * height, (x + width / 2, y + height / 2), score)
            )
        files = workspace.maps.save_map(values), workspace.maps.save_mask(values > 0.5)
        assert isinstance(item.record, ImageRecord)
        found = Detection(item.record.name, 0.7, 0.95, ModelVerdict.NG, tuple(regions), area_px=81)
        workspace.history.save_detections(run_id, [(item.image_id, found, *files)])
    workspace.history.finish_run(run_id, RunState.FINISHED)
    return lot_id


def embeddings_of(groups: list[int], seed: int = 0) -> np.ndarray:
    """(N, 8) float32: each group has an axis of its own."""
    rng = np.random.default_rng(seed)
    return (np.eye(8)[groups] * 4 + rng.normal(0, 0.3, (len(groups), 8))).astype(np.float32)


def discovery_of(groups: list[int], names: tuple[str, ...] = ()) -> Discovery:
    """A discovery whose first clusters are the classes `names`, the rest novel."""
    clusters = tuple(
        Cluster(
            number=number,
            name=names[number] if number < len(names) else f"Novel {number - len(names) + 1}",
            is_novel=number >= len(names),
            members=tuple(np.flatnonzero(np.array(groups) == number).tolist()),
            spread=0.1,
            nearest_known="",
            nearest_known_distance=None,
            stability=0.9,
        )
        for number in range(max(groups) + 1)
    )
    count = ClassCount(len(names), len(clusters), (len(clusters) - 1, len(clusters) + 1), 0.8)
    return Discovery(count, clusters, np.array(groups, np.int64), np.full(len(groups), 0.75, np.float32))


def discover_lot_as(
    workspace: Workspace,
    lot_id: LotId,
    clusters: int = 3,
    class_ids: tuple[ClassId, ...] = (),
    names: tuple[str, ...] = (),
    seed: int = 0,
) -> OpenDiscovery:
    """Keep a discovery in which the crops take turns between the clusters."""
    table = table_of(workspace, lot_id)
    groups = [row % clusters for row in range(len(table))]
    found = discovery_of(groups, names)
    keep_discovery(workspace, lot_id, found, table, embeddings_of(groups, seed), ORIGIN, class_ids)
    opened = read_discovery(workspace, lot_id)
    assert opened is not None
    return opened


def table_of(workspace: Workspace, lot_id: LotId) -> CropTable:
    """The lot's crops, cut from its maps and masks."""
    items = list_items(workspace, lot_id)
    return crop_table(list(cut_stored_crops(workspace, items, JobContext())))
