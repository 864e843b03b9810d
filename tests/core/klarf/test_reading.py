import codecs
import random
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import UserError
from core.klarf import is_klarf, parse_klarf, read_klarf
from core.klarf.geometry import defect_sites, wafer_plan
from core.klarf.image_paths import ImageFolder
from core.klarf.image_refs import defect_images
from tests.core.klarf.files import HEAD, ROWS, flat, nested

_DAMAGES = (
    b"", b";", b"{", b"}", b'"', b"9" * 30, b"-1", b"\0", b"\xff\xfe", b"\n", b"NA", b"../", b"C:\\", b"//", b"nan",
    b"inf", b"1e999", b"-9e30", b"Images 3 {", b"N", b"DefectList", b"WaferID", b"Record A {", b"Columns 2 {",
)  # fmt: skip
BAD_SAMPLES = {"bad12.klarf": "line 36, column 1", "bad12DefectList.klarf": "line 29, column 2"}


def parse(text: str, encoding: str = "utf-8"):
    return parse_klarf("a.001", text.encode(encoding))


def test_a_flat_file() -> None:
    klarf = parse(flat())
    (wafer,) = klarf.wafers
    (defects,) = wafer.defect_lists
    assert (klarf.version, klarf.is_nested, wafer.wafer_id, wafer.dies.tolist()) == (
        "1.2",
        False,
        "W01",
        [[0, 0], [1, 0]],
    )
    assert defects.table.texts("DEFECTID") == ("1", "2", "3")
    assert defects.table.numbers("CLASSNUMBER").tolist() == [0, 5, 0]
    assert klarf.classes is not None
    assert dict(zip(klarf.classes.numbers, klarf.classes.names, strict=True)) == {
        0: "Unclassified",
        5: "Bridge",
    }
    assert klarf.notices == ()


def test_a_nested_file() -> None:
    klarf = parse(nested())
    (wafer,) = klarf.wafers
    table = wafer.defect_lists[0].table
    assert (klarf.version, klarf.is_nested, wafer.wafer_id) == ("1.8", True, "W01")
    assert table.numbers("CLASSNUMBER").tolist() == [0, 5, 0]
    assert table.numbers("XREL").tolist() == [100500, 300000, 500000]
    assert klarf.classes is not None
    assert klarf.classes.names == ("Unclassified", "Bridge")
    assert klarf.notices == ()


@pytest.mark.parametrize("change", [str, str.upper, str.lower], ids=["as it is", "capitals", "small letters"])
def test_letter_case_does_not_matter(change) -> None:
    for text in (flat(), nested().replace("\\", "/")):
        assert parse(change(text)).wafers[0].defect_lists[0].table.numbers("DEFECTID").tolist() == [1, 2, 3]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [flat(), nested()], ids=["flat", "nested"])
def test_line_ends(text: str, line_end: str) -> None:
    assert parse(text.replace("\n", line_end)).defect_count == 3


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "cp949"),
    ],
)
def test_encodings(mark: bytes, encoding: str) -> None:
    text = flat().replace("Bridge", "브리지")
    klarf = parse_klarf("a.001", mark + text.encode(encoding))
    assert klarf.classes is not None
    assert klarf.classes.names[1] == "브리지"
    assert klarf.source.restored(klarf.source.body) == klarf.source.raw


def test_rows_without_a_leading_space_and_numbers_that_are_none() -> None:
    rows = tuple(row.strip() for row in ROWS)
    table = parse(flat((rows[0].replace("1.25", "NA"), *rows[1:]))).wafers[0].defect_lists[0].table
    assert np.isnan(table.numbers("DSIZE")[0])
    assert table.numbers("DSIZE")[1:].tolist() == [2.5, 0.5]


@pytest.mark.parametrize(
    "lost", ["Slot 7", ' 5 "Bridge"', " 1 0", "IMAGELIST ", " 3 500 600 1 0 0.5 0 1 0 0", "NDEFDIE "]
)
def test_a_forgotten_semicolon_is_noticed_and_forgiven(lost: str) -> None:
    klarf = parse(flat().replace(f"{lost};", lost))
    assert klarf.defect_count == 3
    assert len(klarf.notices) == 1
    assert "not closed" in klarf.notices[0]


def test_counts_that_do_not_fit_are_noticed() -> None:
    klarf = parse(
        flat(
            head=HEAD.replace("SampleTestPlan 2", "SampleTestPlan 3").replace(
                "ClassLookup 2", "ClassLookup 9"
            )
        )
    )
    assert klarf.classes is not None
    assert klarf.classes.rows == 2
    assert klarf.notices == ("Line 13: SampleTestPlan says 3 dies and lists 2.",)
    assert parse(nested(count=9)).notices == ("Line 14: The list defectlist says 9 rows and has 3.",)


