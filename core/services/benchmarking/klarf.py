"""How long KLARF files take to open, and whether writing leaves them as they were."""

import csv
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.jobs import JobContext
from core.klarf import Klarf, is_klarf, parse_klarf, read_klarf
from core.klarf.class_edits import class_splices
from core.klarf.splice import spliced
from core.klarf.subset import subset_splices
from core.klarf.tokens import tokenize
from core.services.benchmarking.blocks import put_block
from core.services.benchmarking.klarf_files import write_flat_klarf, write_nested_klarf, write_stack
from core.services.klarf.lots import read_klarf_lot
from core.services.lots import list_items, open_lot
from core.services.pixels import read_image
from core.services.workspace import Workspace

BLOCK = "klarf"
_EDITS = 1_000
_SAMPLED_PAGES = 20


@dataclass(frozen=True, slots=True)
class KlarfFigure:
    """One thing that was measured.

    Attributes:
        unit: of the value; empty for a count.
        processor_s: of a time, how much of it this process was computing: on a busy machine the rest is waiting.
    """

    what: str
    value: float
    unit: str = ""
    processor_s: float | None = None


def benchmark_klarf(out: Path, defects: int, folder: Path | None, ctx: JobContext) -> tuple[KlarfFigure, ...]:
    """Measure opening and writing, on generated files and on those of a folder.

    Args:
        out: where generated files are kept between runs.
        defects: of a generated file, each with a page of a stack.
        folder: of KLARF files to read, write and edit; None leaves that out.

    Raises:
        UserError: nothing can be written to `out`, or the folder holds no KLARF.
        JobCancelled: between the measurements.
    """
    figures = list(_measure_generated(out, defects, ctx))
    if folder is not None:
        figures += _measure_folder(folder, ctx)
    return tuple(figures)


def write_klarf_block(figures: Sequence[KlarfFigure], page: Path, *, command: str) -> None:
    """Put the figures into a page, between its markers, and as CSV beside it.

    Raises:
        UserError: the page has one of the markers only.
    """
    page.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"| {one.what} | {_text(one)} | {_processor(one)}|" for one in figures]
    told = f"Measured by `{command}`; the last column is the time that it was computing:"
    put_block(page, BLOCK, [told, "", "| What | | processor |", "|---|--:|--:|", *rows])
    with page.with_suffix(".csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([field.name for field in fields(KlarfFigure)])
        writer.writerows(map(astuple, figures))


def _text(one: KlarfFigure) -> str:
    return f"{one.value:,.2f} {one.unit}" if one.unit else f"{one.value:,.0f}"


def _processor(one: KlarfFigure) -> str:
    return "" if one.processor_s is None else f"{one.processor_s:.2f} s "


def _measure_generated(out: Path, defects: int, ctx: JobContext) -> Iterator[KlarfFigure]:
    flat, nested, stack = _generate(out, defects, ctx)
    yield KlarfFigure("defects of a generated file, each with a page of one stack", defects)
    for version, path in (("1.2", flat), ("1.8", nested)):
        ctx.check()
        yield _timed(f"reading the KLARF {version}", partial(read_klarf, path))
    ctx.check()
    yield _timed("reading it and its stack as a lot", lambda: read_klarf_lot(flat, ctx))
    with TemporaryDirectory() as home, Workspace.open(Path(home)) as workspace:
        yield _timed(
            "the same, kept in the history (the first opening)", lambda: open_lot(workspace, flat, ctx)
        )
        yield _timed("opening it again", lambda: open_lot(workspace, flat, ctx))
        lot_id = workspace.history.list_lots()[0].id
        yield _timed("listing its images for the review", lambda: list_items(workspace, lot_id))
        items = list_items(workspace, lot_id)
        records = [item.record for item in items if isinstance(item.record, ImageRecord)]
        chosen = random.Random(7).sample(records, min(_SAMPLED_PAGES, len(records)))
        yield _timed(
            f"{len(chosen)} pages anywhere in the stack", lambda: [read_image(one) for one in chosen]
        )
    yield KlarfFigure("stack", stack.stat().st_size / 2**20, "MiB")
    yield from _measure_writing([read_klarf(flat), read_klarf(nested)], "generated")


def _generate(out: Path, defects: int, ctx: JobContext) -> tuple[Path, Path, Path]:
    folder = out / f"{defects} defects"
    flat, nested, stack = folder / "flat.001", folder / "nested.001", folder / "stack.tif"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ctx.report(0, 0, "writing files")
        write_flat_klarf(flat, defects, stack.name)
        write_nested_klarf(nested, defects, stack.name)
        if not stack.exists():
            write_stack(stack, defects)
    except OSError as error:
        raise UserError(f"Files for measuring cannot be written to {out}: {error.strerror}.") from error
    return flat, nested, stack


def _timed(what: str, run: Callable[[], object]) -> KlarfFigure:
    begin, processor = time.perf_counter(), time.process_time()
    run()
    return KlarfFigure(what, time.perf_counter() - begin, "s", time.process_time() - processor)


def _measure_folder(folder: Path, ctx: JobContext) -> Iterator[KlarfFigure]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and is_klarf(path))
    if not paths:
        raise UserError(f"The folder {folder} holds no KLARF.")
    read: list[Klarf] = []
    for path in ctx.track(paths, "reading"):
        try:
            read.append(read_klarf(path))
        except UserError as error:
            ctx.emit(error)
    yield KlarfFigure("files of the folder", len(paths))
    yield KlarfFigure("refused with line and column", len(paths) - len(read))
    yield from _measure_writing(read, "folder's")


