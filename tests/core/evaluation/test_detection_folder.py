import cv2
import numpy as np
import pytest
import tifffile

from core.domain.errors import JobCancelled, UserError
from core.evaluation import read_detection_folder
from core.jobs import CancelToken, JobContext

SHAPE = (32, 40)


def write_png(path, mask):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", mask.astype(np.uint8) * 255)[1].tobytes())


@pytest.fixture
def folder(tmp_path):
    """One image with a defect that was found, in a sub-folder with umlauts, and a clean one."""
    truth = np.zeros(SHAPE, dtype=np.bool_)
    truth[10:20, 10:20] = True
    (tmp_path / "out/maps/größe").mkdir(parents=True)
    tifffile.imwrite(tmp_path / "out/maps/größe/a.tif", truth.astype(np.float32))
    tifffile.imwrite(tmp_path / "out/maps/b.tif", np.zeros(SHAPE, dtype=np.float32))
    write_png(tmp_path / "out/masks/größe/a.png", truth)
    write_png(tmp_path / "truth/größe/a.png", truth)
    (tmp_path / "out/detections.csv").write_text(
        "image,score,verdict,error\ngröße/a.tif,0.9,ng,\nb.png,0.1,ok,\n", encoding="utf-8-sig"
    )
    (tmp_path / "labels.csv").write_text("file,label\ngröße/a.tif,bridge\nb.png,normal\n", encoding="utf-8")
    return tmp_path


def read(folder, ctx=None):
    return read_detection_folder(folder / "out", folder / "truth", folder / "labels.csv", ctx or JobContext())


def test_a_folder_is_read_with_its_truth(folder):
    detections = read(folder)
    assert detections.names == ("größe/a.tif", "b.png")
    assert detections.labels == ("bridge", "normal")
    assert detections.image_scores == (0.9, 0.1)
    assert [mask.sum() for mask in detections.true_masks] == [100, 0]
    assert [mask.sum() for mask in detections.written_masks] == [100, 0]
    assert detections.figures.mask_iou == 1.0
    assert detections.figures.clean_empty == 1.0


def test_images_that_differ_in_their_suffix_only_have_the_files_that_the_table_names(folder):
    tifffile.imwrite(folder / "out/maps/b.tif.tif", np.ones(SHAPE, dtype=np.float32))
    write_png(folder / "out/masks/b.tif.png", np.ones(SHAPE))
    write_png(folder / "truth/b.png", np.zeros(SHAPE))
    (folder / "out/detections.csv").write_text(
        "image,score,map,mask\nb.png,0.1,maps/b.tif,\nb.tif,0.8,maps/b.tif.tif,masks/b.tif.png\n"
    )
    (folder / "labels.csv").write_text("file,label\nb.png,normal\nb.tif,normal\n")
    detections = read(folder)
    assert [values.mean() for values in detections.maps] == [0.0, 1.0]
    assert [mask.mean() for mask in detections.written_masks] == [0.0, 1.0]


def test_a_mask_that_the_table_names_must_be_there(folder):
    (folder / "out/detections.csv").write_text("image,score,mask\nb.png,0.1,masks/b.png\n")
    (folder / "labels.csv").write_text("file,label\nb.png,normal\n")
    with pytest.raises(UserError, match=r"b\.png is missing"):
        read(folder)


def test_an_image_without_a_score_is_named(folder):
    (folder / "out/detections.csv").write_text("image,score,error\nb.png,,broken\ngröße/a.tif,1,\n")
    with pytest.raises(UserError, match=r"b\.png has no score"):
        read(folder)


@pytest.mark.parametrize("missing", ["out/detections.csv", "labels.csv", "out/maps/b.tif"])
def test_a_missing_file_is_named(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(UserError, match=missing.rsplit("/")[-1]):
        read(folder)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n"])
@pytest.mark.parametrize("broken", ["out/maps/b.tif", "out/masks/größe/a.png"])
def test_a_broken_file_is_named(folder, broken, content):
    (folder / broken).write_bytes(content)
    with pytest.raises(UserError, match=broken.rsplit("/")[-1]):
        read(folder)


def test_a_mask_of_another_size_is_refused(folder):
    write_png(folder / "truth/b.png", np.ones((8, 8)))
    with pytest.raises(UserError, match=r"b\.png is \(8, 8\)"):
        read(folder)


@pytest.mark.parametrize("text", ["", "name,label\na,b\n", "file,label\n"])
def test_a_label_table_that_says_nothing_is_refused(folder, text):
    (folder / "labels.csv").write_text(text)
    with pytest.raises(UserError, match=r"labels\.csv"):
        read(folder)


def test_reading_can_be_cancelled(folder):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        read(folder, JobContext(token))
