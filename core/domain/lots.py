"""Lots: what was loaded, image by image, and what could not be."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain.wafers import LotSites


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Width of a pixel on the wafer, and where the figure comes from."""

    nm: float
    source: str  # "FEI", "Zeiss", "Hitachi", or "by hand: …"

    def __post_init__(self) -> None:
        if not self.nm > 0:
            raise ValueError(f"a pixel size must be positive, not {self.nm} nm")

    def length_nm(self, length_px: float) -> float:
        """A length on the wafer in nm."""
        return length_px * self.nm

    def area_nm2(self, area_px: float) -> float:
        """An area on the wafer in nm²."""
        return area_px * self.nm**2


@dataclass(frozen=True, slots=True)
class GivenPixelSize:
    """A pixel size that a person gave the images of a lot.

    Attributes:
        nm: None takes an earlier one back.
        how: how the person knows.
        overrides: whether it also goes before what the images' own metadata say.
    """

    nm: float | None
    how: str
    overrides: bool
    reviewer: str
    given_at_utc: datetime

    @property
    def source(self) -> str:
        """Where the figure comes from, as reports say it."""
        how = f"; {self.how}" if self.how else ""
        return f"by hand: {self.reviewer}, {self.given_at_utc:%Y-%m-%d}{how}"

    def applied_to(self, known: PixelSize | None) -> PixelSize | None:
        """The pixel size of an image whose metadata say `known`."""
        if self.nm is None or (known is not None and not self.overrides):
            return known
        return PixelSize(self.nm, self.source)


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One SEM image of a lot: a file, or one page of a multi-page TIFF.

    Attributes:
        path: absolute path of the file.
        name: path relative to the lot's root with forward slashes; a stack's pages end in "#page=2" (from 1).
        page: 0-based page of the file.
        sha256: of the file's bytes.
        size_hw: height and width in pixels of the whole image.
        bit_depth: bits per pixel as stored (8 or 16).
        content_height: rows of specimen; the rows below it are the instrument's info bar.
        pixel_size: None when the metadata does not give it. Never zero.
        reference: defect-free image of the same place, where one is named; a page of a stack as `paths.with_page`
            writes it.
        label: class name given by the manifest, if any ("normal" = defect-free).
    """

    path: Path
    name: str
    page: int
    sha256: str
    size_hw: tuple[int, int]
    bit_depth: int
    content_height: int
    pixel_size: PixelSize | None = None
    reference: Path | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class FailedImage:
    """A file that is no readable image, with the reason in a sentence."""

    path: Path
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lot:
    """A batch of images that is reviewed together.

    Attributes:
        name: the folder's, file's or manifest's name without suffix; "W07 (selection of 2)" for chosen files.
        source: what was opened (folder, file, CSV manifest or KLARF), absolute; it is what the lot is known again by.
            For chosen files it names no file: it is their folder and a fingerprint of their paths.
        root: the folder that image names are relative to.
        sites: wafers and defects, where a defect file was opened.
    """

    name: str
    source: Path
    root: Path
    images: tuple[ImageRecord, ...]
    failures: tuple[FailedImage, ...] = ()
    sites: LotSites | None = None
