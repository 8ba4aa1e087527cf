"""Flight on wings against closed forms: coordinated turns, pull-ups, speed changes, the turning Earth, heated skins."""

import itertools
import math

import numpy as np
import pytest

from cupola.core.earth import (
    ECCENTRICITY_SQUARED,
    EQUATORIAL_RADIUS,
    ROTATION_RATE,
    STANDARD_GRAVITY,
    eci_to_ecef,
    geodetic_of,
    surface_velocity,
)
from cupola.core.geodesic import geodesic, geodesic_point
from cupola.scenario.catalogue import entry
from cupola.threats.cruise import fly_cruise
from cupola.threats.cruise_skin import recovery_temperature, skin_temperature
from cupola.threats.flight import Flight
from cupola.threats.height_profile import level_change, rise_of

SUBSONIC = "cruise-subsonic-notional"


def fixed(flight: Flight, times: np.ndarray) -> np.ndarray:
    r, _, _ = flight.trajectory.states(times)
    return np.array([eci_to_ecef(x, t) for x, t in zip(r, times, strict=True)])


def with_turn(name: str, angle: float, leg: float = 150e3) -> tuple[Flight, tuple[float, float]]:
    spec = entry("threats", name).spec
    corner = geodesic_point(0.7, 0.4, 1.0, leg)
    aim = geodesic_point(corner[0], corner[1], corner[2] + angle, leg)
    return fly_cruise(spec, (0.7, 0.4, 0.0), aim[:2], waypoints=[corner[:2]]), corner[:2]


@pytest.mark.parametrize("name", [SUBSONIC, "drone-one-way-notional", "cruise-scramjet-notional"])
@pytest.mark.parametrize("angle", [math.pi / 2, -1.0])
def test_a_turn_has_the_radius_and_the_time_of_a_coordinated_one(name: str, angle: float) -> None:
    leg = 400e3 if name == "cruise-scramjet-notional" else 150e3
    spec = entry("threats", name).spec
    flight, corner = with_turn(name, angle, leg)
    speed = spec.cruise.speed_m_s
    radius = speed**2 / (STANDARD_GRAVITY * math.tan(spec.bank_angle))
    path = flight.trajectory
    # In the turn the nodes are doubled at both ends, inside the cruise.
    cruise = next(p for p in path.phases if p.name == "cruise")
    doubled = path.t[:-1][np.diff(path.t) == 0.0]
    jumps = np.diff(path.a, axis=0)[np.diff(path.t) == 0.0]
    inside = (doubled > cruise.start_s + 1.0) & (doubled < cruise.end_s - 1.0) & (np.abs(jumps).max(axis=1) > 0.1)
    begin, end = doubled[inside]
    turned = (end - begin) * speed / radius
    # On a globe the courses at the corner differ from those at its ends by the spherical excess of the cut corner.
    assert turned == pytest.approx(abs(angle), abs=3e-5 + (radius / 6.37e6) ** 2)
    three = fixed(flight, np.array([begin, 0.5 * (begin + end), end]))
    sides = [math.dist(three[i], three[j]) for i, j in ((0, 1), (1, 2), (0, 2))]
    half = 0.5 * sum(sides)
    area = math.sqrt(half * (half - sides[0]) * (half - sides[1]) * (half - sides[2]))
    through = sides[0] * sides[1] * sides[2] / (4.0 * area)
    # The circle through three points of an arc on a globe lies in their plane: shorter by R^2 / 2 Re^2.
    assert through == pytest.approx(radius, rel=2e-3 if leg < 200e3 else 5e-3)
    # Fly-by: the corner is cut by R (1 / cos(angle / 2) - 1).
    nearest = geodetic_of(fixed(flight, np.linspace(begin, end, 2_001)))
    cut = min(geodesic(p[0], p[1], *corner)[0] for p in nearest[900:1_101])
    assert cut == pytest.approx(radius * (1.0 / math.cos(0.5 * angle) - 1.0), rel=5e-3)


