import pytest

from core.domain.errors import UserError
from core.jobs import JobContext
from core.services.few_shot.labelled import read_labelled
from tests.core.services.few_shot.shots import write_shots


def _read(folder, labels=None, masks=None):
    ctx = JobContext()
    return read_labelled(folder, labels, masks, ctx), ctx


def test_a_folder_with_images_masks_and_a_table(tmp_path):
    found, _ = _read(write_shots(tmp_path / "shots"))
    assert [(one.record.name, one.label) for one in found][:3] == [
        ("normal0.png", "normal"),
        ("normal1.png", "normal"),
        ("square0.png", "square"),
    ]
    assert [one.mask is None for one in found] == [True, True, False, False, False, False]


def test_a_table_elsewhere_names_masks_of_its_own(tmp_path):
    folder = write_shots(tmp_path / "shots")
    table = tmp_path / "own.csv"
    table.write_text("image;label;mask\nsquare0.png;bridge;shots/masks/square1.png\n")
    (one,), _ = _read(folder / "images", table)
    assert one.label == "bridge"
    assert one.mask.name == "square1.png"


def test_the_same_content_is_taken_once_and_a_broken_image_is_told(tmp_path):
    folder = write_shots(tmp_path / "shots")
    images = folder / "images"
    (images / "again.png").write_bytes((images / "square0.png").read_bytes())
    (images / "broken.png").write_bytes(b"")
    with (folder / "labels.csv").open("a") as stream:
        stream.write("again.png,square\nbroken.png,disc\n")
    found, ctx = _read(folder)
    assert len(found) == 6
    assert {failure.name for failure in ctx.drain()} == {"again.png", "broken.png"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("picture,label\na.png,x\n", "no column image"),
        ("image,class\na.png,x\n", "no column label"),
        ("image,label\nnowhere.png,x\n", "Line 2 of labels.csv names nowhere.png"),
        ("image,label\nsquare0.png,\n", "has no label"),
        ("image,label,mask\nsquare0.png,a,gone.png\n", "names the mask gone.png"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path, text, complaint):
    folder = write_shots(tmp_path / "shots")
    (folder / "labels.csv").write_text(text)
    with pytest.raises(UserError, match=complaint):
        _read(folder)
