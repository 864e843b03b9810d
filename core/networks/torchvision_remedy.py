"""Lets `import timm` work where torchvision's native library does not fit the installed torch.

timm imports torchvision. torchvision's wheel is linked against the CUDA build of torch; beside a CPU build
its library `_C` cannot be loaded, and `import torchvision` then stops with "operator torchvision::nms does
not exist", because it registers a shape function for an operator that only the library defines. Residua uses
none of torchvision's operators, so declaring the two schemas is enough. Where the library loads, nothing is
declared.

Call `prepare_torchvision()` before the first import of timm or torchvision.
"""

import importlib.util
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder

import torch

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_fragments: list[torch.library.Library] = []  # torch forgets the schemas when the fragment is collected


def prepare_torchvision() -> None:
    """Declare torchvision's operators where its own library cannot; safe to call more than once."""
    package = importlib.util.find_spec("torchvision")
    if package is None or not package.submodule_search_locations:
        return
    if hasattr(torch.ops.torchvision, "nms") or _native_library_loads(package.submodule_search_locations[0]):
        return
    fragment = torch.library.Library("torchvision", "FRAGMENT")
    for schema in _SCHEMAS:
        fragment.define(schema)
    _fragments.append(fragment)


def _native_library_loads(folder: str) -> bool:
    """Whether the library `_C` in torchvision's folder, looked up as torchvision does, can be loaded."""
    if sys.platform == "win32":
        os.add_dll_directory(folder)
    spec = FileFinder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES)).find_spec("_C")
    if spec is None or spec.origin is None:
        return False
    try:
        torch.ops.load_library(spec.origin)
    except OSError:  # the loader's refusal: it misses libraries of another torch build
        return False
    return True
