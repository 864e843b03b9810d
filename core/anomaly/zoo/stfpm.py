"""STFPM: a student that mimics a teacher's feature pyramid on normal images only."""

from torch import Tensor

from core.anomaly.anomalib_parts import LibraryMethod, anomalib_module, features_given
from core.anomaly.card import VadSpec
from core.anomaly.features import Pyramid
from core.anomaly.method import Phase


class Stfpm(LibraryMethod):
    """Teacher against student.

    Source:
        Wang et al. 2021. The paper's SGD at 0.4 is AdamW here, as everywhere.
    """

    def __init__(self, spec: VadSpec, source: str | None) -> None:
        module, losses = (anomalib_module(f"image.stfpm.{part}") for part in ("torch_model", "loss"))
        name = str(spec.backbone)

        def make(*, requires_grad: bool = False, **_: object) -> Pyramid:
            return Pyramid(name, None if requires_grad else source, learns=requires_grad)

        with features_given(module, make):
            model = module.STFPMModel(list(make().layers), name)
        super().__init__(model)
        # anomalib takes the teacher's parameters out of learning, and nothing else.
        self._loss = losses.STFPMLoss()

    def phases(self) -> tuple[Phase, ...]:
        """One."""
        return (Phase("STFPM student", tuple(self.model.student_model.parameters()), self._mimic),)

    def _mimic(self, x: Tensor, _step: int) -> Tensor:
        teacher, student = self.model(x)
        loss: Tensor = self._loss(teacher, student)
        return loss
