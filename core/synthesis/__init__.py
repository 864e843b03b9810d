"""Procedural SEM images with exact truth: layouts, then defects, then imaging."""

from core.synthesis.corpus import write_corpus
from core.synthesis.defects import KINDS
from core.synthesis.defects.kinds import DefectKind
from core.synthesis.pairs import ScenePair, render_pair
from core.synthesis.registry import FAMILIES, Family, training_draws, training_families, training_kinds
from core.synthesis.scene import Scene, render_scene, sample_scene
from core.synthesis.style import ImagingStyle, sample_style

__all__ = [
    "FAMILIES",
    "KINDS",
    "DefectKind",
    "Family",
    "ImagingStyle",
    "Scene",
    "ScenePair",
    "render_pair",
    "render_scene",
    "sample_scene",
    "sample_style",
    "training_draws",
    "training_families",
    "training_kinds",
    "write_corpus",
]
