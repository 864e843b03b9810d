"""How the heads learn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeadOptions:
    """How the heads learn.

    Attributes:
        exclude_known: never let an unlabelled sample be of a known class (the paper's and UNO's setting: a logit of
            −inf). Only right where no unlabelled sample is of a known class.
        transport: targets by optimal transport; otherwise the teacher's sharpened softmax, with a bonus for
            using every class (SimGCD).
        strength: how far the targets' class shares are pushed towards the marginal.
        teacher_temperature, student_temperature: of the softmax over cosines.
        labelled_weight: of the labelled samples' cross-entropy against the others'.
        bonus: weight of the mean entropy, without transport.
        noise: deviation of the two views from the embedding, as a share of its length.
        steps, batch, rate: of the optimiser.
    """

    exclude_known: bool = False
    transport: bool = True
    strength: float = 0.2
    teacher_temperature: float = 0.05
    student_temperature: float = 0.1
    labelled_weight: float = 0.35
    bonus: float = 2.0
    noise: float = 0.3
    steps: int = 150
    batch: int = 128
    rate: float = 1e-3
