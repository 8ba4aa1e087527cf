"""What one constellation's reach depends on: the launch's latitude, a second of delay, where the satellites are."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, Vector, ecef_to_geodetic
from cupola.core.sight import radial_altitudes
from cupola.interceptors.orbit_count import Planes, maps_of, mean_count
from cupola.interceptors.orbit_reach import Target, target_of
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.constellation import secular_rates
from cupola.studies.orbital_threats import Missile, NoReach, instants, target

_ROWS, _FINE_ROWS = 24, 120
"""Steps of the node for means alone, to some 0.3 %, and for differences between means"""
_SLOPE_S = 2.0
LATITUDES_DEG = tuple(range(0, 91, 2))
DELAY_STEP_S, LONGEST_DELAY_S = 5.0, 600.0


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A region of satellite positions at launch from which a missile is reached: ``places`` (n, 2) of the outline in
    rad, latitude and longitude, of those that fly north or south there, at one height.
    """

    northbound: bool
    altitude: float
    inclination: float
    places: Vector


def mean_at(spec: SpaceInterceptorSpec, planes: Planes, goal: Target | NoReach, rows: int = _ROWS) -> float:
    """Return the mean number of satellites that reach a target over all phases."""
    return 0.0 if isinstance(goal, NoReach) else mean_count(maps_of(spec, goal, planes, rows), planes)


def by_latitude(spec: SpaceInterceptorSpec, planes: Planes, missile: Missile) -> Vector:
    """Return the mean number in reach (n,) of a missile's flight moved along its meridian to each of
    ``LATITUDES_DEG``."""
    out = np.zeros(len(LATITUDES_DEG))
    begin = max(missile.release_s, missile.begin_s)
    if begin >= missile.end_s:
        return out
    times = instants(begin, missile.end_s)
    r, _, _ = missile.path.states(times)
    for k, latitude in enumerate(LATITUDES_DEG):
        goal = target_of(spec, missile.release_s, times, moved(r, missile, math.radians(latitude)))
        out[k] = mean_at(spec, planes, goal) if goal.possible else 0.0
    return out


def moved(r: Vector, missile: Missile, latitude: float) -> Vector:
    """Return inertial positions (k, 3) of a flight as if launched at another latitude of the same meridian: turned
    about the axis across it, heights over the ellipsoid kept.
    """
    longitude, angle = missile.launch.longitude, latitude - missile.launch.latitude
    axis = np.array([math.sin(longitude), -math.cos(longitude), 0.0])
    turned = (
        math.cos(angle) * r
        + math.sin(angle) * np.cross(axis, r)
        + (1.0 - math.cos(angle)) * (r @ axis)[:, None] * axis[None, :]
    )
    radius = np.linalg.norm(turned, axis=1)
    ground = radius - radial_altitudes(turned)
    return np.asarray(turned * ((ground + radial_altitudes(r)) / radius)[:, None])


def by_delay(spec: SpaceInterceptorSpec, planes: Planes, missiles: Sequence[Missile]) -> tuple[Vector, Vector]:
    """Return delays (d,) in s beyond the file's, and the mean number in reach (d, m) of each missile; the last row is
    the first at which none is ever reached.
    """
    delays: list[float] = []
    rows: list[list[float]] = []
    with ThreadPoolExecutor() as pool:
        while True:
            delay = DELAY_STEP_S * len(delays)
            delays.append(delay)
            goals = [target(missile, spec, later_s=delay) for missile in missiles]
            rows.append(list(pool.map(lambda goal: mean_at(spec, planes, goal), goals)))
            if not any(rows[-1]) or delay >= LONGEST_DELAY_S:
                return np.array(delays), np.array(rows)


def per_second(spec: SpaceInterceptorSpec, planes: Planes, missiles: Sequence[Missile]) -> Vector:
    """Return by how much the mean number in reach of each missile (m,) changes with one more second of delay: the slope
    between two seconds less and two more.
    """

    def slope(missile: Missile) -> float:
        early, late = (
            mean_at(spec, planes, target(missile, spec, later_s=delay), _FINE_ROWS) for delay in (-_SLOPE_S, _SLOPE_S)
        )
        return (late - early) / (2.0 * _SLOPE_S)

    with ThreadPoolExecutor() as pool:
        return np.array(list(pool.map(slope, missiles)))


def outlines(spec: SpaceInterceptorSpec, planes: Planes, goal: Target | NoReach) -> tuple[Outline, ...]:
    """Return the regions of satellite positions at launch from which a target is reached, of the middle height of every
    inclination: apart for those that fly north and south.
    """
    found: list[Outline] = []
    if isinstance(goal, NoReach):
        return ()
    for each in maps_of(spec, goal, planes, _FINE_ROWS):
        level = len(each.radii) // 2
        radius = float(each.radii[level])
        node_rate, rate = secular_rates(radius, each.inclination)
        for arc in range(len(each.start)):
            rows = each.edges[level, arc]
            nodes = each.start[arc] + np.arange(len(rows)) * each.step[arc] - node_rate * goal.release_s
            low, high = rows[:, 2] - rate * goal.release_s, rows[:, 3] - rate * goal.release_s
            for northbound in (True, False):
                begin, end = _heading(low, high, northbound)
                there = np.flatnonzero((rows[:, 4] > 0.0) & (end > begin))
                if len(there) < 2:
                    continue
                edge = [_below(nodes[k], begin[k], each.inclination) for k in there]
                edge += [_below(nodes[k], end[k], each.inclination) for k in there[::-1]]
                found.append(
                    Outline(
                        northbound=northbound,
                        altitude=radius - EQUATORIAL_RADIUS,
                        inclination=each.inclination,
                        places=np.array(edge),
                    )
                )
    return tuple(found)


def _heading(low: Vector, high: Vector, northbound: bool) -> tuple[Vector, Vector]:
    """Return the parts (k,) of stretches of arguments on which satellites fly north, or south."""
    middle = 0.5 * (low + high)
    turn = 0.0 if northbound else math.pi
    nearest = turn + math.tau * np.round((middle - turn) / math.tau)
    return np.maximum(low, nearest - 0.5 * math.pi), np.minimum(high, nearest + 0.5 * math.pi)


def _below(node: float, argument: float, inclination: float) -> tuple[float, float]:
    """Return latitude and longitude in rad beneath a satellite at time zero, when inertial axes are the Earth's."""
    cos_u, sin_u = math.cos(argument), math.sin(argument)
    cos_o, sin_o, cos_i = math.cos(node), math.sin(node), math.cos(inclination)
    r = 7e6
    latitude, longitude, _ = ecef_to_geodetic(
        r * (cos_o * cos_u - sin_o * cos_i * sin_u),
        r * (sin_o * cos_u + cos_o * cos_i * sin_u),
        r * math.sin(inclination) * sin_u,
    )
    return latitude, longitude
