"""When a surface-launched interceptor can be where: a table per type, over the turning Earth.

The table holds the shortest flight time to every ground range and altitude, as seen from the ground, for three turns
of the Earth across the plane of flight (:mod:`cupola.interceptors.flyout`); every other direction from every latitude
lies between them. Measured against direct integration over the turning Earth (tests/validation), flight times agree
within 1 %.
"""

import functools
import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    FLATTENING,
    MEAN_RADIUS,
    ROTATION_RATE,
    Vector,
    ecef_to_geodetic,
    eci_to_ecef,
    great_circle_azimuth,
)
from cupola.core.kernel import kernel
from cupola.interceptors.flyout import TURNS, fan, fly, lean
from cupola.interceptors.spec import GroundInterceptorSpec

Mask = NDArray[np.bool_]

_RANGES = 321
_ALTITUDES = 201
_TIME, _LEVEL, _CLIMB, _KICK = 0, 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class ReachTable:
    """Shortest flights over a grid, as seen from the ground: ``values`` (3, 4, ranges, altitudes) hold for the turns
    -1, 0 and 1 the time in s, horizontal speed and climb rate on arrival in m/s, and pitch-over angle in rad; infinite
    time where the interceptor cannot come. Axes in m, evenly spaced.

    A point is asked for with its turn, cos(latitude of the site) sin(azimuth).
    """

    ranges: Vector
    altitudes: Vector
    values: Vector

    @staticmethod
    def build(spec: GroundInterceptorSpec) -> "ReachTable":
        """Return the table of an interceptor, made once for all that fly alike: what they kill with does not count."""
        return _build(_Flyout(flown=_flown(spec), spec=spec))

    def time_of_flight(self, range_m: Vector | float, altitude_m: Vector | float, turn: float = 0.0) -> Vector:
        """Return the shortest flight time in s to ground ranges and altitudes in m; infinite out of reach."""
        return self._look_up(range_m, altitude_m, turn)[..., _TIME]

    def speed_left(self, range_m: Vector | float, altitude_m: Vector | float, turn: float = 0.0) -> Vector:
        """Return the speed in m/s over the ground on arrival by the shortest flight; NaN out of reach."""
        found = self._look_up(range_m, altitude_m, turn)
        return np.where(np.isfinite(found[..., _TIME]), np.hypot(found[..., _LEVEL], found[..., _CLIMB]), np.nan)

    def kick(self, range_m: float, altitude_m: float, turn: float = 0.0) -> float:
        """Return the pitch-over angle in rad of the shortest flight; NaN out of reach."""
        return float(self._look_up(range_m, altitude_m, turn)[..., _KICK])

    def _look_up(self, range_m: Vector | float, altitude_m: Vector | float, turn: float) -> Vector:
        both = np.broadcast_arrays(np.asarray(range_m, dtype=np.float64), np.asarray(altitude_m, dtype=np.float64))
        out = np.empty((both[0].size, 4))
        _look_up_many(self.ranges, self.altitudes, self.values, both[0].ravel(), both[1].ravel(), turn, out)
        return out.reshape((*both[0].shape, 4))


@dataclass(frozen=True, kw_only=True)
class GroundReach:
    """What one site can do about one target at given times (k,).

    ``first`` index of the earliest feasible time or -1; ``feasible`` (k,); ``flight_time`` (k,) s, infinite where the
    target is out of the envelope: launch at ``time - flight_time``; ``arrival_velocity`` (k, 3) inertial m/s, NaN out
    of the envelope.
    """

    first: int
    feasible: Mask
    flight_time: Vector
    arrival_velocity: Vector


@dataclass(frozen=True, kw_only=True)
class _Flyout:
    """An interceptor as far as its flight goes: equal to all that ``flown`` does not tell from it."""

    flown: str
    spec: GroundInterceptorSpec = field(compare=False)


def _flown(spec: GroundInterceptorSpec) -> str:
    away = {"title", "layer", "engages", "reliability", "kill_vehicle"}
    return f"{spec.kill_vehicle.mass} {spec.model_dump_json(exclude=away)}"


