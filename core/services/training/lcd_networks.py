"""One network a task on display panels, each resumable, all from one rendered set."""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from core.change.cadnet.decoder import Form
from core.change.cadnet.network import CADNet, CADNetSpec
from core.change.cadnet.predicting import predict_classes
from core.change.training.cadnet import train_cadnet
from core.change.training.pairs import PairSampler, open_pairs, to_planes
from core.jobs import JobContext
from core.networks.training.loop import Schedule
from core.services.training.lcd import LcdPlan, Panel, members_of
from core.synthesis.lcd import LcdKind


@dataclass(frozen=True, slots=True)
class LcdRun:
    """One network: what it is, and what it is shown.

    Attributes:
        name: of its checkpoint.
        form: of the decoder.
        kinds: of the pairs.
        classes: 2 parts lines from points; 1 finds what changed.
        share: of the labelled pairs that it may see.
        start: another run, of the same form and classes, whose network it goes on from.
    """

    name: str
    form: Form
    kinds: tuple[LcdKind, ...]
    classes: int = 1
    share: float = 1.0
    start: "LcdRun | None" = None


def train_lcd(run: LcdRun, plan: LcdPlan, out: Path, device: torch.device, ctx: JobContext) -> CADNet:
    """The network of a run, in eval mode; trained if it is not yet, on the rendered split "train" of `out`.

    Raises:
        UserError: its checkpoint was begun with another plan.
        JobCancelled: stopped between steps; the state is saved first.
    """
    network = _new_network(run, plan) if run.start is None else train_lcd(run.start, plan, out, device, ctx)
    source = open_pairs(out / "train")
    sampler = PairSampler(
        source,
        crop=min(plan.crop, plan.side),
        batch=plan.batch,
        seed=plan.seed,
        members=members_of(len(source.tests), run.kinds, run.share),
        classes=run.classes,
    )
    steps = plan.steps if run.start is None else plan.tuning_steps
    begun = {**asdict(plan), **_words_of(run)}
    train_cadnet(
        network,
        sampler,
        Schedule(steps=steps, peak=plan.rate, plan=begun),
        device=device,
        checkpoint=out / f"{run.name}.checkpoint.safetensors",
        ctx=ctx,
    )
    return network


def _new_network(run: LcdRun, plan: LcdPlan) -> CADNet:
    torch.manual_seed(plan.seed)
    return CADNet(CADNetSpec(form=run.form, classes=run.classes, in_chans=3))


def _words_of(run: LcdRun) -> dict[str, str | float | int]:
    return {
        "name": run.name,
        "form": run.form,
        "kinds": " ".join(run.kinds),
        "classes": run.classes,
        "share": run.share,
        "start": run.start.name if run.start else "",
    }


def read_panel(network: CADNet, test: Panel, reference: Panel) -> Panel:
    """(S, S) classes that a network sees in (S, S, 3) panels."""
    device = next(network.parameters()).device
    return predict_classes(network, to_planes(test), to_planes(reference), device)
