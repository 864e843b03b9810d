import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.alignment import Alignment
from core.domain.decisions import Decision, Judgement, Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.errors import JobCancelled, UserError
from core.domain.ids import ClassId, DecisionId, ImageId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem
from core.jobs import CancelToken, JobContext, Progress
from core.reporting import write_csv
from core.reporting.csv_report import defuse_formula
from tests.core.reporting.small_lot import BRIDGE, NOON, RUN, make_item, make_record

HEADER = (
    "lot_id,fab_lot,wafer_id,slot,device_id,step_id,inspection_station,setup_id,result_timestamp,defect_id,"
    "xindex,yindex,xrel_um,yrel_um,x_wafer_um,y_wafer_um,defect_size_um,klarf_class_number,klarf_class_name,"
    "image_path,image_sha256,page_test,page_ref,score,threshold,model_verdict,model_class_name,"
    "model_confidence,region_count,area_px,bbox_x,bbox_y,bbox_w,bbox_h,nm_per_px,nm_per_px_source,size_nm,area_nm2,reference_mode,reference,align_dx,align_dy,"
    "align_confidence,align_ambiguous,align_by_hand,align_problem,verdict,final_class_id,"
    "final_class_name,class_code,killer,note,reviewer,decided_at_utc,recipe_id,recipe_version,recipe_sha256,"
    "model_id,model_sha256,app_version,device,error,audit_head"
)

OF_A_KLARF = (
    *HEADER[HEADER.index("fab_lot") : HEADER.index(",image_path")].split(","),
    *("page_test", "page_ref", "model_class_name", "model_confidence"),
)

TRIGGERS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "\t", "\r", "\n", "\ufeff=", "\x00="]
COMMANDS = [
    "1+1",
    'cmd|" /C calc"!A0',
    'HYPERLINK("http://example.org";"x")',
    "SUM(1,2)*cmd",
    'DDE("cmd";"/C calc")',
    "IMPORTXML(CONCAT(A1))",
    "2+5+cmd|' /C calc'!'A1'",
]
PAYLOADS = [trigger + command for trigger in TRIGGERS for command in COMMANDS]


def read(path):
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, strict=True))


def is_formula(cell):
    return cell.strip(" \t\r\n\x00\ufeff\u3000")[:1] in set("=+-@＝＋－＠") or cell[:1] in set("\t\r\n")


def test_the_columns_are_the_agreed_ones(report, tmp_path):
    write_csv(report, tmp_path / "lot.csv", JobContext())
    first_line = (tmp_path / "lot.csv").read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\r\n")[0]
    assert first_line.decode() == HEADER


def test_a_measured_and_decided_image_fills_its_row(report, tmp_path):
    write_csv(report, tmp_path / "lot.csv", JobContext())
    row = read(tmp_path / "lot.csv")[0]
    assert {name: cell for name, cell in row.items() if name not in OF_A_KLARF or cell} == {
        "lot_id": "W12",
        "image_path": "die_01.png",
        "image_sha256": "ef" * 32,
        "score": "0.875",
        "threshold": "0.75",
        "model_verdict": "ng",
        "region_count": "1",
        "area_px": "48",
        "bbox_x": "30",
        "bbox_y": "20",
        "bbox_w": "10",
        "bbox_h": "6",
        "nm_per_px": "2.5",
        "nm_per_px_source": "FEI",
        "size_nm": "25",
        "area_nm2": "300",
        "reference_mode": "none",
        "reference": "",
        "align_dx": "",
        "align_dy": "",
        "align_confidence": "",
        "align_ambiguous": "",
        "align_by_hand": "",
        "align_problem": "",
        "verdict": "real",
        "final_class_id": "1",
        "final_class_name": "Bridge",
        "class_code": "21",
        "killer": "yes",
        "note": "shorts two lines",
        "reviewer": "H. Sato",
        "decided_at_utc": "2026-03-14T11:21:00Z",
        "recipe_id": "BEOL review",
        "recipe_version": "3",
        "recipe_sha256": "ab" * 32,
        "model_id": "residua-s8",
        "model_sha256": "cd" * 32,
        "app_version": "0.1.0",
        "device": "cpu",
        "error": "",
        "audit_head": "12" * 32,
    }


def test_the_alignment_stands_as_in_the_output_of_detect(report, tmp_path):
    trusted = Alignment(4.2504, -23.1, 0.93456, 0.2, is_by_hand=True)
    lost = Alignment(0.0, 0.0, 0.12, 0.0, is_trusted=False, reason="The reference does not show this place.")
    found = replace(report.items[0].detection, reference="/ref/a.png")
    items = [replace(report.items[0], detection=replace(found, alignment=one)) for one in (trusted, lost)]
    write_csv(replace(report, items=tuple(items)), tmp_path / "lot.csv", JobContext())
    names = ("reference_mode", "align_dx", "align_dy", "align_confidence", "align_ambiguous", "align_by_hand")
    rows = read(tmp_path / "lot.csv")
    assert [rows[0][name] for name in names] == ["compared", "4.25", "-23.1", "0.9346", "0", "1"]
    assert [rows[1][name] for name in names] == ["none", "", "", "0.12", "", ""]
    assert [row["align_problem"] for row in rows] == ["", "The reference does not show this place."]
    assert {row["reference"] for row in rows} == {"/ref/a.png"}


