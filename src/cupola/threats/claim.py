"""Is a reported flight possible? Apogee, range and time of one ballistic flight are three figures for two unknowns.

Apogee and range fix the ellipse of an impulse at the surface of a sphere, and with it the shortest time that the flight
can have taken. What a report gives beyond that time is spent under power: a rocket that burns for t_b reaches height
h_b later than the impulse would, by t_b less the time of the impulse to h_b. The burn that this implies is compared
with what boosters have.
"""

import math
from dataclasses import dataclass
from typing import Literal

from cupola.core.earth import MU
from cupola.threats.impulsive import SPHERE_RADIUS, ImpulsiveFlight, flight_to_apogee

Verdict = Literal["possible", "doubtful", "impossible"]

# What the sphere leaves out: J2 and the ellipsoid move the time of a flight of given apogee and range by up to this
# share of it (0.07 % between equator and pole). The Earth's rotation can shorten a long flat flight to the west by
# more, but a booster's powered phase outlasts what it takes away.
SHAPE_SHARE = 1e-3
EXHAUST_SPEED = 2_800.0  # m/s, a specific impulse of 285 s: the middle of storable liquids and solids
# Impulsive speed over burn time of the catalogue's boosters at full range runs from 24 m/s2 (liquids) to 45 m/s2
# (solids). Doubted are boosters twice as brisk as the briskest, or a quarter slower than the slowest; a large missile
# flown short is slower still, because it leaves the ground slowly, by up to a minute.
SLOW, BRISK = 24.0, 45.0  # m/s2
BRISKEST, SLOWEST = 2.0 * BRISK, 0.75 * SLOW
SLOW_START = 60.0  # s
EQUATOR_SPEED = 465.1  # m/s, of the turning ground


@dataclass(frozen=True, kw_only=True)
class ClaimCheck:
    """What a reported flight implies. Times in s, speeds in m/s."""

    range_m: float
    """As reported."""
    time_s: float
    """As reported."""
    two_body: ImpulsiveFlight
    """The impulsive flight of the reported apogee and range."""
    excess_s: float
    """Reported time less two-body time."""
    tolerance_s: float
    """How far the two-body time could be off: rounding of the figures, and the Earth's shape."""
    turning_earth_s: tuple[float, float]
    """By how much the two-body time moves for a flight due west and due east along the equator."""
    burn_s: float
    """The burn that the excess implies; NaN where no burn fits."""
    plausible_excess_s: tuple[float, float]
    """Least and greatest excess of a plausible booster of this energy, wherever and in whatever direction it flies."""
    verdict: Verdict
    reason: str