def _measure_writing(klarfs: Sequence[Klarf], whose: str) -> Iterator[KlarfFigure]:
    identical = sum(_is_identical(klarf) for klarf in klarfs)
    yield KlarfFigure(f"{whose} files that were read", len(klarfs))
    yield KlarfFigure(f"{whose} files identical after reading and writing", identical)
    edits, strayed = _edit_at_random(klarfs)
    yield KlarfFigure(f"random class edits of the {whose} files", edits)
    yield KlarfFigure("tokens beside those edited that are others afterwards", strayed)


def _is_identical(klarf: Klarf) -> bool:
    written = spliced(klarf.source, subset_splices(klarf, range(klarf.defect_count)))
    return written == klarf.source.raw == klarf.source.restored(klarf.source.body)


def _edit_at_random(klarfs: Sequence[Klarf]) -> tuple[int, int]:
    """How many classes were changed one by one, and how many tokens changed that should not have."""
    draw = random.Random(7)
    with_classes = [one for one in klarfs if one.defect_count and _has_classes(one)]
    strayed = edits = 0
    while with_classes and edits < _EDITS:
        klarf = draw.choice(with_classes)
        chosen = draw.sample(range(klarf.defect_count), min(_EDITS - edits, klarf.defect_count))
        edits += len(chosen)
        strayed += _strayed(klarf, {defect: draw.randrange(100_000, 200_000) for defect in chosen})
    return edits, strayed


def _strayed(klarf: Klarf, numbers: dict[int, int]) -> int:
    splices = list(class_splices(klarf, numbers, ["CLASSNUMBER"]))
    made = parse_klarf(klarf.source.name, spliced(klarf.source, splices))
    edited = {splice.start for splice in splices}
    before, after = list(_tokens(klarf)), list(_tokens(made))
    if len(before) != len(after):
        return abs(len(before) - len(after))
    return sum(old != new for (at, old), (_, new) in zip(before, after, strict=True) if at not in edited)


def _tokens(klarf: Klarf) -> Iterable[tuple[int, bytes]]:
    found = tokenize(klarf.source, nested=klarf.is_nested)
    spans = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
    return ((start, klarf.source.body[start:end]) for start, end in spans)


def _has_classes(klarf: Klarf) -> bool:
    return all(found.table.has("CLASSNUMBER") for wafer in klarf.wafers for found in wafer.defect_lists)
