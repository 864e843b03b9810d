"""Wafers: where on them defects lie, in one frame for all files: µm from the centre, the wafer's mark at the bottom."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import freeze

Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a defect file says of where its defects come from, as it says it; empty where it does not."""

    fab_lot: str = ""
    device: str = ""
    step: str = ""
    station: str = ""
    setup: str = ""
    result_timestamp: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class WaferPlan:
    """A wafer as its file describes it. What the file does not tell is None, never zero.

    Attributes:
        wafer_id: as it is named.
        slot: in its carrier.
        diameter_um: of the wafer.
        die_pitch_um: width and height of a die with its street.
        center_um: the wafer's centre, from the lower left corner of die (0, 0), in the file's frame.
        mark: "notch" or "flat"; empty where the file does not tell.
        mark_deg: where the mark lies in the file's frame: 0 at the bottom, 90 left, 180 top, 270 right.
        is_mirrored: whether the file's x runs from right to left.
        dies: (D, 2) int32 read-only indices of the inspected dies.
        inspection: where its defects come from.
    """

    wafer_id: str
    slot: int | None
    diameter_um: float | None
    die_pitch_um: tuple[float, float] | None
    center_um: tuple[float, float] | None
    mark: str
    mark_deg: int
    is_mirrored: bool
    dies: NDArray[np.int32]
    inspection: Inspection = field(default_factory=Inspection)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dies", freeze(self.dies, dtype=np.int32, ndim=2, name="dies"))

    def to_wafer(self, die_xy: Places, in_die_um: Places) -> Places:
        """Places on the wafer.

        Args:
            die_xy: (N, 2) indices of dies.
            in_die_um: (N, 2) µm from the lower left corner of the die.

        Returns:
            (N, 2) float64 µm from the centre, x to the right, y up, mark at the bottom; NaN where the file does not
            tell the pitch or the centre.

        Source:
            KLARF: index · DiePitch + REL − SampleCenterLocation, then orientation, then mirroring of x.
        """
        if self.die_pitch_um is None or self.center_um is None:
            return np.full((len(die_xy), 2), np.nan)
        in_file = die_xy * np.array(self.die_pitch_um) + in_die_um - np.array(self.center_um)
        return self._oriented(in_file)

    def die_boxes(self) -> Places:
        """(D, 4) float64 left, bottom, right and top of each inspected die in µm, in the frame of `to_wafer`."""
        if self.die_pitch_um is None:
            return np.full((len(self.dies), 4), np.nan)
        low = self.to_wafer(self.dies.astype(np.float64), np.zeros((len(self.dies), 2)))
        high = self.to_wafer(self.dies.astype(np.float64) + 1, np.zeros((len(self.dies), 2)))
        return np.concatenate([np.minimum(low, high), np.maximum(low, high)], axis=1)

    def _oriented(self, places: Places) -> Places:
        x, y = places[:, 0], places[:, 1]
        turned = {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[self.mark_deg]
        return np.stack([-turned[0] if self.is_mirrored else turned[0], turned[1]], axis=1)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the history."""
        named = {name: getattr(self, name) for name in self.__slots__ if name not in ("dies", "inspection")}
        return named | {"dies": self.dies.tolist(), "inspection": asdict(self.inspection)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "WaferPlan":
        """The plan that `to_json` wrote."""
        pairs = {
            name: None if stored[name] is None else (float(stored[name][0]), float(stored[name][1]))
            for name in ("die_pitch_um", "center_um")
        }
        dies = np.array(stored["dies"], np.int32).reshape(-1, 2)
        inspection = Inspection(**stored.get("inspection", {}))  # kept only since reports tell of it
        return cls(**{**stored, **pairs, "dies": dies, "inspection": inspection})


@dataclass(frozen=True, slots=True, eq=False)
class DefectSites:
    """The defects of a lot, in the order of its file. NaN stands for what the file does not tell.

    Attributes:
        wafers: (N,) int32 which of the lot's wafers each lies on.
        defect_ids: as the file names them.
        die_xy: (N, 2) float64 index of the die.
        in_die_um: (N, 2) float64 from the lower left corner of the die.
        on_wafer_um: (N, 2) float64 as `WaferPlan.to_wafer` gives it.
        size_um: (N,) float64.
        class_numbers: (N,) float64 of the file's class lookup.
    """

    wafers: NDArray[np.int32]
    defect_ids: tuple[str, ...]
    die_xy: Places
    in_die_um: Places
    on_wafer_um: Places
    size_um: Places
    class_numbers: Places

    def __post_init__(self) -> None:
        self._freeze("wafers", np.int32, 1)
        for name in ("die_xy", "in_die_um", "on_wafer_um"):
            self._freeze(name, np.float64, 2)
        for name in ("size_um", "class_numbers"):
            self._freeze(name, np.float64, 1)

    def _freeze(self, name: str, dtype: type[np.generic], ndim: int) -> None:
        values = getattr(self, name)
        if len(values) != len(self.defect_ids):
            raise ValueError(f"{name} has {len(values)} rows, not {len(self.defect_ids)}")
        object.__setattr__(self, name, freeze(values, dtype=dtype, ndim=ndim, name=name))

    def __len__(self) -> int:
        return len(self.defect_ids)


@dataclass(frozen=True, slots=True, eq=False)
class LotSites:
    """What a lot's defect file says of wafers and defects.

    Attributes:
        file_sha256: of the defect file.
        wafers: in order.
        defects: all of them, those without an image too.
        defect_of: number of the defect that each image shows, by the image's name.
        class_names: of the file's class lookup, by number.
    """

    file_sha256: str
    wafers: tuple[WaferPlan, ...]
    defects: DefectSites
    defect_of: Mapping[str, int]
    class_names: Mapping[int, str] = field(default_factory=dict)
