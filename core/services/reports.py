"""Reports: one query of the history, any format."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import ImageRecord
from core.domain.maps import MAP_RANGE
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.reporting import (
    LotReport,
    mask_identifiers,
    write_coco,
    write_csv,
    write_html,
    write_package,
    write_xlsx,
)
from core.services.dispositions import list_dispositions
from core.services.pixels import read_image, read_map, read_mask
from core.services.workspace import Workspace, app_version

ReportFormat = Literal["csv", "xlsx", "html", "pdf", "coco", "zip"]
REPORT_FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)
MASK_KEY_FILE = "mask.key"

_Overlays: TypeAlias = tuple[FloatArray | None, BoolArray | None]


@dataclass(frozen=True, slots=True)
class _Pictures:
    """What reports draw; under a mask without the info bar, for lot and wafer stand in it."""

    workspace: Workspace
    originals: Mapping[int, ReviewItem]
    is_masked: bool

    def image(self, item: ReviewItem) -> GrayImage | None:
        """Native pixels; None where there is no image."""
        record = self.originals[item.image_id].record
        if not isinstance(record, ImageRecord):
            return None
        pixels = read_image(record)
        return pixels[: record.content_height] if self.is_masked else pixels

    def overlays(self, item: ReviewItem) -> _Overlays:
        """Score map and mask, of the whole image."""
        return read_map(self.workspace, item), read_mask(self.workspace, item)

    def drawn_overlays(self, item: ReviewItem) -> _Overlays:
        """The same, as high as the image is drawn."""
        values, mask = self.overlays(item)
        record = self.originals[item.image_id].record
        if not self.is_masked or not isinstance(record, ImageRecord):
            return values, mask
        rows = slice(record.content_height)
        return None if values is None else values[rows], None if mask is None else mask[rows]


_Writer: TypeAlias = Callable[[LotReport, _Pictures, Path, JobContext], None]


def export_lot(
    workspace: Workspace,
    lot_id: LotId,
    file_format: ReportFormat,
    out: Path,
    ctx: JobContext,
    *,
    mask: bool = False,
) -> Path:
    """Write a lot's report.

    Args:
        file_format: one of REPORT_FORMATS.
        out: the file; its folder is made when it is not there.
        mask: names of lot and images become keyed hashes; the key is kept in the home folder.

    Returns:
        The file.

    Raises:
        UserError: it cannot be written.
        JobCancelled: before it was done; an earlier file stays as it was.
    """
    report = query_report(workspace, lot_id, ctx)
    pictures = _Pictures(workspace, {item.image_id: item for item in report.items}, mask)
    if mask:
        report = mask_identifiers(report, _mask_key(workspace))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {out.parent} cannot be made: {error.strerror}.") from error
    _WRITERS[file_format](report, pictures, out, ctx)
    return out


def query_report(workspace: Workspace, lot_id: LotId, ctx: JobContext) -> LotReport:
    """Everything that any report of the lot says, as of now; the audit chain is walked on the way.

    Raises:
        JobCancelled: between the questions, and between the rows of the audit chain.
    """
    history = workspace.history
    ctx.report(0, 0, "Checking the audit chain")
    audit = history.verify_audit(check=ctx.check)
    ctx.report(0, 0, "Reading the lot")
    summary = next(lot for lot in history.list_lots() if lot.id == lot_id)
    items = history.list_items(lot_id)
    ctx.check()
    run_ids = sorted({item.run_id for item in items if item.run_id is not None}, reverse=True)
    return LotReport(
        lot_name=summary.name,
        lot_source=summary.source,
        runs=tuple(history.run(run_id) for run_id in run_ids),
        items=items,
        classes=history.list_classes(include_retired=True),
        decisions=history.decisions(lot_id),
        audit_head=audit.head_sha256,
        audit_fault=audit.reason,
        reviewer=history.reviewer,
        app_version=app_version(),
        generated_at_utc=datetime.now(UTC),
        map_range=MAP_RANGE if run_ids else None,
        dispositions=list_dispositions(workspace, lot_id),
        sites=history.sites(lot_id),
    )


def _write_csv(report: LotReport, _pictures: _Pictures, out: Path, ctx: JobContext) -> None:
    write_csv(report, out, ctx)


def _write_xlsx(report: LotReport, _pictures: _Pictures, out: Path, ctx: JobContext) -> None:
    write_xlsx(report, out, ctx)


def _write_html(report: LotReport, pictures: _Pictures, out: Path, ctx: JobContext) -> None:
    write_html(report, pictures.image, pictures.drawn_overlays, out, ctx)


def _write_pdf(report: LotReport, pictures: _Pictures, out: Path, ctx: JobContext) -> None:
    from core.reporting.pdf_report import write_pdf  # its library takes half a second

    write_pdf(report, pictures.image, pictures.drawn_overlays, out, ctx)


def _write_coco(report: LotReport, pictures: _Pictures, out: Path, ctx: JobContext) -> None:
    write_coco(report, pictures.overlays, out, ctx)


def _write_zip(report: LotReport, pictures: _Pictures, out: Path, ctx: JobContext) -> None:
    """All the others in one."""
    members = {
        f"report.{'json' if name == 'coco' else name}": partial(_write_member, name, report, pictures, ctx)
        for name in REPORT_FORMATS
        if name != "zip"
    }
    write_package(report, members, out, ctx)


def _write_member(
    name: ReportFormat, report: LotReport, pictures: _Pictures, ctx: JobContext, out: Path
) -> None:
    _WRITERS[name](report, pictures, out, ctx)


def _mask_key(workspace: Workspace) -> bytes:
    """The home folder's own, made once: the same lot has the same mask in every report."""
    file = workspace.home / MASK_KEY_FILE
    try:
        if not file.exists():
            with file.open("x", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32))
            file.chmod(0o600)
        return bytes.fromhex(file.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"The key of the masks, {file}, cannot be used.", "Check your rights in it."
        ) from error


_WRITERS: Mapping[ReportFormat, _Writer] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "html": _write_html,
    "pdf": _write_pdf,
    "coco": _write_coco,
    "zip": _write_zip,
}
