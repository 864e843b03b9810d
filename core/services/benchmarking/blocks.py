"""Tables between markers, in pages that people write."""

from collections.abc import Sequence
from pathlib import Path

from core.domain.errors import UserError


def put_block(page: Path, name: str, lines: Sequence[str]) -> None:
    """Replace what stands between two markers; a page without them gets them at its end.

    Raises:
        UserError: the page has one marker only.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if (begin in text) != (end in text):
        raise UserError(f"{page} has one of the markers {begin} and {end} only.", "Mend or remove it.")
    if begin not in text:
        text += f"\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text("\n".join([before + begin, *lines, end + after]), encoding="utf-8")