def check_claim(
    apogee: float, ground_range: float, time: float, rounding: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> ClaimCheck:
    """Return the verdict on a flight that is said to have reached ``apogee`` m over ``ground_range`` m in ``time`` s.

    ``rounding`` is half of the last digit given of each. ``impossible``: shorter than the two-body time.
    ``doubtful``: no plausible booster leaves that excess. Raises ``ValueError`` for figures that no flight has: a
    range outside (0, half the circumference), an apogee or a time that is not positive.
    """
    if not time > 0.0:
        raise ValueError(f"time: got {time} s, accepted is more than 0 s")
    flight = flight_to_apogee(apogee, ground_range)
    excess = time - flight.time_s
    tolerance = _rounding(flight, ground_range, rounding) + SHAPE_SHARE * flight.time_s
    turning = _turning(flight, ground_range)
    plausible = _plausible(flight, turning)
    burn = _burn_for(flight, excess)
    verdict, reason = _judge(flight, time, tolerance, plausible, burn)
    return ClaimCheck(
        range_m=ground_range,
        time_s=time,
        two_body=flight,
        excess_s=excess,
        tolerance_s=tolerance,
        turning_earth_s=turning,
        burn_s=burn,
        plausible_excess_s=plausible,
        verdict=verdict,
        reason=reason,
    )


def excess_of(flight: ImpulsiveFlight, burn_s: float) -> float:
    """Return by how much a booster that burns for ``burn_s`` s outlasts the impulsive ``flight`` it joins at burnout.

    The booster is one equivalent stage of constant mass flow that climbs straight along the direction of the impulse
    (Sutton and Biblarz, Rocket Propulsion Elements, ch. 4, without drag): with mass ratio R and exhaust speed c it ends
    at speed c ln R - g t and at distance c t (1 - ln R / (R - 1)) - g t^2 / 2, g along the climb.
    """
    climb = math.sin(flight.elevation)
    height = 0.0
    # Speed at burnout follows from the height of burnout and back again: a contraction, settled within a few rounds.
    for _ in range(40):
        middle = SPHERE_RADIUS + 0.5 * height
        gravity = MU / (middle * middle) * climb
        speed = math.sqrt(flight.speed**2 - 2.0 * MU * height / (SPHERE_RADIUS * (SPHERE_RADIUS + height)))
        log_ratio = (speed + gravity * burn_s) / EXHAUST_SPEED
        share = 1.0 - log_ratio / math.expm1(log_ratio)
        path = EXHAUST_SPEED * burn_s * share - 0.5 * gravity * burn_s * burn_s
        height = min(max(0.5 * (height + path * climb), 0.0), 0.5 * flight.apogee)
    return burn_s - _time_to(flight, height)


def _time_to(flight: ImpulsiveFlight, height: float) -> float:
    """Return the time in s from the surface to ``height`` m on the way up, by Kepler's equation."""
    axis = 1.0 / (2.0 / SPHERE_RADIUS - flight.speed**2 / MU)
    eccentricity = (SPHERE_RADIUS + flight.apogee) / axis - 1.0

    def since_perigee(radius: float) -> float:
        anomaly = math.acos(min(max((1.0 - radius / axis) / eccentricity, -1.0), 1.0))
        return math.sqrt(axis**3 / MU) * (anomaly - eccentricity * math.sin(anomaly))

    return since_perigee(SPHERE_RADIUS + height) - since_perigee(SPHERE_RADIUS)


def _slowest_burn(speed: float) -> float:
    return max(speed / SLOWEST, speed / SLOW + SLOW_START)


def _plausible(flight: ImpulsiveFlight, turning: tuple[float, float]) -> tuple[float, float]:
    """Return the least and greatest excess: an extreme booster on an Earth at rest, or an ordinary one on a turning
    Earth in the direction that the turning helps most.
    """
    speed, (west, east) = flight.speed, turning
    least = min(excess_of(flight, speed / BRISKEST), excess_of(flight, speed / BRISK) + west)
    greatest = max(excess_of(flight, _slowest_burn(speed)), excess_of(flight, speed / SLOW) + east)
    return max(least, 0.0), greatest


def _burn_for(flight: ImpulsiveFlight, excess: float) -> float:
    """Return the burn that leaves ``excess``, by halving; NaN outside what a booster can leave."""
    low, high = 0.0, _slowest_burn(flight.speed)
    if not 0.0 < excess <= excess_of(flight, high):
        return math.nan
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess_of(flight, middle) < excess else (low, middle)
    return 0.5 * (low + high)


def _rounding(flight: ImpulsiveFlight, ground_range: float, rounding: tuple[float, float, float]) -> float:
    """Return by how much the excess may be off because the figures were rounded, each the worst way."""
    half_apogee, half_range, half_time = rounding
    lowest = flight_to_apogee(
        max(flight.apogee - half_apogee, 0.5 * flight.apogee), max(ground_range - half_range, 0.5 * ground_range)
    )
    return flight.time_s - lowest.time_s + half_time


def _turning(flight: ImpulsiveFlight, ground_range: float) -> tuple[float, float]:
    """Return the change of the two-body time when the ground turns under the flight at the equator, west and east."""
    drift = EQUATOR_SPEED * flight.time_s
    half_way_round = math.pi * SPHERE_RADIUS
    changes = []
    for inertial in (abs(ground_range - drift), ground_range + drift):
        reach = min(max(inertial, 1e-3 * ground_range), 0.999 * half_way_round)
        changes.append(flight_to_apogee(flight.apogee, reach).time_s - flight.time_s)
    return changes[0], changes[1]


def _judge(
    flight: ImpulsiveFlight, time: float, tolerance: float, plausible: tuple[float, float], burn: float
) -> tuple[Verdict, str]:
    excess = time - flight.time_s
    least, greatest = plausible
    remains = f"{max(excess, 0.0):,.1f} s remain for the powered phase"
    shortest = f"the two-body time of that apogee and range is {flight.time_s:,.1f} s"
    if excess < -tolerance:
        return "impossible", (
            f"{shortest}, {-excess:,.1f} s longer than reported, and rounding and the Earth's shape account for "
            f"{tolerance:,.1f} s at most."
        )
    if excess + tolerance < least:
        return "doubtful", (
            f"{shortest}, so that {remains}, less than the {least:,.0f} s that even a very brisk booster of this "
            "energy leaves."
        )
    if excess - tolerance > greatest:
        return "doubtful", (
            f"{shortest}, so that {remains}, more than the {greatest:,.0f} s that a very slow booster of this energy "
            "leaves: the figures hardly belong to one ballistic flight."
        )
    burns = "" if math.isnan(burn) else f", as a burn of about {burn:,.0f} s leaves"
    return "possible", f"{shortest}, so that {remains}{burns}; {least:,.0f} to {greatest:,.0f} s are plausible."
