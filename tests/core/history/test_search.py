import pytest

from core.domain.decisions import Judgement, Verdict
from core.domain.lots import Lot
from core.domain.recipes import Recipe
from core.domain.search import parse_search
from core.history import search_index


@pytest.fixture
def kept(history, lot, record, change, detection, tmp_path):
    """Two lots; of the first one image is a Bridge with a note, one nuisance, one measured."""
    first = history.add_lot(lot)
    other = tuple(record(f"Wafer_12/site{number}.png") for number in range(3))
    history.add_lot(Lot("LOT-B12", tmp_path / "b", tmp_path / "b", other))
    ids = [item.image_id for item in history.list_items(first)]
    bridge = history.add_class("Brücke M1")
    real = Judgement(Verdict.REAL, bridge.id, note="kurzschluß zwischen Linien, 配線の短絡 100%")
    history.apply("Real", [change(ids[0], real), change(ids[1], Judgement(Verdict.NUISANCE))])
    run = history.start_run(
        first, recipe=Recipe(name="BEOL review"), model_id="m", model_sha256="ab" * 32, device="cpu"
    )
    history.save_detections(run, [(ids[2], detection("x"), "", "")])
    return history


@pytest.fixture
def find(kept):
    def names(text, **options):
        return [hit.image_name for hit in kept.search.find(parse_search(text), **options).hits]

    return names


FIRST = [f"die {number}/µ{number}.tif" for number in range(6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brücke", FIRST[:1]),
        ("BRÜCKE m1", FIRST[:1]),
        ("class:cke", FIRST[:1]),
        ("schluß", FIRST[:1]),
        ("短絡", FIRST[:1]),
        ("note:線の短", FIRST[:1]),
        ("100%", FIRST[:1]),
        ("note:100_", []),
        ("site1", ["Wafer_12/site1.png"]),
        ("image:12/SITE2", ["Wafer_12/site2.png"]),
        ("b12 site0", ["Wafer_12/site0.png"]),
        ("µ4", FIRST[4:5]),
        ("lot:w07 verdict:nuisance", FIRST[1:2]),
        ("verdict:real verdict:nuisance", FIRST[:2]),
        ("lot:W07 verdict:undecided die", FIRST[2:]),
        ("reviewer:MEI", FIRST[:2]),
        ("recipe:beol", FIRST[2:3]),
        ("after:2020-01-01", FIRST[:2]),
        ("before:2020-01-01", []),
        ('"zwischen Linien"', FIRST[:1]),
        ('"Linien zwischen"', []),
        ("bridge", []),
    ],
)
def test_what_is_found(find, text, expected):
    assert [name for name in find(text) if name != "notes.txt"] == expected


@pytest.mark.parametrize(
    "text", ["a'b", 'a"b"c', "NEAR(a b)", "name:*", "%%%", "___", "a\\b", "(", "-x", "^y"]
)
def test_signs_of_the_query_language_are_letters(kept, text):
    words = parse_search(f"image:x {text.replace(':', ' ')}")
    assert kept.search.find(words).total == 0


def test_a_hit_says_what_was_decided(kept):
    (hit,) = kept.search.find(parse_search("class:brücke")).hits
    assert (hit.lot_name, hit.verdict, hit.class_name, hit.reviewer) == ("W07", "real", "Brücke M1", "mei")
    assert hit.note.startswith("kurzschluß")
    assert hit.decided_at_utc is not None


def test_the_note_in_force_is_searched_and_an_undo_counts(kept, find):
    assert find("kurzschluß") == FIRST[:1]
    kept.undo()
    assert find("kurzschluß") == []
    assert find("reviewer:mei") == []
    kept.redo()
    assert find("kurzschluß") == FIRST[:1]


def test_what_came_later_is_found_too(kept, find, lot, record, monkeypatch):
    monkeypatch.setattr(search_index, "_BLOCK", 2)
    assert find("later") == []
    more = tuple(record(f"later{number}.tif") for number in range(5))
    kept.add_lot(Lot("W07", lot.source, lot.root, (*lot.images, *more), lot.failures))
    assert find("later") == [f"later{number}.tif" for number in range(5)]


def test_all_hits_are_counted_and_the_first_returned(kept):
    found = kept.search.find(parse_search("lot:b12"), most=2)
    assert (len(found.hits), found.total) == (2, 3)
