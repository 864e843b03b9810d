"""Searching old lots: what may be asked, as typed words, and what is found."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from core.domain.decisions import Verdict
from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId

UNDECIDED_WORD = "undecided"
_TERM = re.compile(r'(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))')
_TEXT_KEYS = ("lot", "image", "class", "note", "reviewer", "recipe")
KEYS = (*_TEXT_KEYS, "verdict", "after", "before")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for; all of it must hold.

    Attributes:
        words: each occurs in the name of the lot, image, class, reviewer or recipe, or in the note; any letter case.
        texts: (key, word): the word occurs in that one.
        verdicts: one of these; a verdict's value or "undecided".
        after, before: days of the decision in force, both included.
    """

    words: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    verdicts: frozenset[str] = field(default_factory=frozenset)
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An image that was found, with the decision in force.

    Attributes:
        verdict, class_name, reviewer: empty where there is none.
        decided_at_utc: None where nothing was decided.
    """

    lot_id: LotId
    lot_name: str
    image_id: ImageId
    image_name: str
    verdict: str
    class_name: str
    note: str
    reviewer: str
    decided_at_utc: datetime | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits, the newest lot first, as many as were asked for, and how many there are."""

    hits: tuple[SearchHit, ...]
    total: int


def parse_search(text: str) -> SearchQuery:
    """Read what was typed: `bridge lot:W07 verdict:real reviewer:"H. Sato" after:2026-01-31`.

    Raises:
        UserError: a key or its value is not known; nothing was typed.
    """
    query = SearchQuery()
    for term in _TERM.finditer(text):
        word = (term["quoted"] if term["quoted"] is not None else term["bare"]).strip()
        if word:
            query = _with_term(query, (term["key"] or "").lower(), word)
    if query == SearchQuery():
        raise UserError("There is nothing to search for.", f"Give words, or {': '.join(KEYS)}: with a value.")
    return query


def _with_term(query: SearchQuery, key: str, word: str) -> SearchQuery:
    if not key:
        return replace(query, words=(*query.words, word))
    if key in _TEXT_KEYS:
        return replace(query, texts=(*query.texts, (key, word)))
    if key == "verdict":
        return replace(query, verdicts=query.verdicts | {_verdict(word)})
    if key in ("after", "before"):
        return replace(query, after=_day(word)) if key == "after" else replace(query, before=_day(word))
    raise UserError(f"“{key}:” is no key of the search.", f"Keys are {', '.join(KEYS)}.")


def _verdict(word: str) -> str:
    known = (UNDECIDED_WORD, *(verdict.value for verdict in Verdict))
    if word.lower() not in known:
        raise UserError(f"“{word}” is no verdict.", f"Verdicts are {', '.join(known)}.")
    return word.lower()


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise UserError(f"“{word}” is no day.", "Write it as 2026-01-31.") from None
