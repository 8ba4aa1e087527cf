"""One surface-launched interceptor in flight, and the fan of all its flights.

A fly-out is a powered ascent (``core.rocket``) followed by a free flight of what is left: the kill vehicle, or the
burnt-out missile where nothing separates (its whole mass is then entered as the kill vehicle's). The pitch-over angle
is the only control: from straight up to as flat as the booster survives, it sweeps every point in reach.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import MEAN_RADIUS, Vector, geodetic_of
from cupola.core.rocket import Vehicle, ascend, coast, vehicle_of
from cupola.core.trajectory import Trajectory
from cupola.interceptors.spec import GroundInterceptorSpec

FAN_LATITUDE = math.radians(45.0)  # where J2's pull is close to its mean
_STEEPEST_KICK = math.radians(88.0)
_PROBES = 40
_RAYS = 160
_TIMES = 240


@dataclass(frozen=True, kw_only=True)
class Fan:
    """Flights (n,) by pitch-over angle ``kick`` rad, sampled at ``times`` (m,) s after launch; NaN after a flight has
    ended.

    ``ground_range`` and ``altitude`` (n, m) in m; ``horizontal_speed`` and ``climb_rate`` (n, m) in m/s.
    """

    kick: Vector
    times: Vector
    ground_range: Vector
    altitude: Vector
    horizontal_speed: Vector
    climb_rate: Vector


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
    rotation_rate: float,
) -> Trajectory:
    """Return one flight of at most ``duration_s`` from lift-off at t = 0, inertial; angles in rad, altitude of the site
    in m.

    ``rotation_rate`` is the Earth's in rad/s, 0 for the flights of a table. The flight ends early where it meets the
    ground.
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


def planar(spec: GroundInterceptorSpec, kick: float, duration_s: float) -> Trajectory:
    """Return one flight over an Earth that does not turn: what tables are made of."""
    return fly(
        spec,
        kick,
        duration_s,
        latitude=FAN_LATITUDE,
        longitude=0.0,
        altitude=0.0,
        azimuth=0.5 * math.pi,
        rotation_rate=0.0,
    )


def profile(flight: Trajectory, times: Vector) -> tuple[Vector, Vector, Vector, Vector]:
    """Return ground range, altitude (m), horizontal speed and climb rate (m/s) of a flight at times (m,), over a still
    Earth.

    Ground range is the angle at the Earth's centre times its mean radius.
    """
    r, v, _ = flight.states(times)
    radius = np.linalg.norm(r, axis=1)
    start = flight.r[0] / np.linalg.norm(flight.r[0])
    across = np.linalg.norm(np.cross(r, start), axis=1)
    climb = np.einsum("ij,ij->i", r, v) / radius
    level = np.sqrt(np.maximum(np.einsum("ij,ij->i", v, v) - climb**2, 0.0))
    return MEAN_RADIUS * np.arctan2(across, r @ start), geodetic_of(r)[:, 2], level, climb


def fan(spec: GroundInterceptorSpec) -> Fan:
    """Return the flights of an interceptor from straight up to flat, evenly spaced in the climb angle at burnout."""
    kicks = _even_kicks(spec)
    burnout = vehicle(spec).burnout_s
    times = np.linspace(burnout, max(spec.maximum_flight_time, burnout + 1.0), _TIMES)
    parts = np.full((4, len(kicks), len(times)), np.nan)
    for i, kick in enumerate(kicks):
        flight = planar(spec, float(kick), float(times[-1]))
        alive = times <= flight.end_s
        if alive.any():
            parts[:, i, alive] = profile(flight, times[alive])
    return Fan(
        kick=kicks,
        times=times,
        ground_range=parts[0],
        altitude=parts[1],
        horizontal_speed=parts[2],
        climb_rate=parts[3],
    )


def _even_kicks(spec: GroundInterceptorSpec) -> Vector:
    """Choose pitch-over angles: a few probes tell how the climb angle at burnout depends on them."""
    kicks, climbs = [0.0], [_climb_at_burnout(spec, 0.0)]
    if math.isnan(climbs[0]):
        raise ValueError("stages: got an interceptor that falls back before burnout; hint: check thrust and burn times")
    crashes = _STEEPEST_KICK
    for kick in np.geomspace(math.radians(0.05), _STEEPEST_KICK, _PROBES):
        climb = _climb_at_burnout(spec, float(kick))
        if math.isnan(climb):
            crashes = float(kick)
            break
        kicks.append(float(kick))
        climbs.append(climb)
    # The flattest flight that survives its boost reaches the low and distant points: close in on it.
    for _ in range(_PROBES // 2):
        kick = 0.5 * (kicks[-1] + crashes)
        climb = _climb_at_burnout(spec, kick)
        if math.isnan(climb):
            crashes = kick
        else:
            kicks.append(kick)
            climbs.append(climb)
    falling = -np.minimum.accumulate(climbs)
    return np.asarray(np.interp(np.linspace(falling[0], falling[-1], _RAYS), falling, np.array(kicks)))


def _climb_at_burnout(spec: GroundInterceptorSpec, kick: float) -> float:
    """Return the angle in rad of the velocity over the horizon at burnout, NaN when the booster crashes first."""
    burnout = vehicle(spec).burnout_s
    flight = planar(spec, kick, burnout)
    if flight.end_s < burnout - 1e-6:
        return math.nan
    _, _, level, climb = profile(flight, np.array([burnout]))
    return math.atan2(float(climb[0]), float(level[0]))
