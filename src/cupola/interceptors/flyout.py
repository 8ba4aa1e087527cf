"""One surface-launched interceptor in flight, and the fans of all its flights.

A fly-out is a powered ascent (``core.rocket``) followed by a free flight of what is left: the kill vehicle, or the
burnt-out missile where nothing separates (its whole mass is then entered as the kill vehicle's). The pitch-over angle
is the only control: from straight up to as flat as the booster survives, it sweeps every point in reach.

Seen from the ground, a flight over the turning Earth is bent by Coriolis' acceleration. What of it lies across the
plane of flight is met by aiming beside the point; what lies in that plane lifts a flight to the east and lowers one to
the west, and is proportional to the part of the Earth's rotation that is normal to the plane: the ``turn``,
cos(latitude) sin(azimuth), 1 for due east and -1 for due west at the equator.
"""

import functools
import heapq
import itertools
import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import FLATTENING, MEAN_RADIUS, ROTATION_RATE, Vector, geodetic_of, local_basis
from cupola.core.kernel import kernel
from cupola.core.rocket import Vehicle, ascend, coast, vehicle_of
from cupola.core.trajectory import Trajectory
from cupola.interceptors.spec import GroundInterceptorSpec

TURNS = (-1.0, 0.0, 1.0)
"""Turns that fans are flown for"""
_COURSES = {-1.0: (0.0, math.radians(270.0)), 0.0: (math.radians(45.0), 0.0), 1.0: (0.0, math.radians(90.0))}
"""Turn -> latitude and azimuth in rad of such flights; at 45 deg the centrifugal pull is at its mean"""
_STEEPEST_KICK = math.radians(88.0)
_FARTHEST_BACK = math.radians(96.0)
"""Climb angle at burnout of the last ray that leans backwards: what lies overhead lies between two rays, although the
Earth turns away under a flight straight up"""
_PROBES = 32
_RAYS = 140
_BETWEEN = 4
"""Parts into which the gap between two integrated rays is divided"""
_TIMES = 240


@dataclass(frozen=True, kw_only=True)
class Fan:
    """Flights (n,) by pitch-over angle ``kick`` rad, sampled at ``times`` (m,) s after launch; NaN after a flight has
    ended. All as seen from the ground.

    ``ground_range`` (negative behind the site) and ``altitude`` (n, m) in m; ``horizontal_speed``, ahead along the
    plane of flight, and ``climb_rate`` (n, m) in m/s.
    """

    kick: Vector
    times: Vector
    ground_range: Vector
    altitude: Vector
    horizontal_speed: Vector
    climb_rate: Vector


@functools.lru_cache(maxsize=64)
def vehicle(spec: GroundInterceptorSpec) -> Vehicle:
    """Return the booster of an interceptor with its kill vehicle on top."""
    return vehicle_of(
        spec.stages,
        spec.kill_vehicle.mass,
        [(0.0, spec.drag_coefficient)],
        shroud_mass=spec.shroud_mass,
        shroud_time=spec.shroud_time,
    )


def fly(
    spec: GroundInterceptorSpec,
    kick: float,
    duration_s: float,
    *,
    latitude: float,
    longitude: float,
    altitude: float,
    azimuth: float,
    rotation_rate: float = ROTATION_RATE,
) -> Trajectory:
    """Return one flight of at most ``duration_s`` from lift-off at t = 0, inertial; angles in rad, altitude of the site
    in m.

    The Earth turns under it by ``rotation_rate`` rad/s. The flight ends early where it meets the ground.
    """
    body = vehicle(spec)
    boost = ascend(
        body,
        latitude,
        longitude,
        altitude,
        azimuth,
        kick,
        spec.vertical_rise_time,
        spec.pitch_over_time,
        rotation_rate=rotation_rate,
    )
    if boost.end_s < body.burnout_s - 1e-6 or duration_s <= boost.end_s:
        return boost
    beta = spec.kill_vehicle.mass / (spec.drag_coefficient * float(body.reference_area[-1]))
    left = duration_s - boost.end_s
    free = coast(boost.r[-1], boost.v[-1], boost.end_s, beta, left, rotation_rate=rotation_rate, phase="fly-out")
    return Trajectory(
        t=np.concatenate([boost.t, free.t]),
        r=np.concatenate([boost.r, free.r]),
        v=np.concatenate([boost.v, free.v]),
        a=np.concatenate([boost.a, free.a]),
        phases=boost.phases + free.phases,
    )


