"""The tables of discoveries and of edits, as queries see them."""

from sqlalchemy import Table

from core.history.schema import integer, metadata, real, text

discoveries = Table(
    "discoveries",
    metadata,
    integer("id", key=True),
    integer("lot_id"),
    text("at_utc"),
    text("reviewer"),
    text("app_version"),
    text("recipe_name"),
    text("recipe_sha256"),
    text("recipe_json"),
    text("model_id"),
    text("model_sha256"),
    text("embeddings_file"),
    integer("known"),
    integer("estimated_total"),
    integer("lowest_total"),
    integer("highest_total"),
    real("stability"),
    integer("withdrawn"),  # its making was undone: the one before is the newest again
)

clusters = Table(
    "clusters",
    metadata,
    integer("id", key=True),
    integer("discovery_id"),
    integer("number"),
    text("name"),
    integer("class_id", nullable=True),
    text("state"),
    real("stability", nullable=True),  # not known of what was changed by hand
)

crops = Table(
    "crops",
    metadata,
    integer("id", key=True),
    integer("discovery_id"),
    integer("position"),  # row of the embeddings file
    integer("image_id"),
    integer("run_id"),
    integer("x"),
    integer("y"),
    integer("width"),
    integer("height"),
    integer("left_px"),
    integer("top_px"),
    integer("side_px"),
    real("score"),
    real("confidence"),
    integer("cluster_id"),
)

class_births = Table(
    "class_births",
    metadata,
    integer("id", key=True),  # the class's
    text("at_utc"),
    text("reviewer"),
    text("app_version"),
    integer("discovery_id"),
    integer("cluster_id"),
    integer("crops"),
    text("medoids"),  # JSON: ids of crops
    text("recipe_sha256"),
    text("model_sha256"),
    text("nearest_class"),
    real("nearest_distance", nullable=True),
)

edits = Table(
    "edits",
    metadata,
    integer("id", key=True),
    integer("operation_id"),
    text("subject"),
    text("row_ids"),  # JSON: all of them went from the same values to the same values
    text("before"),  # JSON: column → value
    text("after"),
)
