"""One row a defect of the lot's KLARF, those without an image too."""

from collections import defaultdict
from collections.abc import Iterator

from core.domain.wafers import LotSites
from core.reporting.lot_report import LotReport
from core.reporting.rows import ReportRow, report_rows
from core.reporting.site_cells import defect_cells

Cell = str | float | None

_OF_THE_DEFECT = (
    "wafer_id", "slot", "defect_id", "xindex", "yindex", "xrel_um", "yrel_um", "x_wafer_um", "y_wafer_um",
    "defect_size_um", "klarf_class_number", "klarf_class_name",
)  # fmt: skip
_OF_ITS_IMAGES = ("image_path", "model_verdict", "verdict", "final_class_name", "class_code")
DEFECT_COLUMNS = (*_OF_THE_DEFECT, "images", *_OF_ITS_IMAGES)


def defect_rows(report: LotReport) -> Iterator[list[Cell]]:
    """Cells of DEFECT_COLUMNS for each defect, in the order of the KLARF; nothing where the lot came without one.

    What a defect's images say differently stands side by side, parted by “ | ”.
    """
    if report.sites is None:
        return
    shown = _rows_by_defect(report, report.sites)
    for defect in range(len(report.sites.defects)):
        own, rows = defect_cells(report.sites, defect), shown[defect]
        yield [
            *(own[name] for name in _OF_THE_DEFECT),
            len(rows),
            *(_joined([getattr(row, name) for row in rows]) for name in _OF_ITS_IMAGES),
        ]


def _rows_by_defect(report: LotReport, sites: LotSites) -> dict[int, list[ReportRow]]:
    shown: dict[int, list[ReportRow]] = defaultdict(list)
    for row in report_rows(report):
        defect = sites.defect_of.get(row.image_path)
        if defect is not None:
            shown[defect].append(row)
    return shown


def _joined(values: list[Cell]) -> Cell:
    different = list(dict.fromkeys(value for value in values if value is not None))
    if len(different) > 1:
        return " | ".join(str(value) for value in different)
    return different[0] if different else None
