"""The phases of the shipped detector's training, one after another in one folder: render, train, calibrate, write."""

from dataclasses import dataclass
from pathlib import Path

import torch

from core.detection.lineage import Training
from core.detection.network import DefectNetwork
from core.detection.training.calibrate import fit_calibrations
from core.detection.training.corpus import TrainingSet, open_training_set
from core.detection.training.matching import train_matching
from core.detection.training.ni_head import NILosses, train_ni_head
from core.detection.weights import Card, write_weights
from core.jobs import JobContext
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.networks.training.plan import Plan
from core.services.training.binarizing import binarize
from core.services.training.corpus import CorpusPlan, render_corpus
from core.services.training.plan import TrainingPlan
from core.synthesis import training_draws, training_families, training_kinds

NOTES = "Trained on generated SEM images only; held-out layout families and defect kinds were not shown."
MATCHING_CHECKPOINT, HEAD_CHECKPOINT = "phase1.safetensors", "phase2.safetensors"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One call of a training, which goes on where an earlier one in the same folder was stopped.

    Attributes:
        out: folder of the corpus, the checkpoints and the result.
    """

    plan: TrainingPlan
    out: Path
    device: torch.device
    ctx: JobContext

    def refuse_other(self, checkpoint: str, begun: Plan) -> None:
        """Stop before anything is rendered for a phase that was begun otherwise.

        Raises:
            UserError: the folder holds work of another plan.
        """
        refuse_other_checkpoint(self.out / checkpoint, begun)

    def render_sets(self) -> tuple[TrainingSet, TrainingSet]:
        """Training and calibration images, both of the families and kinds that are not held out."""
        plan, seed, kinds = self.plan, self.plan.seed * 1_000_000, training_kinds()
        training = CorpusPlan(plan.images, plan.side, seed, training_draws(), kinds, 0.6)
        calibration = CorpusPlan(
            plan.calibration_images, plan.calibration_side, seed + 900_000, training_families(), kinds
        )
        return self._rendered(training, "training"), self._rendered(calibration, "calibration")

    def _rendered(self, corpus: CorpusPlan, name: str) -> TrainingSet:
        folder = self.out / "corpus" / name
        render_corpus(corpus, folder, self.ctx)
        return open_training_set(folder)

    def train_matching(self, network: DefectNetwork, training: TrainingSet, begun: Plan) -> float:
        """Phase 1: encoder and matching network in place; seconds spent."""
        plan, warmup = self.plan, min(200, self.plan.matching_steps // 10 + 1)
        return train_matching(
            network,
            training,
            Schedule(plan.matching_steps, peak=plan.rate, warmup=warmup, plan=begun),
            crop=plan.crop,
            batch=plan.batch,
            seed=plan.seed + 1,
            device=self.device,
            checkpoint=self.out / MATCHING_CHECKPOINT,
            ctx=self.ctx,
        )

    def train_head(self, network: DefectNetwork, training: TrainingSet, begun: Plan) -> float:
        """Phase 2: the NI head in place, the backbone frozen; seconds spent."""
        plan = self.plan
        return train_ni_head(
            network,
            training,
            Schedule(plan.head_steps, peak=1e-3, final=1e-4, weight_decay=1e-4, clip=0.1, plan=begun),
            NILosses(),
            crop=plan.crop,
            batch=plan.batch,
            seed=plan.seed + 2,
            device=self.device,
            checkpoint=self.out / HEAD_CHECKPOINT,
            ctx=self.ctx,
        )

    def write(self, network: DefectNetwork, calibration: TrainingSet, name: str, training: Training) -> Path:
        """Calibrate every set of evidence, and write the weights with their card.

        Args:
            name: of the backbone, as the model and the file bear it.
            training: for the card.

        Returns:
            The safetensors file.
        """
        calibrations = fit_calibrations(
            network, calibration, binarize, self.device, self.ctx, seed=self.plan.seed
        )
        card = Card(
            model_id=f"ic-defectncd-{name}",
            network=network.spec,
            calibrations=calibrations,
            training=training,
            notes=NOTES,
        )
        path = self.out / f"ic_defectncd_{name.removeprefix('residua_').replace('.', '_')}.safetensors"
        write_weights(path, network.cpu(), card)
        return path
