from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import UserError
from core.domain.search import SearchQuery, parse_search


def test_words_keys_and_quotes():
    query = parse_search('bridge lot:W07 reviewer:"H. Sato" "two words" verdict:Real after:2026-01-31')
    assert query == SearchQuery(
        words=("bridge", "two words"),
        texts=(("lot", "W07"), ("reviewer", "H. Sato")),
        verdicts=frozenset({"real"}),
        after=date(2026, 1, 31),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing to search"),
        ('  "" ', "nothing to search"),
        ("color:red", "is no key"),
        ("verdict:bad", "is no verdict"),
        ("before:yesterday", "is no day"),
        ("after:2026-13-01", "is no day"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(text, message):
    with pytest.raises(UserError, match=message) as caught:
        parse_search(text)
    assert caught.value.hint


@given(st.text())
def test_any_text_is_a_query_or_a_sentence(text):
    try:
        query = parse_search(text)
    except UserError:
        return
    assert query != SearchQuery()
