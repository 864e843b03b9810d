"""What a change would do, line by line, before anything is written."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import numpy as np

from core.klarf.source import Source
from core.klarf.splice import Splice


def preview(source: Source, splices: Iterable[Splice], *, most_changes: int = 200) -> Iterator[str]:
    """Lines of a diff: where, what stood there (-), what will (+).

    Args:
        source: the file as it is.
        splices: the changes.
        most_changes: places shown at most; then follows how many more there are.
    """
    chars = np.frombuffer(source.body, np.uint8)
    line_starts = [0, *(np.flatnonzero(chars == ord("\n")) + 1).tolist()]
    groups = list(_by_lines(sorted(splices), line_starts))
    for first, stop, group in groups[:most_changes]:
        begin = line_starts[first]
        end = line_starts[stop] if stop < len(line_starts) else len(source.body)
        yield f"@@ line {first + 1} @@"
        yield from (f"-{line}" for line in source.text(begin, end).splitlines())
        after = _applied(source, group, begin, end).decode(source.encoding, errors="replace")
        yield from (f"+{line}" for line in after.splitlines())
    if len(groups) > most_changes:
        yield f"… and {len(groups) - most_changes} more places"


def _by_lines(splices: list[Splice], line_starts: list[int]) -> Iterator[tuple[int, int, list[Splice]]]:
    """First line, the line behind the last one, and the changes of each run of lines that touch."""
    group: list[Splice] = []
    first = stop = 0
    for splice in splices:
        begins = bisect_right(line_starts, splice.start) - 1
        ends = bisect_right(line_starts, max(splice.start, splice.end - 1))
        if group and begins >= stop:
            yield first, stop, group
            group = []
        first, stop = (min(first, begins), max(stop, ends)) if group else (begins, ends)
        group.append(splice)
    if group:
        yield first, stop, group


def _applied(source: Source, splices: list[Splice], begin: int, end: int) -> bytes:
    pieces = []
    for splice in splices:
        pieces += [source.body[begin : splice.start], splice.content]
        begin = splice.end
    return b"".join([*pieces, source.body[begin:end]])
