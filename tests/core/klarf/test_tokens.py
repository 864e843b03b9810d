import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import UserError
from core.klarf import tokens as tokens_module
from core.klarf.source import make_source
from core.klarf.tokens import Tokens, tokenize

_FLAT = re.compile(rb'"[^"\r\n]*"|;|[^\s;"]+')
_TEXT = st.lists(
    st.sampled_from(
        ["a", "12.5", "-3", " ", "\t", "\n", "\r\n", ";", '"b c"', '"x;y"', '""', "{", "}", ",", "é", "NA"]
    ),
    max_size=60,
).map("".join)


def spans(found: Tokens) -> list[tuple[int, int]]:
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


def texts(text: str, *, nested: bool = False) -> list[str]:
    source = make_source("a.001", text.encode())
    return [source.text(begin, end) for begin, end in spans(tokenize(source, nested=nested))]


@given(_TEXT)
def test_tokens_are_those_of_a_plain_reading_character_by_character(text: str) -> None:
    source = make_source("a.001", text.encode())
    expected = [found.span() for found in _FLAT.finditer(source.body)]
    assert spans(tokenize(source, nested=False)) == expected


@given(st.binary(max_size=200), st.booleans())
def test_nothing_but_white_space_stands_between_the_tokens_of_any_bytes(raw: bytes, nested: bool) -> None:
    try:
        source = make_source("a.001", raw)
    except UserError:
        return
    at = 0
    for begin, end in spans(tokenize(source, nested=nested)):
        assert at <= begin < end
        assert not source.body[at:begin].strip(b" \t\r\n\v\f,")
        at = end
    assert not source.body[at:].strip(b" \t\r\n\v\f,")


@given(_TEXT, st.integers(1, 9))
def test_blocks_of_lines_make_no_difference(text: str, size: int) -> None:
    source = make_source("a.001", text.encode())
    whole = tokenize(source, nested=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens_module, "_BLOCK_BYTES", size)
        parts = tokenize(source, nested=True)
    assert spans(parts) == spans(whole)
    assert np.array_equal(parts.opens_line, whole.opens_line)


def test_an_unclosed_quote_ends_before_the_signs_that_close_its_line() -> None:
    assert texts('WaferID "W 01;\nSlot 3;\n') == ["WaferID", '"W 01', ";", "Slot", "3", ";"]
    assert texts('Field A 1 {"W 01 }\nField', nested=True) == ["Field", "A", "1", "{", '"W 01', "}", "Field"]


def test_braces_and_commas_are_signs_in_the_nested_grammar_alone() -> None:
    assert texts("WaferID A,{B};") == ["WaferID", "A,{B}", ";"]
    assert texts("{A,B};", nested=True) == ["{", "A", "B", "}", ";"]


def test_too_many_values_and_endless_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens_module, "MAX_TOKENS", 5)
    with pytest.raises(UserError, match=r"line 1, column 1: .* more than 5 values"):
        tokenize(make_source("a.001", b"1 2 3 4 5 6\n"), nested=False)
    monkeypatch.setattr(tokens_module, "MAX_LINE_BYTES", 10)
    monkeypatch.setattr(tokens_module, "_BLOCK_BYTES", 2)
    with pytest.raises(UserError, match="line 2, column 1: A line here is longer"):
        tokenize(make_source("a.001", b"1\n" + b"2" * 100), nested=False)
