"""Reports of a lot, all from one `LotReport`, so that their totals agree."""

from core.reporting.csv_report import write_csv
from core.reporting.html_report import write_html
from core.reporting.lot_report import LotReport
from core.reporting.totals import ClassTotal, LotTotals

__all__ = ["ClassTotal", "LotReport", "LotTotals", "write_csv", "write_html"]
