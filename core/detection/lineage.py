"""What weights were trained with, and what those were trained with that they went on from."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Facts: TypeAlias = dict[str, str | int | float]
"""One training: sizes, steps, seeds, seconds, device."""
Training: TypeAlias = dict[str, str | int | float | list[Facts]]
"""One training, and under `EARLIER` those before it, the latest first."""

EARLIER = "earlier"
_OLD_PREFIX = f"{EARLIER}_"


def with_earlier(facts: Mapping[str, str | int | float], before: Training | None) -> Training:
    """A training with those that led to it.

    Args:
        facts: of the training itself.
        before: of the weights that it went on from; None where it began anew.
    """
    return {**facts} if before is None else {**facts, EARLIER: flat(before)}


def flat(training: Training) -> list[Facts]:
    """All trainings that led to weights, the latest first."""
    own = {name: value for name, value in training.items() if not isinstance(value, list)}
    return [own, *(one for value in training.values() if isinstance(value, list) for one in value)]


def with_old_keys_gathered(training: Mapping[str, Any]) -> dict[str, Any]:
    """A card's training as it is written today; older cards say `earlier_earlier_steps` of the last but one."""
    levels: dict[int, Training] = {0: {}}
    for key, value in training.items():
        level = _level(key)
        levels.setdefault(level, {})[key[level * len(_OLD_PREFIX) :]] = value
    if len(levels) == 1:
        return dict(training)
    own, *earlier = [one for level in sorted(levels) for one in flat(levels[level])]
    return {**own, EARLIER: earlier}


def _level(key: str) -> int:
    return 1 + _level(key.removeprefix(_OLD_PREFIX)) if key.startswith(_OLD_PREFIX) else 0
