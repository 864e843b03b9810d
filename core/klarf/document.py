"""What a KLARF says, with the places where it says it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.klarf.source import Source
from core.klarf.table import Table
from core.klarf.tokens import Indices, Tokens

Fields = Mapping[str, tuple[str, ...]]
"""Values by keyword in lower case."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageList:
    """The images of a table's defects, one entry an image, in the order of the rows.

    Attributes:
        rows: (M,) int32 row of the defect.
        paths: (M,) int32 token that names the file; NO_TOKEN where the table's file is meant.
        formats: (M,) int32 token of the file's format ("JPG"); NO_TOKEN where none is told.
        numbers: (M,) int32 token of the image's number in the file.
        kinds: (M,) int32 token of what it shows.
    """

    rows: Indices
    paths: Indices
    formats: Indices
    numbers: Indices
    kinds: Indices


def no_images() -> ImageList:
    """Of a table without images."""
    nothing = np.zeros(0, np.int32)
    return ImageList(nothing, nothing, nothing, nothing, nothing)


@dataclass(frozen=True, slots=True, eq=False)
class DefectList:
    """One list of defects.

    Attributes:
        table: of the defects.
        images: theirs.
        image_files: files, as named, that hold images without a path of their own; empty where none is named.
        file_of: (N,) int32 which of them it is, of each defect.
    """

    table: Table
    images: ImageList
    image_files: tuple[str, ...]
    file_of: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Wafer:
    """One wafer of a file.

    Attributes:
        wafer_id: as it is named.
        fields: its own, and those of its lot that it does not have itself.
        defect_lists: in the order of the file; more than one where their columns differ.
        summaries: lists of numbers of defects by test.
        dies: (D, 2) int32 inspected dies by index, of all tests.
    """

    wafer_id: str
    fields: Fields
    defect_lists: tuple[DefectList, ...]
    summaries: tuple[Table, ...]
    dies: NDArray[np.int32]

    @property
    def defect_count(self) -> int:
        """Over all its lists."""
        return sum(len(found.table) for found in self.defect_lists)


@dataclass(frozen=True, slots=True, eq=False)
class ClassTable:
    """The class lookup.

    Attributes:
        numbers: of the classes, in the order of the rows; a row whose number is none is left out.
        names: theirs.
        columns: of a nested file's list; empty in a flat file.
        count_token: which tells the number of rows.
        rows: how many there are.
        end: offset behind the last row; behind the count where there is none.
        separator: what stands between the last two rows.
    """

    numbers: tuple[int, ...]
    names: tuple[str, ...]
    columns: tuple[str, ...]
    count_token: int
    rows: int
    end: int
    separator: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Klarf:
    """A whole file.

    Attributes:
        source: its bytes.
        tokens: of its body.
        version: "1.1", "1.2" or "1.8", as the file says; the grammar decides how it is read.
        is_nested: whether it is written in the grammar of 1.8.
        fields: of the file and its (last) lot.
        wafers: in order.
        classes: the class lookup; None where the file has none.
        insert_classes_at: offset where a class lookup would be put.
        notices: what was odd and could be read all the same, with its line.
    """

    source: Source
    tokens: Tokens
    version: str
    is_nested: bool
    fields: Fields
    wafers: tuple[Wafer, ...]
    classes: ClassTable | None
    insert_classes_at: int
    notices: tuple[str, ...]

    @property
    def defect_count(self) -> int:
        """Over all wafers."""
        return sum(wafer.defect_count for wafer in self.wafers)
