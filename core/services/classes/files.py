"""Class tables as files: CSV for spreadsheets, JSON for programs. An import is planned first and shown."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.domain.errors import UserError
from core.domain.review import ChangeSet
from core.services.classes.rows import COLUMNS, ClassImport, class_row, plan_import
from core.services.workspace import Workspace

_Rows = Sequence[tuple[str, Mapping[str, Any]]]


def export_classes(workspace: Workspace, out: Path) -> Path:
    """Write the class table, retired classes too; the suffix says in which form.

    Raises:
        UserError: the suffix is neither .csv nor .json, or the file cannot be written.
    """
    rows = [class_row(known) for known in workspace.history.list_classes(include_retired=True)]
    text = _as_json(rows) if _is_json(out) else _as_csv(rows)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UserError(
            f"The class table cannot be written to {out}: {error.strerror}.", "Choose another file."
        ) from error
    return out


def preview_import(workspace: Workspace, file: Path) -> ClassImport:
    """What `import_classes` would do; the file's faults are in `problems`.

    Raises:
        UserError: the file cannot be read, or is no class table at all.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"The class table {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"The class table {file.name} is no UTF-8 text.", "Save it as UTF-8.") from error
    rows = _from_json(file, text) if _is_json(file) else _from_csv(file, text)
    return plan_import(rows, workspace.history.list_classes(include_retired=True))


def import_classes(workspace: Workspace, plan: ClassImport, name: str) -> ChangeSet:
    """Carry out an import, all or nothing, as one action that can be undone.

    Args:
        plan: without problems.
        name: of the file, for the undo menu.

    Raises:
        UserError: the plan has problems, or the class table has changed since it was made.
    """
    if plan.problems:
        raise UserError(plan.problems[0], "Mend the file and import it again.")
    table = workspace.history.class_table
    return table.change(f"Import {name}", added=plan.added, moved=plan.changed)


def _is_json(file: Path) -> bool:
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".json"):
        raise UserError(
            f"“{file.name}” is neither .csv nor .json.", "Give the class table one of these suffixes."
        )
    return suffix == ".json"


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"classes": list(rows)}, indent=2, ensure_ascii=False) + "\n"


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _from_json(file: Path, text: str) -> _Rows:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise UserError(f"The class table {file.name} is no JSON: {error}.") from error
    rows = content.get("classes") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{file.name} holds no list of classes.", 'It must be {"classes": [{"name": …}, …]}.')
    return [(f"Class {number}", row) for number, row in enumerate(rows, start=1)]


def _from_csv(file: Path, text: str) -> _Rows:
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if "name" not in names:
        raise UserError(
            f"{file.name} has no column “name”.", f"The columns of a class table are {', '.join(COLUMNS)}."
        )
    try:
        return [(f"Line {reader.line_num}", _lower(row)) for row in reader]
    except csv.Error as error:
        raise UserError(f"Line {reader.line_num} of {file.name} cannot be read: {error}.") from error


def _lower(row: Mapping[str | None, Any]) -> dict[str, Any]:
    """Column names as we write them; fields beyond the header are a column without a name."""
    return {(name or "").strip().lower(): value for name, value in row.items()}
