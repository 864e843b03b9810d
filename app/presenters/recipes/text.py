"""Words of the recipe editor."""

from datetime import UTC, datetime

from app.presenters.recipes.state import RecipesState
from app.views.lots.formats import moment_text
from core.domain.recipe_library import VersionId
from core.domain.recipes import Recipe
from core.domain.what_if import Move, WhatIf
from core.domain.words import MODEL_WORDS

SHOWN_OF_HASH = 16


def origin_text(state: RecipesState, recipe: Recipe | None) -> str:
    """Who saved the version, why, and its fingerprint."""
    version = state.version
    parts = []
    if version is not None and version.saved_by and version.saved_at_utc is not None:
        parts.append(f"saved by {version.saved_by}, {moment_text(version.saved_at_utc, datetime.now(UTC))}")
    if version is not None and version.note:
        parts.append(version.note)
    if recipe is not None:
        parts.append(f"fingerprint {recipe.sha256[:SHOWN_OF_HASH]}…")
    return "  ·  ".join(parts)


def standing_text(state: RecipesState, changes: int, complaints: int) -> str:
    """How the version stands: in use, locked, changed."""
    parts = []
    if state.chosen == state.in_use:
        parts.append("In use on this station")
    known = state.recipe
    if known is not None and known.lock is not None:
        parts.append(f"Locked by {known.lock.by}: fork it to change it")
    if complaints:
        parts.append(
            "1 field is not right yet" if complaints == 1 else f"{complaints} fields are not right yet"
        )
    elif changes:
        parts.append("1 change is not saved" if changes == 1 else f"{changes} changes are not saved")
    return "  ·  ".join(parts)


def difference_text(count: int, before: VersionId, after: VersionId) -> str:
    """What the table of differences says."""
    if before == after:
        return "Choose another version to see the differences."
    if not count:
        return f"{before} and {after} measure, train and group alike."
    return "1 parameter differs." if count == 1 else f"{count} parameters differ."


def what_if_text(found: WhatIf, lot_name: str, kept: Move | None) -> str:
    """How many images flip, how it was found out, and what the gallery is about."""
    flips = found.flipped
    of = f"of {found.compared:,} images of “{lot_name}”"
    lines = [
        f"None {of} would get another verdict." if not flips else f"{flips:,} {of} would get another verdict."
    ]
    if found.renamed:
        lines.append(f"{found.renamed:,} would keep the verdict and get another class.")
    if found.failed:
        failed = "1 image" if found.failed == 1 else f"{found.failed:,} images"
        lines.append(f"{failed} could not be measured.")
    if found.reused == 2 * found.compared > 0:
        lines.append("Nothing was measured anew: stored results were enough.")
    elif found.reused:
        lines.append(f"{found.reused:,} of {2 * found.compared:,} results came from stored runs.")
    if kept is not None:
        before, after = kept
        lines.append(
            f"Shown: {MODEL_WORDS[before]} by A, {MODEL_WORDS[after]} by B. Click the number again for all."
        )
    elif found.flips:
        lines.append("Click a number to see those alone, an image to open it in the review.")
    return "\n".join(lines)
