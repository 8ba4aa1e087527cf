"""The way of one interceptor from release to intercept, for pictures: geodetic places along its planned flight."""

import math

import numpy as np

from cupola.core.earth import Vector, ecef_to_eci, eci_to_ecef, geodetic_of, geodetic_to_ecef
from cupola.engine.arming import constellation_phase
from cupola.engine.record import ShotRow
from cupola.engine.world import World
from cupola.interceptors import reach, space_based
from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec
from cupola.orbits.constellation import positions

POINTS = 40


def shot_path(world: World, shot: ShotRow, *, seed: int) -> Vector:
    """Return (n, 4) time in s, latitude and longitude in deg, altitude in m of a shot of a run; both ends included.

    It is the flight to the last predicted point, without homing; the straight line between both ends where that was
    moved out of the interceptor's reach, and of what flies by lift or at the speed of light.
    """
    name, _, number = shot.shooter.partition(" #")
    arsenal = next(a for a in world.arsenals if a.group.name == name and a.group.layer == shot.layer)
    spec = arsenal.group.spec
    release_s, intercept_s = shot.launch_time_s, shot.intercept_time_s
    aim = _inertial(shot.intercept_lat_deg, shot.intercept_lon_deg, shot.intercept_alt_m, intercept_s)
    try:
        if isinstance(spec, SpaceInterceptorSpec) and arsenal.constellation is not None:
            turn, slide = constellation_phase(seed, shot.run, name)
            r, v = positions(arsenal.constellation, release_s, turn_rad=turn, slide_rad=slide)
            times, way = space_based.path(spec, r[int(number)], v[int(number)], release_s, intercept_s, aim, POINTS)
        elif isinstance(spec, GroundInterceptorSpec) and arsenal.table is not None:
            times, way = reach.path(spec, arsenal.table, arsenal.r_site_ecef, release_s, intercept_s, aim, POINTS)
        else:
            raise ValueError(f"got {shot.shooter}, which has neither orbit nor reach table")
    except ValueError:
        start = _inertial(shot.launch_lat_deg, shot.launch_lon_deg, shot.launch_alt_m, release_s)
        times, share = np.linspace(release_s, intercept_s, POINTS), np.linspace(0.0, 1.0, POINTS)[:, None]
        way = (1.0 - share) * start + share * aim
    places = geodetic_of(np.stack([eci_to_ecef(r, float(t)) for r, t in zip(way, times, strict=True)]))
    return np.column_stack([times, np.degrees(places[:, :2]), places[:, 2]])


def _inertial(latitude_deg: float, longitude_deg: float, altitude_m: float, time_s: float) -> Vector:
    fixed = np.array(geodetic_to_ecef(math.radians(latitude_deg), math.radians(longitude_deg), altitude_m))
    return ecef_to_eci(fixed, time_s)
