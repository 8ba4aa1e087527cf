"""What missiles that fly by lift could do about which track: a site's, or those of a patrol that can close in."""

import numpy as np
from numpy.typing import NDArray

from cupola.battle.engageability import Opportunities
from cupola.battle.picture import AerialBattery, Picture
from cupola.battle.reasons import NoShot
from cupola.core.earth import Vector
from cupola.core.sight import radial_altitudes
from cupola.interceptors.aerial import course, fly_out

Flags = NDArray[np.bool_]


def flight_times(battery: AerialBattery, r_ecef: Vector, engaged: Flags) -> tuple[Vector, Vector]:
    """Return the flight times (m, k) in s from where the battery is to points (m, k, 3) that are ``engaged``, infinite
    out of reach, and how many m (m, k) a point out of reach is too far away, infinite at a wrong height.
    """
    spec, table = battery.spec, fly_out(battery.spec)
    flight, lacks = np.full(engaged.shape, np.inf), np.full(engaged.shape, np.inf)
    points = r_ecef[engaged]
    height = radial_altitudes(points)
    way, mean = course(
        spec,
        np.linalg.norm(points - battery.r_ecef, axis=1),
        float(radial_altitudes(battery.r_ecef)),
        np.maximum(height, 0.0),
    )
    flight[engaged] = table.flight_time(way, mean)
    lacks[engaged] = np.maximum(way - table.longest(mean), 0.0)
    return flight, lacks


def aerial_opportunities(
    battery: AerialBattery, picture: Picture, release_s: float, release_before_s: float, error_limit_m: float
) -> Opportunities:
    """Return one battery's earliest sharp-enough intercept of every track that it engages, launched from ``release_s``
    on; what need not leave before ``release_before_s`` is left to the next cycle.

    A patrol fires from where it is. What its missiles will reach only later, or only if it flies on, is too early, and
    ``goal`` is where the first such track would be met.
    """
    spec, m = battery.spec, len(picture.track)
    engaged = picture.engaged(spec.engages) & picture.released[:, None] & (picture.times_s > release_s)
    height = radial_altitudes(picture.r_ecef)
    # A low flier's height may be known less well than the lowest that can be engaged.
    inside = engaged & (height >= spec.minimum_altitude - picture.sigma) & (height <= spec.maximum_altitude)
    flight, lacks = flight_times(battery, picture.r_ecef, inside)
    leaves_s = picture.times_s[None, :] - flight
    feasible = (leaves_s >= release_s) & np.isfinite(flight)
    closing = _within_dash(battery, picture, release_s, lacks)
    sharp = feasible & (picture.sigma <= error_limit_m)
    first = np.argmax(sharp, axis=1)
    can = np.asarray((feasible | closing).any(axis=1))
    ready = battery.available(release_s) > 0
    chosen: list[int] = []
    obstacles: list[NoShot | None] = []
    for i in range(m):
        obstacle: NoShot | None = None
        if not engaged[i].any():
            obstacle = NoShot.WRONG_PHASE
        elif not can[i]:
            obstacle = NoShot.OUT_OF_REACH
        elif release_s < battery.ready_s:
            obstacle = NoShot.NOT_ON_STATION
        elif not ready:
            obstacle = NoShot.NO_INVENTORY if battery.spare <= 0 else NoShot.RELOADING
        elif feasible[i].any() and not sharp[i].any():
            obstacle = NoShot.TRACK_TOO_COARSE
        elif not feasible[i].any() or leaves_s[i, first[i]] > release_before_s:
            obstacle = NoShot.TOO_EARLY
        else:
            chosen.append(i)
        obstacles.append(obstacle)
    rows = np.array(chosen, dtype=np.int64)
    latest = np.where(feasible, leaves_s, -np.inf).max(axis=1, initial=-np.inf)
    return Opportunities(
        track=rows,
        shooter=np.zeros(len(rows), dtype=np.int64),
        at=first[rows].astype(np.int64),
        release_s=leaves_s[rows, first[rows]],
        latest_release_s=latest,
        in_reach=np.where(can, max(battery.remaining, 0), 0),
        obstacle=obstacles,
        goal=_goal(picture, feasible | closing, obstacles),
    )


def _within_dash(battery: AerialBattery, picture: Picture, release_s: float, lacks: Vector) -> Flags:
    """Return the points (m, k) that are too far away now, but not for missiles fired after flying towards them."""
    aircraft = battery.spec.aircraft
    if aircraft is None:
        return np.zeros(lacks.shape, dtype=np.bool_)
    spare_s = picture.times_s - max(release_s, battery.ready_s) - battery.spec.maximum_flight_time
    from_station = np.linalg.norm(picture.r_ecef - battery.r_station_ecef, axis=2)
    within = from_station <= aircraft.radius + battery.spec.maximum_range
    return np.asarray((lacks > 0.0) & (lacks <= aircraft.dash_speed * np.maximum(spare_s, 0.0)) & within)


def _goal(picture: Picture, meets: Flags, obstacles: list[NoShot | None]) -> Vector | None:
    """Return the Earth-fixed point (3,) where the first track that is too early is met, none without any such track."""
    rows = [i for i, obstacle in enumerate(obstacles) if obstacle is NoShot.TOO_EARLY]
    if not rows:
        return None
    at = np.argmax(meets[rows], axis=1)
    first = int(np.argmin(at))
    return np.asarray(picture.r_ecef[rows[first], at[first]])
