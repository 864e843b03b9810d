"""A new flat file from nothing: what an inspection tool writes, for demo lots and benchmarks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_COLUMNS = (
    "DEFECTID", "XREL", "YREL", "XINDEX", "YINDEX", "XSIZE", "YSIZE", "DEFECTAREA", "DSIZE", "CLASSNUMBER", "TEST",
    "CLUSTERNUMBER", "ROUGHBINNUMBER", "FINEBINNUMBER", "REVIEWSAMPLE", "IMAGECOUNT", "IMAGELIST",
)  # fmt: skip
_WAFER_AREA_UM2 = 6.9e10  # of 300 mm, without its edge exclusion


@dataclass(frozen=True, slots=True)
class NewWafer:
    """Where defects were looked for.

    Attributes:
        lot, wafer, step: identifiers.
        slot: of the cassette.
        stack: name of the TIFF with the images' pages.
        pitch_um: width and height of a die.
        dies: inspected, column and row.
        classes: names by number.
    """

    lot: str
    wafer: str
    step: str
    slot: int
    stack: str
    pitch_um: tuple[float, float]
    dies: Sequence[tuple[int, int]]
    classes: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class NewDefect:
    """One defect.

    Attributes:
        place_um: from the corner of its die.
        die: column and row.
        size_um: width and height.
        class_number: of the tool.
        page: of the stack, from 1; None without an image.
    """

    place_um: tuple[float, float]
    die: tuple[int, int]
    size_um: tuple[float, float]
    class_number: int
    page: int | None


def new_flat_text(wafer: NewWafer, defects: Sequence[NewDefect]) -> str:
    """The text of a file of version 1.2; ends of lines are LF, all is ASCII."""
    return "".join((*_header(wafer), *_plan(wafer), *_list(defects), *_summary(wafer, defects)))


def _header(wafer: NewWafer) -> Iterator[str]:
    width, height = wafer.pitch_um
    yield "FileVersion 1 2;\nFileTimestamp 01-02-2024 03:04:05;\n"
    yield 'InspectionStationID "R" "S" "1";\nSampleType WAFER;\nResultTimestamp 01-02-2024 03:04:05;\n'
    yield f'LotID "{wafer.lot}";\nSampleSize 1 300;\nSetupID "SETUP" 01-02-2024 03:04:05;\n'
    yield f'StepID "{wafer.step}";\nSampleOrientationMarkType NOTCH;\nOrientationMarkLocation DOWN;\n'
    yield f"TiffFileName {wafer.stack};\nDiePitch {width:.6e} {height:.6e};\nDieOrigin 0.0 0.0;\n"
    yield f'WaferID "{wafer.wafer}";\nSlot {wafer.slot};\n'
    yield f"SampleCenterLocation {width / 2:.6e} {height / 2:.6e};\nClassLookup {len(wafer.classes)}\n"
    yield (
        "\n".join(f' {number} "{name}"' for number, name in wafer.classes.items()) + ";\nInspectionTest 1;\n"
    )


def _plan(wafer: NewWafer) -> Iterator[str]:
    yield f"SampleTestPlan {len(wafer.dies)}\n"
    yield "\n".join(f" {x} {y}" for x, y in wafer.dies) + ";\n"
    yield f"AreaPerTest {_WAFER_AREA_UM2:.1e};\n"


def _list(defects: Sequence[NewDefect]) -> Iterator[str]:
    yield f"DefectRecordSpec {len(_COLUMNS)} {' '.join(_COLUMNS)} ;\nDefectList\n"
    yield "\n".join(_row(number, defect) for number, defect in enumerate(defects, start=1)) + ";\n"


def _row(number: int, defect: NewDefect) -> str:
    (x, y), (column, row), (width, height) = defect.place_um, defect.die, defect.size_um
    images = "0 0" if defect.page is None else f"1 1 {defect.page} 0"
    return (
        f" {number} {x:.3f} {y:.3f} {column} {row} {width:.3f} {height:.3f} {width * height:.4f} "
        f"{max(width, height):.3f} {defect.class_number} 1 0 0 0 {int(defect.page is not None)} {images}"
    )


def _summary(wafer: NewWafer, defects: Sequence[NewDefect]) -> Iterator[str]:
    hit = len({defect.die for defect in defects})
    density = len(defects) / (_WAFER_AREA_UM2 / 1e8)
    yield "SummarySpec 5 TESTNO NDEFECT DEFDENSITY NDIE NDEFDIE ;\nSummaryList\n"
    yield f" 1 {len(defects)} {density:.6f} {len(wafer.dies)} {hit};\nEndOfFile;\n"
