import hashlib
import os
from pathlib import Path

import pytest

from core.domain.errors import JobCancelled, UserError
from core.domain.lots import FailedImage
from core.jobs import JobContext
from core.lots.lot import read_lot


@pytest.fixture
def png(gray8, encode) -> bytes:
    return encode(gray8, "PNG")


@pytest.fixture
def put(tmp_path, png):
    def put_files(*names: str, content: bytes | None = None) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png if content is None else content)
        return tmp_path

    return put_files


def names_of(lot) -> list[str]:
    return [record.name for record in lot.images]


def test_a_folder_is_read_recursively_in_natural_order(put, ctx):
    folder = put("w10/a.png", "w2/b10.PNG", "w2/b9.png", "W1/c.tif", "z.jpeg", "10.bmp", "9.bmp")
    lot = read_lot(folder, ctx)
    assert names_of(lot) == ["9.bmp", "10.bmp", "W1/c.tif", "w2/b9.png", "w2/b10.PNG", "w10/a.png", "z.jpeg"]
    assert (lot.name, lot.source, lot.root) == (folder.name, folder, folder)
    assert lot.failures == ()


def test_a_record_says_where_and_what_the_file_is(put, ctx, png, gray8):
    (record,) = read_lot(put("säge 日本.png"), ctx).images
    assert record.path.is_absolute()
    assert record.path.read_bytes() == png
    assert record.sha256 == hashlib.sha256(png).hexdigest()
    assert (record.size_hw, record.bit_depth, record.page) == (gray8.shape, 8, 0)
    assert (record.pixel_size, record.reference, record.label) == (None, None, None)
    assert record.content_height == gray8.shape[0]


def test_what_is_hidden_or_no_image_is_skipped_in_a_folder(put, ctx):
    folder = put("a.png", ".hidden.png", ".cache/b.png", "README.txt", "table.csv", "meta.json", "Thumbs.db")
    lot = read_lot(folder, ctx)
    assert names_of(lot) == ["a.png"]
    assert lot.failures == ()


def test_an_image_suffix_without_an_image_is_a_failure_and_the_batch_goes_on(put, ctx):
    put("a.png", "c.png")
    folder = put("b.PNG", content=b"not an image")
    lot = read_lot(folder, ctx)
    assert names_of(lot) == ["a.png", "c.png"]
    reason = "The file is not a PNG, TIFF, BMP or JPEG image."
    assert lot.failures == (FailedImage(folder / "b.PNG", "b.PNG", reason),)


def test_the_files_of_an_earlier_detection_are_not_images(put, ctx):
    put("detections.csv", "results/detections.csv", content=b"image,score\n")
    folder = put(
        "a.png", "maps/a.tif", "masks/a.png", "results/maps/a.tif", "results/masks/a.png", "sub/maps/b.png"
    )
    assert names_of(read_lot(folder, ctx)) == ["a.png", "sub/maps/b.png"]


def test_links_that_run_in_circles_end(put, ctx):
    folder = put("sub/a.png")
    try:
        (folder / "sub" / "again").symlink_to(folder, target_is_directory=True)
    except OSError:
        pytest.skip("this account may not make links")
    assert names_of(read_lot(folder, ctx)) == ["sub/a.png"]


