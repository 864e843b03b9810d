from dataclasses import replace

import pytest
from pypdf import PdfReader

from core.domain.decisions import Judgement, Verdict
from core.domain.detections import ModelVerdict
from core.domain.errors import JobCancelled, UserError
from core.jobs import CancelToken, JobContext
from core.reporting import pdf_report
from core.reporting.pdf_report import write_pdf
from core.reporting.pdf_text import pdf_markup
from tests.core.reporting.small_lot import BRIDGE, make_item


@pytest.fixture
def write(tmp_path, pixels):
    """Writes a report and returns its pages' text."""
    image, values, mask = pixels

    def write(report, ctx=None):
        out = tmp_path / "lot.pdf"
        write_pdf(report, lambda _: image, lambda _: (values, mask), out, ctx or JobContext())
        return "\n".join(page.extract_text() for page in PdfReader(out).pages)

    return write


def test_the_pages_say_what_was_found_and_decided(report, write):
    printed = write(report)
    for words in ("Lot report – W12", "die_01.png", "Bridge", "shorts two lines", "BEOL review, version 3"):
        assert words in printed.replace("\n", " ")
    assert "The file ends too early." in printed
    assert "ab" * 32 in printed
    assert "is broken" not in printed


def test_a_broken_audit_chain_comes_first(report, write):
    printed = write(replace(report, audit_fault="Audit row 3 was changed."))
    assert printed.index("is broken. Audit row 3 was changed.") < printed.index("Counts")


def test_a_lot_without_anything_is_a_report_too(report, write):
    assert "No image has been given a class." in write(replace(report, items=(), decisions=(), runs=()))


def test_the_pages_say_where_they_leave_out(report, write, monkeypatch):
    monkeypatch.setattr(pdf_report, "FINDINGS_CAP", 1)
    monkeypatch.setattr(pdf_report, "ROW_CAP", 2)
    printed = write(report)
    assert "1 of 5 findings are shown." in printed
    assert "2 of 9 images are shown." in printed


@pytest.mark.parametrize("text", ["<b>1 & 2</b>", '"><img src="x"/>', "&#0;", "\x00\x07", "größe\udcff"])
def test_text_is_shown_as_it_is(with_items, write, text):
    item = make_item(1, "a.png", ModelVerdict.NG, Judgement(Verdict.REAL, BRIDGE.id, note=text))
    printed = write(with_items([item])).replace("\n", "")
    assert text.split("\udcff")[0].strip("\x00\x07") in printed


def test_other_scripts_get_a_font_that_has_them():
    assert 'name="HYGothic-Medium">노트<' in pdf_markup("note 노트")
    assert 'name="HeiseiKakuGo-W5">ブリッジ<' in pdf_markup("ブリッジ")
    assert 'name="STSong-Light">备注<' in pdf_markup("备注 µm")
    assert pdf_markup("σ") == "\\u03c3"


def test_a_cancelled_report_leaves_nothing(report, write, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        write(report, JobContext(token))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_a_sentence(report, tmp_path):
    with pytest.raises(UserError, match="cannot be written"):
        write_pdf(report, lambda _: None, lambda _: (None, None), tmp_path / "no" / "a.pdf", JobContext())
