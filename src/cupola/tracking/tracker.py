"""The tracks of one run: one filter per reported object, fed with measurements, never with truth."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numba import njit

from cupola.core.earth import Vector
from cupola.core.sight import radial_altitude
from cupola.sensors.looks import Flags, Indices, Measurements
from cupola.tracking.filter import SLOTS, propagate, surprise, update, widen
from cupola.tracking.imm_tracks import BURNOUT_SPREAD
from cupola.tracking.initiation import (
    ALTITUDES,
    COARSEST_FIX,
    crossing,
    end_of_boost,
    first_state,
    launch_time,
)
from cupola.tracking.motion import BOOST, COAST, NONE, REENTRY
from cupola.tracking.motion_linear import set_parameters
from cupola.tracking.prediction import Prediction, predict

QUIET_REPORTS = 2  # reports without a plume, from sensors that would see it, that end the boost
QUIET_TIME = 3.0  # s that must lie between the last plume report and the last quiet one
OVERDUE = 10.0  # s past the believed burnout without plume reports after which boost is taken as over
FIRST_INTERVAL = 10.0  # s between plume reports, until two have come: a warning satellite's revisit
PAIRING_TIME = 6.0  # s within which the sight lines of two sensors still make a first fix
PAIRING_SPEED = {True: 1500.0, False: 7000.0}  # m/s that a burning, a cold object may move meanwhile


class _State(NamedTuple):
    x: Vector
    p: Vector
    c: Vector
    mode: Indices
    time_s: Vector
    slot_sensor: Indices
    slot_time: Vector


class _Rows(NamedTuple):
    order: Indices
    sensor: Indices
    target: Indices
    time_s: Vector
    r_sensor: Vector
    u: Vector
    sigma_angle: Vector
    bias_angle: Vector
    range_m: Vector
    sigma_range: Vector
    bias_range: Vector
    v_sensor: Vector
    range_rate: Vector
    sigma_range_rate: Vector


@dataclass(frozen=True, kw_only=True)
class TrackEvents:
    """Indices of objects whose track was ``initiated`` or ``updated``, ceased to burn (``coasting``) or burns again
    (``relit``).
    """

    initiated: Indices
    updated: Indices
    coasting: Indices
    relit: Indices


class TrackBank:
    """The tracks of ``n`` reported objects, structure of arrays; row i is report id i, mode NONE until initiated.

    ``x`` (n, 9) inertial position m, velocity m/s and the parameter of :mod:`cupola.tracking.motion`; ``p`` (n, 9, 9)
    its covariance; ``mode`` (n,) NONE, BOOST or COAST; ``updates`` (n,) batches taken in; ``time_s`` (n,) of the
    state; ``burnout_s`` (n,) believed burnout time, from the estimated launch time and ``burn_time_s``, the burn that
    the defender assumes (scalar or (n,)). ``burnout_s`` may be overwritten by whoever knows better.
    """

    def __init__(self, n: int, burn_time_s: float | Vector = 170.0) -> None:
        self.x = np.zeros((n, 9))
        self.p = np.zeros((n, 9, 9))
        self.mode = np.zeros(n, np.int64)
        self.updates = np.zeros(n, np.int64)
        self.time_s = np.full(n, -np.inf)
        self.burnout_s = np.full(n, np.inf)
        self._burn_time_s = np.array(np.broadcast_to(np.asarray(burn_time_s, dtype=np.float64), (n,)))
        self._last_burning_s = np.full(n, -np.inf)
        self._interval_s = np.full(n, FIRST_INTERVAL)
        self._quiet = np.zeros(n, np.int64)
        self._pending: dict[int, Measurements] = {}
        self._state = _State(
            x=self.x,
            p=self.p,
            c=np.zeros((n, 9, 3 * SLOTS)),
            mode=self.mode,
            time_s=self.time_s,
            slot_sensor=np.full((n, SLOTS), -1, np.int64),
            slot_time=np.full((n, SLOTS), -np.inf),
        )

    def process(self, measurements: Measurements, time_s: float | None = None) -> TrackEvents:
        """Take in the reports of one time and return what became of the tracks.

        Rows may come from any number of sensors, ``sensor`` indices being unique over the whole run; rows older than
        their track are taken at the track's time. ``time_s``, by default the last row's, is when tracks that should
        have burnt out by now, and are not seen burning, are moved on to coasting.
        """
        if time_s is None and len(measurements):
            time_s = float(measurements.time_s.max())
        coasting = self._expire(time_s) if time_s is not None else []
        initiated, rows = self._initiate(measurements)
        rows = _select(rows, self.mode[rows.target] != NONE)
        if len(rows):
            _take_all(self._state, _rows_of(rows))
            self._drop_broken(np.unique(rows.target))
        sigma = self.p[initiated][:, [0, 1, 2], [0, 1, 2]].sum(axis=1)
        for index in initiated[sigma > COARSEST_FIX**2]:
            self.drop(int(index))
        initiated = initiated[sigma <= COARSEST_FIX**2]
        updated = np.unique(rows.target[self.mode[rows.target] != NONE])
        self.updates[updated] += 1
        quieted, relit = self._judge_plumes(rows, updated)
        return TrackEvents(
            initiated=initiated,
            updated=updated,
            coasting=np.array(sorted({*coasting, *quieted}), np.int64),
            relit=np.array(relit, np.int64),
        )

    def place(self, index: int, x: Vector, p: Vector, *, time_s: float, burning: bool) -> None:
        """Start a track from a state x (9,) and covariance p (9, 9) that somebody else vouches for, at ``time_s``."""
        self.x[index], self.p[index] = x, p
        self.mode[index] = BOOST if burning else COAST
        self.updates[index], self._quiet[index], self.time_s[index] = 0, 0, time_s
        burn_time = float(self._burn_time_s[index])
        self.burnout_s[index] = launch_time(x[:3], time_s, burn_time) + burn_time if burning else time_s
        self._last_burning_s[index] = time_s if burning else -np.inf
        self._interval_s[index] = FIRST_INTERVAL
        self._state.c[index] = 0.0
        self._state.slot_sensor[index], self._state.slot_time[index] = -1, -np.inf

    def spawn(self, parent: int, child: int, sigma_v: float) -> bool:
        """Begin the track of an object released by ``parent`` at a separation speed of ``sigma_v`` m/s per axis (one
        sigma).

        The child coasts from the parent's state and inherits its update count. Returns False where the parent has no
        track or the child has one already.
        """
        s = self._state
        if self.mode[parent] == NONE or self.mode[child] != NONE:
            return False
        for array in (s.x, s.p, s.c, s.time_s, s.slot_sensor, s.slot_time, self.updates, self.burnout_s):
            array[child] = array[parent]
        if self.mode[parent] == BOOST:
            end_of_boost(REENTRY, self.x[child], self.p[child], BURNOUT_SPREAD)
        self.mode[child] = COAST
        set_parameters(REENTRY, self.x[child], self.p[child])
        s.c[child, 6] = 0.0
        for i in range(3, 6):
            self.p[child, i, i] += sigma_v * sigma_v
        return True

    def drop(self, index: int) -> None:
        """Forget one track; a later report may start it anew."""
        self.mode[index] = NONE
        self.updates[index] = 0
        self.time_s[index] = -np.inf
        self.burnout_s[index] = np.inf
        self._last_burning_s[index] = -np.inf
        self._pending.pop(index, None)

    def _drop_broken(self, indices: Indices) -> None:
        """Drop tracks whose covariance is none any more: the object manoeuvres in a way that no model here has, and
        widening what the filter believed ran out of digits. A later report may start the track anew.
        """
        spread = self.p[indices][:, range(9), range(9)]
        sound = np.isfinite(self.x[indices]).all(axis=1) & (spread >= 0.0).all(axis=1) & np.isfinite(spread).all(axis=1)
        for index in indices[~sound]:
            self.drop(int(index))

    def sigma_position(self, index: int) -> float:
        """Return the one-sigma position error in m of a track at its own time, three axes together; inf without a
        track.
        """
        if self.mode[index] == NONE:
            return math.inf
        return math.sqrt(self.p[index, 0, 0] + self.p[index, 1, 1] + self.p[index, 2, 2])

    def firm(self, minimum_updates: int, limit_m: float) -> Flags:
        """Return which tracks (n,) have enough updates and a position sigma below ``limit_m`` at their own time."""
        variance = self.p[:, 0, 0] + self.p[:, 1, 1] + self.p[:, 2, 2]
        return np.asarray((self.mode != NONE) & (self.updates >= minimum_updates) & (variance < limit_m * limit_m))

    def predict(self, indices: Indices, times_s: Vector) -> Prediction:
        """Return where the tracks ``indices`` (m,) will be at rising ``times_s`` (k,); see
        :mod:`cupola.tracking.prediction`.

        Raises ``ValueError`` for an object without a track.
        """
        i = np.asarray(indices, dtype=np.int64)
        if np.any(self.mode[i] == NONE):
            raise ValueError(f"got the objects {i[self.mode[i] == NONE].tolist()}, accepted are objects with a track")
        return predict(self.x[i], self.p[i], self.mode[i], self.time_s[i], self.burnout_s[i], times_s)

    def _expire(self, time_s: float) -> list[int]:
        """Move on to coasting what should have burnt out by now and has not been reported burning for a while.

        Burnout then came, uniformly, between the last plume report and the believed burnout, or the report that failed
        to come.
        """
        latest = np.maximum(self.burnout_s, self._last_burning_s + self._interval_s)
        late = np.flatnonzero((self.mode == BOOST) & (time_s > latest + OVERDUE))
        for i in late.tolist():
            width = latest[i] - self._last_burning_s[i]
            burnout = max(latest[i] - 0.5 * width, self.time_s[i])
            seconds = burnout - self.time_s[i]
            propagate(BOOST, self.x[i], self.p[i], self._state.c[i], 3 * SLOTS, seconds, np.empty((4, 9, 9)))
            self.time_s[i] = burnout
            self._enter_coast(i, burnout, width / math.sqrt(12.0))
        return late.tolist()

    def _enter_coast(self, i: int, burnout_s: float, spread_s: float) -> None:
        end_of_boost(REENTRY, self.x[i], self.p[i], spread_s)
        self._state.c[i, 6] = 0.0
        self.mode[i] = COAST
        self.burnout_s[i] = burnout_s

    def _initiate(self, measurements: Measurements) -> tuple[Indices, Measurements]:
        """Place untracked objects by their reports; return those placed and all rows, remembered ones first."""
        fresh = np.unique(measurements.target[self.mode[measurements.target] == NONE])
        placed, parts = [], []
        for index in fresh:
            i = int(index)
            mine = _select(measurements, measurements.target == i)
            older = self._pending.pop(i, None)
            rows = mine
            if older is not None:
                rows = Measurements.join([_aged(older, mine), mine])
            point = crossing(rows.r_sensor, rows.u, rows.range_m)
            if point is None or not ALTITUDES[0] < float(radial_altitude(*point)) < ALTITUDES[1]:
                self._pending[i] = rows
                continue
            burning, time_s = bool(mine.burning.any()), float(mine.time_s.max())
            self.place(i, *first_state(point, burning), time_s=time_s, burning=burning)
            placed.append(i)
            if len(rows) > len(mine):
                parts.append(_moved(_select(rows, np.arange(len(rows)) < len(rows) - len(mine)), point, mine))
        return np.array(placed, np.int64), Measurements.join([*parts, measurements])

    def _judge_plumes(self, rows: Measurements, updated: Indices) -> tuple[list[int], list[int]]:
        """Switch between boost and coast by who saw a plume and who would have; return those gone quiet and those
        relit.
        """
        n = len(self.mode)
        burning, watched = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        burning[rows.target[rows.burning]] = True
        watched[rows.target[rows.sees_plumes]] = True
        lit = updated[burning[updated]]
        known = lit[np.isfinite(self._last_burning_s[lit]) & (self.time_s[lit] > self._last_burning_s[lit])]
        self._interval_s[known] = self.time_s[known] - self._last_burning_s[known]
        self._last_burning_s[lit], self._quiet[lit] = self.time_s[lit], 0
        relit = [int(i) for i in lit if self.mode[i] == COAST]
        for i in relit:
            self.mode[i] = BOOST
            set_parameters(BOOST, self.x[i], self.p[i])
            self._state.c[i, 6] = 0.0
        dark = updated[watched[updated] & ~burning[updated] & (self.mode[updated] == BOOST)]
        self._quiet[dark] += 1
        gap = self.time_s[dark] - self._last_burning_s[dark]
        over = (self._quiet[dark] >= QUIET_REPORTS) & (gap >= QUIET_TIME)
        for i, seconds in zip(dark[over].tolist(), gap[over].tolist(), strict=True):
            # Burnout lies anywhere in the gap, uniformly.
            self._enter_coast(i, self._last_burning_s[i], min(seconds, 3.0 * BURNOUT_SPREAD) / math.sqrt(3.0))
        return dark[over].tolist(), relit


def _select(rows: Measurements, keep: Flags) -> Measurements:
    if bool(keep.all()):
        return rows
    return Measurements(**{name: values[keep] for name, values in vars(rows).items()})


def _aged(older: Measurements, newer: Measurements) -> Measurements:
    """Return the remembered rows that may still pair with ``newer`` ones: recent, and of other sensors."""
    recent = newer.time_s.max() - older.time_s <= PAIRING_TIME
    return _select(older, recent & ~np.isin(older.sensor, newer.sensor))


def _moved(older: Measurements, point: Vector, newer: Measurements) -> Measurements:
    """Return remembered rows as if of now, their noise widened by what the object may have moved across the sight
    line.
    """
    time_s = newer.time_s.max()
    drift = (time_s - older.time_s) * PAIRING_SPEED[bool(newer.burning.any())]
    distance = np.sqrt(((point - older.r_sensor) ** 2).sum(axis=1))
    noise = np.hypot(older.sigma_angle, (drift / distance)[:, None])
    return replace(older, sigma_angle=noise, time_s=np.full(len(older), time_s))


def _rows_of(m: Measurements) -> _Rows:
    return _Rows(
        order=np.lexsort((m.time_s, m.target)),
        sensor=m.sensor,
        target=m.target,
        time_s=m.time_s,
        r_sensor=m.r_sensor,
        u=m.u,
        sigma_angle=m.sigma_angle,
        bias_angle=m.bias_angle,
        range_m=m.range_m,
        sigma_range=m.sigma_range,
        bias_range=m.bias_range,
        v_sensor=m.v_sensor,
        range_rate=m.range_rate,
        sigma_range_rate=m.sigma_range_rate,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _slot(s: _State, i: int, sensor: int, time_s: float) -> int:
    """Return the bias slot of a sensor on a track, taking the one used longest ago when the sensor is new."""
    chosen = 0
    for k in range(SLOTS):
        if s.slot_sensor[i, k] == sensor:
            s.slot_time[i, k] = time_s
            return k
        if s.slot_time[i, k] < s.slot_time[i, chosen]:
            chosen = k
    for row in range(9):
        for k in range(3):
            s.c[i, row, 3 * chosen + k] = 0.0
    s.slot_sensor[i, chosen], s.slot_time[i, chosen] = sensor, time_s
    return chosen


@njit(cache=True, error_model="numpy", nogil=True)
def _take_all(s: _State, rows: _Rows) -> None:
    """Propagate and update the tracks of all rows, in the rows' order."""
    work = np.empty((4, 9, 9))
    for m in rows.order:
        i = rows.target[m]
        x, p, c = s.x[i], s.p[i], s.c[i]
        # A coasting track carries 1/beta along: re-entry is free fall until there is air.
        model = BOOST if s.mode[i] == BOOST else REENTRY
        slot = _slot(s, i, rows.sensor[m], rows.time_s[m])
        columns = 0
        for k in range(SLOTS):
            if s.slot_sensor[i, k] >= 0:
                columns = 3 * k + 3
        seconds = rows.time_s[m] - s.time_s[i]
        if seconds > 0.0:
            propagate(model, x, p, c, columns, seconds, work)
            s.time_s[i] = rows.time_s[m]
        worst = surprise(
            model,
            x,
            p,
            c,
            slot,
            rows.r_sensor[m],
            rows.v_sensor[m],
            rows.u[m],
            rows.sigma_angle[m],
            rows.bias_angle[m],
            rows.range_m[m],
            rows.sigma_range[m],
            rows.bias_range[m],
            rows.range_rate[m],
            rows.sigma_range_rate[m],
            work,
        )
        widen(p, c, columns, worst)
        update(
            model,
            x,
            p,
            c,
            columns,
            slot,
            rows.r_sensor[m],
            rows.v_sensor[m],
            rows.u[m],
            rows.sigma_angle[m],
            rows.bias_angle[m],
            rows.range_m[m],
            rows.sigma_range[m],
            rows.bias_range[m],
            rows.range_rate[m],
            rows.sigma_range_rate[m],
            work,
        )