def test_what_was_not_measured_is_empty(report, tmp_path):
    write_csv(report, tmp_path / "lot.csv", JobContext())
    rows = {row["image_path"]: row for row in read(tmp_path / "lot.csv")}
    everywhere = {"audit_head"}
    filled = {name: {key for key, cell in row.items() if cell} - everywhere for name, row in rows.items()}
    assert filled["die_07.png"] == {"lot_id", "image_path", "image_sha256"}
    assert filled["broken.tif"] == {"lot_id", "image_path", "error"}
    assert rows["broken.tif"]["error"] == "The file ends too early."
    assert filled["die_09.png"] == {"lot_id", "image_path", "image_sha256", "error"}
    assert rows["die_05.png"]["area_px"] == "0"
    assert rows["die_02.png"]["nm_per_px"] == ""
    assert rows["die_02.png"]["size_nm"] == ""


def test_one_row_an_item_so_that_the_formats_agree(report, tmp_path):
    write_csv(report, tmp_path / "lot.csv", JobContext())
    rows = read(tmp_path / "lot.csv")
    totals = report.totals
    assert len(rows) == totals.images
    assert sum(row["model_verdict"] == "ng" for row in rows) == totals.ng
    assert sum(bool(row["error"]) for row in rows) == totals.failed
    assert sum(row["killer"] == "yes" for row in rows) == totals.killers
    assert sum(bool(row["final_class_id"]) for row in rows) == totals.classified


def test_the_reviewer_is_the_one_of_the_newest_decision(report, tmp_path):
    newer = Decision(DecisionId(99), ImageId(1), Judgement(), report.items[0].judgement, "A. Lindqvist", NOON)
    write_csv(replace(report, decisions=(*report.decisions, newer)), tmp_path / "lot.csv", JobContext())
    row = read(tmp_path / "lot.csv")[0]
    assert (row["reviewer"], row["decided_at_utc"]) == ("A. Lindqvist", "2026-03-14T12:00:00Z")


@pytest.mark.parametrize("field", ["name", "lot", "note", "class", "reviewer", "error", "recipe", "device"])
def test_no_cell_becomes_a_formula(with_items, tmp_path, field):
    judgement = Judgement(Verdict.REAL, BRIDGE.id, Killer.YES, "note")
    for payload in PAYLOADS:
        item = make_item(1, "a.png", ModelVerdict.NG, judgement)
        report = with_items([item])
        if field == "name":
            report = replace(report, items=(replace(item, record=make_record(payload)),))
        elif field == "lot":
            report = replace(report, lot_name=payload)
        elif field == "note":
            report = replace(report, items=(replace(item, judgement=replace(judgement, note=payload)),))
        elif field == "class":
            report = replace(report, classes=(replace(BRIDGE, name=payload),))
        elif field == "reviewer":
            report = replace(report, decisions=(replace(report.decisions[0], reviewer=payload),))
        elif field == "error":
            report = with_items([ReviewItem(ImageId(1), FailedImage(Path("x"), "x", payload))])
        elif field == "recipe":
            report = replace(report, runs=(replace(RUN, recipe_name=payload),))
        else:
            report = replace(report, runs=(replace(RUN, device=payload),))
        write_csv(report, tmp_path / "lot.csv", JobContext())
        (row,) = read(tmp_path / "lot.csv")
        assert not [cell for cell in row.values() if is_formula(cell)], payload
        assert f"'{payload}" in row.values()


@given(st.text())
def test_defusing_only_ever_adds_an_apostrophe(text):
    defused = defuse_formula(text)
    assert defused in (text, f"'{text}")
    assert not is_formula(defused) or not defused.strip()


def test_negative_numbers_stay_numbers(with_items, tmp_path):
    item = make_item(1, "a.png", ModelVerdict.OK)
    measured = Detection("a.png", -1.5, -2.25, ModelVerdict.OK)
    write_csv(with_items([replace(item, detection=measured)]), tmp_path / "lot.csv", JobContext())
    (row,) = read(tmp_path / "lot.csv")
    assert (row["score"], row["threshold"]) == ("-2.25", "-1.5")


def test_hard_text_comes_back_whole(with_items, tmp_path):
    note = 'two lines\r\nand "quotes", 試料 µm'
    judgement = Judgement(Verdict.REAL, ClassId(404), Killer.NO, note)
    name = "größe/a,b\udcff.png"  # a file name that is not valid Unicode
    write_csv(
        with_items([make_item(1, name, ModelVerdict.NG, judgement)]), tmp_path / "lot.csv", JobContext()
    )
    (row,) = read(tmp_path / "lot.csv")
    assert row["note"] == note
    assert row["image_path"] == "größe/a,b\\udcff.png"
    assert row["final_class_name"] == "class 404"


def test_progress_ends_at_the_number_of_rows(report, tmp_path):
    ctx = JobContext()
    write_csv(report, tmp_path / "lot.csv", ctx)
    assert ctx.progress == Progress(9, 9, "Writing CSV")


def test_a_cancelled_report_leaves_the_old_file(report, tmp_path):
    out = tmp_path / "lot.csv"
    out.write_text("old")
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        write_csv(report, out, JobContext(token))
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_missing_folder_is_a_sentence(report, tmp_path):
    with pytest.raises(UserError, match=r"cannot be written: No such file") as caught:
        write_csv(report, tmp_path / "missing" / "lot.csv", JobContext())
    assert caught.value.hint


def test_a_folder_in_the_files_place_is_a_sentence_and_leaves_nothing(report, tmp_path):
    (tmp_path / "lot.csv").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write_csv(report, tmp_path / "lot.csv", JobContext())
    assert [path.name for path in tmp_path.iterdir()] == ["lot.csv"]
