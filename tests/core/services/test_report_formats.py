"""One lot in every format: all say the same numbers, and the same head of the audit chain."""

import csv
import hashlib
import io
import json
import re
import zipfile
from contextlib import redirect_stdout
from datetime import date

import numpy as np
import openpyxl
import pytest
from pycocotools.coco import COCO
from pypdf import PdfReader

from core.domain.decisions import Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.dispositions import DispositionDraft, DispositionWord
from core.domain.maps import Region
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.jobs import JobContext
from core.services.decisions import add_class, decide
from core.services.dispositions import countersign_disposition, sign_disposition
from core.services.lots import list_items, open_lot
from core.services.reports import REPORT_FORMATS, export_lot, query_report

NOTE = "seen on lot ü, as in sub/b.png"


@pytest.fixture
def lot_id(workspace, folder):
    """Measured but for one image; one real with a class, one nuisance."""
    lot_id = open_lot(workspace, folder, JobContext())
    items = list_items(workspace, lot_id)
    run = workspace.history.start_run(
        lot_id, recipe=Recipe(), model_id="m", model_sha256="ab" * 32, device="cpu"
    )
    mask = np.zeros((72, 96), bool)
    mask[10:14, 20:30] = mask[50:52, 40:42] = True
    files = workspace.maps.save_map(mask.astype(np.float32)), workspace.maps.save_mask(mask)
    regions = (
        Region((20, 10, 10, 4), 40, (24.5, 11.5), 1.0),
        Region((40, 50, 2, 2), 4, (40.5, 50.5), 0.8),
    )
    measured = [
        (items[0], Detection("a.png", 0.5, 0.9, ModelVerdict.NG, regions, 44)),
        (items[1], Detection("sub/b.png", 0.5, 0.1, ModelVerdict.OK)),
    ]
    workspace.history.save_detections(run, [(item.image_id, found, *files) for item, found in measured])
    workspace.history.finish_run(run, RunState.FINISHED)
    bridge = add_class(workspace, "Bridge")
    items = list_items(workspace, lot_id)
    decide(workspace, items[:1], verdict=Verdict.REAL, class_id=bridge.id, killer=Killer.YES, title="Real")
    decide(workspace, items[1:2], verdict=Verdict.NUISANCE, note=NOTE, title="Nuisance")
    return lot_id


@pytest.fixture
def export(workspace, lot_id, tmp_path):
    def write(file_format, **options):
        out = tmp_path / "out" / f"lot.{file_format}"
        return export_lot(workspace, lot_id, file_format, out, JobContext(), **options)

    return write


def counts_of(rows):
    """The headline counts of rows of the CSV or XLSX."""
    return {
        "images": len(rows),
        "ng": sum(row["model_verdict"] == "ng" for row in rows),
        "ok": sum(row["model_verdict"] == "ok" for row in rows),
        "failed": sum(bool(row["error"]) for row in rows),
        "not_run": sum(not row["model_verdict"] and not row["error"] for row in rows),
        "decided": sum(bool(row["verdict"] or row["final_class_id"]) for row in rows),
        "killers": sum(row["killer"] == "yes" for row in rows),
        "classified": sum(bool(row["final_class_id"]) for row in rows),
    }


def csv_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_rows(book, title):
    head, *rows = book[title].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def pdf_text(source):
    return "\n".join(page.extract_text() for page in PdfReader(source).pages)


def test_all_totals_agree_in_every_format(workspace, lot_id, export):
    report = query_report(workspace, lot_id, JobContext())
    wanted = counts_of(csv_rows(export("csv").read_bytes()))
    assert wanted == {name: getattr(report.totals, name) for name in wanted}
    assert wanted == {
        "images": 4,
        "ng": 1,
        "ok": 1,
        "failed": 1,
        "not_run": 1,
        "decided": 2,
        "killers": 1,
        "classified": 1,
    }
    book = openpyxl.load_workbook(export("xlsx"), read_only=True)
    assert counts_of(sheet_rows(book, "Images")) == wanted
    summary = {row["What"]: row["Value"] for row in sheet_rows(book, "Summary")}
    assert {name: summary[name] for name in ("Images", "NG", "Decided", "Killers")} == {
        "Images": 4,
        "NG": 1,
        "Decided": 2,
        "Killers": 1,
    }
    assert [(row["Class"], row["Images"]) for row in sheet_rows(book, "Classes")] == [("Bridge", 1)]
    assert len(sheet_rows(book, "Decisions")) == 2
    page = re.sub(r"<[^>]+>", " ", export("html").read_text())
    assert re.search(r"\b4\s+Images\s+1\s+NG\s+0\s+Unknown\s+1\s+OK\s+1\s+Failed\s+1\s+Not run", page)
    assert re.search(r"2\s+Decided\s+1\s+Undecided", page)
    printed = pdf_text(export("pdf"))
    for words in ("Images\n4", "NG\n1", "OK\n1", "Failed\n1", "Not run\n1", "Decided\n2", "Killers\n1"):
        assert words in printed
    coco = json.loads(export("coco").read_text())
    assert {name: coco["info"]["totals"][name] for name in wanted} == wanted
    assert len(coco["images"]) == wanted["images"] - report.totals.unreadable
    assert sum(image["class_id"] is not None for image in coco["images"]) == wanted["classified"]
    manifest = json.loads(zipfile.ZipFile(export("zip")).read("manifest.json"))
    assert {name: manifest["totals"][name] for name in wanted} == wanted


