"""What is known of the defects on wafers now, read and counted by the database. Nothing here writes."""

import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Subquery, func, or_, select
from sqlalchemy.sql.expression import ColumnElement

from core.domain.decisions import Killer, Verdict
from core.domain.ids import ClassId, LotId
from core.domain.pareto import WaferPart
from core.domain.wafer_states import DecidedDefect, StateCount, WaferLot
from core.domain.wafers import WaferPlan
from core.history.database import Database
from core.history.schema import AnyRow, defect_files, defect_images, defects, images, judgements, listed, lots
from core.history.sites import class_names_of

_LOT_BITS = 32  # a defect of any lot as one number: the lot above, its number below


class DefectStates:
    """One history's defects, usable from any thread; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decided(self, lot_id: LotId) -> tuple[DecidedDefect, ...]:
        """The defects of a lot of which something was decided.

        Of a defect with several images the last one in lot order that bears a class has the word, else the last one
        that bears a verdict.
        """
        words = _last_words([lot_id])
        query = select(words.c.number, words.c.class_id, words.c.verdict, words.c.killer)
        with self._database.read() as connection:
            return tuple(_decided(row) for row in connection.execute(query.where(words.c.turn == 1)))

    def images(self, lot_id: LotId) -> NDArray[np.int64]:
        """(M, 2) int64 id of each image in lot order, and the number of the defect that it shows."""
        query = (
            select(images.c.id, defect_images.c.number)
            .join_from(images, defect_images, _shows)
            .where(images.c.lot_id == lot_id, images.c.superseded == 0)
            .order_by(images.c.position)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return np.array(rows, np.int64).reshape(-1, 2)

    def count(self, parts: Sequence[WaferPart], picked: NDArray[np.int64] | None) -> tuple[StateCount, ...]:
        """How many defects are in which state, in one query; no defect leaves the database.

        Args:
            parts: wafers, or rings of them.
            picked: (P, 2) int64 lot and number of the only defects that are meant; None means all.
        """
        part = _parts_table(parts)
        words = _last_words([one.wafer[0] for one in parts])
        state = (words.c.class_id, words.c.verdict, words.c.killer, defects.c.class_number)
        grouped = (defects.c.lot_id, defects.c.wafer, *state)
        is_word = (
            (words.c.lot_id == defects.c.lot_id) & (words.c.number == defects.c.number) & (words.c.turn == 1)
        )
        query = (
            select(*grouped, func.count().label("defects"))
            .join_from(defects, part, _lies_in(part))
            .outerjoin(words, is_word)
            .group_by(*grouped)
        )
        if picked is not None:
            keys = (picked[:, 0] << _LOT_BITS) | picked[:, 1]
            query = query.where(_key().in_(listed(keys.tolist())))
        with self._database.read() as connection:
            return tuple(_counted(row) for row in connection.execute(query))

    def class_names(self, lot_ids: Iterable[LotId]) -> dict[LotId, dict[int, str]]:
        """The class lookup of each lot's file, by number."""
        query = select(defect_files.c.lot_id, defect_files.c.class_names)
        with self._database.read() as connection:
            rows = connection.execute(query.where(defect_files.c.lot_id.in_(listed(lot_ids)))).all()
        return {LotId(row.lot_id): class_names_of(row.class_names) for row in rows}

    def lots(self) -> tuple[WaferLot, ...]:
        """Lots whose wafers are known, the last opened first."""
        wafers = defect_files.c.wafers
        first, count = func.json_extract(wafers, "$[0]"), func.json_array_length(wafers)
        query = (
            select(lots.c.id, lots.c.name, first.label("first"), count.label("wafers"))
            .join_from(defect_files, lots, lots.c.id == defect_files.c.lot_id)
            .order_by(lots.c.opened_at_utc.desc(), lots.c.id.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(_wafer_lot(row) for row in rows)


_shows = (defect_images.c.lot_id == images.c.lot_id) & (defect_images.c.image_name == images.c.name)


def _last_words(lot_ids: Iterable[LotId]) -> Subquery:
    """Decided images of lots with the defects that they show; the one whose `turn` is 1 has the word."""
    turn = func.row_number().over(
        partition_by=(images.c.lot_id, defect_images.c.number),
        order_by=(
            judgements.c.class_id.is_(None),
            judgements.c.verdict.is_(None),
            images.c.position.desc(),
        ),
    )
    said = (judgements.c.class_id, judgements.c.verdict, judgements.c.killer)
    return (
        select(images.c.lot_id, defect_images.c.number, *said, turn.label("turn"))
        .join_from(images, judgements, judgements.c.image_id == images.c.id)
        .join(defect_images, _shows)
        .where(images.c.lot_id.in_(listed(set(lot_ids))), images.c.superseded == 0)
        .subquery("words")
    )


def _parts_table(parts: Sequence[WaferPart]) -> Subquery:
    """The parts as rows: one bound value however many there are."""
    spelled = json.dumps([[*one.wafer, one.low_um, one.high_um] for one in parts])
    value = func.json_each(spelled).table_valued("value").c.value
    names = ("lot_id", "wafer", "low", "high")
    return select(
        *(func.json_extract(value, f"$[{place}]").label(name) for place, name in enumerate(names))
    ).subquery("parts")


def _lies_in(part: Subquery) -> ColumnElement[bool]:
    x, y = defects.c.x_on_wafer_um, defects.c.y_on_wafer_um
    squared = x * x + y * y
    here = (part.c.lot_id == defects.c.lot_id) & (part.c.wafer == defects.c.wafer)
    beyond = or_(part.c.low.is_(None), squared >= part.c.low * part.c.low)
    within = or_(part.c.high.is_(None), squared < part.c.high * part.c.high)
    return here & beyond & within


def _key() -> ColumnElement[int]:
    shifted: ColumnElement[int] = defects.c.lot_id.bitwise_lshift(_LOT_BITS)
    return shifted.bitwise_or(defects.c.number)


def _class_id(value: int | None) -> ClassId | None:
    return None if value is None else ClassId(value)


def _verdict(value: str | None) -> Verdict | None:
    return None if value is None else Verdict(value)


def _decided(row: AnyRow) -> DecidedDefect:
    return DecidedDefect(row.number, _class_id(row.class_id), _verdict(row.verdict), Killer(row.killer))


def _counted(row: AnyRow) -> StateCount:
    return StateCount(
        wafer=(LotId(row.lot_id), row.wafer),
        class_id=_class_id(row.class_id),
        verdict=_verdict(row.verdict),
        killer=Killer.UNKNOWN if row.killer is None else Killer(row.killer),
        class_number=row.class_number,
        defects=row.defects,
    )


def _wafer_lot(row: AnyRow) -> WaferLot:
    first = None if row.first is None else WaferPlan.from_json(json.loads(row.first))
    return WaferLot(LotId(row.id), row.name, row.wafers, first)
