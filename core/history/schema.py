"""The tables as queries see them. What creates them is the numbered migrations; a test compares the two."""

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy import Column, Float, Integer, MetaData, Row, Select, Table, Text, func, select

from core.domain.ids import ImageId

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"

metadata = MetaData()


def _integer(name: str, *, nullable: bool = False, key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _real(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Float, nullable=nullable)


lots = Table(
    "lots",
    metadata,
    _integer("id", key=True),
    _text("name"),
    _text("source"),
    _text("root"),
    _text("opened_at_utc"),
    _integer("last_image_id", nullable=True),
    _integer("hidden"),  # 0 everywhere: nothing takes a lot off the list
)

images = Table(
    "images",
    metadata,
    _integer("id", key=True),
    _integer("lot_id"),
    _integer("position"),
    _integer("superseded"),  # the file of this name has other bytes now
    _text("path"),
    _text("name"),
    _text("sha256"),  # empty for a file that is no readable image
    _text("reason"),  # why it is none
    _integer("page"),
    _integer("height"),
    _integer("width"),
    _integer("bit_depth"),
    _integer("content_height"),
    _real("pixel_size_nm", nullable=True),
    _text("pixel_size_source", nullable=True),
    _text("reference", nullable=True),
    _text("label", nullable=True),
)

runs = Table(
    "runs",
    metadata,
    _integer("id", key=True),
    _integer("lot_id"),
    _text("recipe_name"),
    _integer("recipe_version"),
    _text("recipe_sha256"),
    _text("recipe_json"),
    _text("model_id"),
    _text("model_sha256"),
    _text("device"),
    _text("app_version"),
    _text("started_at_utc"),
    _text("ended_at_utc", nullable=True),
    _text("state"),
)

predictions = Table(
    "predictions",
    metadata,
    _integer("image_id", key=True),
    _integer("run_id", key=True),
    _real("score", nullable=True),
    _text("verdict", nullable=True),
    _real("threshold"),
    _integer("area_px"),
    _text("regions"),  # JSON: [x, y, w, h, area_px, centroid_x, centroid_y, score] each
    _text("error"),
    _text("map_file"),
    _text("mask_file"),
    _real("unknown_at", nullable=True),  # not kept before schema 3
)

classes = Table(
    "classes",
    metadata,
    _integer("id", key=True),
    _text("name"),
    _text("name_key"),  # casefolded, so that "Bridge" and "bridge" cannot both be
    _integer("code", nullable=True),
    _text("color"),
    _integer("slot", nullable=True),
    _integer("retired"),
)

operations = Table(
    "operations",
    metadata,
    _integer("id", key=True),
    _text("title"),
    _text("kind"),
    _integer("target_id", nullable=True),  # the "do" that an undo or redo is about
    _integer("undone_by", nullable=True),  # of a "do": the undo in force
    _text("at_utc"),
    _integer("lot_id", nullable=True),  # of all its images
)

decisions = Table(
    "decisions",
    metadata,
    _integer("id", key=True),
    _integer("image_id"),
    _text("before_verdict", nullable=True),
    _integer("before_class_id", nullable=True),
    _text("before_killer"),
    _text("before_note"),
    _text("after_verdict", nullable=True),
    _integer("after_class_id", nullable=True),
    _text("after_killer"),
    _text("after_note"),
    _text("reviewer"),
    _text("decided_at_utc"),
    _text("recipe_sha256"),
    _text("model_sha256"),
    _text("app_version"),
    _integer("operation_id"),
    _integer("undo_of", nullable=True),
)

judgements = Table(
    "judgements",
    metadata,
    _integer("image_id", key=True),
    _text("verdict", nullable=True),
    _integer("class_id", nullable=True),
    _text("killer"),
    _text("note"),
)

audit = Table(
    "audit",
    metadata,
    _integer("id", key=True),
    _text("at_utc"),
    _text("actor"),
    _text("action"),
    _text("payload"),  # canonical JSON
    _text("prev_sha256"),
    _text("sha256"),
)

# The run that last reached the image of the enclosing query.
newest_run_id = (
    select(func.max(predictions.c.run_id))
    .where(predictions.c.image_id == images.c.id)
    .correlate(images)
    .scalar_subquery()
)
is_newest_prediction = (predictions.c.image_id == images.c.id) & (predictions.c.run_id == newest_run_id)


def listed(image_ids: Iterable[ImageId]) -> Select[tuple[int]]:
    """The ids as a subquery: one bound value however many there are, so no limit on their number."""
    values = func.json_each(json.dumps(list(image_ids))).table_valued("value")
    return select(values.c.value)
