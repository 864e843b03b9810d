"""Files that a KLARF names: found below its folder, and never anywhere else."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_DRIVE = re.compile(r"[A-Za-z]:")
_STACK_SUFFIXES = (".tif", ".tiff", ".i01")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """Where a named file lies, or why it is not opened."""

    path: Path
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Members:
    """Names in a folder, and the same by what is left when letter case does not count."""

    names: frozenset[str]
    folded: dict[str, str]


@dataclass(slots=True)
class ImageFolder:
    """Looks names up below a folder; each folder is listed once.

    A name is taken as it is written, else in another letter case, else with another suffix of the same format:
    transfers between systems change both. Names that lead out of the folder, and links, are refused.
    """

    root: Path
    _listed: dict[Path, _Members] = field(default_factory=dict)
    _known: dict[tuple[str, str], FoundFile] = field(default_factory=dict)

    def find(self, named: str, file_format: str = "") -> FoundFile:
        """The file of a name.

        Args:
            named: as the file says it, with either kind of slash.
            file_format: as the file says it ("JPG"), for names without a suffix.
        """
        key = (named, file_format)
        if key not in self._known:
            self._known[key] = self._find(named, file_format)
        return self._known[key]

    def _find(self, named: str, file_format: str) -> FoundFile:
        path = named.strip().replace("\\", "/")
        refused = _refusal(path)
        if refused:
            return FoundFile(
                self.root / "refused", f"The image path “{_shown(named)}” is refused: {refused}."
            )
        parts = [part for part in path.split("/") if part not in ("", ".")]
        place = self.root
        for number, part in enumerate(parts):
            is_last = number == len(parts) - 1
            member = self._member(place, part, file_format if is_last else None)
            if member is None:
                return FoundFile(self.root.joinpath(*parts), f"The image “{_shown(named)}” is not there.")
            place = place / member
            if place.is_symlink():
                return FoundFile(
                    place, f"The image path “{_shown(named)}” is refused: it leads through a link."
                )
        return FoundFile(place)

    def _member(self, folder: Path, name: str, file_format: str | None) -> str | None:
        """The name in a folder that is meant; `file_format` is None for folders."""
        members = self._members(folder)
        candidates = [name]
        if file_format is not None:
            stem = PurePosixPath(name).stem
            candidates += [f"{name}.{file_format}"] if file_format else []
            candidates += [stem + suffix for suffix in _STACK_SUFFIXES if _is_stack(name, file_format)]
        for candidate in candidates:
            if candidate in members.names:
                return candidate
            if candidate.casefold() in members.folded:
                return members.folded[candidate.casefold()]
        return None

    def _members(self, folder: Path) -> _Members:
        if folder not in self._listed:
            try:
                names = sorted(member.name for member in folder.iterdir())
            except OSError:
                names = []
            self._listed[folder] = _Members(frozenset(names), {name.casefold(): name for name in names})
        return self._listed[folder]


def _refusal(path: str) -> str:
    """Why a path is not even looked up; empty where it is."""
    if "\0" in path:
        return "it holds a NUL character"
    if path.startswith("//"):
        return "it names another machine"
    if path.startswith("/"):
        return "it is absolute"
    if _DRIVE.match(path):
        return "it names a drive"
    if ".." in path.split("/"):
        return "it leads out of the folder"
    return "" if path.strip("./") else "it is empty"


def _is_stack(name: str, file_format: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in _STACK_SUFFIXES or file_format.upper() in ("TIF", "TIFF")


def _shown(named: str) -> str:
    """A path as it can be shown: control characters as escapes, not endlessly long."""
    return named.encode("unicode_escape").decode("ascii")[:200] if not named.isprintable() else named[:200]
