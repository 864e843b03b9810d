"""A KLARF lot in every format: the same counts, and each image's defect with its die, place, class and size."""

import csv
import io
import json
import re
import zipfile

import openpyxl
import pytest
from pypdf import PdfReader

from core.domain.decisions import Killer, Verdict
from core.jobs import JobContext
from core.klarf import read_klarf
from core.klarf.image_refs import defect_images
from core.services.decisions import add_class, decide
from core.services.klarf.writing import plan_klarf, write_klarf
from core.services.lots import list_items, open_lot
from core.services.reports import REPORT_FORMATS, export_lot, query_report
from tests.core.klarf.files import HEAD, flat

INSPECTED = """DeviceID "DEV-9";
SetupID "setup 4" 01-02-2026 10:00:00;
StepID "M2_CMP";
InspectionStationID "VENDOR" "MODEL" "ST01";
ResultTimestamp 01-02-2026 11:12:13;
LotID"""


@pytest.fixture
def lot_id(workspace, flat_lot):
    """Two defects with images, one of them a particle now, and one without an image."""
    flat_lot.write_text(flat(head=HEAD.replace("LotID", INSPECTED, 1)), newline="")
    lot_id = open_lot(workspace, flat_lot, JobContext())
    items = list_items(workspace, lot_id)
    particle = add_class(workspace, "Particle")
    decide(
        workspace, items[:1], verdict=Verdict.REAL, class_id=particle.id, killer=Killer.YES, title="Particle"
    )
    decide(workspace, items[1:2], verdict=Verdict.FALSE, title="False")
    return lot_id


@pytest.fixture
def export(workspace, lot_id, tmp_path):
    def write(file_format, **options):
        return export_lot(
            workspace, lot_id, file_format, tmp_path / f"out.{file_format}", JobContext(), **options
        )

    return write


def csv_rows(out):
    return list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))


def sheet_rows(out, title):
    head, *rows = openpyxl.load_workbook(out)[title].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_a_row_says_which_defect_its_image_shows_and_where_it_lies(export):
    first, second = csv_rows(export("csv"))
    told = {
        "fab_lot": "LOT",
        "wafer_id": "W01",
        "slot": "7",
        "device_id": "DEV-9",
        "step_id": "M2_CMP",
        "inspection_station": "VENDOR MODEL ST01",
        "setup_id": "setup 4 01-02-2026 10:00:00",
        "result_timestamp": "01-02-2026 11:12:13",
        "defect_id": "1",
        "xindex": "0",
        "yindex": "0",
        "xrel_um": "100.5",
        "yrel_um": "200",
        "x_wafer_um": "-399.5",
        "y_wafer_um": "-800",
        "defect_size_um": "1.25",
        "klarf_class_number": "0",
        "klarf_class_name": "Unclassified",
        "page_test": "1",
        "page_ref": "",
    }
    assert {name: first[name] for name in told} == told
    assert (second["defect_id"], second["klarf_class_name"], second["page_ref"]) == ("2", "Bridge", "3")


def test_the_sheet_of_defects_has_those_without_an_image_too(export):
    out = export("xlsx")
    images, defects = sheet_rows(out, "Images"), sheet_rows(out, "Defects")
    assert [(row["defect_id"], row["x_wafer_um"]) for row in images] == [("1", -399.5), ("2", 800)]
    assert [(row["defect_id"], row["images"], row["final_class_name"]) for row in defects] == [
        ("1", 1, "Particle"),
        ("2", 1, None),
        ("3", 0, None),
    ]
    assert [row["image_path"] for row in defects] == [*(row["image_path"] for row in images), None]


def test_all_formats_and_the_klarf_agree(workspace, lot_id, export, tmp_path):
    totals = query_report(workspace, lot_id, JobContext()).totals
    counts = {"images": 2, "decided": 2, "killers": 1, "classified": 1}
    assert {name: getattr(totals, name) for name in counts} == counts
    rows, book = csv_rows(export("csv")), export("xlsx")
    assert (len(rows), len(sheet_rows(book, "Images"))) == (2, 2)
    summary = {row["What"]: row["Value"] for row in sheet_rows(book, "Summary")}
    assert [summary[name.capitalize()] for name in counts] == list(counts.values())
    page = re.sub(r"<[^>]+>|\s+", " ", export("html").read_text())
    printed = " ".join(one.extract_text() for one in PdfReader(export("pdf")).pages)
    assert re.search(r"\b2 +Images\b", page)
    assert re.search(r"\b2 +Decided\b", page)
    assert re.search(r"Decided\s2\b", printed)
    assert re.search(r"Classified\s1\b", printed)
    assert {name: json.loads(export("coco").read_text())["info"]["totals"][name] for name in counts} == counts
    manifest = json.loads(zipfile.ZipFile(export("zip")).read("manifest.json"))
    assert {name: manifest["totals"][name] for name in counts} == counts
    change = plan_klarf(workspace, lot_id, JobContext())
    written = read_klarf(write_klarf(workspace, change, tmp_path / "out.001", JobContext()))
    assert len(defect_images(written).defects) == totals.images
    names = dict(zip(written.classes.numbers, written.classes.names, strict=True))
    numbers = written.wafers[0].defect_lists[0].table.numbers("CLASSNUMBER")
    said = [names[int(number)] for number in numbers]
    assert said == ["Particle", "False", "Unclassified"]
    assert sum(name == "Particle" for name in said) == totals.classified
    assert len(change.numbers) == totals.decided


@pytest.mark.parametrize("file_format", REPORT_FORMATS)
def test_every_format_can_be_written_of_a_klarf_lot(export, file_format):
    assert export(file_format).stat().st_size > 0


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_masked_report_names_neither_wafer_nor_device(export, file_format):
    out = export(file_format, mask=True)
    words = out.read_text(encoding="utf-8-sig") if file_format == "csv" else str(sheet_rows(out, "Images"))
    if file_format == "xlsx":
        words += str(sheet_rows(out, "Defects"))
    for name in ("LOT", "W01", "DEV-9", "M2_CMP", "ST01", "setup 4", "s.tif"):
        assert not re.search(rf"\b{re.escape(name)}\b", words)
    assert "-399.5" in words
    assert "wafer-" in words


def test_the_wafer_stands_in_the_page_and_in_the_pdf(export):
    page = export("html").read_text()
    assert page.count('<circle class="defect"') == 3
    assert "Wafer W01, slot 7" in page
    assert "<th>KLARF class</th>" in page
    printed = " ".join(one.extract_text() for one in PdfReader(export("pdf")).pages)
    assert "Wafer W01, slot 7: 3 defects" in printed
    assert "W01" not in export("html", mask=True).read_text()