def test_a_link_to_nothing_is_a_failure(put, ctx):
    folder = put("a.png")
    try:
        (folder / "b.png").symlink_to(folder / "none.png")
    except OSError:
        pytest.skip("this account may not make links")
    (failure,) = read_lot(folder, ctx).failures
    assert (failure.name, failure.reason) == ("b.png", "The file does not exist.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(put, ctx):
    folder = put("a.png")
    os.mkfifo(folder / "pipe.png")
    (failure,) = read_lot(folder, ctx).failures
    assert (failure.name, failure.reason) == ("pipe.png", "This is not a file.")


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_that_is_no_text_is_a_failure_that_can_be_shown(put, ctx, png):
    folder = put("a.png")
    Path(os.fsdecode(os.fsencode(folder) + b"/b\xff.png")).write_bytes(png)
    Path(os.fsdecode(os.fsencode(folder) + b"/b\xfe.png")).write_bytes(png)
    failures = read_lot(folder, ctx).failures
    assert [failure.name for failure in failures] == ["b\\udcfe.png", "b\\udcff.png"]
    assert all("not valid text" in failure.reason for failure in failures)
    for failure in failures:
        str(failure.path).encode()


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
@pytest.mark.parametrize("as_list", [False, True])
def test_a_folder_whose_name_is_no_text_fails_file_by_file(put, ctx, png, as_list):
    folder = put("a.png")
    below = Path(os.fsdecode(os.fsencode(folder) + b"/b\xff"))
    below.mkdir()
    (below / "c.png").write_bytes(png)
    lot = read_lot([folder / "a.png", below] if as_list else folder, ctx)
    assert names_of(lot) == ["a.png"]
    (failure,) = lot.failures
    assert (failure.name, "not valid text" in failure.reason) == ("b\\udcff/c.png", True)
    str(failure.path).encode()


def test_one_file_is_a_lot_of_its_own(put, ctx):
    folder = put("sub/one.png", "sub/two.png")
    lot = read_lot(folder / "sub" / "one.png", ctx)
    assert (lot.name, lot.source, lot.root) == ("one", folder / "sub" / "one.png", folder / "sub")
    assert names_of(lot) == ["one.png"]


def test_one_file_that_is_no_image_is_a_failure(put, ctx):
    folder = put("notes.txt", content=b"notes")
    lot = read_lot(folder / "notes.txt", ctx)
    assert [failure.name for failure in lot.failures] == ["notes.txt"]
    assert lot.images == ()


def test_a_list_keeps_its_order_and_names_files_below_their_common_folder(put, ctx):
    folder = put("lot/b/2.png", "lot/a/1.png", "lot/c/3.png")
    put("lot/a/notes.txt", content=b"notes")
    chosen = ["lot/b/2.png", "lot/a/1.png", "lot/b/2.png", "lot/a/notes.txt", "lot/c"]
    lot = read_lot([folder / name for name in chosen], ctx)
    assert names_of(lot) == ["b/2.png", "a/1.png", "c/3.png"]
    assert [failure.name for failure in lot.failures] == ["a/notes.txt"]
    assert (lot.name, lot.root) == ("lot (selection of 4)", folder / "lot")


def test_a_selection_is_a_lot_of_its_own_in_any_order(put, ctx):
    folder = put("a.png", "b.png", "c.png")
    chosen = [folder / "a.png", folder / "b.png"]
    source = read_lot(chosen, ctx).source
    assert source.parent == folder
    assert source == read_lot([folder / "b.png", folder / "." / "a.png", folder / "b.png"], ctx).source
    others = (
        [folder],
        [folder / "a.png", folder / "c.png"],
        [folder / name for name in ("a.png", "b.png", "c.png")],
    )
    assert source not in [read_lot(other, ctx).source for other in others]


def test_one_file_named_twice_is_that_file(put, ctx):
    file = put("a.png") / "a.png"
    assert read_lot([file, file], ctx) == read_lot(file, ctx)


def test_a_list_of_one_folder_is_that_folder(put, ctx):
    folder = put("a.png")
    assert read_lot([folder], ctx) == read_lot(folder, ctx)


def test_a_relative_source_becomes_absolute(put, ctx, monkeypatch):
    monkeypatch.chdir(put("sub/a.png") / "sub")
    lot = read_lot(Path("../sub/."), ctx)
    assert lot.source == Path.cwd()
    assert names_of(lot) == ["a.png"]


@pytest.mark.parametrize(
    ("source", "message"),
    [("none", "does not exist"), ("empty", "holds no image files"), ("none.csv", "does not exist")],
)
def test_a_source_without_images_is_the_users_to_mend(source, message, tmp_path, ctx):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=message):
        read_lot(tmp_path / source, ctx)


def test_an_empty_list_is_the_users_to_mend(ctx):
    with pytest.raises(UserError, match="No files were chosen"):
        read_lot([], ctx)


def test_progress_counts_files(put, ctx):
    read_lot(put("a.png", "b.png", "c.png"), ctx)
    assert (ctx.progress.done, ctx.progress.total) == (3, 3)


class CancelAfter(JobContext):
    """Cancels itself at the given check."""

    def __init__(self, checks: int) -> None:
        super().__init__()
        self.checks_left = checks

    def check(self) -> None:
        self.checks_left -= 1
        if self.checks_left < 0:
            self.token.cancel()
        super().check()


def test_cancel_is_honoured_between_files(put):
    ctx = CancelAfter(checks=1)
    with pytest.raises(JobCancelled):
        read_lot(put("a.png", "b.png", "c.png"), ctx)
    assert ctx.progress.done == 1


def test_cancel_is_honoured_between_the_pages_of_a_stack(put, samples):
    ctx = CancelAfter(checks=2)
    with pytest.raises(JobCancelled):
        read_lot(put("stack.tif", content=samples["tiff stack"]), ctx)
    assert ctx.progress.done == 0
