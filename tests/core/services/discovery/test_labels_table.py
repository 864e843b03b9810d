import pytest

from core.domain.errors import UserError
from core.services.discovery.labels_table import read_labels

IMAGES = ("a.png", "sub/b.png")


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "image,label\na.png,open\nsub/b.png,normal\n",
        "\ufeffImage;Label;note\r\na.png;open;x\r\n\r\nsub\\b.png;normal;\r\n",
        "label\timage\nopen\ta.png\nnormal\tsub/b.png",
    ],
)
def test_tables_as_people_write_them(tmp_path, text):
    assert read_labels(write(tmp_path, text), IMAGES) == {"a.png": "open", "sub/b.png": "normal"}


def test_a_table_without_rows_tells_nothing(tmp_path):
    assert read_labels(write(tmp_path, "image,label\n"), IMAGES) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("image,label\na.png,open\nc.png,open\n", "Line 3 of labels.csv names c.png"),
        ("image,label\na.png,\n", "Line 2 of labels.csv has no label"),
        ("image,label\n,open\n", "Line 2 of labels.csv has no image"),
        ("image,label\na.png\n", "Line 2 of labels.csv has no label"),
        ("image,label\na.png,open\na.png,pit\n", "Line 3 of labels.csv labels a.png as pit; it is open"),
        ('image,label\n"a.png,open\n', "Line 2 of labels.csv is not valid CSV"),
        ("file,label\na.png,open\n", "no column image"),
        ("", "no column image"),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, said):
    with pytest.raises(UserError, match=said):
        read_labels(write(tmp_path, text), IMAGES)


def test_what_is_no_text_or_not_there_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="not UTF-8"):
        read_labels(write(tmp_path, "image,label\nü.png,x\n", "latin-1"), IMAGES)
    with pytest.raises(UserError, match="cannot be read"):
        read_labels(tmp_path / "nowhere.csv", IMAGES)
