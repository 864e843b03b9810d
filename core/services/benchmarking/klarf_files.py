"""KLARF files of any size, and a stack of images to go with them, for measuring how long they take to open."""

import struct
from pathlib import Path

import numpy as np

from core.klarf.flat_new import NewDefect, NewWafer, new_flat_text

_PITCH_UM = (2500.0, 2250.0)
_REACH = 65  # dies from the centre to the edge, at most
_CLASSES = {0: "Unclassified", 1: "Particle", 2: "Bridge", 3: "Open"}


def write_flat_klarf(path: Path, count: int, stack: str, *, seed: int = 7) -> None:
    """A file of 1.2 with `count` defects, each with one page of a stack."""
    draw = np.random.default_rng(seed)
    dies = _dies()
    on = draw.integers(0, len(dies), count)
    rel = draw.uniform(0, 1, (count, 2)) * _PITCH_UM
    size = draw.uniform(0.05, 5, (count, 2))
    classes = draw.integers(0, len(_CLASSES), count)
    defects = [
        NewDefect((x, y), dies[on[row]], (width, height), int(classes[row]), row + 1)
        for row, ((x, y), (width, height)) in enumerate(zip(rel.tolist(), size.tolist(), strict=True))
    ]
    wafer = NewWafer("LOT", "W01", "STEP", 1, stack, _PITCH_UM, dies, _CLASSES)
    path.write_text(new_flat_text(wafer, defects), encoding="ascii", newline="\n")


def write_nested_klarf(path: Path, count: int, stack: str, *, seed: int = 7) -> None:
    """A file of 1.8 with `count` defects, each with a test and a reference page of a stack."""
    draw = np.random.default_rng(seed)
    dies = _dies()
    on = draw.integers(0, len(dies), count)
    rel = (draw.uniform(0, 1, (count, 2)) * _PITCH_UM * 1000).astype(np.int64)
    classes = draw.integers(0, 4, count)
    rows = [
        f"    {row + 1} {rel[row, 0]} {rel[row, 1]} {dies[on[row]][0]} {dies[on[row]][1]} 120 {classes[row]} 1 "
        f'Images 2 {{{2 * row + 1} "30", {2 * row + 2} "31"}};\n'
        for row in range(count)
    ]
    plan = "".join(f"    {x} {y};\n" for x, y in dies)
    path.write_text(
        'Record FileRecord "1.8"\n{\n Record LotRecord "LOT"\n {\n'
        "  Field DiePitch 2 {2500000, 2250000}\n  Field SampleSize 2 {300000000, 0}\n"
        '  Field SampleOrientationMarkType 1 {"NOTCH"}\n  Field OrientationMarkLocation 1 {0}\n'
        f'  Field ImageFileName 2 {{"{stack}", "TIF"}}\n  Record WaferRecord "W01"\n  {{\n'
        "   Field SampleCenterLocation 2 {1250000, 1125000}\n   Field SlotNumber 1 {1}\n   List DefectList\n   {\n"
        "    Columns 9 {int32 DEFECTID, int32 XREL, int32 YREL, int32 XINDEX, int32 YINDEX, int32 DSIZE, "
        f"int32 CLASSNUMBER, int32 TEST, ImageList IMAGEINFO}}\n    Data {count}\n    {{\n"
        f"{''.join(rows)}    }}\n   }}\n"
        f'   Record TestRecord "1"\n   {{\n    List SampleTestPlanList\n    {{\n    Columns 2 {{int32 XINDEX, '
        f"int32 YINDEX}}\n    Data {len(dies)}\n    {{\n{plan}    }}\n    }}\n   }}\n  }}\n"
        "  List ClassLookupList\n  {\n"
        "   Columns 3 {int32 CLASSNUMBER, string CLASSNAME, string CLASSCODE}\n   Data 2\n   {\n"
        '    0 "Unclassified" "";\n    1 "Particle" "";\n   }\n  }\n }\n}\nEndOfFile;\n',
        encoding="ascii",
        newline="\n",
    )


def write_stack(path: Path, pages: int, *, side: int = 64, seed: int = 7) -> None:
    """A TIFF of many 8-bit pages, written page by page without holding it in memory."""
    draw = np.random.default_rng(seed)
    pixels = [draw.integers(60, 190, (side, side), dtype=np.uint8).tobytes() for _ in range(16)]
    tags = 9
    header_bytes = 2 + 12 * tags + 4
    page_bytes = side * side + header_bytes
    with path.open("wb") as stream:
        stream.write(struct.pack("<2sHI", b"II", 42, 8 + side * side))
        for page in range(pages):
            begin = 8 + page * page_bytes
            following = 0 if page == pages - 1 else begin + page_bytes + side * side
            stream.write(pixels[page % len(pixels)])
            stream.write(_page_header(side, begin, following))


def _page_header(side: int, strip: int, following: int) -> bytes:
    short, long = 3, 4
    entries = (
        (256, short, side), (257, short, side), (258, short, 8), (259, short, 1), (262, short, 1),
        (273, long, strip), (277, short, 1), (278, short, side), (279, long, side * side),
    )  # fmt: skip
    packed = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", following)


def _dies() -> list[tuple[int, int]]:
    """Indices of the dies on a wafer of 300 mm."""
    reach = range(-_REACH, _REACH + 1)
    limit_um = 148_000.0
    return [(x, y) for x in reach for y in reach if np.hypot(x * _PITCH_UM[0], y * _PITCH_UM[1]) < limit_um]
