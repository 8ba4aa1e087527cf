"""Which battery could engage which track, when and where, from predictions alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.battle.picture import GroundBattery, Picture, SpaceBattery
from cupola.battle.reasons import NoShot
from cupola.core.earth import Vector
from cupola.interceptors.reach import ground_reach
from cupola.interceptors.space_based import reach as space_reach
from cupola.orbits.constellation import positions


@dataclass(frozen=True, kw_only=True)
class Opportunities:
    """Feasible shots of one battery: rows (c,) of track row, satellite, intercept index, release time.

    ``latest_release_s`` (m,) is when the last chance at each track passes, minus infinity when unknown.

    ``obstacle`` (m,) says for each track what stood in the way, or ``None`` where there is a feasible shot;
    ``in_reach`` (m,) counts the interceptors of the battery that could reach the track, spent or not. ``goal`` is where
    a patrol should fly meanwhile, Earth-fixed (3,).
    """

    track: NDArray[np.int64]
    shooter: NDArray[np.int64]
    at: NDArray[np.int64]
    release_s: Vector
    latest_release_s: Vector
    in_reach: NDArray[np.int64]
    obstacle: list[NoShot | None]
    could_reach: NDArray[np.bool_] | None = None
    goal: Vector | None = None


def space_opportunities(
    battery: SpaceBattery, picture: Picture, release_s: float, error_limit_m: float
) -> Opportunities:
    """Return what every satellite of a constellation could do against every track if released at ``release_s``."""
    r_sat, v_sat = positions(battery.constellation, release_s, turn_rad=battery.turn_rad, slide_rad=battery.slide_rad)
    everyone = np.ones(len(battery.remaining), dtype=np.bool_)
    armed = (battery.remaining > 0) & (battery.spare > 0)
    rows: list[NDArray[np.int64]] = []
    obstacles: list[NoShot | None] = []
    counts = np.zeros(len(picture.track), dtype=np.int64)
    reachers = np.zeros(len(battery.remaining), dtype=np.bool_)
    engaged = picture.engaged(battery.spec.engages)
    for i in range(len(picture.track)):
        window, phase = _space_window(battery, picture, engaged, i, release_s)
        if phase is not None:
            obstacles.append(phase)
            continue
        sharp = picture.sigma[i, window] <= error_limit_m
        times = np.ascontiguousarray(picture.times_s[window])
        found = space_reach(
            battery.spec,
            r_sat,
            v_sat,
            everyone,
            release_s,
            times,
            np.ascontiguousarray(picture.r[i, window]),
            np.ascontiguousarray(picture.v[i, window]),
        )
        able = found.first >= 0
        counts[i] = int(able.sum())
        reachers |= able
        usable = able & armed
        exact = usable & sharp[np.maximum(found.first, 0)]
        who = np.flatnonzero(exact)
        if len(who):
            rows.append(np.stack([np.full(len(who), i), who, np.flatnonzero(window)[found.first[who]]], axis=1))
            obstacles.append(None)
        elif not able.any():
            obstacles.append(NoShot.OUT_OF_REACH)
        else:
            obstacles.append(NoShot.TRACK_TOO_COARSE if usable.any() else NoShot.NO_INVENTORY)
    table = np.concatenate(rows) if rows else np.empty((0, 3), dtype=np.int64)
    return Opportunities(
        track=table[:, 0],
        shooter=table[:, 1],
        at=table[:, 2],
        release_s=np.full(len(table), release_s),
        latest_release_s=np.full(len(picture.track), -np.inf),
        in_reach=counts,
        obstacle=obstacles,
        could_reach=reachers,
    )


def _space_window(
    battery: SpaceBattery, picture: Picture, engaged: NDArray[np.bool_], i: int, release_s: float
) -> tuple[NDArray[np.bool_], NoShot | None]:
    """Return which prediction times the layer may use against track row ``i``, or the phase obstacle."""
    window = (picture.times_s > release_s) & engaged[i]
    if picture.burning[i]:
        if "boost" not in battery.spec.engages:
            return window, NoShot.WRONG_PHASE
        return window, None if window.any() else NoShot.OUT_OF_REACH
    return window, None if window.any() else NoShot.WRONG_PHASE


def ground_opportunities(
    battery: GroundBattery, picture: Picture, release_s: float, release_before_s: float, error_limit_m: float
) -> Opportunities:
    """Return one site's earliest sharp-enough intercept of every track that it engages, launched from ``release_s`` on.

    Shots that need not leave before ``release_before_s``, the next planning cycle, are left to that cycle.
    """
    engaged = picture.engaged(battery.spec.engages) & picture.released[:, None]
    near = _near(battery, picture) & engaged
    if not near.any():
        return _nothing(picture, np.asarray(engaged.any(axis=1)))
    armed = battery.available(release_s) > 0
    flight_s = _flight_times(battery, picture, release_s, near) if armed else np.full(near.shape, np.inf)
    leaves_s = picture.times_s[None, :] - flight_s
    feasible = (leaves_s >= release_s) & (flight_s <= battery.spec.maximum_flight_time)
    sharp = feasible & (picture.sigma <= error_limit_m)
    first = np.argmax(sharp, axis=1)
    reachable, shootable = feasible.any(axis=1), sharp.any(axis=1)
    chosen: list[int] = []
    obstacles: list[NoShot | None] = []
    for i in range(len(picture.track)):
        obstacle: NoShot | None = None
        if not engaged[i].any():
            obstacle = NoShot.WRONG_PHASE
        elif not armed and near[i].any():
            obstacle = NoShot.NO_INVENTORY if battery.spare <= 0 else NoShot.RELOADING
        elif not reachable[i]:
            obstacle = NoShot.OUT_OF_REACH
        elif not shootable[i]:
            obstacle = NoShot.TRACK_TOO_COARSE
        elif leaves_s[i, first[i]] > release_before_s:
            obstacle = NoShot.TOO_EARLY
        else:
            chosen.append(i)
        obstacles.append(obstacle)
    rows = np.array(chosen, dtype=np.int64)
    return Opportunities(
        track=rows,
        shooter=np.zeros(len(rows), dtype=np.int64),
        at=first[rows].astype(np.int64),
        release_s=leaves_s[rows, first[rows]],
        latest_release_s=leaves_s.max(axis=1),
        in_reach=np.where(reachable, max(battery.remaining, 0), 0),
        obstacle=obstacles,
    )


def _near(battery: GroundBattery, picture: Picture) -> NDArray[np.bool_]:
    """Return which predicted points (m, k) lie within the distance that range and ceiling allow."""
    limit = battery.spec.maximum_range + battery.spec.maximum_altitude
    site = battery.r_site_ecef
    squared = picture.radius_squared + float(site @ site) - 2.0 * (picture.r_ecef @ site)
    return np.asarray(squared <= limit * limit)


def _nothing(picture: Picture, ripe: NDArray[np.bool_]) -> Opportunities:
    """Return that a site can do nothing about any track of the picture, ``ripe`` (m,) those in a phase it engages."""
    m = len(picture.track)
    none = np.empty(0, dtype=np.int64)
    return Opportunities(
        track=none,
        shooter=none,
        at=none,
        release_s=np.empty(0),
        latest_release_s=np.full(m, -np.inf),
        in_reach=np.zeros(m, dtype=np.int64),
        obstacle=[NoShot.OUT_OF_REACH if each else NoShot.WRONG_PHASE for each in ripe],
    )


def _flight_times(battery: GroundBattery, picture: Picture, release_s: float, near: NDArray[np.bool_]) -> Vector:
    """Return the shortest flight times (m, k) to the ``near`` predicted points, infinite out of reach."""
    out = np.full(near.shape, np.inf)
    if near.any():
        times = np.broadcast_to(picture.times_s, near.shape)[near]
        found = ground_reach(battery.spec, battery.table, battery.r_site_ecef, release_s, times, picture.r[near])
        out[near] = found.flight_time
    return out