def test_a_corner_saves_the_way_that_the_closed_form_says() -> None:
    angle = 1.2
    spec = entry("threats", SUBSONIC).spec
    flight, _ = with_turn(SUBSONIC, angle)
    radius = spec.cruise.speed_m_s**2 / (STANDARD_GRAVITY * math.tan(spec.bank_angle))
    straight = fly_cruise(spec, (0.7, 0.4, 0.0), geodesic_point(0.7, 0.4, 1.0, 300e3)[:2])
    saved = 250.0 * (straight.flight_time_s - flight.flight_time_s)
    assert saved == pytest.approx(radius * (2.0 * math.tan(0.5 * angle) - angle), abs=5.0)


@pytest.mark.parametrize("bearing", [0.0, math.pi / 2, math.pi, 4.0])
def test_cruise_time_is_the_geodesic_at_height_over_the_speed(bearing: float) -> None:
    """At height h a geodesic is longer by h times the turn of its normal: on the equator and on meridians the normal
    turns by the angle of longitude or latitude.
    """
    spec = entry("threats", "cruise-scramjet-notional").spec
    launch = (0.0, 0.5, 0.0)
    flight = fly_cruise(spec, launch, geodesic_point(0.0, 0.5, bearing, 900e3)[:2])
    cruise = next(p for p in flight.trajectory.phases if p.name == "cruise")
    ends = geodetic_of(fixed(flight, np.array([cruise.start_s + 30.0, cruise.end_s])))
    length = geodesic(*ends[0][:2], *ends[1][:2])[0]
    azimuth = bearing
    meridian = EQUATORIAL_RADIUS * (1.0 - ECCENTRICITY_SQUARED)
    curvature = math.cos(azimuth) ** 2 / meridian + math.sin(azimuth) ** 2 / EQUATORIAL_RADIUS  # Euler's theorem
    expected = length * (1.0 + spec.cruise.altitude * curvature) / spec.cruise.speed_m_s
    assert cruise.end_s - cruise.start_s - 30.0 == pytest.approx(expected, rel=2e-6)


def test_level_flight_on_the_equator_has_the_accelerations_of_a_turning_earth() -> None:
    """Eastward along the equator at height h the inertial path is a circle: speed omega r + v, acceleration its
    square over r.
    """
    spec = entry("threats", SUBSONIC).spec
    for bearing, sign in ((math.pi / 2, 1.0), (1.5 * math.pi, -1.0)):
        flight = fly_cruise(spec, (0.0, 1.0, 0.0), geodesic_point(0.0, 1.0, bearing, 1_500e3)[:2])
        r, v, a = flight.trajectory.states(np.array([3_000.0]))
        radius = EQUATORIAL_RADIUS + spec.cruise.altitude
        assert np.linalg.norm(r) == pytest.approx(radius, abs=1e-3)
        speed = ROTATION_RATE * radius + sign * 250.0
        assert np.linalg.norm(v) == pytest.approx(speed, abs=1e-5)
        np.testing.assert_allclose(a[0], -(speed**2) / radius * r[0] / radius, atol=1e-6)


def test_booster_and_acceleration_phases_keep_to_constant_acceleration() -> None:
    spec = entry("threats", "cruise-scramjet-notional").spec
    flight = fly_cruise(spec, (0.6, 0.0, 0.0), geodesic_point(0.6, 0.0, 0.8, 800e3)[:2])
    r, v, _ = flight.trajectory.states(np.array([flight.booster.end_s]))
    burnout = float(np.linalg.norm(v - surface_velocity(r)))
    assert flight.booster.end_s == pytest.approx(spec.boost.duration, rel=2e-3)
    assert burnout == pytest.approx(spec.boost.acceleration * flight.booster.end_s, abs=1e-6)
    settled = flight.booster.end_s + (spec.cruise.speed_m_s - burnout) / spec.longitudinal_acceleration
    for time, expected in ((settled - 1.0, spec.cruise.speed_m_s - 15.0), (settled + 1.0, spec.cruise.speed_m_s)):
        r, v, _ = flight.trajectory.states(np.array([time]))
        assert np.linalg.norm(v - surface_velocity(r)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("slope", "rise", "limit"), [(0.0, 100.0, 0.3), (0.2, 5_000.0, 0.3), (0.5, -200.0, 0.1), (-0.1, 0.0, 0.2)]
)
def test_no_pieces_within_the_limits_change_height_in_a_shorter_way(slope: float, rise: float, limit: float) -> None:
    """Bang-coast-bang is the shortest (Pontryagin): among a thousand other middle slopes none is shorter."""
    bend = 2e-4
    pieces = level_change(slope, rise, limit, limit, bend)
    height, end = rise_of(pieces, slope)
    assert height == pytest.approx(rise, abs=1e-6)
    assert end == pytest.approx(0.0, abs=1e-12)
    best = sum(piece.length for piece in pieces)
    for middle in np.linspace(-limit, limit, 1_000):
        blends = (middle**2 - slope**2) / 2.0 * math.copysign(1.0, middle - slope) + middle * abs(middle) / 2.0
        straight = (rise - blends / bend) / middle
        if straight >= 0.0:
            assert (abs(middle - slope) + abs(middle)) / bend + straight >= best - 1e-6


