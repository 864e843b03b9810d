"""Sentences of the class manager, made of records."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from core.domain.decisions import ClassEvent, Killer
from core.domain.stored_discovery import ClassBirth
from core.services.classes.managing import MergePreview
from core.services.classes.rows import ClassImport

WORDS = {
    "name": "name",
    "code": "code",
    "color": "colour",
    "slot": "key",
    "description": "description",
    "killer": "killer",
}
SHA_LETTERS = 12


def birth_text(birth: ClassBirth | None) -> str:
    """The birth certificate, as rich text."""
    if birth is None:
        return "Made by hand: no discovery stands behind it."
    nearest = "no other class was known"
    if birth.nearest_class and birth.nearest_distance is not None:
        nearest = (
            f"nearest class “{escape(birth.nearest_class)}” at cosine distance {birth.nearest_distance:.3f}"
        )
    return (
        f"Named by {escape(birth.reviewer)} on {birth.at_utc.astimezone():%Y-%m-%d %H:%M} from the group "
        f"“{escape(birth.cluster_name)}” of the lot “{escape(birth.lot_name)}” (discovery {birth.discovery_id}): "
        f"{birth.crops:,} crops, {nearest}.<br>"
        f"Recipe {birth.recipe_sha256[:SHA_LETTERS]}, embedding {birth.model_sha256[:SHA_LETTERS]}, "
        f"Residua {escape(birth.app_version)}."
    )


def event_lines(events: Sequence[ClassEvent]) -> tuple[str, ...]:
    """One line an event, newest first."""
    return tuple(_event_line(event) for event in reversed(events))


def _event_line(event: ClassEvent) -> str:
    undone = {"undo": "Undone: ", "redo": "Redone: "}.get(event.kind, "")
    when = f"{event.at_utc.astimezone():%Y-%m-%d %H:%M}"
    return f"{when}  {undone}{event.title}{_moves(event.before, event.after)}  ({event.reviewer})"


def _moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    moves = [
        f"{word} {_value(before[name])} → {_value(after[name])}"
        for name, word in WORDS.items()
        if name in before and name in after
    ]
    return f": {', '.join(moves)}" if moves else ""


def _value(value: Any) -> str:
    return "none" if value in (None, "") else f"“{value}”"


def merge_text(preview: MergePreview) -> str:
    """What a merge would change."""
    total = sum(count for _, count in preview.images)
    lots = ", ".join(f"{name} {count:,}" for name, count in preview.images)
    parts = [
        f"{_counted(total, 'image')} will bear “{preview.target.name}” ({lots})."
        if total
        else "No image bears it."
    ]
    if preview.clusters:
        parts.append(f"{_counted(preview.clusters, 'group')} of discoveries too.")
    parts.append(f"“{preview.source.name}” is retired; its id and its history stay.")
    if preview.frees_key is not None:
        parts.append(f"Key {preview.frees_key} becomes free.")
    return " ".join(parts)


def import_summary(plan: ClassImport) -> str:
    """What an import would do, in a sentence."""
    if plan.problems:
        return f"{_counted(len(plan.problems), 'problem')}: nothing can be imported before they are mended."
    if not plan.added and not plan.changed:
        return "The classes are as the file has them: there is nothing to import."
    return f"{len(plan.added):,} new, {len(plan.changed):,} changed, {plan.unchanged:,} as they are."


def import_lines(plan: ClassImport) -> tuple[str, ...]:
    """The same, line by line."""
    if plan.problems:
        return plan.problems
    added = tuple(f"New: {draft.name}" for draft in plan.added)
    changed = tuple(f"Changed: {before.name}{_differences(before, after)}" for before, after in plan.changed)
    return added + changed


def _differences(before: object, after: object) -> str:
    fields = {
        name: (_plain(getattr(before, name)), _plain(getattr(after, name))) for name in (*WORDS, "retired")
    }
    moved = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
    return ": " + ", ".join(
        f"{WORDS.get(name, name)} {_value(old)} → {_value(new)}" for name, (old, new) in moved.items()
    )


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Killer) else value


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
