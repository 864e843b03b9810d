"""What a stopped training was begun with: it goes on as it was begun, or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from core.domain.errors import UserError

Plan: TypeAlias = Mapping[str, Any]
"""Field → text, number, None or a sequence of them: all that decides the outcome."""


def refuse_other_plan(begun: Plan | None, asked: Plan, place: Path) -> None:
    """Let work go on only under the plan that it was begun with.

    Args:
        begun: the plan that lies in `place`; None where there is none, as in what was written before plans were kept.
        asked: the plan of now.
        place: the checkpoint or folder.

    Raises:
        UserError: they differ (the sentence names each field), or nobody knows.
    """
    hint = f"Repeat what it was begun with, delete {place} to begin that part anew, or choose another --out folder."
    if begun is None:
        raise UserError(f"{place} does not say what it was begun with, so it cannot be gone on with.", hint)
    now = json.loads(json.dumps(dict(asked)))
    fields = [name for name in {**begun, **now} if begun.get(name) != now.get(name)]
    if fields:
        differs = ", ".join(
            f"{name} {_text(begun.get(name))} (now {_text(now.get(name))})" for name in fields
        )
        raise UserError(f"{place} was begun with other settings: {differs}.", hint)


def _text(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)} names"
    return "none" if value in (None, "") else str(value)
