"""What the benchmark's paper reports on MIIC, in percent, to stand beside ours.

Source:
    Barusco et al. 2025, Table 3. Its first three rows are quoted there from Huang et al. 2021. The paper picked each
    method's checkpoint on half of the test set; ours sees nothing of it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from core.domain.recipes import LearnedMethod


class PaperFigures(NamedTuple):
    """In percent; None where the paper has none."""

    i_auroc: float | None = None
    i_f1: float | None = None
    i_ap: float | None = None
    p_auroc: float | None = None
    p_f1: float | None = None
    p_ap: float | None = None
    pro: float | None = None


PAPER: Mapping[LearnedMethod, PaperFigures] = MappingProxyType(
    {
        "f_anogan": PaperFigures(56.38, 31.65),
        "ganomaly": PaperFigures(93.34, 74.64),
        "iad_inpainting": PaperFigures(99.27, 91.23),
        "patchcore": PaperFigures(93.33, 75.51, 78.22, 98.64, 57.67, 44.88, 93.03),
        "padim": PaperFigures(84.89, 47.55, 47.29, 99.05, 22.98, 13.86, 95.30),
        "cfa": PaperFigures(99.01, 87.96, 94.28, 99.96, 75.66, 78.91, 99.04),
        "stfpm": PaperFigures(96.32, 77.83, 83.31, 99.97, 77.30, 80.77, 99.18),
        "rd4ad": PaperFigures(93.93, 68.48, 72.28, 99.85, 56.94, 54.92, 98.45),
        "fastflow": PaperFigures(97.63, 78.70, 86.17, 99.60, 53.02, 46.03, 99.57),
        "supersimplenet": PaperFigures(96.23, 80.72, 86.65, 98.46, 50.57, 43.84, 97.59),
    }
)
