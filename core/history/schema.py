"""The tables as queries see them. What creates them is the numbered migrations; a test compares the two."""

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy import Column, MetaData, Row, Select, Table, Text, func, select

from core.history.columns import (
    integer,
    integers,
    judgement,
    key,
    measured,
    real,
    signature,
    text,
    texts,
)

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

metadata = MetaData()

lots = Table(
    "lots",
    metadata,
    key(),
    *texts("name", "source", "root", "opened_at_utc"),
    integer("last_image_id", nullable=True),
    integer("hidden"),  # 0 everywhere: nothing takes a lot off the list
)

images = Table(
    "images",
    metadata,
    key(),
    *integers("lot_id", "position"),
    integer("superseded"),  # the file of this name has other bytes now
    *texts("path", "name"),
    text("sha256"),  # empty for a file that is no readable image
    text("reason"),  # why it is none
    *integers("page", "height", "width", "bit_depth", "content_height"),
    real("pixel_size_nm", nullable=True),
    text("pixel_size_source", nullable=True),
    text("reference", nullable=True),
    text("label", nullable=True),
)

runs = Table(
    "runs",
    metadata,
    key(),
    integer("lot_id"),
    text("recipe_name"),
    integer("recipe_version"),
    *texts("recipe_sha256", "recipe_json", "model_id", "model_sha256", "device", "app_version"),
    text("started_at_utc"),
    text("ended_at_utc", nullable=True),
    text("state"),
)

predictions = Table(
    "predictions",
    metadata,
    key("image_id"),
    key("run_id"),
    real("score", nullable=True),
    text("verdict", nullable=True),
    real("threshold"),
    integer("area_px"),
    text("regions"),  # JSON: [x, y, w, h, area_px, centroid_x, centroid_y, score] each
    *texts("error", "map_file", "mask_file"),
    real("unknown_at", nullable=True),  # not kept before schema 3
    text("reference"),  # path of what it was compared with; empty before schema 5
    text("alignment", nullable=True),  # JSON: the fields of an Alignment
    text("guess", nullable=True),  # class name by the model; not kept before schema 8
    real("guess_confidence", nullable=True),
)

reference_choices = Table(
    "reference_choices",
    metadata,
    key(),  # the image's
    text("file", nullable=True),  # empty: none shall be used; none: the lot's own
    *measured("dx", "dy"),  # none: as registered
)

classes = Table(
    "classes",
    metadata,
    key(),
    text("name"),
    text("name_key"),  # casefolded, so that "Bridge" and "bridge" cannot both be
    integer("code", nullable=True),
    text("color"),
    integer("slot", nullable=True),
    integer("retired"),
    *texts("description", "killer"),
    text("exemplars"),  # JSON: ids of crops
    integer("merged_into", nullable=True),
    integer("withdrawn"),  # its making was undone: the name is free again, the id is not
)

operations = Table(
    "operations",
    metadata,
    key(),
    *texts("title", "kind"),
    integer("target_id", nullable=True),  # the "do" that an undo or redo is about
    integer("undone_by", nullable=True),  # of a "do": the undo in force
    text("at_utc"),
    integer("lot_id", nullable=True),  # of all its images; none where it is the class table's
)

decisions = Table(
    "decisions",
    metadata,
    key(),
    integer("image_id"),
    *judgement("before_"),
    *judgement("after_"),
    *texts("reviewer", "decided_at_utc", "recipe_sha256", "model_sha256", "app_version"),
    integer("operation_id"),
    integer("undo_of", nullable=True),
)

judgements = Table("judgements", metadata, key("image_id"), *judgement())

audit = Table(
    "audit",
    metadata,
    key(),
    *texts("at_utc", "actor", "action"),
    text("payload"),  # canonical JSON
    *texts("prev_sha256", "sha256"),
)

defect_files = Table(
    "defect_files",
    metadata,
    key("lot_id"),
    text("sha256"),
    text("wafers"),  # JSON: a WaferPlan each
    text("class_names"),  # JSON: by number
)

defects = Table(
    "defects",
    metadata,
    key("lot_id"),
    key("number"),  # in the order of the file
    integer("wafer"),
    text("defect_id"),
    *measured("die_x", "die_y", "x_in_die_um", "y_in_die_um", "x_on_wafer_um", "y_on_wafer_um"),
    *measured("size_um", "class_number"),
)

defect_images = Table(
    "defect_images",
    metadata,
    key("lot_id"),
    Column("image_name", Text, primary_key=True),
    integer("number"),
)

dispositions = Table(
    "dispositions",
    metadata,
    key(),
    integer("lot_id"),
    text("wafer"),  # empty: the whole lot
    *texts("word", "reason", "owner"),
    text("due"),  # ISO date, or empty
    *signature(),
)

pixel_sizes = Table(
    "pixel_sizes",
    metadata,
    key(),
    integer("lot_id"),
    real("nm", nullable=True),  # empty: the last word is taken back
    text("how"),
    integer("overrides"),
    *signature(),
)

countersigns = Table("countersigns", metadata, key(), integer("disposition_id"), *signature())

# The run that last reached the image of the enclosing query.
newest_run_id = (
    select(func.max(predictions.c.run_id))
    .where(predictions.c.image_id == images.c.id)
    .correlate(images)
    .scalar_subquery()
)
is_newest_prediction = (predictions.c.image_id == images.c.id) & (predictions.c.run_id == newest_run_id)


def listed(ids: Iterable[int]) -> Select[tuple[int]]:
    """The ids as a subquery: one bound value however many there are, so no limit on their number."""
    values = func.json_each(json.dumps(list(ids))).table_valued("value")
    return select(values.c.value)
