"""What an editor needs to know of a recipe's parameters, read from the recipe's own models.

Type, default, bounds, title and unit stand at the pydantic fields, the explanation in the docstring of their class:
there is no second list of them anywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.domain.recipes import Recipe

FieldPath = tuple[str, ...]
_NOT_EDITED = ("name", "version")
_LIMITS = ("ge", "gt", "le", "lt")  # as pydantic's own constraints call them
_ATTRIBUTE = re.compile(r"^(\w+(?:, \w+)*): (.+)$")


class FieldKind(StrEnum):
    """What a parameter holds."""

    CHOICE = "choice"  # one of a closed set
    CHOICES = "choices"  # some of a closed set
    SWITCH = "switch"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range; `is_open` where the value itself is outside."""

    value: float
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class RecipeField:
    """One parameter of a recipe.

    Attributes:
        path: keys down to it, for example ("detector", "input_size").
        title: in the words of the screen.
        about: what it does.
        section: title of the part of the recipe that it stands in.
        choices: of a closed set; empty otherwise.
        unit: of its value; empty where it has none.
        is_optional: whether it may be left out.
        unset: what holds where it is left out.
        methods: detectors that read it; None for all.
    """

    path: FieldPath
    title: str
    about: str
    section: str
    kind: FieldKind
    default: Any
    choices: tuple[str, ...] = ()
    unit: str = ""
    is_optional: bool = False
    unset: str = ""
    low: Bound | None = None
    high: Bound | None = None
    methods: tuple[str, ...] | None = None

    def is_read_by(self, method: str) -> bool:
        """Whether the detector of this name looks at it."""
        return self.methods is None or method in self.methods

    @property
    def bounds_text(self) -> str:
        """What may be set, in words; empty where anything may."""
        low, high = self.low, self.high
        if low is not None and high is not None and not (low.is_open or high.is_open):
            return f"{low.value:g} to {high.value:g}"
        ends = []
        if low is not None:
            ends.append(f"more than {low.value:g}" if low.is_open else f"{low.value:g} or more")
        if high is not None:
            ends.append(f"less than {high.value:.10g}" if high.is_open else f"{high.value:g} or less")
        return ", ".join(ends)

    def text_of(self, value: object) -> str:
        """A value of it with its unit, as people read it."""
        if value is None:
            return self.unset or "not set"
        if isinstance(value, tuple | list):
            return ", ".join(str(one) for one in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        word = f"{value:.10g}" if isinstance(value, float) else str(value)
        return f"{word} {self.unit}".strip()


@cache
def recipe_fields() -> tuple[RecipeField, ...]:
    """Every parameter that decides something, in the order of the recipe."""
    return tuple(_fields_of(Recipe, (), "", None))


def value_at(recipe: Recipe, path: FieldPath) -> Any:
    """The value of a parameter."""
    found: Any = recipe
    for key in path:
        found = getattr(found, key)
    return found


def _fields_of(
    model: type[BaseModel], prefix: FieldPath, section: str, methods: tuple[str, ...] | None
) -> Iterator[RecipeField]:
    help_of = _attribute_help(model)
    for name, found in model.model_fields.items():
        path = (*prefix, name)
        if path[0] in _NOT_EDITED:
            continue
        extra = _extra(found)
        read_by = tuple(extra["methods"]) if "methods" in extra else methods
        nested = found.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            title = " · ".join(part for part in (section, found.title or name) if part)
            yield from _fields_of(nested, path, title, read_by)
        else:
            yield _field(path, found, section, help_of.get(name, ""), read_by)


def _field(
    path: FieldPath, found: FieldInfo, section: str, about: str, methods: tuple[str, ...] | None
) -> RecipeField:
    kind, choices, is_optional = _kind_of(found.annotation)
    extra = _extra(found)
    low, high = _bounds_of(found)
    return RecipeField(
        path=path,
        title=found.title or path[-1],
        about=about,
        section=section,
        kind=kind,
        default=found.default,
        choices=choices,
        unit=extra.get("unit", ""),
        is_optional=is_optional,
        unset=extra.get("unset", ""),
        low=low,
        high=high,
        methods=methods,
    )


def _extra(found: FieldInfo) -> dict[str, Any]:
    return found.json_schema_extra if isinstance(found.json_schema_extra, dict) else {}


def _kind_of(annotation: Any) -> tuple[FieldKind, tuple[str, ...], bool]:
    """Kind, choices, and whether None is allowed."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [part for part in get_args(annotation) if part is not NoneType]
        kind, choices, _ = _kind_of(kinds[0])
        return kind, choices, NoneType in get_args(annotation)
    if get_origin(annotation) is tuple:
        return FieldKind.CHOICES, get_args(get_args(annotation)[0]), False
    if get_origin(annotation) is Literal:
        return FieldKind.CHOICE, get_args(annotation), False
    plain = {bool: FieldKind.SWITCH, int: FieldKind.INTEGER, float: FieldKind.NUMBER, str: FieldKind.TEXT}
    return plain[annotation], (), False


def _bounds_of(found: FieldInfo) -> tuple[Bound | None, Bound | None]:
    limits = {name: getattr(one, name) for one in found.metadata for name in _LIMITS if hasattr(one, name)}
    return _bound(limits, "ge", "gt"), _bound(limits, "le", "lt")


def _bound(limits: dict[str, float], closed: str, opened: str) -> Bound | None:
    if closed in limits:
        return Bound(limits[closed])
    return Bound(limits[opened], is_open=True) if opened in limits else None


def _attribute_help(model: type[BaseModel]) -> dict[str, str]:
    """What the docstring says of each attribute."""
    _, _, block = cleandoc(model.__doc__ or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    named: list[str] = []
    for line in block.splitlines():
        if match := _ATTRIBUTE.match(line[4:]):
            named = match[1].split(", ")
            found |= dict.fromkeys(named, match[2])
        else:
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in named}
    return found
