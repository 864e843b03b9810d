"""Reports: one query of the history, any format."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import ImageRecord
from core.domain.maps import MAP_RANGE
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.reporting import LotReport, write_csv, write_html
from core.services.pixels import read_image, read_map, read_mask
from core.services.workspace import Workspace, app_version

ReportFormat = Literal["csv", "html"]


def export_lot(
    workspace: Workspace, lot_id: LotId, file_format: ReportFormat, out: Path, ctx: JobContext
) -> Path:
    """Write a lot's report.

    Args:
        file_format: "csv" or "html".
        out: the file; its folder is made when it is not there.

    Returns:
        The file.

    Raises:
        UserError: it cannot be written.
        JobCancelled: before it was done; an earlier file stays as it was.
    """
    report = query_report(workspace, lot_id, ctx)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {out.parent} cannot be made: {error.strerror}.") from error
    if file_format == "csv":
        write_csv(report, out, ctx)
    else:
        write_html(report, _image_reader, _overlay_reader(workspace), out, ctx)
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
    )


def _image_reader(item: ReviewItem) -> GrayImage | None:
    return read_image(item.record) if isinstance(item.record, ImageRecord) else None


def _overlay_reader(
    workspace: Workspace,
) -> Callable[[ReviewItem], tuple[FloatArray | None, BoolArray | None]]:
    def read(item: ReviewItem) -> tuple[FloatArray | None, BoolArray | None]:
        return read_map(workspace, item), read_mask(workspace, item)

    return read