def turned(spec: GroundInterceptorSpec, kick: float, duration_s: float, turn: float) -> Trajectory:
    """Return one flight with a turn of :data:`TURNS`: what tables are made of."""
    latitude, azimuth = _COURSES[turn]
    return fly(spec, kick, duration_s, latitude=latitude, longitude=0.0, altitude=0.0, azimuth=azimuth)


def profile(
    flight: Trajectory, times: Vector, *, latitude: float, longitude: float, azimuth: float
) -> tuple[Vector, Vector, Vector, Vector]:
    """Return ground range, altitude (m), horizontal speed and climb rate (m/s) at times (m,) of a flight that left its
    site at t = 0 along an azimuth, as seen from the ground.

    Ground range is the angle ahead at the Earth's centre times its mean radius, counted from the plumb line (see
    :func:`lean`).
    """
    r, v, _ = flight.states(times)
    angle = ROTATION_RATE * times
    spin = np.array([0.0, 0.0, ROTATION_RATE])
    r, v = _turned_back(r, angle), _turned_back(v - np.cross(spin, r), angle)
    east, north, _ = local_basis(latitude, longitude)
    up = flight.r[0] / np.linalg.norm(flight.r[0])
    ahead = math.sin(azimuth) * east + math.cos(azimuth) * north
    ahead -= (ahead @ up) * up
    ahead /= np.linalg.norm(ahead)
    rise = r / np.linalg.norm(r, axis=1)[:, None]
    level = np.cross(np.cross(up, ahead), rise)
    altitude = geodetic_of(r)[:, 2]
    leaning = lean(float(up[2]), float(ahead[2])) * altitude / (MEAN_RADIUS + altitude)
    return (
        MEAN_RADIUS * (np.arctan2(r @ ahead, r @ up) - leaning),
        altitude,
        np.einsum("ij,ij->i", v, level) / np.linalg.norm(level, axis=1),
        np.einsum("ij,ij->i", v, rise),
    )


@kernel
def lean(up_z: float, ahead_z: float) -> float:
    """Return by how much in rad a site's plumb line leans ahead of the line from the Earth's centre.

    ``up_z`` and ``ahead_z`` are the parts along the Earth's axis of the unit vectors from its centre to the site and,
    at right angles to that, ahead. The lean to the nearer pole is the flattening times sin 2 latitude.
    """
    return 2.0 * FLATTENING * up_z * ahead_z


def _turned_back(vectors: Vector, angle: Vector) -> Vector:
    c, s = np.cos(angle), np.sin(angle)
    x, y = vectors[:, 0], vectors[:, 1]
    return np.stack([c * x + s * y, c * y - s * x, vectors[:, 2]], axis=1)


def fan(spec: GroundInterceptorSpec, turn: float) -> Fan:
    """Return the flights of an interceptor with a turn of :data:`TURNS`, from leaning a little backwards to flat.

    Flights are added where neighbours come to lie farthest apart within the interceptor's envelope, and cubics fill the
    gaps between them.
    """
    burnout = vehicle(spec).burnout_s
    times = np.linspace(burnout, max(spec.maximum_flight_time, burnout + 1.0), _TIMES)
    rays = _first_rays(spec, turn, times)
    gaps = [(-_apart(spec, *pair), i, *pair) for i, pair in enumerate(itertools.pairwise(rays))]
    heapq.heapify(gaps)
    order = len(gaps)
    while len(rays) < _RAYS:
        _, _, steep, flat = heapq.heappop(gaps)
        between = _ray(spec, 0.5 * (steep.kick + flat.kick), turn, times)
        rays.append(between)
        for pair in ((steep, between), (between, flat)):
            order += 1
            heapq.heappush(gaps, (-_apart(spec, *pair), order, *pair))
    rays.sort(key=lambda ray: ray.kick)
    kick, parts = _filled(np.array([ray.kick for ray in rays]), np.stack([ray.parts for ray in rays], axis=1))
    return Fan(
        kick=kick,
        times=times,
        ground_range=parts[0],
        altitude=parts[1],
        horizontal_speed=parts[2],
        climb_rate=parts[3],
    )


