"""The tables of discoveries and of edits, as queries see them."""

from sqlalchemy import Table

from core.history.columns import integer, integers, key, real, text, texts
from core.history.schema import metadata

discoveries = Table(
    "discoveries",
    metadata,
    key(),
    integer("lot_id"),
    *texts("at_utc", "reviewer", "app_version"),
    *texts("recipe_name", "recipe_sha256", "recipe_json", "model_id", "model_sha256", "embeddings_file"),
    *integers("known", "estimated_total", "lowest_total", "highest_total"),
    real("stability"),
    integer("withdrawn"),  # its making was undone: the one before is the newest again
)

clusters = Table(
    "clusters",
    metadata,
    key(),
    *integers("discovery_id", "number"),
    text("name"),
    integer("class_id", nullable=True),
    text("state"),
    real("stability", nullable=True),  # not known of what was changed by hand
)

crops = Table(
    "crops",
    metadata,
    key(),
    integer("discovery_id"),
    integer("position"),  # row of the embeddings file
    *integers("image_id", "run_id", "x", "y", "width", "height", "left_px", "top_px", "side_px"),
    real("score"),
    real("confidence"),
    integer("cluster_id"),
)

class_births = Table(
    "class_births",
    metadata,
    key(),  # the class's
    *texts("at_utc", "reviewer", "app_version"),
    *integers("discovery_id", "cluster_id", "crops"),
    text("medoids"),  # JSON: ids of crops
    *texts("recipe_sha256", "model_sha256", "nearest_class"),
    real("nearest_distance", nullable=True),
)

edits = Table(
    "edits",
    metadata,
    key(),
    integer("operation_id"),
    text("subject"),
    text("row_ids"),  # JSON: all of them went from the same values to the same values
    text("before"),  # JSON: column → value
    text("after"),
)
