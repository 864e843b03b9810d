import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import UserError
from core.klarf import Klarf, parse_klarf, read_klarf
from core.klarf.class_edits import class_splices, free_numbers, lookup_splices
from core.klarf.preview import preview
from core.klarf.source import make_source
from core.klarf.splice import Splice, spliced
from core.klarf.subset import subset_splices
from tests.core.klarf.files import HEAD, ROWS, flat, nested

TEXTS = {"flat": flat(), "nested": nested(), "crlf": flat().replace("\n", "\r\n")}


@pytest.fixture(params=TEXTS, ids=str)
def klarf(request: pytest.FixtureRequest) -> Klarf:
    return parse_klarf("a.001", TEXTS[request.param].encode())


def numbers_in(raw: bytes) -> list[float]:
    return parse_klarf("b.001", raw).wafers[0].defect_lists[0].table.numbers("CLASSNUMBER").tolist()


@given(
    st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.binary(max_size=4)))
)
def test_splices_are_what_replacing_from_the_end_gives(
    raw: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    source = make_source("a", b"x" + raw.replace(b"\0", b"0"))
    splices, at = [], 0
    for first, second, content in sorted(changes):
        start, end = sorted((first, second))
        if at <= start and end <= len(source.body):
            splices.append(Splice(start, end, content))
            at = max(end, start + 1)
    expected = source.body
    for splice in reversed(splices):
        expected = expected[: splice.start] + splice.content + expected[splice.end :]
    assert spliced(source, splices) == (source.restored(expected) if splices else source.raw)


def test_overlapping_changes_are_a_bug() -> None:
    source = make_source("a", b"abcdef")
    with pytest.raises(ValueError, match="overlaps"):
        spliced(source, [Splice(0, 3, b""), Splice(2, 4, b"")])


def test_a_class_changes_its_token_alone(klarf: Klarf) -> None:
    raw = spliced(klarf.source, class_splices(klarf, {0: 5, 1: 5, 2: 12}, ["CLASSNUMBER"]))
    assert numbers_in(raw) == [5, 5, 12]
    before, after = klarf.source.raw.splitlines(), raw.splitlines()
    changed = [(old.split(), new.split()) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 2  # the second defect has that class already
    assert all(sum(a != b for a, b in zip(old, new, strict=True)) == 1 for old, new in changed)


def test_no_change_is_the_identical_file(klarf: Klarf) -> None:
    assert spliced(klarf.source, class_splices(klarf, {}, ["CLASSNUMBER"])) is klarf.source.raw
    assert spliced(klarf.source, class_splices(klarf, {1: 5}, ["CLASSNUMBER"])) == klarf.source.raw


def test_columns_that_are_not_there_are_refused_unless_another_is(klarf: Klarf) -> None:
    both = spliced(klarf.source, class_splices(klarf, {0: 5}, ["CLASSNUMBER", "FINEBINNUMBER"]))
    assert numbers_in(both)[0] == 5
    with pytest.raises(UserError, match="none of the columns FINEBINNUMBER"):
        list(class_splices(klarf, {0: 5}, ["FINEBINNUMBER"]))


def test_new_classes_are_appended_and_counted(klarf: Klarf) -> None:
    raw = spliced(klarf.source, lookup_splices(klarf, [(9000, 'Odd "one"\n'), (9001, "Void")]))
    classes = parse_klarf("b.001", raw).classes
    assert classes is not None
    assert classes.numbers == (0, 5, 9000, 9001)
    assert classes.names[2:] == ("Odd 'one'", "Void")
    assert parse_klarf("b.001", raw).notices == ()
    assert raw.count(b"\r\n") - klarf.source.raw.count(b"\r\n") == (2 if b"\r\n" in klarf.source.raw else 0)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp949"])
def test_new_classes_in_the_encoding_of_the_file(encoding: str) -> None:
    raw = flat(head=HEAD.replace("Bridge", "브리지")).encode(encoding)
    klarf = parse_klarf("a.001", raw)
    changed = spliced(
        klarf.source,
        [*lookup_splices(klarf, [(9000, "금속")]), *class_splices(klarf, {0: 9000}, ["CLASSNUMBER"])],
    )
    made = parse_klarf("b.001", changed)
    assert made.classes is not None
    assert made.classes.names == ("Unclassified", "브리지", "금속")
    assert changed.startswith(raw[:40])
    assert numbers_in(changed) == [9000, 5, 0]


def test_a_file_without_a_class_lookup_gets_one() -> None:
    without = flat(head=HEAD.replace('ClassLookup 2\n 0 "Unclassified"\n 5 "Bridge";\n', ""))
    start = nested().index("  List ClassLookupList")
    without_nested = nested()[:start] + " }\n}\nEndOfFile;\n"
    for text in (without, without_nested):
        klarf = parse_klarf("a.001", text.encode())
        assert klarf.classes is None
        made = parse_klarf("b.001", spliced(klarf.source, lookup_splices(klarf, [(9000, "Void")])))
        assert made.classes is not None
        assert (made.classes.numbers, made.classes.names, made.defect_count) == ((9000,), ("Void",), 3)


def test_free_numbers_are_those_that_nothing_bears() -> None:
    klarf = parse_klarf(
        "a.001", flat((ROWS[0].replace(" 0 1 1 1 1 0", " 9000 1 1 1 1 0"), *ROWS[1:])).encode()
    )
    numbers = free_numbers(klarf, range(9000, 9002))
    assert next(numbers) == 9001
    with pytest.raises(UserError, match="uses all class numbers from 9000 to 9001"):
        next(numbers)


@pytest.mark.parametrize("kept", [{0, 1, 2}, {1}, {0, 2}, {2}, set()])
def test_a_subset_keeps_its_rows_and_corrects_the_counts(klarf: Klarf, kept: set[int]) -> None:
    raw = spliced(klarf.source, subset_splices(klarf, kept))
    made = parse_klarf("b.001", raw)
    assert made.notices == ()
    table, summary = made.wafers[0].defect_lists[0].table, made.wafers[0].summaries[0]
    assert table.numbers("DEFECTID").tolist() == [defect + 1 for defect in sorted(kept)]
    assert summary.numbers("NDEFECT").tolist() == [len(kept)]
    assert summary.numbers("NDEFDIE").tolist() == [len({min(defect, 1) for defect in kept})]
    assert summary.numbers("DEFDENSITY")[0] == pytest.approx(0.1 * len(kept))
    spans = klarf.wafers[0].defect_lists[0].table.row_spans()
    assert all(klarf.source.body[spans[defect, 0] : spans[defect, 1]] in raw for defect in kept)
    assert kept != {0, 1, 2} or raw == klarf.source.raw


def test_a_preview_shows_the_lines_that_change(klarf: Klarf) -> None:
    splices = [
        *class_splices(klarf, {0: 9000, 2: 9000}, ["CLASSNUMBER"]),
        *lookup_splices(klarf, [(9000, "Void")]),
    ]
    shown = list(preview(klarf.source, splices))
    removed = [line[1:] for line in shown if line.startswith("-")]
    added = [line[1:] for line in shown if line.startswith("+")]
    before, after = (
        klarf.source.raw.decode().splitlines(),
        spliced(klarf.source, splices).decode().splitlines(),
    )
    assert set(before) - set(after) == set(removed) - set(added)
    assert set(after) - set(before) == set(added) - set(removed)
    assert list(preview(klarf.source, splices, most_changes=1))[-1].startswith("… and ")
    assert list(preview(klarf.source, [])) == []


@given(st.randoms(use_true_random=False))
def test_random_class_edits_of_many_blocks(draw: random.Random) -> None:
    blocks = "".join(f"TiffFileName a{n}.jpg;\nDefectList\n {n} 1 2 0 0 1 0 1 1 1 1 0;\n" for n in range(20))
    klarf = parse_klarf("a.001", flat().replace("SummarySpec", blocks + "SummarySpec").encode())
    edits = {draw.randrange(klarf.defect_count): draw.randrange(1000) for _ in range(8)}
    made = parse_klarf("b.001", spliced(klarf.source, class_splices(klarf, edits, ["CLASSNUMBER"])))
    before = klarf.wafers[0].defect_lists[0].table.numbers("CLASSNUMBER")
    after = made.wafers[0].defect_lists[0].table.numbers("CLASSNUMBER")
    assert after.tolist() == [edits.get(defect, old) for defect, old in enumerate(before)]


def test_samples_stay_as_they_are(samples: Path) -> None:
    for path in sorted(samples.iterdir()):
        if not path.name.startswith("bad"):
            klarf = read_klarf(path)
            everything = range(klarf.defect_count)
            assert spliced(klarf.source, class_splices(klarf, {}, ["CLASSNUMBER"])) == path.read_bytes()
            assert spliced(klarf.source, subset_splices(klarf, everything)) == path.read_bytes()
            changed = spliced(
                klarf.source, class_splices(klarf, dict.fromkeys(everything, 777), ["CLASSNUMBER"])
            )
            assert parse_klarf(path.name, changed).defect_count == klarf.defect_count
