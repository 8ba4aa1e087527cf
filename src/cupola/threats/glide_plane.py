"""How far and how long a glider flies from a speed: the quick planar answer, and the closed forms beside it.

The planar flight is wings level in the plane of the equator over an Earth at rest: gravity
mu / r2 (1 + 1.5 J2 a2 / r2), heights above a sphere of 6,371.0 km, the 1976 standard atmosphere. It starts at the
equilibrium-glide height, where lift carries the weight less the centrifugal force, with zero flight-path angle, and
ends on the ground. In this convention it gives the ranges that are published for the glider of Tracy and Wright (2020).
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.atmosphere import air
from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, Vector
from cupola.core.kernel import kernel
from cupola.threats.glide_spec import GlideSpec

SPHERE = 6_371_000.0  # m
STEP = 0.5  # s
LONGEST = 4.0 * 3600.0  # s


@dataclass(frozen=True, kw_only=True)
class GlideFrom:
    """A planar glide: where it starts, how far over the ground and how long it flies.

    ``table`` (n, 5) holds time s, ground range m, height m, speed m/s and flight-path angle rad of every step.
    """

    start_altitude_m: float
    range_m: float
    flight_time_s: float
    table: Vector


def glide_from(spec: GlideSpec, start_speed: float) -> GlideFrom:
    """Return the wings-level glide of a spec's glider from ``start_speed`` m/s at its equilibrium height to the
    ground.

    Raises ``ValueError`` for a speed at which there is no such height: at or above the circular, or too slow for the
    densest air.
    """
    lift_to_drag = spec.glider.lift_to_drag
    inverse_beta = 1.0 / spec.glider.ballistic_coefficient
    start = equilibrium_height(lift_to_drag, inverse_beta, start_speed)
    table = np.empty((int(LONGEST / STEP), 5))
    n = _planar(start_speed, start, lift_to_drag, inverse_beta, STEP, table)
    table = table[:n].copy()
    return GlideFrom(
        start_altitude_m=start,
        range_m=float(table[-1, 1]),
        flight_time_s=float(table[-1, 0]),
        table=table,
    )


def equilibrium_height(lift_to_drag: float, inverse_beta: float, speed: float) -> float:
    """Return the height in m above the sphere where the lift at ``speed`` m/s carries weight less centrifugal force.

    ``inverse_beta`` in m2/kg. Raises ``ValueError`` where there is none between the ground and 200 km.
    """
    low, high = 0.0, 200e3
    if not (
        speed > 0.0
        and _lift_excess(lift_to_drag, inverse_beta, speed, low) > 0.0
        and _lift_excess(lift_to_drag, inverse_beta, speed, high) < 0.0
    ):
        raise ValueError(
            f"start_speed: got {speed:,.0f} m/s, accepted is a speed that lift can carry above the ground and below "
            "that of a circular orbit; hint: 1,000 to 7,500 m/s"
        )
    while high - low > 1e-3:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _lift_excess(lift_to_drag, inverse_beta, speed, middle) > 0.0 else (low, middle)
    return 0.5 * (low + high)


def equilibrium_range(lift_to_drag: float, start_speed: float, end_speed: float, radius: float = SPHERE) -> float:
    """Return R = (L/D) (r / 2) ln[(1 - vf2 / vc2) / (1 - v02 / vc2)] in m (Eggers, Allen and Neice 1957; Acton
    2015).
    """
    circular2 = MU / radius
    return 0.5 * lift_to_drag * radius * math.log((1.0 - end_speed**2 / circular2) / (1.0 - start_speed**2 / circular2))


def equilibrium_time(lift_to_drag: float, start_speed: float, end_speed: float, radius: float = SPHERE) -> float:
    """Return the time in s of an equilibrium glide: (L/D) (vc / g) [artanh(v0 / vc) - artanh(vf / vc)], g = mu /
    r2, from dv/dt = -(g - v2 / r) / (L/D).
    """
    circular = math.sqrt(MU / radius)
    rise = math.atanh(start_speed / circular) - math.atanh(end_speed / circular)
    return lift_to_drag * circular * radius * radius / MU * rise


@kernel
def _pull(r: float) -> float:
    return MU / (r * r) * (1.0 + 1.5 * J2 * (EQUATORIAL_RADIUS / r) ** 2)


@kernel
def _lift_excess(lift_to_drag: float, inverse_beta: float, speed: float, altitude: float) -> float:
    density, _, _ = air(altitude)
    r = SPHERE + altitude
    return float(lift_to_drag * 0.5 * density * speed * speed * inverse_beta - (_pull(r) - speed * speed / r))


@kernel
def _planar_rates(y: Vector, lift_to_drag: float, inverse_beta: float, out: Vector) -> None:
    """State: ground range, height, speed, flight-path angle."""
    altitude, speed, slope = y[1], y[2], y[3]
    density, _, _ = air(altitude)
    r = SPHERE + altitude
    drag = 0.5 * density * speed * speed * inverse_beta
    pull = _pull(r)
    out[0] = SPHERE / r * speed * math.cos(slope)
    out[1] = speed * math.sin(slope)
    out[2] = -drag - pull * math.sin(slope)
    out[3] = (lift_to_drag * drag - (pull - speed * speed / r) * math.cos(slope)) / speed


@kernel
def _planar(speed: float, altitude: float, lift_to_drag: float, inverse_beta: float, step: float, table: Vector) -> int:
    """Fly to the ground by Runge-Kutta 4; return the rows written. The last step is cut where it meets the ground."""
    y = np.array([0.0, altitude, speed, 0.0])
    k, trial, moved = np.empty((4, 4)), np.empty(4), np.empty(4)
    time = 0.0
    for row in range(table.shape[0]):
        table[row, 0] = time
        table[row, 1:] = y
        if y[1] <= 1e-6:
            return int(row + 1)
        h = step
        for _ in range(8):
            _planar_rates(y, lift_to_drag, inverse_beta, k[0])
            trial[:] = y + 0.5 * h * k[0]
            _planar_rates(trial, lift_to_drag, inverse_beta, k[1])
            trial[:] = y + 0.5 * h * k[1]
            _planar_rates(trial, lift_to_drag, inverse_beta, k[2])
            trial[:] = y + h * k[2]
            _planar_rates(trial, lift_to_drag, inverse_beta, k[3])
            moved[:] = y + h / 6.0 * (k[0] + 2.0 * k[1] + 2.0 * k[2] + k[3])
            if moved[1] > -1e-6:
                break
            # The height is nearly linear within a step: false position on its length.
            h *= y[1] / (y[1] - moved[1])
        y[:] = moved
        time += h
        if y[1] < 1e-3:
            y[1] = 0.0
    return int(table.shape[0])