@pytest.mark.parametrize("file_format", REPORT_FORMATS)
def test_the_head_of_the_audit_chain_stands_in_every_export(workspace, export, file_format):
    head = workspace.history.verify_audit().head_sha256
    out = export(file_format)
    if file_format == "pdf":
        found = pdf_text(out)
    elif file_format == "xlsx":
        found = str(list(openpyxl.load_workbook(out)["Summary"].values))
    elif file_format == "zip":
        found = zipfile.ZipFile(out).read("manifest.json").decode()
    else:
        found = out.read_text(encoding="utf-8-sig")
    assert head in found
    assert workspace.history.verify_audit(head).ok


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own
def test_coco_loads_where_it_is_used_and_its_masks_are_the_regions(export):
    with redirect_stdout(io.StringIO()):
        loaded = COCO(export("coco"))
    (image,) = loaded.loadImgs(loaded.getImgIds(catIds=loaded.getCatIds(["Bridge"])))
    assert image["file_name"] == "a.png"
    found = loaded.loadAnns(loaded.getAnnIds(image["id"]))
    assert [int(loaded.annToMask(one).sum()) for one in found] == [one["area"] for one in found] == [40, 4]
    first = loaded.annToMask(found[0])
    assert first[10:14, 20:30].all()
    assert found[0]["bbox"] == [20, 10, 10, 4]


def test_a_zip_says_what_is_in_it(export):
    archive = zipfile.ZipFile(export("zip"))
    listed = json.loads(archive.read("manifest.json"))["files"]
    assert set(archive.namelist()) == {*listed, "manifest.json"}
    assert {"report.csv", "report.html", "report.pdf", "report.xlsx", "report.json"} < set(listed)
    for name, entry in listed.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == entry["sha256"]
        assert len(archive.read(name)) == entry["bytes"]


@pytest.mark.parametrize("file_format", [name for name in REPORT_FORMATS if name != "zip"])
def test_a_masked_report_names_neither_lot_nor_images(export, file_format):
    out = export(file_format, mask=True)
    if file_format == "pdf":
        words = pdf_text(out)
    elif file_format == "xlsx":
        book = openpyxl.load_workbook(out)
        words = "\n".join(str(list(sheet.values)) for sheet in book)
    else:
        words = out.read_text(encoding="utf-8-sig")
    masks = re.compile(r"image-[0-9a-f]{12}")
    bare = words.replace("\n", "")  # pages break names
    assert masks.search(bare)
    told = masks.sub("", bare)
    assert not [name for name in ("lot ü", "a.png", "b.png", "c.png", "broken") if name in told]


def test_masks_are_the_same_again_and_decisions_still_belong_to_their_images(export):
    first, again = (csv_rows(export("csv", mask=True).read_bytes()) for _ in range(2))
    plain = csv_rows(export("csv").read_bytes())
    assert first == again
    assert [row["image_sha256"] for row in first] == [row["image_sha256"] for row in plain]
    assert len({row["image_path"] for row in first}) == 4
    assert first[1]["note"] == f"seen on {first[0]['lot_id']}, as in {first[1]['image_path']}"
    assert counts_of(first) == counts_of(plain)


def test_text_is_never_a_formula_in_a_sheet(workspace, lot_id, export):
    decide(workspace, list_items(workspace, lot_id)[:1], note='=cmd|" /C calc"!A0', title="Note")
    cells = [cell for row in openpyxl.load_workbook(export("xlsx"))["Images"].iter_rows() for cell in row]
    assert [cell.value for cell in cells if str(cell.value).startswith("=cmd")] == ['=cmd|" /C calc"!A0']
    assert {cell.data_type for cell in cells} <= {"s", "n"}


@pytest.fixture
def disposed(workspace, lot_id):
    """Held, and one wafer released; only the hold has its second signature."""
    held = sign_disposition(
        workspace,
        DispositionDraft(
            lot_id, DispositionWord.HOLD, reason="bridges on lot ü", owner="Sato", due=date(2026, 4, 1)
        ),
    )
    sign_disposition(workspace, DispositionDraft(lot_id, DispositionWord.RELEASE, wafer="WF-07"))
    workspace.history.reviewer = "lindqvist"
    countersign_disposition(workspace, held.id)


def told(out, file_format):
    if file_format == "pdf":
        return pdf_text(out).replace("\n", " ")
    if file_format == "xlsx":
        return "\n".join(str(list(sheet.values)) for sheet in openpyxl.load_workbook(out))
    if file_format == "zip":
        return zipfile.ZipFile(out).read("manifest.json").decode()
    return out.read_text(encoding="utf-8")


@pytest.mark.parametrize("file_format", ["html", "pdf", "xlsx", "zip"])
def test_dispositions_stand_with_both_signatures(disposed, export, file_format):
    words = told(export(file_format), file_format)
    for word in ("Hold", "bridges on lot ü", "Sato", "2026-04-01", "lindqvist", "Wafer WF-07", "Release"):
        assert word in words
    assert words.count("not in force") == 1
    masked = told(export(file_format, mask=True), file_format)
    assert "WF-07" not in masked
    assert "lot ü" not in masked


@pytest.mark.parametrize("file_format", ["html", "pdf", "xlsx"])
def test_quality_stands_in_the_report_as_measured(export, file_format):
    words = told(export(file_format), file_format)
    assert "100.0 % (20.7 – 100.0 %), 1 of 1" in words  # purity of NG
    assert "not measured" in words  # agreement: one reviewer
    assert "Reviewer agreement" in words
