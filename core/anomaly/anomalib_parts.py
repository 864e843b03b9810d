"""anomalib's models without anomalib's downloads.

anomalib is an optional extra. Its models ask timm for pretrained features when they are built; here they are built
with the features that the recipe names, so that nothing is fetched behind the user's back.
"""

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from core.anomaly.method import AnomalyMethod, Scored
from core.domain.errors import UserError
from core.networks.torchvision_remedy import prepare_torchvision


def anomalib_module(name: str) -> ModuleType:
    """A module under `anomalib.models`, by its path from there.

    Raises:
        UserError: anomalib is not installed.
    """
    prepare_torchvision()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it imports what newer versions of its libraries deprecate
            import anomalib  # ten seconds, so only where a method of its own is built

            return importlib.import_module(f"{anomalib.__name__}.models.{name}")
    except ImportError as error:
        raise UserError(
            "This method needs the library anomalib, which is not installed.",
            "Install it with: pip install -c installer/constraints.txt '.[vad]'",
        ) from error


@contextmanager
def features_given(module: ModuleType, make: object, name: str = "TimmFeatureExtractor") -> Iterator[None]:
    """Within, a module of anomalib builds its models on the features that `make` gives."""
    theirs = getattr(module, name)
    setattr(module, name, make)
    try:
        yield
    finally:
        setattr(module, name, theirs)


class LibraryMethod(AnomalyMethod):
    """A method whose network is anomalib's, and judges as anomalib's does.

    Args:
        model: one of anomalib's torch models.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model: Any = model

    def score(self, x: Tensor) -> Scored:
        """See `AnomalyMethod.score`."""
        said = self.model(x)
        maps = said.anomaly_map
        return Scored(maps.reshape(len(x), *maps.shape[-2:]), said.pred_score.reshape(len(x)))