def test_a_misleading_version_does_not_decide_the_grammar() -> None:
    assert parse(flat().replace("FileVersion 1 2", "FileVersion 1 8")).defect_count == 3


def test_several_wafers_keep_what_was_said_before_them() -> None:
    second = '\nWaferID "W02";\nSlot 8;\nDefectList\n 9 1 2 3 4 5 6 1 0 0;\nEndOfFile;\n'
    klarf = parse(flat().replace("EndOfFile;\n", second))
    assert [(wafer.wafer_id, wafer.defect_count, wafer.fields["slot"]) for wafer in klarf.wafers] == [
        ("W01", 3, ("7",)),
        ("W02", 1, ("8",)),
    ]
    assert klarf.wafers[1].dies.tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (flat((*ROWS[:2], ROWS[2] + " 9")), r"line 21, column 2: The row has 11 values on its line, where 10"),
        (flat((ROWS[0].replace(" 1 1 1 1 0", " 1 1 1 1"), *ROWS[1:])), r"line 19, column 2: The row has 11 values"),
        (flat((ROWS[0].replace("1 1 1 1 0", "1 1 x 1 0"), *ROWS[1:])), r"line 19, column 29: .* no number of images"),
        (flat().replace("DefectRecordSpec 10", "Spec 10"), r"line 18, column 1: .* before any DefectRecordSpec"),
        (flat().replace(" 1 3 0.3 2 2;", " 1 3 0.3 2;"), r"line 23, column 1: .* 4 values"),
        (flat().replace(" 1 0;\n", " 1 0 7;\n"), r"line 13, column 1: The dies"),
        (nested((nested.__defaults__[0][0], "2 3 4;")), r"line 20, column 7: The row has 3 values, where 9"),
        (nested().replace("Data 3", "Rows 3"), r"line 17, column 5: Data was expected"),
        (nested().rsplit("}", 1)[0], r"line 2, column 1: This brace is never closed"),
        (nested() + "}", r"A closing brace too many"),
        (nested().replace("Field DiePitch", "Feld DiePitch"), r"line 5, column 3: “feld” stands where"),
        ("hello", r"line 1, column 1: The file is no KLARF"),
        ("", r"line 1, column 1: The file is no KLARF"),
    ],
)  # fmt: skip
def test_faults_are_told_with_line_and_column(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        parse(text)


def test_a_wafer_without_a_name() -> None:
    assert parse(flat(head=HEAD.replace('WaferID "W01"', "WaferID"))).wafers[0].wafer_id == ""


def test_nesting_beyond_the_limit_is_refused() -> None:
    deep = 'Record FileRecord "1.8" {' + "Record A {" * 40 + "}" * 41 + " EndOfFile;"
    with pytest.raises(UserError, match="nested more than 32 deep"):
        parse(deep)


@pytest.mark.parametrize("text", [flat(), nested()], ids=["flat", "nested"])
def test_damaged_files_are_read_or_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    """Every other exception would be a bug; and no image is found where there is no file."""
    draw = random.Random(7)
    raw = text.encode()
    folder = ImageFolder(tmp_path)
    for _ in range(400):
        damaged = bytearray(raw)
        for _ in range(draw.randint(1, 3)):
            begin = draw.randrange(len(damaged))
            end = min(len(damaged), begin + draw.choice((0, 1, 1, 5, 40)))
            damaged[begin:end] = draw.choice(_DAMAGES)
        try:
            klarf = parse_klarf("a.001", bytes(damaged))
        except UserError as error:
            assert "line " in error.message or "UTF-16" in error.message  # noqa: PT017 - most mutants are read
        else:
            assert klarf.source.restored(klarf.source.body) == bytes(damaged)
            defect_sites(klarf, tuple(wafer_plan(klarf, wafer) for wafer in klarf.wafers))
            files = defect_images(klarf).files
            assert all(folder.find(file.name, file.file_format).problem for file in files)


def test_samples_are_read_or_refused_with_their_line(samples: Path) -> None:
    for path in sorted(samples.iterdir()):
        assert is_klarf(path)
        if path.name in BAD_SAMPLES:
            with pytest.raises(UserError, match=BAD_SAMPLES[path.name]):
                read_klarf(path)
        else:
            assert read_klarf(path).defect_count > 0


def test_the_large_sample(samples: Path) -> None:
    klarf = read_klarf(samples / "CPS3TwithoutReview.001")
    assert klarf.classes is not None
    assert (len(klarf.classes.names), len(klarf.wafers[0].dies), klarf.defect_count) == (276, 4988, 16)


def test_other_files_are_no_klarf(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("image,reference\n")
    assert not is_klarf(tmp_path / "a.csv")
    assert not is_klarf(tmp_path)
    assert not is_klarf(tmp_path / "gone.001")
    with pytest.raises(UserError, match="cannot be read"):
        read_klarf(tmp_path / "gone.001")
