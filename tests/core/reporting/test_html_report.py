import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.domain.decisions import DefectClass, Judgement, Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.errors import JobCancelled, UserError
from core.domain.ids import ClassId, ImageId
from core.domain.lots import FailedImage, PixelSize
from core.domain.maps import ClassGuess
from core.domain.review import ReviewItem
from core.jobs import CancelToken, JobContext, Progress
from core.reporting import html_page, write_html
from tests.core.reporting.small_lot import BRIDGE, PARTICLE, RUN, make_item, make_record

OPENINGS = ["", '"', "'", "'>", '">', "</td>", "</script>", "</style>", "-->", "{{7*7}}", "\x00", "&lt;"]
ELEMENTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<iframe src="javascript:alert(1)">',
    "<style>*{display:none}</style>",
    '<a href="https://example.org">x</a>',
    '<link rel=stylesheet href="https://example.org">',
    '<base href="https://example.org">',
    "<meta http-equiv=refresh content=0>",
    " onmouseover=alert(1) x=",
    "<!-- ",
    "<![CDATA[",
    "<?xml ",
    "{% include '/etc/passwd' %}",
    "<form action=//example.org><input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext></form><form>",
    "<object data=x>",
    "<embed src=x>",
    "<video><source onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<b/onclick=alert(1)>",
    "<plaintext>",
    "<title></title>",
    "<textarea>",
]
PAYLOADS = [opening + element for opening in OPENINGS for element in ELEMENTS]


class Structure(HTMLParser):
    """Every tag with the names of its attributes, and the addresses that the page refers to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "data")]


@pytest.fixture
def write(tmp_path, pixels):
    """Writes a report with the same picture for every item, and returns the page's text."""
    image, values, mask = pixels

    def write(report, *, images=lambda _: image, overlays=lambda _: (values, mask), ctx=None):
        out = tmp_path / "lot.html"
        write_html(report, images, overlays, out, ctx or JobContext())
        return out.read_text(encoding="utf-8")

    return write


