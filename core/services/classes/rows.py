"""Rows of a class table file: read, checked, and compared with the classes that there are."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.domain.decisions import ClassDraft, DefectClass, Killer
from core.services.decisions import CLASS_COLORS

COLUMNS = ("id", "name", "code", "color", "key", "killer", "description", "retired")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_TRUE, _FALSE = ("1", "true", "yes"), ("", "0", "false", "no")
_FIELDS = {"key": "slot"}


@dataclass(frozen=True, slots=True)
class ClassImport:
    """What an import would do.

    Attributes:
        added: classes whose name there is not yet.
        changed: classes as they are, and as the file has them.
        unchanged: how many are as they were.
        problems: sentences with the row; nothing can be imported while there is one.
    """

    added: tuple[ClassDraft, ...]
    changed: tuple[tuple[DefectClass, DefectClass], ...]
    unchanged: int
    problems: tuple[str, ...]


def plan_import(rows: Sequence[tuple[str, Mapping[str, Any]]], known: Sequence[DefectClass]) -> ClassImport:
    """Compare a file's rows with the class table; classes are matched by name, in any letter case.

    Args:
        rows: where each stands ("line 2"), and its fields by column; absent columns leave a class as it is.
        known: all classes, retired ones too.
    """
    by_name = {each.name.casefold(): each for each in known}
    problems = _foreign_columns(rows)
    added: list[ClassDraft] = []
    changed: list[tuple[DefectClass, DefectClass]] = []
    seen: set[str] = set()
    for place, row in rows:
        fields, faults = _check(row)
        key = str(fields.get("name", "")).casefold()
        faults += ["this name stands in the file twice"] if key in seen else []
        seen.add(key)
        problems += [f"{place}: {fault}." for fault in faults]
        if not faults and (found := by_name.get(key)) is not None:
            changed.append((found, replace(found, **fields)))
        elif not faults:
            color = CLASS_COLORS[(len(known) + len(added)) % len(CLASS_COLORS)]
            added.append(ClassDraft(**{"color": color} | fields))
    problems += _taken_keys(known, added, changed)
    moved = tuple(pair for pair in changed if pair[0] != pair[1])
    return ClassImport(tuple(added), moved, len(changed) - len(moved), tuple(problems))


def class_row(known: DefectClass) -> dict[str, Any]:
    """A class as a file has it."""
    return {
        "id": int(known.id),
        "name": known.name,
        "code": known.code,
        "color": known.color,
        "key": known.slot,
        "killer": known.killer.value,
        "description": known.description,
        "retired": int(known.retired),
    }


def _foreign_columns(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    foreign = dict.fromkeys(name for _, row in rows for name in row if name not in COLUMNS)
    return [f"A class table has no column “{name}”; it has {', '.join(COLUMNS)}." for name in foreign]


def _check(row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields of a row by their name in DefectClass, and what is wrong with it."""
    fields: dict[str, Any] = {}
    faults: list[str] = []
    for name, read in _READERS.items():
        if name == "name" or (name in row and not (name == "color" and not _text(row[name]))):
            try:
                fields[_FIELDS.get(name, name)] = read(row.get(name))
            except ValueError as error:
                faults.append(str(error))
    if fields.get("retired"):
        fields["slot"] = None
    return fields, faults


def _taken_keys(
    known: Sequence[DefectClass],
    added: Sequence[ClassDraft],
    changed: Sequence[tuple[DefectClass, DefectClass]],
) -> list[str]:
    after = {each.id: each.slot for each in known} | {new.id: new.slot for _, new in changed}
    keys = [slot for slot in [*after.values(), *(draft.slot for draft in added)] if slot is not None]
    return [
        f"Key {slot} would assign two classes." for slot in sorted({k for k in keys if keys.count(k) > 1})
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _name(value: Any) -> str:
    if not _text(value):
        raise ValueError("the name is missing")
    return _text(value)


def _code(value: Any) -> int | None:
    if not _text(value):
        return None
    if not re.fullmatch(r"-?\d{1,9}", _text(value)):
        raise ValueError(f"the code “{_text(value)}” is no whole number")
    return int(_text(value))


def _color(value: Any) -> str:
    if not _COLOR.fullmatch(_text(value)):
        raise ValueError(f"the colour “{_text(value)}” is not of the form #rrggbb")
    return _text(value).lower()


def _key(value: Any) -> int | None:
    if not _text(value):
        return None
    if not re.fullmatch(r"\d", _text(value)):
        raise ValueError(f"the key “{_text(value)}” is not one of 0 to 9")
    return int(_text(value))


def _killer(value: Any) -> Killer:
    word = _text(value).casefold() or Killer.UNKNOWN.value
    if word not in {killer.value for killer in Killer}:
        raise ValueError(f"the killer flag “{_text(value)}” is not yes, no or unknown")
    return Killer(word)


def _retired(value: Any) -> bool:
    word = _text(value).casefold()
    if word not in (*_TRUE, *_FALSE):
        raise ValueError(f"retired is “{_text(value)}”, not 0 or 1")
    return word in _TRUE


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": _name,
    "code": _code,
    "color": _color,
    "key": _key,
    "killer": _killer,
    "description": _text,
    "retired": _retired,
}
