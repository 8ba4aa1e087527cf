"""Ballistic flight in closed form: an impulse at the surface of a sphere, two bodies, no air, no rotation.

The yardstick for the integrated flights, and the quick check of a claim: a reported flight time below the two-body time
of its own apogee and range is impossible as stated. Formulas: Bate, Mueller and White (1971), Fundamentals of
Astrodynamics, ch. 6.
"""

import math
from dataclasses import dataclass

from cupola.core.earth import MU

SPHERE_RADIUS = 6_371_000.0  # m


@dataclass(frozen=True, kw_only=True)
class ImpulsiveFlight:
    """Speed m/s and flight-path angle rad at the surface, apogee m above it, time of flight s back to it."""

    speed: float
    elevation: float
    apogee: float
    time_s: float


def minimum_energy(ground_range: float) -> ImpulsiveFlight:
    """Return the flight over ``ground_range`` m that needs the least speed (eq. 6.2-18 to 6.2-20).

    Raises ``ValueError`` for a range outside (0, half the circumference).
    """
    angle = _angle(ground_range)
    elevation = 0.25 * (math.pi - angle)
    sin_half = math.sin(0.5 * angle)
    energy_parameter = 2.0 * sin_half / (1.0 + sin_half)
    eccentricity = math.sqrt(1.0 + energy_parameter * (energy_parameter - 2.0) * math.cos(elevation) ** 2)
    axis = SPHERE_RADIUS / (2.0 - energy_parameter)
    return ImpulsiveFlight(
        speed=math.sqrt(energy_parameter * MU / SPHERE_RADIUS),
        elevation=elevation,
        apogee=axis * (1.0 + eccentricity) - SPHERE_RADIUS,
        time_s=_time_of_flight(axis, eccentricity),
    )


def flight_to_apogee(apogee: float, ground_range: float) -> ImpulsiveFlight:
    """Return the flight that reaches ``apogee`` m over ``ground_range`` m.

    The ellipse through the surface at half the range angle from its apogee: with R/r_a = k, e = (1 - k) / (1 - k
    cos(angle / 2)). Raises ``ValueError`` for a range outside (0, half the circumference) or an apogee that is not
    above the surface.
    """
    angle = _angle(ground_range)
    if apogee <= 0.0:
        raise ValueError(f"apogee: got {apogee} m, accepted is a height above the surface")
    top = SPHERE_RADIUS + apogee
    ratio = SPHERE_RADIUS / top
    eccentricity = (1.0 - ratio) / (1.0 - ratio * math.cos(0.5 * angle))
    axis = top / (1.0 + eccentricity)
    speed = math.sqrt(MU * (2.0 / SPHERE_RADIUS - 1.0 / axis))
    momentum = math.sqrt(MU * axis * (1.0 - eccentricity**2))
    return ImpulsiveFlight(
        speed=speed,
        elevation=math.acos(min(momentum / (SPHERE_RADIUS * speed), 1.0)),
        apogee=apogee,
        time_s=_time_of_flight(axis, eccentricity),
    )


def _angle(ground_range: float) -> float:
    angle = ground_range / SPHERE_RADIUS
    if not 0.0 < angle < math.pi:
        raise ValueError(
            f"ground_range: got {ground_range} m, accepted is above 0 and below {math.pi * SPHERE_RADIUS:.0f} m"
        )
    return angle


def _time_of_flight(axis: float, eccentricity: float) -> float:
    """Return the time above the surface: twice from the surface up to the apogee, by Kepler's equation."""
    anomaly = math.acos((1.0 - SPHERE_RADIUS / axis) / eccentricity)
    return 2.0 * math.sqrt(axis**3 / MU) * (math.pi - anomaly + eccentricity * math.sin(anomaly))