def text_of(page):
    """The words between the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<(style|script)>.*?</\1>|<[^>]+>", " ", page, flags=re.S))


def test_the_page_states_the_totals(report, write):
    words = text_of(write(report))
    totals = report.totals
    assert (totals.images, totals.ng, totals.unknown, totals.ok) == (9, 3, 1, 2)
    assert "9 Images 3 NG 1 Unknown 2 OK 2 Failed 1 Not run 3 Decided 5 Undecided" in words
    assert "2 flagged images still await a decision." in words
    assert "Real 2 Nuisance 1 False 0 Non-visual 0 Cannot determine 0 Decided 3 of these killers 1" in words
    assert "Bridge 21 1 50.0 % 9.5 – 90.5 % 50.0 % 1" in words


def test_the_page_explains_how_it_came_about(report, write):
    words = text_of(write(report))
    assert RUN.recipe_sha256 in words
    assert RUN.model_sha256 in words
    assert report.audit_head in words
    assert "NG threshold 0.750" in words
    assert "not known (7 images), FEI (1 image)" in words
    assert "broken.tif The file ends too early." in words
    assert "die_09.png No memory." in words
    assert "2026-03-14 11:21:00 die_01.png undecided Real · Bridge · killer H. Sato" in words


def test_suggested_classes_have_a_column_where_a_model_names_some(report, with_items, write):
    assert "Suggested class" not in text_of(write(report))
    items = [make_item(1, "a.png", ModelVerdict.NG), make_item(2, "b.png", ModelVerdict.OK)]
    guesses = (ClassGuess("bridge <b>", 0.874), ClassGuess("normal", 0.9))
    named = with_items(
        replace(item, detection=replace(item.detection, guess=guess))
        for item, guess in zip(items, guesses, strict=True)
    )
    words = text_of(write(named))
    assert "Suggested class" in words
    assert "NG bridge &lt;b&gt; 87 %" in words
    assert "normal" not in words


def test_the_page_needs_nothing_from_outside(report, write):
    page = write(report)
    structure = Structure(page)
    assert all(address.startswith("data:image/jpeg;base64,") for address in structure.addresses)
    assert len(structure.addresses) == 2 * 3 + 2 + 1  # three NG with a close-up, two findings without, one OK
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.parametrize("tag", ["style", "script"])
def test_the_page_lets_only_its_own_code_run(report, write, tag):
    page = write(report)
    (code,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, flags=re.S)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert f"{tag}-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def poisoned(report, payloads):
    """A report with a payload in every field that people or files can write."""
    items, classes = [], []
    for number, payload in enumerate(payloads):
        judgement = Judgement(Verdict.REAL, ClassId(number), Killer.YES, payload)
        size = PixelSize(2.0, payload)
        items.append(make_item(2 * number, payload, ModelVerdict.NG, judgement, size))
        failed = FailedImage(Path("x"), payload, payload)
        items.append(ReviewItem(ImageId(2 * number + 1), failed))
        classes.append(DefectClass(ClassId(number), payload, color=payload))
    return replace(report, items=tuple(items), classes=tuple(classes))


def test_no_text_becomes_an_element(report, with_items, write):
    harmless = [f"text {number:03}" for number in range(len(PAYLOADS))]
    pages = []
    for payloads in (harmless, PAYLOADS):
        lot = poisoned(with_items(poisoned(report, payloads).items), payloads)
        runs = tuple(
            replace(RUN, recipe_name=text, recipe_json=text, model_id=text, model_sha256=text, device=text)
            for text in payloads
        )
        decisions = tuple(
            replace(decision, reviewer=text) for decision, text in zip(lot.decisions, payloads, strict=True)
        )
        pages.append(write(replace(lot, runs=runs, decisions=decisions), images=lambda _: None))
    structures = [Structure(page).tags for page in pages]
    assert len(structures[0]) > 10 * len(PAYLOADS)
    assert structures[1] == structures[0]


@pytest.mark.parametrize("payload", PAYLOADS[::7])
def test_no_heading_becomes_an_element(report, write, payload):
    expected = Structure(write(report)).tags
    heads = {"lot_name": payload, "reviewer": payload, "audit_head": payload, "app_version": payload}
    lot = replace(report, lot_source=Path(payload.replace("\x00", "")), **heads)
    assert Structure(write(lot)).tags == expected


def names_in_order(page):
    return re.findall(r'<div class="name" title="([^"]+)"', page)


def test_findings_come_first_and_in_order(report, write):
    order = ["die_01.png", "die_06.png", "die_02.png", "die_03.png", "die_04.png", "die_05.png"]
    assert names_in_order(write(report)) == order


def test_pictures_and_rows_beyond_the_cap_are_counted(report, write, monkeypatch):
    monkeypatch.setattr(html_page, "FINDINGS_CAP", 2)
    monkeypatch.setattr("core.reporting.html_report.ROW_CAP", 4)
    page = write(report)
    words = text_of(page)
    assert names_in_order(page) == ["die_01.png", "die_06.png", "die_05.png"]
    assert "2 of 5 findings are shown." in words
    assert "4 of 9 images are shown." in words


def test_a_picture_that_is_gone_costs_only_its_tile(report, write):
    def unreadable(_item):
        raise UserError("The image is gone.")

    for images in (unreadable, lambda _: None):
        page = write(report, images=images)
        assert len(re.findall("No picture", page)) == 6
        assert "<img" not in page


def test_an_empty_lot_and_one_that_was_never_measured_are_no_error(report, with_items, write):
    empty = text_of(write(replace(with_items([]), runs=(), map_range=None)))
    assert "0 Images" in empty
    assert "Nothing has been decided yet." in empty
    fresh = replace(with_items([make_item(1, "a.png")]), runs=(), map_range=None)
    words = text_of(write(fresh))
    assert "1 image has not been through detection." in words
    assert "No image has been measured yet." in words
    assert "No detection has been run on this lot." in words


def test_a_class_or_image_that_is_not_listed_is_shown_by_its_number(report, write):
    words = text_of(write(replace(report, classes=(PARTICLE,), items=report.items[1:])))
    assert "image 1 undecided Real · class 1 · killer" in words


def test_a_file_name_that_is_not_valid_unicode_is_no_error(with_items, write):
    assert "die\\udcff.png" in write(with_items([make_item(1, "die\udcff.png", ModelVerdict.NG)]))


def test_progress_counts_the_pictures(report, write):
    ctx = JobContext()
    write(report, ctx=ctx)
    assert ctx.progress == Progress(6, 6, "Drawing thumbnails")


def test_a_cancelled_report_leaves_the_old_file(report, write, tmp_path):
    out = tmp_path / "lot.html"
    out.write_text("old")
    token = CancelToken()

    def cancel_midway(_item):
        token.cancel()

    with pytest.raises(JobCancelled):
        write(report, images=cancel_midway, ctx=JobContext(token))
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_missing_folder_is_a_sentence(report, tmp_path):
    with pytest.raises(UserError, match="cannot be written"):
        write_html(report, lambda _: None, lambda _: (None, None), tmp_path / "no" / "x.html", JobContext())


def test_thresholds_that_differ_between_runs_are_not_drawn(report, with_items, write):
    item = make_item(1, "a.png", ModelVerdict.NG)
    other = replace(
        item, detection=Detection("b.png", 0.5, 0.6, ModelVerdict.NG), record=make_record("b.png")
    )
    words = text_of(write(with_items([item, replace(other, image_id=ImageId(2))])))
    assert "NG from" not in words
    assert "differs between runs" in words
    assert BRIDGE.name not in words
