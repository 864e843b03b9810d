from pathlib import Path

import pytest

from core.klarf import parse_klarf, read_klarf
from core.klarf.image_paths import ImageFolder
from core.klarf.image_refs import defect_images
from tests.core.klarf.files import COLUMNS, ROWS, flat, nested


def seen(text: str) -> list[tuple]:
    """Defect, test's file and page, reference's page."""
    found = defect_images(parse_klarf("a.001", text.encode()))
    columns = (found.defects, found.test_files, found.test_pages, found.reference_pages)
    return [
        (defect, found.files[file].name if file >= 0 else "", page, reference)
        for defect, file, page, reference in zip(*(column.tolist() for column in columns), strict=True)
    ]


def test_pages_of_a_stack_with_their_count_twice() -> None:
    assert seen(flat()) == [(0, "s.tif", 0, -1), (1, "s.tif", 1, 2)]


def test_pairs_that_wrap_to_the_next_line() -> None:
    wrapped = (ROWS[0], ROWS[1].replace(" 2 30", "\n 2 30"), ROWS[2])
    assert seen(flat(wrapped)) == seen(flat())


def test_pages_without_a_count_of_their_own() -> None:
    rows = (" 1 1 1 0 0 1 0 1 1 4 0", " 2 1 1 0 0 1 0 1 0", " 3 1 1 0 0 1 0 1 2 7 30 9 31")
    expected = [(0, "s.tif", 3, -1), (2, "s.tif", 6, 8)]
    assert seen(flat(rows)) == expected
    assert seen(flat(rows, columns=COLUMNS.replace(" IMAGELIST", ""))) == expected


def test_a_list_in_mid_row_without_a_count_column() -> None:
    columns = "DEFECTID IMAGELIST XREL YREL XINDEX YINDEX DSIZE CLASSNUMBER TEST"
    text = flat((" 1 2 5 30 6 31 100 200 0 0 1 0 1", " 2 0 100 200 0 0 1 5 1"), columns=columns)
    assert seen(text) == [(0, "s.tif", 4, 5)]
    assert parse_klarf("a", text.encode()).wafers[0].defect_lists[0].table.numbers(
        "CLASSNUMBER"
    ).tolist() == [0, 5]


def test_blocks_with_a_file_each_one_of_them_empty() -> None:
    blocks = "TiffFileName b.jpg;\nDefectList;\nTiffFileName c.jpg;\nDefectList\n 9 1 2 0 0 1 0 1 1 1 1 0;\n"
    assert seen(flat().replace("SummarySpec", blocks + "SummarySpec"))[2:] == [(3, "c.jpg", 0, -1)]


def test_paths_and_global_numbers_of_the_nested_grammar() -> None:
    assert seen(nested()) == [(0, "LOT_1.I01", 0, 1), (2, "shots\\d3", 0, -1)]


def test_references_alone_and_numbers_that_are_none() -> None:
    rows = (
        " 1 1 1 0 0 1 0 1 1 1 3 31",
        " 2 1 1 0 0 1 0 1 1 1 0 0",
        " 3 1 1 0 0 1 0 1 4 4 1 30 2 30 3 31 4 31",
    )
    assert seen(flat(rows)) == [(0, "", -1, 2), (1, "s.tif", -1, -1), (2, "s.tif", 0, 2), (2, "s.tif", 1, 3)]


def test_the_sample_of_interleaved_files(samples: Path) -> None:
    found = defect_images(read_klarf(samples / "klarf12DefectListExample.klarf"))
    assert found.defects.tolist() == [0, 3, 4, 8, *[10] * 7, *[11] * 7]
    assert found.test_pages.tolist() == [0, 0, 0, 38, *range(14)]
    assert [found.files[file].name for file in found.test_files[:5]] == [
        "A_1.jpg",
        "A2.jpg",
        "A_5.jpg",
        "A_5.jpg",
        "multi-image.tif",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> ImageFolder:
    (tmp_path / "outside.tif").write_bytes(b"x")
    root = tmp_path / "lot"
    (root / "shots").mkdir(parents=True)
    for name in ("a.tif", "LOT_1.I01", "shots/d3.JPG"):
        (root / name).write_bytes(b"x")
    return ImageFolder(root)


@pytest.mark.parametrize(
    ("named", "file_format", "found"),
    [
        ("a.tif", "", "a.tif"),
        ("A.TIF", "TIF", "a.tif"),
        ("lot_1.tif", "TIF", "LOT_1.I01"),
        ("shots\\d3", "jpg", "shots/d3.JPG"),
        ("./shots//d3.jpg", "JPG", "shots/d3.JPG"),
    ],
)
def test_names_are_found_as_they_are_meant(
    folder: ImageFolder, named: str, file_format: str, found: str
) -> None:
    assert folder.find(named, file_format).path == folder.root / found
    assert folder.find(named, file_format).problem == ""


@pytest.mark.parametrize(
    "named",
    [
        "../outside.tif",
        "shots/../../outside.tif",
        "shots\\..\\..\\outside.tif",
        "..",
        "/etc/passwd",
        "\\etc",
        "C:\\images\\a.tif",
        "c:a.tif",
        "\\\\server\\share\\a.tif",
        "//server/share/a.tif",
        "a.tif\0.jpg",
        "",
        ".",
    ],
)
def test_names_that_lead_elsewhere_are_refused(folder: ImageFolder, named: str) -> None:
    assert "is refused" in folder.find(named).problem


def test_links_are_refused(folder: ImageFolder) -> None:
    try:
        (folder.root / "link.tif").symlink_to(folder.root.parent / "outside.tif")
        (folder.root / "up").symlink_to(folder.root.parent, target_is_directory=True)
    except OSError:
        pytest.skip("this account may not make links")
    assert "link" in folder.find("link.tif").problem
    assert "link" in folder.find("up/outside.tif").problem


def test_what_is_not_there_is_said(folder: ImageFolder) -> None:
    assert folder.find("gone.jpg").problem == "The image “gone.jpg” is not there."
    assert folder.find("a.tif/b.tif").problem
