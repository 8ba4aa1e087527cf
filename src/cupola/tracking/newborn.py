"""Reports that no track claims: payloads that part from a tracked missile, radar fixes, and crossing sight lines."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector, surface_velocity
from cupola.core.sight import radial_altitude
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.gating import absorb_pairs
from cupola.tracking.imm import Tracks, place, spawn
from cupola.tracking.initiation import (
    ALTITUDES,
    CRUISING_ALTITUDE,
    ORBITAL_SPREAD,
    crossing,
    first_state,
    first_weights,
    launch_time,
    second_fix,
)
from cupola.tracking.lifecycle import ascending
from cupola.tracking.motion import NONE
from cupola.tracking.pairing import PairingRules, pair_sight_lines
from cupola.tracking.reports import Reports

if TYPE_CHECKING:
    from cupola.tracking.tracker import Tracker

UNOWNED = -1
SPREAD_LIMIT_S = 600.0
"""s; what parted longer ago is no longer looked for around the missile that carried it"""
YOUNG_S = 5.0
"""s that what parts is given at least: burnout is not known better"""
CLIMBING = 240.0
"""m/s of climb or descent, four sigmas of what cruises: what a radar first saw low and moves like that is a missile"""
FASTEST_LOW = 3000.0
"""m/s over the ground that a missile may have so low (assumed)"""
FEW = 3
"""Reports, those of satellites counted, that such a track may have taken before"""
SOON_S = 30.0
"""s in which a low fix waits for the second one that tells a missile from what cruises"""
SHARP = 0.1
"""Share of the velocity expected beforehand that the error of two ranges may make: else they settle no velocity"""


@dataclass(kw_only=True)
class Waiting:
    """Sight lines (k,) that made no track yet, and the burn times that their plumes make one assume."""

    rows: Reports
    burn_time_s: Vector


def select(rows: Reports, which: Indices | NDArray[np.bool_]) -> Reports:
    """Return some rows of reports."""
    return Reports._make(column[which] for column in rows)


def single(rows: Reports, row: int) -> Reports:
    """Return one row of reports, not copied."""
    return Reports._make(column[row : row + 1] for column in rows)


def joined(first: Reports, second: Reports) -> Reports:
    """Return the rows of both, one after the other."""
    return Reports._make(np.concatenate(columns) for columns in zip(first, second, strict=True))


def aged(rows: Reports, point: Vector, time_s: float) -> Reports:
    """Return rows as if of now, their noise widened by what the object near ``point`` may have moved meanwhile."""
    speed = np.where(rows.burning, PairingRules.burning_speed, PairingRules.cold_speed)
    distance = np.sqrt(((point - rows.r_sensor) ** 2).sum(axis=1))
    drift = (time_s - rows.time_s) * speed / distance
    return rows._replace(
        sigma_angle=np.hypot(rows.sigma_angle, drift[:, None]), time_s=np.full(len(rows.time_s), time_s)
    )


def parent_of(rows: Reports, row: int, candidates: Indices, x: Vector, p: Vector, reach_m: Vector) -> int:
    """Return which of the tracks ``candidates`` (m,) a report may have parted from, -1 for none: the nearest one whose
    ``reach_m`` (m,) of separation and whose own error cover the offset.
    """
    if len(candidates) == 0:
        return -1
    offset = x[candidates, :3] - rows.r_sensor[row]
    u = rows.u[row]
    along = offset @ u
    across = np.sqrt(np.maximum((offset**2).sum(axis=1) - along**2, 0.0))
    sigma = np.sqrt(p[candidates][:, range(3), range(3)].sum(axis=1))
    angle = float(rows.sigma_angle[row].max() + rows.bias_angle[row])
    room = 4.0 * np.hypot(np.hypot(sigma, reach_m), angle * np.abs(along))
    good = (along > 0.0) & (across < room)
    if math.isfinite(rows.range_m[row]):
        good &= np.abs(along - rows.range_m[row]) < room
    if not good.any():
        return -1
    return int(candidates[np.where(good, across / room, np.inf).argmin()])


def start(tracks: Tracks, i: int, point: Vector, time_s: float, burn_time_s: float, burning: bool) -> None:
    """Begin track ``i`` at a first fix ``point`` (3,)."""
    x, p = first_state(point, burning)
    place(tracks, i, x, p, time_s, first_weights(point, burning))
    if burning:
        tracks.burnout_s[i] = launch_time(point, time_s, burn_time_s) + burn_time_s


def plausible(point: Vector | None) -> bool:
    """Say whether a first fix lies where threats fly."""
    return point is not None and ALTITUDES[0] < float(radial_altitude(*point)) < ALTITUDES[1]


class Nursery:
    """Makes tracks of the reports that no track claims, and keeps sight lines until another one crosses them."""

    def __init__(self, tracker: "Tracker") -> None:
        self._tracker = tracker
        self._waiting: Waiting | None = None
        self._one_range: dict[int, Reports] = {}  # the only report of tracks that a range began
        self._low: dict[int, Reports] = {}  # the only report of tracks that a range began low in the air
        self._rules = PairingRules(window_s=tracker.spec.pairing_time)

    def settle(self, rows: Reports, owner: Indices, time_s: float, burn_time_s: Vector) -> None:
        """Find or begin a track for the reports (k,) whose ``owner`` is -1, in place."""
        unowned = np.flatnonzero(owner == UNOWNED)
        if len(unowned) == 0:
            self._forget(time_s)
            return
        first = self._tracker.count
        updated = ascending(owner[owner >= 0])
        for row in unowned.tolist():
            one = single(rows, row)
            owner[row] = self._newborn(one, first, owner, rows, time_s)
            if owner[row] < 0:
                owner[row] = self._parted(one, updated, time_s)
            if owner[row] < 0 and self._low:
                owner[row] = self._climbing(one, time_s)
            if owner[row] < 0 and math.isfinite(one.range_m[0]):
                owner[row] = self._fixed(one, time_s, float(burn_time_s[row]))
        left = np.flatnonzero(owner == UNOWNED)
        pool, burns, fresh = self._pool(select(rows, left), burn_time_s[left], time_s)
        used = np.zeros(len(fresh), np.bool_)
        old = len(fresh) - len(left)
        for lines in self._groups(pool, fresh):
            track = self._fixed(select(pool, lines), time_s, float(np.fmax.reduce(burns[lines])))
            if track >= 0:
                used[lines] = True
                owner[left[lines[lines >= old] - old]] = track
        for k in np.flatnonzero(~used & fresh).tolist():
            track = self._newborn(single(pool, k), first, owner, rows, time_s)
            if track >= 0:
                used[k], owner[left[k - old]] = True, track
        self._waiting = Waiting(rows=select(pool, ~used), burn_time_s=burns[~used])

    def second_range(self, tracks: Indices, rows: Reports, which: Indices, time_s: float) -> None:
        """Begin those of ``tracks`` (k,) anew that a single range began and that take a second one now, their reports
        ``which`` (k,): two ranges tell the velocity, without which a filter linearises far from where the object is.
        """
        if not self._one_range:
            return
        tracker = self._tracker
        for track, row in zip(tracks.tolist(), which.tolist(), strict=True):
            first = self._one_range.pop(track, None)
            if first is None or not math.isfinite(rows.range_m[row]) or not time_s > first.time_s[0]:
                continue
            begun_s = float(first.time_s[0])
            error = max(_spread(first, 0), _spread(rows, row)) / (time_s - begun_s)
            if error > SHARP * ORBITAL_SPREAD:
                continue
            point = first.r_sensor[0] + first.range_m[0] * first.u[0]
            x, p = second_fix(point, rows.r_sensor[row] + rows.range_m[row] * rows.u[row], time_s - begun_s)
            place(tracker.tracks, track, x, p, begun_s, first_weights(point, False))
            mine = np.array([track])
            absorb_pairs(
                tracker.tracks, mine, first, np.array([0]), begun_s, tracker.work, tracker.x, tracker.p, tracker.mode
            )

    def _forget(self, time_s: float) -> None:
        """Drop the sight lines that have waited too long."""
        waiting = self._waiting
        if waiting is None or len(waiting.burn_time_s) == 0:
            return
        recent = self._recent(waiting.rows, time_s)
        if not recent.all():
            self._waiting = Waiting(rows=select(waiting.rows, recent), burn_time_s=waiting.burn_time_s[recent])

    def _recent(self, rows: Reports, time_s: float) -> Flags:
        return np.asarray(time_s - rows.time_s <= self._tracker.spec.pairing_time)

    def _groups(self, pool: Reports, fresh: Flags) -> list[Indices]:
        """Return the lines of each object that some of them fix, one line of this scan at least among them."""
        if not fresh.any() or pool.sensor.min() == pool.sensor.max():
            return []
        noise = np.hypot(pool.sigma_angle, pool.bias_angle[:, None])
        fixes = pair_sight_lines(
            sensor=pool.sensor,
            time_s=pool.time_s,
            r_sensor=pool.r_sensor,
            u=pool.u,
            sigma_angle=noise,
            burning=pool.burning,
            rules=self._rules,
        )
        groups = [lines[lines >= 0] for lines in fixes.lines]
        return [lines for lines in groups if len(lines) > 1 and fresh[lines].any()]

    def _newborn(self, one: Reports, first: int, owner: Indices, rows: Reports, time_s: float) -> int:
        """Give a report to a track that began in this scan and that its sensor has not reported yet; -1 if none."""
        tracker = self._tracker
        if tracker.count == first:
            return -1
        mine = owner[rows.sensor == one.sensor[0]]
        born = np.setdiff1d(np.arange(first, tracker.count), mine)
        if len(born) == 0:
            return -1
        density = tracker.density(born, one, time_s)[:, 0]
        if not np.isfinite(density).any():
            return -1
        track = int(born[density.argmax()])
        tracker.take(np.array([track]), one, np.array([0]), time_s)
        return track

    def _parted(self, one: Reports, updated: Indices, time_s: float) -> int:
        """Begin the track of what parted from a missile that was reported in the same scan; -1 if it is no such."""
        tracker = self._tracker
        if one.burning[0]:
            return -1
        parting = (tracker.plumed[updated] | (tracker.parent[updated] >= 0)) & (tracker.mode[updated] > 0)
        candidates = updated[parting]
        since = np.clip(time_s - tracker.burnout_s[candidates], YOUNG_S, SPREAD_LIMIT_S)
        reach = tracker.spec.separation_speed * since
        parent = parent_of(one, 0, candidates, tracker.x, tracker.p, reach)
        if parent < 0:
            return -1
        child = tracker.begin(parent)
        since_s = float(np.clip(time_s - tracker.burnout_s[parent], YOUNG_S, SPREAD_LIMIT_S))
        spawn(tracker.tracks, parent, child, since_s, tracker.spec.separation_speed)
        tracker.split[parent] = True
        tracker.renew(child)
        tracker.take(np.array([child]), one, np.array([0]), time_s)
        return child

    def _fixed(self, lines: Reports, time_s: float, burn_time_s: float) -> int:
        """Begin a track where a range or crossing lines (k rows) fix a point; -1 where they fix none."""
        tracker = self._tracker
        point = crossing(lines.r_sensor, lines.u, lines.range_m)
        if point is None or not plausible(point):
            return -1
        burning = bool(lines.burning.any())
        track = tracker.begin()
        start(tracker.tracks, track, point, time_s, burn_time_s, burning)
        tracker.renew(track)
        count = len(lines.time_s)
        tracker.take(np.full(count, track), aged(lines, point, time_s), np.arange(count), time_s)
        if count == 1 and not burning:
            high = float(radial_altitude(*point)) > CRUISING_ALTITUDE
            (self._one_range if high else self._low)[track] = select(lines, np.array([0]))
        return track

    def _climbing(self, one: Reports, time_s: float) -> int:
        """Begin anew the track of a missile that was taken for something cruising when a radar first saw it low in the
        air, and that a second range, outside its gate, shows to climb or fall; -1 if the report is of no such.
        """
        tracker, best, fastest = self._tracker, -1, FASTEST_LOW
        if not math.isfinite(one.range_m[0]):
            return -1
        point = one.r_sensor[0] + one.range_m[0] * one.u[0]
        up = point / np.linalg.norm(point)
        for track, first in list(self._low.items()):
            seconds = time_s - float(first.time_s[0])
            if seconds > SOON_S or tracker.updates[track] > FEW or tracker.mode[track] == NONE:
                del self._low[track]
            elif seconds > 0.0 and first.sensor[0] == one.sensor[0]:
                before = first.r_sensor[0] + first.range_m[0] * first.u[0]
                velocity = (point - before) / seconds - surface_velocity(point)
                speed, error = float(np.linalg.norm(velocity)), max(_spread(first, 0), _spread(one, 0)) / seconds
                if abs(float(velocity @ up)) > CLIMBING + 4.0 * error and speed < fastest:
                    best, fastest = track, speed
        if best < 0:
            return -1
        first = self._low.pop(best)
        begun_s = float(first.time_s[0])
        before = first.r_sensor[0] + first.range_m[0] * first.u[0]
        x, p = second_fix(before, point, time_s - begun_s)
        p[3:6, 3:6] = FASTEST_LOW**2 * np.eye(3)
        place(tracker.tracks, best, x, p, begun_s, np.array([0.0, 0.0, 0.7, 0.3, 0.0]))
        mine = np.array([best])
        absorb_pairs(
            tracker.tracks, mine, first, np.array([0]), begun_s, tracker.work, tracker.x, tracker.p, tracker.mode
        )
        tracker.take(mine, one, np.array([0]), time_s)
        return best

    def _pool(self, left: Reports, burn_time_s: Vector, time_s: float) -> tuple[Reports, Vector, Flags]:
        """Return the sight lines that may pair: those kept that are recent, then those of this scan."""
        fresh = np.ones(len(left.time_s), np.bool_)
        if self._waiting is None:
            return left, burn_time_s, fresh
        recent = self._recent(self._waiting.rows, time_s)
        # A satellite's new line replaces its old ones: they may be of the same object.
        recent &= ~np.isin(self._waiting.rows.sensor, left.sensor)
        kept = select(self._waiting.rows, recent)
        burns = np.concatenate([self._waiting.burn_time_s[recent], burn_time_s])
        return joined(kept, left), burns, np.concatenate([np.zeros(len(kept.time_s), np.bool_), fresh])


def _spread(rows: Reports, row: int) -> float:
    """Return the error in m, one sigma, of the point that a report with range fixes."""
    across = float(rows.range_m[row]) * float(np.linalg.norm(rows.sigma_angle[row]))
    return math.hypot(across, float(rows.sigma_range[row]))
