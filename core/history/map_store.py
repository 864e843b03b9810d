"""Score maps, masks and embeddings as files named by what is in them: the same result is stored once, damage shows.

A map is a float16 TIFF (zstd with the floating-point predictor), a mask a PNG of 0 and 255, a lot's embeddings an NPY
of float32. float16 keeps three
significant digits, far below the noise of a score, at a quarter of the size. Files are not flushed one by one: a
map that a power cut loses is measured again, while decisions are what must not be lost.
"""

import hashlib
import io
import os
import re
from pathlib import Path

import cv2
import numpy as np
import tifffile

from core.domain.arrays import BoolArray, FloatArray, freeze
from core.domain.errors import UserError

_LARGEST = float(np.finfo(np.float16).max)
_MAP_NAME = re.compile(r"[0-9a-f]{64}\.tif")
_MASK_NAME = re.compile(r"[0-9a-f]{64}\.png")
_EMBEDDINGS_NAME = re.compile(r"[0-9a-f]{64}\.npy")


class MapStore:
    """A folder of maps, masks and embeddings. Usable from any thread and process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save_map(self, values: FloatArray) -> str:
        """Store a map.

        Args:
            values: (H, W) float32, finite; beyond ±65504 it is cut off.

        Returns:
            The file's name, for `load_map`.

        Raises:
            UserError: the file cannot be written.
            ValueError: a value is not finite.
        """
        if not np.isfinite(values).all():
            raise ValueError("a score map must be finite")
        halves = np.clip(values, -_LARGEST, _LARGEST).astype(np.float16)
        stream = io.BytesIO()
        tifffile.imwrite(stream, halves, compression="zstd", predictor=True, metadata=None)
        return self._save(stream.getvalue(), "tif")

    def load_map(self, name: str) -> FloatArray:
        """The (H, W) float32 map of this name, rounded to float16.

        Raises:
            UserError: the file is gone or damaged.
        """
        stream = io.BytesIO(self._load(name, _MAP_NAME))
        return np.asarray(tifffile.imread(stream), dtype=np.float32)

    def save_mask(self, pixels: BoolArray) -> str:
        """Store an (H, W) bool mask; the file's name, for `load_mask`.

        Raises:
            UserError: the file cannot be written.
        """
        _done, encoded = cv2.imencode(".png", pixels.astype(np.uint8) * np.uint8(255))
        return self._save(encoded.tobytes(), "png")

    def load_mask(self, name: str) -> BoolArray:
        """The (H, W) bool mask of this name.

        Raises:
            UserError: the file is gone or damaged.
        """
        encoded = np.frombuffer(self._load(name, _MASK_NAME), np.uint8)
        return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8) > 0

    def save_embeddings(self, values: FloatArray) -> str:
        """Store (N, D) float32 embeddings; the file's name, for `load_embeddings`.

        Raises:
            UserError: the file cannot be written.
        """
        stream = io.BytesIO()
        np.save(stream, np.ascontiguousarray(values, np.float32), allow_pickle=False)
        return self._save(stream.getvalue(), "npy")

    def load_embeddings(self, name: str) -> FloatArray:
        """The (N, D) float32 embeddings of this name, read-only.

        Raises:
            UserError: the file is gone or damaged.
        """
        stream = io.BytesIO(self._load(name, _EMBEDDINGS_NAME))
        return freeze(np.load(stream, allow_pickle=False), dtype=np.float32, ndim=2, name="embeddings")

    def _save(self, content: bytes, suffix: str) -> str:
        name = f"{hashlib.sha256(content).hexdigest()}.{suffix}"
        file = self._file(name)
        try:
            if not (file.is_file() and file.stat().st_size == len(content)):
                _write_at_once(file, content)
        except OSError as error:
            raise UserError(
                f"The result {file} cannot be written: {error.strerror}.",
                "Free some space or choose another home folder; it can be measured again.",
            ) from error
        return name

    def _load(self, name: str, pattern: re.Pattern[str]) -> bytes:
        if not pattern.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a stored result")
        file = self._file(name)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise _unusable(file, "cannot be read") from error
        if hashlib.sha256(content).hexdigest() != file.stem:
            raise _unusable(file, "is damaged")
        return content

    def _file(self, name: str) -> Path:
        return self.folder / name[:2] / name  # 256 folders, so that none holds 100,000 files


def _write_at_once(file: Path, content: bytes) -> None:
    """Whoever opens the file sees all of it, also when two write it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{os.getpid()}.{os.urandom(4).hex()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _unusable(file: Path, what: str) -> UserError:
    return UserError(f"The stored result {file} {what}.", "Measure it again (Detect or Discover).")
