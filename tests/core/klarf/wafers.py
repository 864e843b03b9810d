"""KLARF lots of several wafers, as text and as a folder with a stack of images."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile

PITCH_UM, REACH_DIES = 10_000, 14
CLASSES = {0: "Unclassified", 5: "Bridge", 6: "Scratch", 7: "Particle"}


@dataclass(frozen=True)
class Spot:
    """A defect: µm from the centre of the wafer, and its class."""

    x_um: float
    y_um: float
    class_number: int = 0


def write_wafer_lot(
    folder: Path, wafers: Sequence[Sequence[Spot]], *, name: str = "lot", pitch_um: int = PITCH_UM
) -> Path:
    """A KLARF 1.8 in a folder of its own; each defect has a page of one stack."""
    folder.mkdir(parents=True)
    spots = [spot for wafer in wafers for spot in wafer]
    pages = np.random.default_rng(3).integers(60, 190, (len(spots), 24, 32), dtype=np.uint8)
    tifffile.imwrite(folder / "s.tif", pages, photometric="minisblack")
    first = np.cumsum([1, *(len(wafer) for wafer in wafers)])
    records = "".join(
        _wafer(number, wafer, int(page), pitch_um)
        for number, (wafer, page) in enumerate(zip(wafers, first, strict=False), 1)
    )
    path = folder / f"{name}.klarf"
    path.write_text(_file(records, pitch_um), newline="\n")
    return path


def _file(records: str, pitch_um: int) -> str:
    lookup = "".join(f'    {number} "{name}" "";\n' for number, name in CLASSES.items())
    return (
        'Record FileRecord "1.8"\n{\n Record LotRecord "LOT"\n {\n'
        f"  Field DiePitch 2 {{{pitch_um * 1000}, {pitch_um * 1000}}}\n"
        "  Field SampleSize 2 {300000000, 0}\n"
        '  Field SampleOrientationMarkType 1 {"NOTCH"}\n  Field OrientationMarkLocation 1 {0}\n'
        f'  Field ImageFileName 2 {{"s.tif", "TIF"}}\n{records}  List ClassLookupList\n  {{\n'
        "   Columns 3 {int32 CLASSNUMBER, string CLASSNAME, string CLASSCODE}\n"
        f"   Data {len(CLASSES)}\n   {{\n{lookup}   }}\n  }}\n }}\n}}\nEndOfFile;\n"
    )


def _wafer(number: int, spots: Sequence[Spot], first_page: int, pitch_um: int) -> str:
    dies = [
        (x, y)
        for x in range(-REACH_DIES, REACH_DIES + 1)
        for y in range(-REACH_DIES, REACH_DIES + 1)
        if np.hypot(x, y) * pitch_um < 145_000
    ]
    plan = "".join(f"    {x} {y};\n" for x, y in dies)
    rows = "".join(_row(place, spot, first_page + place, pitch_um) for place, spot in enumerate(spots))
    return (
        f'  Record WaferRecord "W{number:02d}"\n  {{\n'
        f"   Field SampleCenterLocation 2 {{{pitch_um * 500}, {pitch_um * 500}}}\n"
        f"   Field SlotNumber 1 {{{number}}}\n   List DefectList\n   {{\n"
        "    Columns 9 {int32 DEFECTID, int32 XREL, int32 YREL, int32 XINDEX, int32 YINDEX, int32 DSIZE, "
        f"int32 CLASSNUMBER, int32 TEST, ImageList IMAGEINFO}}\n    Data {len(spots)}\n    {{\n{rows}    }}\n   }}\n"
        '   Record TestRecord "1"\n   {\n    List SampleTestPlanList\n    {\n    Columns 2 {int32 XINDEX, '
        f"int32 YINDEX}}\n    Data {len(dies)}\n    {{\n{plan}    }}\n    }}\n   }}\n  }}\n"
    )


def _row(place: int, spot: Spot, page: int, pitch_um: int) -> str:
    x, y = spot.x_um + pitch_um / 2, spot.y_um + pitch_um / 2
    column, row = int(x // pitch_um), int(y // pitch_um)
    rel = f"{(x - column * pitch_um) * 1000:.0f} {(y - row * pitch_um) * 1000:.0f}"
    return f'    {place + 1} {rel} {column} {row} 120 {spot.class_number} 1 Images 1 {{{page} "30"}};\n'
