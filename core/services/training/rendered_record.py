"""How far a folder of rendered images is, and of which plan it is."""

import json
from pathlib import Path
from typing import Any

from core.domain.errors import UserError
from core.networks.training.plan import Plan, refuse_other_plan

_RECORD = "rendered.json"


def rendered_count(folder: Path, plan: Plan, array: str) -> int:
    """How many images of this plan a folder holds.

    Args:
        array: file whose presence without a record means images of nobody knows which plan.

    Raises:
        UserError: the folder holds images of another plan, or of nobody knows which.
    """
    kept = _read_record(folder, array)
    if kept["done"]:
        refuse_other_plan(kept["plan"], plan, folder)
    return int(kept["done"])


def record_rendered(folder: Path, plan: Plan, done: int) -> None:
    """Swapped in whole, so that a stop in the middle leaves the old record."""
    fresh = folder / f"{_RECORD}.new"
    fresh.write_text(json.dumps({"done": done, "plan": dict(plan)}, indent=2), encoding="utf-8")
    fresh.replace(folder / _RECORD)


def _read_record(folder: Path, array: str) -> dict[str, Any]:
    """Images without a record were rendered before plans were kept."""
    record = folder / _RECORD
    if not record.is_file():
        return {"done": int((folder / array).is_file()), "plan": None}
    try:
        kept: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{record} is damaged.", f"Delete {folder} to render its images again.") from error
    return kept
