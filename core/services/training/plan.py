"""Sizes and seeds of a training, and which of them decide the outcome of which phase."""

from dataclasses import dataclass
from typing import Literal

from core.networks.training.plan import Plan


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Sizes and seeds of a training. The card of shipped weights says which made them.

    Attributes:
        backbone: which encoder.
        images, side: of the rendered training set.
        crop, batch: of phase 1 and 2.
        matching_steps, head_steps: of phase 1 and 2.
        rate: peak learning rate of phase 1.
        calibration_images: rendered apart, 448 px, of the training families.
        start_from: weights file whose encoder and matching phase 1 goes on from; empty starts anew.
        seed: of everything.
    """

    backbone: Literal["residua_s", "residua_test"] = "residua_s"
    images: int = 10_000
    side: int = 384
    crop: int = 288
    batch: int = 8
    matching_steps: int = 3200
    head_steps: int = 400
    rate: float = 2e-3
    calibration_images: int = 300
    calibration_side: int = 448
    start_from: str = ""
    seed: int = 20261


def fields_of_matching(plan: TrainingPlan, earlier: Plan) -> Plan:
    """What decides the outcome of phase 1; the bytes of the weights it starts from, not their name."""
    names = ("backbone", "images", "side", "crop", "batch", "matching_steps", "rate", "seed")
    start = {"start_from_sha256": earlier.get("start_from_sha256", "")}
    return {name: getattr(plan, name) for name in names} | start


def fields_of_head(plan: TrainingPlan, backbone: Plan) -> Plan:
    """What decides the outcome of phase 2: how its backbone came about, and its own settings."""
    names = ("images", "side", "crop", "batch", "head_steps", "seed")
    return {**backbone, **{name: getattr(plan, name) for name in names}}
