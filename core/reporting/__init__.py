"""Reports of a lot, all from one `LotReport`, so that their totals agree."""

from core.reporting.coco import write_coco
from core.reporting.csv_report import write_csv
from core.reporting.html_report import write_html
from core.reporting.lot_report import LotReport
from core.reporting.masking import mask_identifiers
from core.reporting.package import write_package
from core.reporting.totals import ClassTotal, LotTotals
from core.reporting.xlsx_report import write_xlsx

__all__ = [
    "ClassTotal",
    "LotReport",
    "LotTotals",
    "mask_identifiers",
    "write_coco",
    "write_csv",
    "write_html",
    "write_package",
    "write_xlsx",
]
