"""The recipe's section on discovery: how crops are described, counted and grouped."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

CountRule = Literal["combined", "ranks", "dtc", "silhouette", "criterion", "gcd", "brent"]
"""How the number of classes is found; core/discovery/counting says what each reads."""


DESCRIPTORS_ALONE = "descriptors"
"""The embedding that nothing has learned."""


class DiscoveryOptions(BaseModel):
    """How unseen defects are grouped.

    Attributes:
        embedding: what describes the crops: "default" for the shipped embedding, "raw" for features of the detector's
            backbone, "descriptors" for what is measured without any learning, or the path of an embedding's weights.
        descriptor_weight: of the measured descriptors (size, shape, contrast, surprise) beside an embedding, which
            has weight 1; 0 leaves them out.
        count_rule: how the number of classes is estimated.
        classes: number of defect classes, known and novel, where it is known; None estimates it.
        most_classes: highest number that is tried.
        head: "kmeans" groups by semi-supervised k-means alone; "parametric" goes on from there with a labelled and an
            unlabelled head that are trained on the lot, with targets by optimal transport; "simgcd" has the teacher's
            sharpened words for targets instead; "auto" trains heads where there are labels and crops enough.
        exclude_known: the heads never put an unlabelled crop into a known class (the paper's setting); only right where
            every image of a known class is labelled.
        label_temperature: of the weighted vote that gives an image of several regions its class, in px: the higher,
            the less the largest region decides alone.
        seed: of every draw; the same seed gives the same groups.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    embedding: str = Field(default="default", min_length=1, title="Embedding")
    descriptor_weight: float = Field(default=0.8, ge=0, le=10, title="Weight of the descriptors")
    count_rule: CountRule = Field(default="combined", title="Rule of the count")
    classes: int | None = Field(
        default=None, ge=1, le=500, title="Classes", json_schema_extra={"unset": "estimated"}
    )
    most_classes: int = Field(default=40, ge=2, le=500, title="Most classes")
    head: Literal["auto", "kmeans", "parametric", "simgcd"] = Field(default="auto", title="Head")
    exclude_known: bool = Field(default=False, title="Known classes are closed")
    label_temperature: float = Field(
        default=75.0, gt=0, title="Temperature of the vote", json_schema_extra={"unit": "px"}
    )
    seed: int = Field(default=1, ge=0, lt=2**31, title="Seed")