@functools.lru_cache(maxsize=64)
def _build(flyout: _Flyout) -> ReachTable:
    spec = flyout.spec
    ranges = np.linspace(0.0, spec.maximum_range, _RANGES)
    altitudes = np.linspace(spec.minimum_altitude, spec.maximum_altitude, _ALTITUDES)
    values = np.full((len(TURNS), 4, _RANGES, _ALTITUDES), np.nan)
    values[:, _TIME] = np.inf
    for layer, turn in zip(values, TURNS, strict=True):
        flights = fan(spec, turn)
        _rasterise(
            flights.kick,
            flights.times,
            flights.ground_range,
            flights.altitude,
            flights.horizontal_speed,
            flights.climb_rate,
            ranges,
            altitudes,
            layer,
        )
    values.flags.writeable = False
    return ReachTable(ranges=ranges, altitudes=altitudes, values=values)


@kernel
def _rasterise(
    kick: Vector,
    times: Vector,
    ground_range: Vector,
    altitude: Vector,
    level: Vector,
    climb: Vector,
    ranges: Vector,
    altitudes: Vector,
    values: Vector,
) -> None:
    """Lay the triangles between neighbouring flights and times over the grid; keep the shortest time at each node."""
    step_x, step_y = ranges[1] - ranges[0], altitudes[1] - altitudes[0]
    px, py, w = np.empty(3), np.empty(3), np.empty(3)
    rays, instants = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    for i in range(kick.shape[0] - 1):
        for half_cell in range(2 * (times.shape[0] - 1)):
            j, half = half_cell // 2, half_cell % 2
            rays[0], instants[0] = i, j
            rays[1], instants[1] = i + 1, j + 1
            rays[2], instants[2] = i + 1 - half, j + half
            for c in range(3):
                px[c] = (ground_range[rays[c], instants[c]] - ranges[0]) / step_x
                py[c] = (altitude[rays[c], instants[c]] - altitudes[0]) / step_y
            area = (px[1] - px[0]) * (py[2] - py[0]) - (px[2] - px[0]) * (py[1] - py[0])
            if not abs(area) > 0.0:
                continue
            low_x, high_x = max(math.ceil(px.min()), 0), min(math.floor(px.max()), ranges.shape[0] - 1)
            low_y, high_y = max(math.ceil(py.min()), 0), min(math.floor(py.max()), altitudes.shape[0] - 1)
            for x in range(low_x, high_x + 1):
                for y in range(low_y, high_y + 1):
                    w[1] = ((x - px[0]) * (py[2] - py[0]) - (px[2] - px[0]) * (y - py[0])) / area
                    w[2] = ((px[1] - px[0]) * (y - py[0]) - (x - px[0]) * (py[1] - py[0])) / area
                    w[0] = 1.0 - w[1] - w[2]
                    if w.min() < -1e-6:
                        continue
                    t = w[0] * times[instants[0]] + w[1] * times[instants[1]] + w[2] * times[instants[2]]
                    if t < values[_TIME, x, y]:
                        values[_TIME, x, y] = t
                        values[_LEVEL, x, y] = values[_CLIMB, x, y] = values[_KICK, x, y] = 0.0
                        for c in range(3):
                            values[_LEVEL, x, y] += w[c] * level[rays[c], instants[c]]
                            values[_CLIMB, x, y] += w[c] * climb[rays[c], instants[c]]
                            values[_KICK, x, y] += w[c] * kick[rays[c]]


@kernel
def _look_up(
    ranges: Vector, altitudes: Vector, values: Vector, range_m: float, altitude_m: float
) -> tuple[float, float, float, float]:
    """Return the four values at one point, bilinear; infinite time outside the grid or beside a node out of reach."""
    x = (range_m - ranges[0]) / (ranges[1] - ranges[0])
    y = (altitude_m - altitudes[0]) / (altitudes[1] - altitudes[0])
    if not (0.0 <= x <= ranges.shape[0] - 1 and 0.0 <= y <= altitudes.shape[0] - 1):
        return math.inf, math.nan, math.nan, math.nan
    i, j = min(int(x), ranges.shape[0] - 2), min(int(y), altitudes.shape[0] - 2)
    x, y = x - i, y - j
    w00, w01, w10, w11 = (1.0 - x) * (1.0 - y), (1.0 - x) * y, x * (1.0 - y), x * y
    t = w00 * values[0, i, j] + w01 * values[0, i, j + 1] + w10 * values[0, i + 1, j] + w11 * values[0, i + 1, j + 1]
    if not t < math.inf:
        return math.inf, math.nan, math.nan, math.nan
    p = w00 * values[1, i, j] + w01 * values[1, i, j + 1] + w10 * values[1, i + 1, j] + w11 * values[1, i + 1, j + 1]
    q = w00 * values[2, i, j] + w01 * values[2, i, j + 1] + w10 * values[2, i + 1, j] + w11 * values[2, i + 1, j + 1]
    k = w00 * values[3, i, j] + w01 * values[3, i, j + 1] + w10 * values[3, i + 1, j] + w11 * values[3, i + 1, j + 1]
    return t, p, q, k


