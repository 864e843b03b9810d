"""Few-shot learning on the own encoder: a detector tuned to the shots says where, a linear head says what."""

from core.few_shot.card import FewShotModel
from core.few_shot.training.classes import describe_shots, fit_head
from core.services.training.few_shot_cuts import AUGMENTED, calibrate_on
from core.services.training.few_shot_tuning import tune_guide
from core.services.training.few_shot_work import FewShotWork, MadeFewShot

CROSSED = "shots that their detector did not learn from"
_CLASS_VIEWS = 3


def learn_on_own(work: FewShotWork) -> MadeFewShot:
    """Tune the guide, then fit the head and the cuts to what tuned guides say of shots that they never saw."""
    guide = tune_guide(work)
    network, plan = work.start.network, work.plan
    # At places that a guide marks without knowing the shot, as it will be with every other image.
    vectors = describe_shots(
        network, guide.unseen, work.classes, _CLASS_VIEWS, plan.seed, work.device, work.ctx
    )
    head, expected = fit_head(vectors, network.blocks, len(work.classes), plan.seed)
    model = FewShotModel(network, head).to(work.device).eval()
    calibration = calibrate_on(work, model, expected, guide.tuned)
    calibrated_on = CROSSED if guide.is_crossed else AUGMENTED
    return MadeFewShot(model, expected, vectors, guide.seconds, calibration, calibrated_on, guide)
