"""What a wafer view shows: every defect of one or several lots with its place, its class, and an image of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.ids import ImageId, LotId
from core.domain.pareto import WaferKey
from core.domain.wafer_states import DecidedDefect, WaferLot
from core.domain.wafers import DefectSites, LotSites, WaferPlan
from core.jobs import JobContext
from core.services.klarf.class_lines import ClassLines, WaferClass
from core.services.workspace import Workspace

NO_IMAGE = -1


@dataclass(frozen=True, slots=True, eq=False)
class WaferMap:
    """Lots on their wafers.

    Attributes:
        has_wafers: False for a lot that came without a file that tells of them: each of its images stands for a
            defect without a place, on one wafer of which nothing is known.
        files: SHA-256 of each lot's defect file: where they are the same, so are the numbers of the defects here.
        keys: of each wafer, which lot's it is and its place there.
        plans: of each wafer.
        defects: of all lots, one lot after the other; `wafers` counts in `keys`.
        numbers: (N, 2) int64 lot of each defect, and its number there; without wafers the id of its image.
        images: (N,) int64 id of an image of each defect; NO_IMAGE where there is none.
        shown_by: (M, 2) int64 id of every image of the first lot, and the place here of the defect that it shows.
        defect_of: the same by image.
        classes: those that defects have.
        class_of: (N,) int64 which of them each defect has: the engineer's, else that of the file.
    """

    has_wafers: bool
    files: tuple[str, ...]
    keys: tuple[WaferKey, ...]
    plans: tuple[WaferPlan, ...]
    defects: DefectSites
    numbers: NDArray[np.int64]
    images: NDArray[np.int64]
    shown_by: NDArray[np.int64]
    defect_of: dict[ImageId, int]
    classes: tuple[WaferClass, ...]
    class_of: NDArray[np.int64]


def read_wafer_map(workspace: Workspace, lot_ids: Sequence[LotId], ctx: JobContext) -> WaferMap:
    """Lots on their wafers, the first one being reviewed.

    Args:
        workspace: holds the lots.
        lot_ids: further ones that tell of no wafer are passed over.
        ctx: is asked between the lots.

    Raises:
        JobCancelled: the owner cancelled the job.
    """
    lines = ClassLines(workspace.history.list_classes(include_retired=True))
    own, *others = (_read_layer(workspace, lot_id, lines, ctx) for lot_id in lot_ids)
    if own is None:
        return _stacked([_read_images(workspace, lot_ids[0], lines)], lines.classes)
    return _stacked([own, *(layer for layer in others if layer is not None)], lines.classes)


def list_wafer_lots(workspace: Workspace) -> tuple[WaferLot, ...]:
    """The lots that came with a file that tells of wafers, the last opened first."""
    return workspace.history.defect_states.lots()


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """One lot of a stack."""

    lot_id: LotId
    sites: LotSites
    numbers: NDArray[np.int64]
    shown_by: NDArray[np.int64]
    class_of: NDArray[np.int64]


def _read_layer(workspace: Workspace, lot_id: LotId, lines: ClassLines, ctx: JobContext) -> _Layer | None:
    sites = workspace.history.sites(lot_id)
    if sites is None:
        return None
    ctx.check()
    class_of = _file_classes(sites, lines)
    numbers = np.arange(len(sites.defects))
    states = workspace.history.defect_states
    _take_decisions(class_of, numbers, states.decided(lot_id), lines)
    ctx.check()
    return _Layer(lot_id, sites, numbers, states.images(lot_id), class_of)


def _read_images(workspace: Workspace, lot_id: LotId, lines: ClassLines) -> _Layer:
    names = workspace.history.image_states.names(lot_id)
    numbers, places = np.array(list(names), np.int64), np.arange(len(names))
    sites = LotSites("", (_NO_WAFER,), _nowhere(tuple(names.values())), {})
    class_of = _file_classes(sites, lines)
    _take_decisions(class_of, numbers, workspace.history.image_states.decided(lot_id), lines)
    return _Layer(lot_id, sites, numbers, np.stack([numbers, places], axis=1), class_of)


_NO_WAFER = WaferPlan("", None, None, None, None, "", 0, False, np.zeros((0, 2), np.int32))


def _nowhere(names: tuple[str, ...]) -> DefectSites:
    alone, pairs = np.full(len(names), np.nan), np.full((len(names), 2), np.nan)
    return DefectSites(np.zeros(len(names), np.int32), names, pairs, pairs, pairs, alone, alone)


def _file_classes(sites: LotSites, lines: ClassLines) -> NDArray[np.int64]:
    numbers, place = np.unique(sites.defects.class_numbers, return_inverse=True)
    found = [lines.of_file(sites.class_names, float(number)) for number in numbers]
    return np.array(found, np.int64)[place]


def _take_decisions(
    class_of: NDArray[np.int64],
    numbers: NDArray[np.int64],
    decided: Sequence[DecidedDefect],
    lines: ClassLines,
) -> None:
    place_of = {number: place for place, number in enumerate(numbers.tolist())}
    for one in decided:
        line = lines.of_decision(one.class_id, one.verdict)
        if line is not None:
            class_of[place_of[one.number]] = line


def _stacked(layers: Sequence[_Layer], classes: tuple[WaferClass, ...]) -> WaferMap:
    counts = [len(layer.sites.defects) for layer in layers]
    shown = _images_of(layers, counts)
    own = layers[0].shown_by
    numbers = [
        np.stack([np.full(count, layer.lot_id), layer.numbers], axis=1)
        for layer, count in zip(layers, counts, strict=True)
    ]
    return WaferMap(
        has_wafers=bool(layers[0].sites.file_sha256),
        files=tuple(layer.sites.file_sha256 for layer in layers),
        keys=tuple((layer.lot_id, place) for layer in layers for place in range(len(layer.sites.wafers))),
        plans=tuple(plan for layer in layers for plan in layer.sites.wafers),
        defects=_joined([layer.sites for layer in layers]),
        numbers=np.concatenate(numbers).astype(np.int64),
        images=shown,
        shown_by=own,
        defect_of={ImageId(image_id): number for image_id, number in own.tolist()},
        classes=classes,
        class_of=np.concatenate([layer.class_of for layer in layers]),
    )


def _images_of(layers: Sequence[_Layer], counts: Sequence[int]) -> NDArray[np.int64]:
    """The first image of each defect."""
    found = []
    for layer, count in zip(layers, counts, strict=True):
        images = np.full(count, NO_IMAGE, np.int64)
        defects, first = np.unique(layer.shown_by[:, 1], return_index=True)
        images[defects] = layer.shown_by[first, 0]
        found.append(images)
    return np.concatenate(found)


def _joined(lots: Sequence[LotSites]) -> DefectSites:
    before = np.cumsum([0, *(len(one.wafers) for one in lots[:-1])])
    shifted = [one.defects.wafers + shift for one, shift in zip(lots, before, strict=True)]
    sites = [one.defects for one in lots]
    return DefectSites(
        wafers=np.concatenate(shifted).astype(np.int32),
        defect_ids=tuple(name for one in sites for name in one.defect_ids),
        die_xy=np.concatenate([one.die_xy for one in sites]),
        in_die_um=np.concatenate([one.in_die_um for one in sites]),
        on_wafer_um=np.concatenate([one.on_wafer_um for one in sites]),
        size_um=np.concatenate([one.size_um for one in sites]),
        class_numbers=np.concatenate([one.class_numbers for one in sites]),
    )