@dataclass(frozen=True, kw_only=True)
class _Ray:
    """One flight of a fan: ``parts`` (4, m) as in :func:`profile`, NaN after its end."""

    kick: float
    parts: Vector

    @property
    def crashed(self) -> bool:
        """Whether it met the ground before burnout."""
        return math.isnan(self.parts[0, 0])


def _ray(spec: GroundInterceptorSpec, kick: float, turn: float, times: Vector) -> _Ray:
    flight = turned(spec, kick, float(times[-1]), turn)
    alive = times <= flight.end_s + 1e-6
    parts = np.full((4, len(times)), np.nan)
    latitude, azimuth = _COURSES[turn]
    if alive.any():
        parts[:, alive] = profile(flight, times[alive], latitude=latitude, longitude=0.0, azimuth=azimuth)
    return _Ray(kick=kick, parts=parts)


def _first_rays(spec: GroundInterceptorSpec, turn: float, times: Vector) -> list[_Ray]:
    """Return a few rays from the farthest back to the flattest that survives its boost."""
    rays = [_ray(spec, 0.0, turn, times)]
    if rays[0].crashed:
        raise ValueError("stages: got an interceptor that falls back before burnout; hint: check thrust and burn times")
    probes = np.geomspace(math.radians(0.05), _STEEPEST_KICK, _PROBES).tolist()
    for kick in probes:
        if math.atan2(rays[0].parts[3, 0], rays[0].parts[2, 0]) > _FARTHEST_BACK:
            break
        rays.insert(0, _ray(spec, -kick, turn, times))
    crashes = _STEEPEST_KICK
    for kick in probes:
        ray = _ray(spec, kick, turn, times)
        if ray.crashed:
            crashes = kick
            break
        rays.append(ray)
    for _ in range(_PROBES // 2):
        ray = _ray(spec, 0.5 * (rays[-1].kick + crashes), turn, times)
        if ray.crashed:
            crashes = ray.kick
        else:
            rays.append(ray)
    return rays


def _apart(spec: GroundInterceptorSpec, one: _Ray, other: _Ray) -> float:
    """Return how far two rays come apart while one is in the envelope, as a share of its width and height."""
    places = []
    for ray in (one, other):
        end = int(np.isfinite(ray.parts[0]).sum()) - 1
        range_m, altitude = ray.parts[0].copy(), ray.parts[1].copy()
        range_m[end + 1 :], altitude[end + 1 :] = range_m[end], 0.0
        places.append((range_m, altitude))
    (x0, y0), (x1, y1) = places
    inside = np.zeros(len(x0), dtype=np.bool_)
    for x, y in places:
        inside |= (y >= spec.minimum_altitude) & (y <= spec.maximum_altitude) & (x <= spec.maximum_range)
    gap = np.hypot((x1 - x0) / spec.maximum_range, (y1 - y0) / spec.maximum_altitude)
    return float(gap[inside].max(initial=0.0))


def _filled(kick: Vector, parts: Vector) -> tuple[Vector, Vector]:
    """Return kicks (n,) and parts (4, n, m) with more rays put between: cubics through four neighbours, or lines where
    one of them is missing.
    """
    n = len(kick)
    out_kick = np.interp(np.arange(_BETWEEN * (n - 1) + 1) / _BETWEEN, np.arange(n), kick)
    out = np.full((4, len(out_kick), parts.shape[2]), np.nan)
    out[:, ::_BETWEEN] = parts
    step = np.diff(kick)[None, :, None]
    rise = np.diff(parts, axis=1) / step
    slope = np.full_like(parts, np.nan)
    slope[:, 1:-1] = (step[:, 1:] * rise[:, :-1] + step[:, :-1] * rise[:, 1:]) / (step[:, 1:] + step[:, :-1])
    here, there = parts[:, :-1], parts[:, 1:]
    leave, come = slope[:, :-1] * step, slope[:, 1:] * step
    for k in range(1, _BETWEEN):
        s = k / _BETWEEN
        line = (1.0 - s) * here + s * there
        cubic = (
            (1.0 + 2.0 * s) * (1.0 - s) ** 2 * here
            + s * s * (3.0 - 2.0 * s) * there
            + s * (1.0 - s) * ((1.0 - s) * leave - s * come)
        )
        out[:, k::_BETWEEN] = np.where(np.isfinite(cubic), cubic, line)
    return out_kick, out
