"""Many tokens at once as numbers and texts."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.klarf.limits import MAX_CELL_BYTES
from core.klarf.source import Source
from core.klarf.tokens import QUOTE, Indices, Tokens

_T = TypeVar("_T", int, float)

FloatColumn = NDArray[np.float64]


def text_of(source: Source, tokens: Tokens, index: int) -> str:
    """One token without its quotes."""
    start, end = int(tokens.starts[index]), int(tokens.ends[index])
    if tokens.heads[index] != QUOTE:
        return source.text(start, end)
    return unquoted(source.text(start, end))


def unquoted(text: str) -> str:
    """A string without its quotes; the closing one may be missing."""
    return text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]


def texts_of(source: Source, tokens: Tokens, indices: Indices) -> tuple[str, ...]:
    """Many tokens without their quotes."""
    cells = _gathered(source, tokens, indices)
    if cells is None:
        return tuple(text_of(source, tokens, index) for index in indices.tolist())
    encoding = source.encoding
    texts = [cell.decode(encoding, errors="replace") for cell in cells.tolist()]
    if (tokens.heads[indices] == QUOTE).any():
        return tuple(map(_bare, texts))
    return tuple(texts)


def distinct_texts(source: Source, tokens: Tokens, indices: Indices) -> tuple[list[str], NDArray[np.intp]]:
    """The different texts among tokens, and which of them each token is; fast where few differ."""
    cells = _gathered(source, tokens, indices)
    if cells is None:
        texts: tuple[str, ...] = texts_of(source, tokens, indices)
        known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        return list(known), np.array([known[text] for text in texts], np.intp)
    different, inverse = np.unique(cells, return_inverse=True)
    texts = tuple(_bare(bytes(cell).decode(source.encoding, errors="replace")) for cell in different)
    return list(texts), inverse.reshape(-1)


def _bare(text: str) -> str:
    return unquoted(text) if text.startswith('"') else text


def numbers_of(source: Source, tokens: Tokens, indices: Indices) -> FloatColumn:
    """(N,) float64; NaN where a token is no number, such as `NA`."""
    cells = _gathered(source, tokens, indices)
    if cells is None:
        return _each(texts_of(source, tokens, indices))
    try:
        return cells.astype(np.float64)
    except ValueError:
        different, inverse = np.unique(cells, return_inverse=True)
        return _each(tuple(_bare(bytes(cell).decode("latin-1")) for cell in different))[inverse.reshape(-1)]


def integer_of(source: Source, tokens: Tokens, index: int) -> int | None:
    """One token as a whole number; None where it is none."""
    return to_integer(text_of(source, tokens, index))


def to_integer(text: str) -> int | None:
    """A text as a whole number; None where it is none."""
    return _try(int, text) if len(text) <= MAX_CELL_BYTES else None


def to_number(text: str) -> float | None:
    """A text as a finite number; None where it is none."""
    value = _try(float, text) if len(text) <= MAX_CELL_BYTES else None
    return value if value is not None and np.isfinite(value) else None


def _try(kind: Callable[[str], _T], text: str) -> _T | None:
    try:
        return kind(text)
    except ValueError:
        return None


def _each(texts: tuple[str, ...]) -> FloatColumn:
    values = [to_number(text) for text in texts]
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _gathered(source: Source, tokens: Tokens, indices: Indices) -> NDArray[np.bytes_] | None:
    """Tokens as an array of byte strings; None where there are none, or one is too long for that."""
    starts = tokens.starts[indices]
    widths = tokens.ends[indices] - starts
    width = int(widths.max(initial=0))
    if not 0 < width <= MAX_CELL_BYTES:
        return None
    columns = np.arange(width, dtype=np.int32)
    chars = np.frombuffer(source.body, np.uint8)
    places = np.minimum(starts[:, None] + columns, len(chars) - 1)
    cells = np.where(columns < widths[:, None], chars[places], 0).astype(np.uint8)
    return np.ascontiguousarray(cells).view(f"S{width}").reshape(-1)
