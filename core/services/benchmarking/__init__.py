"""`residua benchmark detection`: our detector, its ablations and its peers on images whose truth is known.

Everything is measured as a user would run it: `residua detect` in a process of its own on a folder, scored from what
it wrote. The tables and plots in docs/ are this package's output.
"""

from core.services.benchmarking.measuring import BenchmarkRow, benchmark_detection, plan_runs
from core.services.benchmarking.page import write_figures, write_page
from core.services.benchmarking.sets import benchmark_sets

__all__ = [
    "BenchmarkRow",
    "benchmark_detection",
    "benchmark_sets",
    "plan_runs",
    "write_figures",
    "write_page",
]
