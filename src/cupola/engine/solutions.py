"""Where a shot starts from and how it arrives, by the kind of its weapon."""

import numpy as np

from cupola.battle.picture import AerialBattery, Battery, GroundBattery, LaserBattery, Order
from cupola.core.earth import Vector, ecef_to_eci, surface_velocity
from cupola.core.sight import radial_altitudes
from cupola.interceptors.aerial import course, fly_out
from cupola.interceptors.reach import ground_reach
from cupola.interceptors.space_based import solve
from cupola.orbits.constellation import positions
from cupola.sensors.signal import LIGHT_SPEED


def solution(battery: Battery, order: Order) -> tuple[Vector, Vector, float]:
    """Return the launch point, the velocity on arrival (3,) in inertial axes and the duration of the main burn in s."""
    if isinstance(battery, GroundBattery):
        return _from_the_ground(battery, order)
    if isinstance(battery, AerialBattery):
        return _through_the_air(battery, order)
    if isinstance(battery, LaserBattery):
        start = ecef_to_eci(battery.r_director_ecef, order.release_s)
        away = order.r_intercept - ecef_to_eci(battery.r_director_ecef, order.intercept_s)
        return start, LIGHT_SPEED * away / float(np.linalg.norm(away)), 0.0
    r, v = positions(battery.constellation, order.release_s, turn_rad=battery.turn_rad, slide_rad=battery.slide_rad)
    flight_s = order.intercept_s - order.release_s
    solved = solve(battery.spec, r[order.shooter], v[order.shooter], flight_s, order.r_intercept)
    burn_s = float(np.linalg.norm(solved.delta_v)) / battery.spec.acceleration
    return np.asarray(r[order.shooter]), solved.intercept_velocity, burn_s


def _from_the_ground(battery: GroundBattery, order: Order) -> tuple[Vector, Vector, float]:
    found = ground_reach(
        battery.spec,
        battery.table,
        battery.r_site_ecef,
        order.release_s,
        np.array([order.intercept_s]),
        order.r_intercept[None, :],
    )
    burn_s = float(sum(stage.burn_time + stage.coast_after for stage in battery.spec.stages))
    return ecef_to_eci(battery.r_site_ecef, order.release_s), found.arrival_velocity[0], burn_s


def _through_the_air(battery: AerialBattery, order: Order) -> tuple[Vector, Vector, float]:
    spec = battery.spec
    away = order.r_intercept - ecef_to_eci(battery.r_ecef, order.intercept_s)
    distance = float(np.linalg.norm(away))
    launch, end = float(radial_altitudes(battery.r_ecef)), max(float(radial_altitudes(order.r_intercept)), 0.0)
    _, mean = course(spec, np.array([distance]), launch, np.array([end]))
    speed = fly_out(spec).speed_after(order.intercept_s - order.release_s, float(mean[0]))
    if not np.isfinite(speed):
        speed = float(spec.minimum_speed)
    arrival = surface_velocity(order.r_intercept) + speed * away / distance
    return ecef_to_eci(battery.r_ecef, order.release_s), np.asarray(arrival), float(spec.burn_time)
