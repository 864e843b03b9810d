"""What the documents promise is what the code does."""

import json
import re
from pathlib import Path

import pytest

from core.cli import COMMANDS
from core.domain.recipes import Recipe
from core.reporting.rows import COLUMNS as EXPORT_COLUMNS
from core.services.detection.folder import COLUMNS as DETECTION_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "installer").glob("*.md")])
FORMATS = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_documented_recipe_is_the_default() -> None:
    block = re.search(r"```json\n(.*?)```", FORMATS, re.DOTALL)
    assert block is not None
    assert json.loads(block[1]) == Recipe().model_dump(mode="json")


@pytest.mark.parametrize("column", sorted({*EXPORT_COLUMNS, *DETECTION_COLUMNS}))
def test_every_column_is_documented(column: str) -> None:
    assert f"`{column}`" in FORMATS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"residua {command} " in (ROOT / "README.md").read_text(encoding="utf-8")
