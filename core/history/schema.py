"""The tables as queries see them. What creates them is the numbered migrations; a test compares the two."""

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy import Column, Float, Integer, MetaData, Row, Select, Table, Text, func, select

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

metadata = MetaData()


def integer(name: str, *, nullable: bool = False, key: bool = False) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, Integer, primary_key=key, nullable=nullable)


def text(name: str, *, nullable: bool = False) -> Column[str]:
    """A column of words."""
    return Column(name, Text, nullable=nullable)


def real(name: str, *, nullable: bool = False) -> Column[float]:
    """A column of measured numbers."""
    return Column(name, Float, nullable=nullable)


lots = Table(
    "lots",
    metadata,
    integer("id", key=True),
    text("name"),
    text("source"),
    text("root"),
    text("opened_at_utc"),
    integer("last_image_id", nullable=True),
    integer("hidden"),  # 0 everywhere: nothing takes a lot off the list
)

images = Table(
    "images",
    metadata,
    integer("id", key=True),
    integer("lot_id"),
    integer("position"),
    integer("superseded"),  # the file of this name has other bytes now
    text("path"),
    text("name"),
    text("sha256"),  # empty for a file that is no readable image
    text("reason"),  # why it is none
    integer("page"),
    integer("height"),
    integer("width"),
    integer("bit_depth"),
    integer("content_height"),
    real("pixel_size_nm", nullable=True),
    text("pixel_size_source", nullable=True),
    text("reference", nullable=True),
    text("label", nullable=True),
)

runs = Table(
    "runs",
    metadata,
    integer("id", key=True),
    integer("lot_id"),
    text("recipe_name"),
    integer("recipe_version"),
    text("recipe_sha256"),
    text("recipe_json"),
    text("model_id"),
    text("model_sha256"),
    text("device"),
    text("app_version"),
    text("started_at_utc"),
    text("ended_at_utc", nullable=True),
    text("state"),
)

predictions = Table(
    "predictions",
    metadata,
    integer("image_id", key=True),
    integer("run_id", key=True),
    real("score", nullable=True),
    text("verdict", nullable=True),
    real("threshold"),
    integer("area_px"),
    text("regions"),  # JSON: [x, y, w, h, area_px, centroid_x, centroid_y, score] each
    text("error"),
    text("map_file"),
    text("mask_file"),
    real("unknown_at", nullable=True),  # not kept before schema 3
    text("reference"),  # path of what it was compared with; empty before schema 5
    text("alignment", nullable=True),  # JSON: the fields of an Alignment
)

reference_choices = Table(
    "reference_choices",
    metadata,
    integer("id", key=True),  # the image's
    text("file", nullable=True),  # empty: none shall be used; none: the lot's own
    real("dx", nullable=True),  # none: as registered
    real("dy", nullable=True),
)

classes = Table(
    "classes",
    metadata,
    integer("id", key=True),
    text("name"),
    text("name_key"),  # casefolded, so that "Bridge" and "bridge" cannot both be
    integer("code", nullable=True),
    text("color"),
    integer("slot", nullable=True),
    integer("retired"),
    text("description"),
    text("killer"),
    text("exemplars"),  # JSON: ids of crops
    integer("merged_into", nullable=True),
    integer("withdrawn"),  # its making was undone: the name is free again, the id is not
)

operations = Table(
    "operations",
    metadata,
    integer("id", key=True),
    text("title"),
    text("kind"),
    integer("target_id", nullable=True),  # the "do" that an undo or redo is about
    integer("undone_by", nullable=True),  # of a "do": the undo in force
    text("at_utc"),
    integer("lot_id", nullable=True),  # of all its images; none where it is the class table's
)

decisions = Table(
    "decisions",
    metadata,
    integer("id", key=True),
    integer("image_id"),
    text("before_verdict", nullable=True),
    integer("before_class_id", nullable=True),
    text("before_killer"),
    text("before_note"),
    text("after_verdict", nullable=True),
    integer("after_class_id", nullable=True),
    text("after_killer"),
    text("after_note"),
    text("reviewer"),
    text("decided_at_utc"),
    text("recipe_sha256"),
    text("model_sha256"),
    text("app_version"),
    integer("operation_id"),
    integer("undo_of", nullable=True),
)

judgements = Table(
    "judgements",
    metadata,
    integer("image_id", key=True),
    text("verdict", nullable=True),
    integer("class_id", nullable=True),
    text("killer"),
    text("note"),
)

audit = Table(
    "audit",
    metadata,
    integer("id", key=True),
    text("at_utc"),
    text("actor"),
    text("action"),
    text("payload"),  # canonical JSON
    text("prev_sha256"),
    text("sha256"),
)

defect_files = Table(
    "defect_files",
    metadata,
    integer("lot_id", key=True),
    text("sha256"),
    text("wafers"),  # JSON: a WaferPlan each
    text("class_names"),  # JSON: by number
)

defects = Table(
    "defects",
    metadata,
    integer("lot_id", key=True),
    integer("number", key=True),  # in the order of the file
    integer("wafer"),
    text("defect_id"),
    real("die_x", nullable=True),
    real("die_y", nullable=True),
    real("x_in_die_um", nullable=True),
    real("y_in_die_um", nullable=True),
    real("x_on_wafer_um", nullable=True),
    real("y_on_wafer_um", nullable=True),
    real("size_um", nullable=True),
    real("class_number", nullable=True),
)

defect_images = Table(
    "defect_images",
    metadata,
    integer("lot_id", key=True),
    Column("image_name", Text, primary_key=True),
    integer("number"),
)

dispositions = Table(
    "dispositions",
    metadata,
    integer("id", key=True),
    integer("lot_id"),
    text("wafer"),  # empty: the whole lot
    text("word"),
    text("reason"),
    text("owner"),
    text("due"),  # ISO date, or empty
    text("reviewer"),
    text("at_utc"),
    text("app_version"),
)

countersigns = Table(
    "countersigns",
    metadata,
    integer("id", key=True),
    integer("disposition_id"),
    text("reviewer"),
    text("at_utc"),
    text("app_version"),
)

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
