"""Changes as bytes at spans: what no change names stays as it came."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.klarf.source import Source


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """New bytes for a span of the body; an empty span inserts."""

    start: int
    end: int
    content: bytes


def spliced(source: Source, splices: Iterable[Splice]) -> bytes:
    """A file's bytes with the changes; the very bytes of the file where there are none.

    Raises:
        ValueError: spans overlap, or lie outside the body.
    """
    ordered = sorted(splices)
    if not ordered:
        return source.raw
    pieces: list[bytes] = []
    at = 0
    for splice in ordered:
        if not at <= splice.start <= splice.end <= len(source.body):
            raise ValueError(f"the change at {splice.start} overlaps another or lies outside the file")
        pieces += [source.body[at : splice.start], splice.content]
        at = splice.end
    return source.restored(b"".join([*pieces, source.body[at:]]))
