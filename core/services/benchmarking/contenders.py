"""Who is measured: the shipped recipe, the same with parts taken out or put in, and detectors without weights."""

from dataclasses import dataclass
from typing import get_args

from core.domain.recipes import DetectorOptions, EvidenceSource, InImageMethod, Recipe, SegmentationOptions


@dataclass(frozen=True, slots=True)
class Contender:
    """One line of a table.

    Attributes:
        name: for folders and tables.
        group: "ours", "ablation" or "peer".
    """

    name: str
    group: str
    recipe: Recipe


def ours(recipe: Recipe) -> Contender:
    """The recipe that is asked about."""
    return Contender("ours", "ours", recipe)


def rivals(recipe: Recipe) -> tuple[Contender, ...]:
    """Ablations of the recipe, then the peers."""
    return (*_by_evidence(recipe), *_by_rule(recipe), *_peers(recipe))


def _by_evidence(recipe: Recipe) -> list[Contender]:
    """Each source alone, each taken out, each put in."""
    used = recipe.detector.evidence
    sets: dict[str, tuple[EvidenceSource, ...]] = {}
    for source in get_args(EvidenceSource):
        if source in used:
            sets[f"without {source}"] = tuple(other for other in used if other != source)
        elif not (source == "prototypes" and "residual" in used):
            sets[f"with {source}"] = (*used, source)
    for source in get_args(EvidenceSource):
        sets[f"{source} alone"] = (source,)
    return [
        Contender(
            name, "ablation", _with_detector(recipe, recipe.detector.model_copy(update={"evidence": chosen}))
        )
        for name, chosen in _distinct(sets, used).items()
    ]


def _distinct(
    sets: dict[str, tuple[EvidenceSource, ...]], used: tuple[EvidenceSource, ...]
) -> dict[str, tuple[EvidenceSource, ...]]:
    """The first name of each set that is neither empty nor the recipe's own."""
    seen = {frozenset(used), frozenset[EvidenceSource]()}
    kept = {}
    for name, chosen in sets.items():
        if frozenset(chosen) not in seen:
            seen.add(frozenset(chosen))
            kept[name] = chosen
    return kept


def _by_rule(recipe: Recipe) -> list[Contender]:
    rules = get_args(SegmentationOptions.model_fields["rule"].annotation)
    return [
        Contender(
            f"rule {rule}",
            "ablation",
            recipe.model_copy(update={"segmentation": recipe.segmentation.model_copy(update={"rule": rule})}),
        )
        for rule in rules
        if rule != recipe.segmentation.rule
    ]


def _peers(recipe: Recipe) -> list[Contender]:
    methods = [method for method in get_args(InImageMethod) if method != recipe.detector.method]
    return [
        Contender(method, "peer", _with_detector(recipe, DetectorOptions(method=method)))
        for method in methods
    ]


def _with_detector(recipe: Recipe, detector: DetectorOptions) -> Recipe:
    return recipe.model_copy(update={"detector": detector})