@kernel
def _look_up_turn(
    ranges: Vector, altitudes: Vector, values: Vector, range_m: float, altitude_m: float, turn: float
) -> tuple[float, float, float, float]:
    """Return the four values at one point and turn: quadratic between the three tables, linear between two where one
    of them does not reach the point, infinite time where one of those two does not.
    """
    t0, p0, q0, k0 = _look_up(ranges, altitudes, values[1], range_m, altitude_m)
    if abs(turn) < 1e-6:
        return t0, p0, q0, k0
    a, b, c = 0.5 * turn * (turn - 1.0), 1.0 - turn * turn, 0.5 * turn * (turn + 1.0)
    tw, pw, qw, kw = _look_up(ranges, altitudes, values[0], range_m, altitude_m)
    te, pe, qe, ke = _look_up(ranges, altitudes, values[2], range_m, altitude_m)
    if tw < math.inf and t0 < math.inf and te < math.inf:
        return a * tw + b * t0 + c * te, a * pw + b * p0 + c * pe, a * qw + b * q0 + c * qe, a * kw + b * k0 + c * ke
    if turn < 0.0:
        te, pe, qe, ke = tw, pw, qw, kw
    w = abs(turn)
    if t0 < math.inf and te < math.inf:
        b = 1.0 - w
        return b * t0 + w * te, b * p0 + w * pe, b * q0 + w * qe, b * k0 + w * ke
    return (te, pe, qe, ke) if w > 1.0 - 1e-6 else (math.inf, math.nan, math.nan, math.nan)


@kernel
def _look_up_many(
    ranges: Vector, altitudes: Vector, values: Vector, range_m: Vector, altitude_m: Vector, turn: float, out: Vector
) -> None:
    for i in range(range_m.shape[0]):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = _look_up_turn(
            ranges, altitudes, values, range_m[i], altitude_m[i], turn
        )


@kernel
def _aim(
    sx: float, sy: float, sz: float, tx: float, ty: float, tz: float, longest: float
) -> tuple[float, float, float, float, float, float]:
    """Return the ground range to look up, the altitude (m), the turn and the normal (3) of the plane of flight from a
    site to a target, both in Earth-fixed m. Flying, one turns about the normal. The range is infinite beyond
    ``longest``, and counted from the plumb line.
    """
    nx, ny, nz = sy * tz - sz * ty, sz * tx - sx * tz, sx * ty - sy * tx
    n = math.sqrt(nx * nx + ny * ny + nz * nz)
    t2, s = tx * tx + ty * ty + tz * tz, math.sqrt(sx * sx + sy * sy + sz * sz)
    height = math.sqrt(t2) - EQUATORIAL_RADIUS * (1.0 - FLATTENING * tz * tz / t2)
    angle = math.atan2(n, sx * tx + sy * ty + sz * tz)
    nx, ny, nz = nx / max(n, 1.0), ny / max(n, 1.0), nz / max(n, 1.0)
    leaning = lean(sz / s, (nx * sy - ny * sx) / s) * height / (MEAN_RADIUS + height)
    counted = min(MEAN_RADIUS * abs(angle - leaning), longest)
    return counted if MEAN_RADIUS * angle <= longest else math.inf, height, nz, nx, ny, nz


