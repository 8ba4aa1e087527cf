"""What a run reads of its tracks, whoever made them: one tracker of all reports, or a centre that joins tracks."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.sensors.looks import Flags, Indices, Measurements
from cupola.tracking.motion import NONE
from cupola.tracking.prediction import Prediction, predict
from cupola.tracking.upkeep import firm_tracks


@dataclass(frozen=True, kw_only=True)
class TrackEvents:
    """What a batch of reports did. ``owner`` (k,) is the track that took each report, negative for none; the rest
    are track numbers: begun, confirmed, found to have ceased to burn, and ended.
    """

    owner: Indices
    initiated: Indices
    confirmed: Indices
    coasting: Indices
    ended: Indices


class TrackPicture(ABC):
    """All tracks of one run, structure of arrays by track number; a number is never used again.

    ``x`` (n, 9) and ``p`` (n, 9, 9) are the estimates at ``time_s`` (n,), in the state of
    :mod:`cupola.tracking.motion`; ``mode`` (n,) the most probable model, NONE for a track that has ended; ``weight``
    (n, 5) the probabilities of the models; ``updates`` (n,) reports taken in; ``plumed`` (n,) whether it was ever seen
    burning; ``split`` (n,) whether something parted from it; ``parent`` (n,) the track it split from, -1 for none.
    Arrays are longer than ``count``, the tracks so far.
    """

    count: int
    x: Vector
    p: Vector
    mode: Indices
    updates: Indices
    plumed: Flags
    split: Flags
    parent: Indices
    last_report_s: Vector

    @property
    @abstractmethod
    def time_s(self) -> Vector:
        """Times (n,) of the estimates."""

    @property
    @abstractmethod
    def burnout_s(self) -> Vector:
        """Believed burnout times (n,)."""

    @property
    @abstractmethod
    def weight(self) -> Vector:
        """Probabilities (n, 5) of the models."""

    @abstractmethod
    def confirmed(self) -> Flags:
        """Return which tracks (n,) are confirmed."""

    @abstractmethod
    def process(self, reports: Measurements, *, time_s: float, group: int, burn_time_s: Vector) -> TrackEvents:
        """Take in the reports that one sensor group made at ``time_s`` and return what became of the tracks.

        ``group`` numbers the sensor group, up to 62; ``burn_time_s`` (k,) is the burn time that a report's plume makes
        one assume, NaN where no plume was seen.
        """

    def living(self) -> Indices:
        """Return the numbers of the tracks that have not ended."""
        return np.flatnonzero(self.mode[: self.count] != NONE)

    def sigma_position(self, i: int) -> float:
        """Return the one-sigma position error in m of a track at its own time, three axes together; inf without a
        track.
        """
        if self.mode[i] == NONE:
            return math.inf
        return math.sqrt(self.p[i, 0, 0] + self.p[i, 1, 1] + self.p[i, 2, 2])

    def firm(self, minimum_updates: int, limit_m: float) -> Flags:
        """Return which tracks (n,) are confirmed, have enough updates and a position sigma below ``limit_m`` at their
        own time.
        """
        confirmed = self.confirmed()
        return np.asarray(firm_tracks(self.p, self.mode, self.updates, confirmed, minimum_updates, limit_m * limit_m))

    def predict(self, tracks: Indices, times_s: Vector) -> Prediction:
        """Return where ``tracks`` (m,) will be at rising ``times_s`` (k,); see :mod:`cupola.tracking.prediction`.

        Raises ``ValueError`` for a track that has ended.
        """
        i = np.asarray(tracks, dtype=np.int64)
        if np.any(self.mode[i] == NONE):
            raise ValueError(f"got the tracks {i[self.mode[i] == NONE].tolist()}, accepted are tracks that live")
        return predict(self.x[i], self.p[i], self.mode[i], self.time_s[i], self.burnout_s[i], times_s)


def lengthened(array: NDArray[Any], length: int, fill: Any = 0) -> NDArray[Any]:
    """Return a longer copy of an array whose new rows hold ``fill``."""
    out = np.full((length, *array.shape[1:]), fill, array.dtype)
    out[: len(array)] = array
    return out
