"""From a score map to what is defective: mask, regions with sizes, and defect-centred crops."""

from core.segmentation.component_tree import binarize_component_tree, self_floor
from core.segmentation.crops import cut_crops
from core.segmentation.mebin import binarize_mebin
from core.segmentation.plateau import binarize_plateau
from core.segmentation.regions import find_regions
from core.segmentation.segmenting import segment

__all__ = [
    "binarize_component_tree",
    "binarize_mebin",
    "binarize_plateau",
    "cut_crops",
    "find_regions",
    "segment",
    "self_floor",
]
