"""A few-shot model from labelled images: where defects are, and what they are called."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.detector import Detector
from core.domain.recipes import DetectorOptions, Recipe
from core.few_shot.training.classes import Vectors
from core.jobs import JobContext
from core.networks.device import pick_device, use_physical_cores
from core.services.few_shot.labelled import LabelledImage
from core.services.few_shot.plan import FewShotPlan
from core.services.few_shot.split import class_names
from core.services.training.few_shot_clip import learn_with_clip
from core.services.training.few_shot_own import learn_on_own
from core.services.training.few_shot_shots import read_shots
from core.services.training.few_shot_start import begin_few_shot
from core.services.training.few_shot_work import FewShotWork, write_made
from core.services.training.output import refuse_bad_output


@dataclass(frozen=True, slots=True)
class TrainedFewShot:
    """What a training made.

    Attributes:
        path: the weights; their card, and the guide's weights where there is one, lie beside them.
        recipe: measures with them.
        shots: how many of each class were trained on.
        calibrated_on: which images gave the cuts, in words.
        text: "on…", or why the texts are off.
        seconds: of learning, in all sittings.
        vectors: that the head learned from.
    """

    path: Path
    recipe: Recipe
    shots: dict[str, int]
    calibrated_on: str
    text: str
    seconds: float
    vectors: Vectors


def train_few_shot(
    labelled: Sequence[LabelledImage],
    out: Path,
    plan: FewShotPlan,
    device_name: str,
    ctx: JobContext,
    guide: Detector | None = None,
) -> TrainedFewShot:
    """Train on K images of each of N classes, defect-free ones among them; run again after a stop, it goes on.

    Images that cannot be used are emitted as FailedImages.

    Args:
        labelled: the shots.
        out: the weights, a .safetensors file.
        plan: what is trained.
        device_name: "auto", "cpu" or "cuda".
        guide: the detector of the plan's weights, where it is loaded already.

    Raises:
        UserError: classes or masks are missing, weights are, `out` cannot be written, or a stopped training beside it
            was begun with other settings.
        JobCancelled: the state is saved beside `out`.

    Source:
        SEM-CLIP (Jin et al. 2024), Sec. 3. Where ours differs: CLIP's places are encoded once and judged one by one,
        so that training takes seconds on a CPU; without CLIP the default detector's decoder is tuned instead.
    """
    out = out.expanduser().absolute()
    refuse_bad_output(out, plan.weights)
    use_physical_cores()
    classes = class_names(labelled)
    start = begin_few_shot(plan, classes, out.stem, device_name, guide)
    shots = read_shots(labelled, start, plan, ctx)
    device = pick_device(device_name)
    start.network.to(device).eval()
    work = FewShotWork(start, shots, plan, out, device, ctx)
    made = learn_with_clip(work) if start.card.kind == "clip" else learn_on_own(work)
    write_made(work, made)
    detector = DetectorOptions(method="sem_clip", weights=str(out), backbone_weights=plan.clip_weights)
    counts = dict(Counter(shot.label for shot in shots))
    return TrainedFewShot(
        out,
        Recipe(name=out.stem, detector=detector),
        counts,
        made.calibrated_on,
        start.card.text,
        made.seconds,
        made.vectors,
    )