def test_skins_against_recovery_and_hand_worked_equilibrium() -> None:
    # Recovery: T (1 + 0.89 x 0.2 M2). Mach 2 at 20 km (216.65 K) gives 370.9 K; Mach 0.8 at sea level 321 K.
    assert recovery_temperature(20_000.0, 2.0 * 295.07) == pytest.approx(216.65 * (1.0 + 0.178 * 4.0), rel=1e-3)
    assert recovery_temperature(0.0, 0.8 * 340.29) == pytest.approx(288.15 * (1.0 + 0.178 * 0.64), rel=1e-3)
    # Slow and dense the wall is at recovery, fast and thin the radiation holds it far below, never under the air.
    assert skin_temperature(50.0, 250.0, 3.0, 0.85) == pytest.approx(recovery_temperature(50.0, 250.0), abs=2.0)
    wall = skin_temperature(20_000.0, 5.5 * 295.07, 4.5, 0.8)
    assert 216.65 < wall < recovery_temperature(20_000.0, 5.5 * 295.07) - 300.0
    temperatures = [skin_temperature(20_000.0, m * 295.07, 4.5, 0.8) for m in range(1, 8)]
    assert all(b > a for a, b in itertools.pairwise(temperatures))
    # Eckert's method by hand for that wall: heat in equals heat out.
    still, density = 216.65, 0.08891
    recovered = recovery_temperature(20_000.0, 5.5 * 295.07)
    reference = 0.5 * (wall + still) + 0.22 * (recovered - still)
    thin = density * still / reference
    viscosity = 1.716e-5 * (reference / 273.15) ** 1.5 * (273.15 + 110.4) / (reference + 110.4)
    reynolds = thin * 5.5 * 295.07 * 4.5 / viscosity
    heat = 0.0296 * reynolds**-0.2 * 0.71 ** (-2 / 3) * thin * 5.5 * 295.07 * 1_004.7 * (recovered - wall)
    assert heat == pytest.approx(0.8 * 5.6704e-8 * (wall**4 - still**4), rel=5e-3)


@pytest.mark.parametrize(
    ("launch", "aim"),
    [
        ((80.0, 100.0), (80.0, -80.0)),
        ((-85.0, 10.0), (-88.0, -170.0)),
        ((10.0, 175.0), (12.0, -170.0)),
        ((90.0, 0.0), (75.0, 40.0)),
    ],
)
def test_poles_and_the_date_line_are_places_like_others(launch: tuple[float, float], aim: tuple[float, float]) -> None:
    start, end = tuple(map(math.radians, launch)), tuple(map(math.radians, aim))
    spec = entry("threats", "cruise-subsonic-air-notional").spec
    flight = fly_cruise(spec, (*start, 0.0), end)
    assert flight.miss_m < 0.01
    times = np.linspace(0.0, flight.flight_time_s, 500)
    heights = geodetic_of(fixed(flight, times))[:, 2]
    cruise = next(p for p in flight.trajectory.phases if p.name == "cruise")
    level = (times > cruise.start_s) & (times < cruise.end_s)
    np.testing.assert_allclose(heights[level], spec.cruise.altitude, atol=0.01)
