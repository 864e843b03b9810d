import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.errors import UserError
from core.lots.lot import read_lot
from core.lots.manifest import list_manifest

IMAGES = ["a.png", "sub/b.png", "wäfer/ü 1.png"]


@pytest.fixture
def folder(tmp_path, gray8, encode):
    for name in [*IMAGES, "golden.png"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode(gray8, "PNG"))
    return tmp_path


def write(folder, text: str, encoding: str = "utf-8"):
    manifest = folder / "lot 7.csv"
    manifest.write_bytes(text.encode(encoding))
    return manifest


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_manifest_is_read_in_its_order(encoding, delimiter, line_end, folder, ctx):
    rows = [
        ("image", "reference", "label"),
        ("wäfer/ü 1.png", "golden.png", "Brücke"),
        ("sub\\b.png", "", "normal"),
        (str(folder / "a.png"), "", ""),
    ]
    manifest = write(folder, line_end.join(map(delimiter.join, rows)) + line_end, encoding)
    lot = read_lot(manifest, ctx)
    assert (lot.name, lot.source, lot.root) == ("lot 7", manifest, folder)
    assert [(record.name, record.reference, record.label) for record in lot.images] == [
        ("wäfer/ü 1.png", folder / "golden.png", "Brücke"),
        ("sub/b.png", None, "normal"),
        ("a.png", None, None),
    ]
    assert lot.failures == ()


def test_only_the_image_column_is_required(folder, ctx):
    lot = read_lot(write(folder, "remark, Image\nnone,a.png\n\n,sub/b.png\n"), ctx)
    assert [record.name for record in lot.images] == ["a.png", "sub/b.png"]


def test_what_a_row_names_wrongly_is_a_failure_and_the_batch_goes_on(folder, ctx):
    text = "image,label\na.png,x\nnone.png,x\n,x\na.png,y\nlot 7.csv,\nsub,\nsub/b.png"
    lot = read_lot(write(folder, text), ctx)
    assert [record.name for record in lot.images] == ["a.png", "sub/b.png"]
    assert [(failure.name, failure.reason) for failure in lot.failures] == [
        ("none.png", "The file does not exist."),
        ("lot 7.csv (line 4)", "The line names no image."),
        ("a.png (line 5)", "The manifest names a.png more than once; the first line counts."),
        ("lot 7.csv", "The file is not a PNG, TIFF, BMP or JPEG image."),
        ("sub", "This is not a file."),
    ]


def test_a_name_never_leaves_the_root(folder, ctx):
    manifest = folder / "sub" / "lot.csv"
    manifest.write_text("image\n../a.png\nb.png\n")
    lot = read_lot(manifest, ctx)
    assert lot.root == folder
    assert [record.name for record in lot.images] == ["a.png", "sub/b.png"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "names no images|has no column"),
        (b"image,label\n", "names no images"),
        (b"file,label\na.png,x\n", "has no column named image"),
        (b'image\n"a.png\n', "not valid CSV"),
        (b"image\n\xff\xfe\xfd.png\n", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not UTF-8"),
        (b"image\n\0\0", "not a text file"),
    ],
)
def test_a_file_that_is_no_manifest_is_the_users_to_mend(content, message, tmp_path, ctx):
    manifest = tmp_path / "lot.csv"
    manifest.write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_lot(manifest, ctx)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip)
file_names = cells.map(lambda text: text.replace("/", "").replace("\\", "") + "x.png")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(file_names, cells), min_size=1, max_size=5, unique_by=lambda row: row[0]),
    delimiter=st.sampled_from(",;\t"),
)
def test_whatever_a_csv_writer_writes_is_read_back(rows, delimiter, tmp_path):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([("image", "label"), *rows])
    listing = list_manifest(write(tmp_path, stream.getvalue(), "utf-8-sig"))
    assert [(entry.name, entry.label or "") for entry in listing.entries] == rows


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=80), header=st.sampled_from([b"", b"image\n", b"image;label\n"]))
def test_any_bytes_are_a_listing_or_a_sentence(content, header, tmp_path):
    manifest = tmp_path / "any.csv"
    manifest.write_bytes(header + content)
    try:
        names = [entry.name for entry in list_manifest(manifest).entries]
    except UserError:
        return
    assert names
    assert len(set(names)) == len(names)