@kernel
def _ground_reach(
    ranges: Vector,
    altitudes: Vector,
    values: Vector,
    site: Vector,
    times: Vector,
    target: Vector,
    flight: Vector,
    arrival: Vector,
) -> None:
    sx, sy, sz = site[0], site[1], site[2]
    for k in range(times.shape[0]):
        angle = ROTATION_RATE * times[k]
        c, s = math.cos(angle), math.sin(angle)
        tx, ty, tz = c * target[k, 0] + s * target[k, 1], c * target[k, 1] - s * target[k, 0], target[k, 2]
        distance, height, turn, nx, ny, nz = _aim(sx, sy, sz, tx, ty, tz, ranges[-1])
        time, level, climb, _ = _look_up_turn(ranges, altitudes, values, distance, height, turn)
        flight[k] = time
        if time < math.inf:
            t = math.sqrt(tx * tx + ty * ty + tz * tz)
            ux, uy, uz = tx / t, ty / t, tz / t
            fx, fy, fz = ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux
            # Across the plane a flight keeps, seen from space, the velocity that the site gave it.
            across = ROTATION_RATE * ((sx - tx) * ny - (sy - ty) * nx)
            vx = climb * ux + level * fx - ROTATION_RATE * ty + across * nx
            vy = climb * uy + level * fy + ROTATION_RATE * tx + across * ny
            arrival[k, 0], arrival[k, 1] = c * vx - s * vy, s * vx + c * vy
            arrival[k, 2] = climb * uz + level * fz + across * nz


def ground_reach(
    spec: GroundInterceptorSpec,
    table: ReachTable,
    r_site_ecef: Vector,
    release_s: float,
    times: Vector,
    r_target_eci: Vector,
) -> GroundReach:
    """Return what a site at ``r_site_ecef`` (3,) can do, from ``release_s`` on, about a target at ``r_target_eci`` (k,
    3).

    A time is feasible when the shortest flight to where the target then is, takes no longer than what is left after
    ``release_s`` and than the interceptor may fly. Inertial metres, seconds from the epoch.
    """
    times = np.ascontiguousarray(times, dtype=np.float64)
    flight, arrival = np.empty(len(times)), np.full((len(times), 3), np.nan)
    target = np.ascontiguousarray(r_target_eci, dtype=np.float64)
    site = np.asarray(r_site_ecef, dtype=np.float64)
    _ground_reach(table.ranges, table.altitudes, table.values, site, times, target, flight, arrival)
    feasible = flight <= np.minimum(times - release_s, spec.maximum_flight_time)
    return GroundReach(
        first=int(np.argmax(feasible)) if feasible.any() else -1,
        feasible=feasible,
        flight_time=flight,
        arrival_velocity=arrival,
    )


def path(
    spec: GroundInterceptorSpec,
    table: ReachTable,
    r_site_ecef: Vector,
    launch_s: float,
    intercept_s: float,
    r_target_eci: Vector,
    points: int = 16,
) -> tuple[Vector, Vector]:
    """Return times (n,) in s and inertial positions (n, 3) in m of one shot from launch to intercept, both ends
    included.

    The shape is that of the shortest flight to the point, flown from the site and moved by little to end there. Raises
    ``ValueError`` out of reach.
    """
    site = np.asarray(r_site_ecef, dtype=np.float64)
    aim = eci_to_ecef(np.asarray(r_target_eci, dtype=np.float64), intercept_s)
    (sx, sy, sz), (tx, ty, tz) = site.tolist(), aim.tolist()
    latitude, longitude, altitude = ecef_to_geodetic(sx, sy, sz)
    there = ecef_to_geodetic(tx, ty, tz)
    distance, height, turn, nx, ny, _ = _aim(sx, sy, sz, tx, ty, tz, float(table.ranges[-1]))
    shortest, level, _, kick = table._look_up(distance, height, turn)
    if not math.isfinite(shortest):
        raise ValueError(f"got a point at {distance / 1e3:.0f} km and {height / 1e3:.0f} km altitude, out of reach")
    # Coriolis' acceleration bends the way to one side: it leaves as far to the other as it comes in.
    drift = ROTATION_RATE * ((tx - sx) * ny - (ty - sy) * nx)
    azimuth = great_circle_azimuth(latitude, longitude, there[0], there[1]) - math.atan2(drift, max(float(level), 1.0))
    flight = fly(
        spec, float(kick), float(shortest), latitude=latitude, longitude=longitude, altitude=altitude, azimuth=azimuth
    ).launched_at(launch_s)
    share = np.linspace(0.0, 1.0, points)
    r, _, _ = flight.states(launch_s + share * float(shortest))
    total = intercept_s - launch_s
    return launch_s + share * total, r + np.outer(share**2, np.asarray(r_target_eci) - r[-1])
