import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.earth import (
    ECCENTRICITY_SQUARED,
    EQUATORIAL_RADIUS,
    ROTATION_RATE,
    Vector,
    ecef_to_eci,
    geodetic_of,
    geodetic_to_ecef,
)
from cupola.core.geodesic import geodesic_point
from cupola.core.rocket import trajectory_of
from cupola.core.surface import course, fly_segments, follow, places_along, surface_start

START = (0.6, 1.2, 2.0)


def integrated(
    slope: float, bend: float, turn: float, height: float, speed: float, rate: float, duration: float
) -> Vector:
    """Inertial place after flight with an even change of slope, turn and speed, from equations written out in
    latitude, longitude and azimuth, at 1e-12.
    """

    def rates(t: float, y: Vector) -> list[float]:
        latitude, _, azimuth, way = y
        w = math.sqrt(1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2)
        meridian, normal = EQUATORIAL_RADIUS * (1.0 - ECCENTRICITY_SQUARED) / w**3, EQUATORIAL_RADIUS / w
        h = height + slope * way + 0.5 * bend * way**2
        north = math.cos(azimuth) * (meridian + h) / meridian
        east = math.sin(azimuth) * (normal + h) / normal
        ground = (speed + rate * t) / math.sqrt(north**2 + east**2 + (slope + bend * way) ** 2)
        return [
            ground * math.cos(azimuth) / meridian,
            ground * math.sin(azimuth) / (normal * math.cos(latitude)),
            ground * (math.sin(azimuth) * math.tan(latitude) / normal + turn),
            ground,
        ]

    end = solve_ivp(rates, (0.0, duration), [*START, 0.0], rtol=1e-12, atol=1e-12, method="DOP853").y[:, -1]
    h = height + slope * end[3] + 0.5 * bend * end[3] ** 2
    return ecef_to_eci(np.array(geodetic_to_ecef(end[0], end[1], h)), duration)


@pytest.mark.parametrize(
    ("slope", "bend", "turn", "height", "speed", "rate"),
    [
        (0.0, 0.0, 0.0, 50.0, 250.0, 0.0),
        (0.0, 0.0, 1e-4, 20_000.0, 1_600.0, 0.0),
        (0.1, 2e-6, -3e-5, 500.0, 300.0, 2.0),
        (-0.05, -1e-6, 4e-5, 15_000.0, 800.0, -1.5),
    ],
)
def test_flight_is_that_of_equations_written_out_in_latitude_and_longitude(
    slope: float, bend: float, turn: float, height: float, speed: float, rate: float
) -> None:
    goal = speed if rate == 0.0 else math.copysign(math.inf, 1.0) if rate > 0.0 else 100.0
    segment = np.array([[0.0, 60e3, bend, turn, goal, abs(rate) or 1.0]])
    nodes, ends = fly_segments(surface_start(*START), height, math.atan(slope), speed, segment)
    path = trajectory_of(nodes)
    for share in (0.13, 0.5, 0.77, 1.0):
        time = share * float(ends[0])
        expected = integrated(slope, bend, turn, height, speed, rate, time)
        assert np.linalg.norm(path.state(time)[0] - expected) < 2e-3


def test_an_arc_in_the_vertical_plane_is_a_circle_and_may_stand_upright() -> None:
    # From the vertical over a quarter circle of 1 km radius: 1 km up and 1 km along, less what the globe curves.
    nodes, _ = fly_segments(
        surface_start(*START), 0.0, math.pi / 2, 50.0, np.array([[1.0, 500.0 * math.pi, -1e-3, 0.0, 50.0, 1.0]])
    )
    path = trajectory_of(nodes)
    assert path.end_s == pytest.approx(500.0 * math.pi / 50.0, rel=2e-4)
    end = ecef_to_eci(path.r[-1], -path.end_s)
    latitude, longitude, height = geodetic_of(end[None, :])[0]
    expected = geodesic_point(*START, 1_000.0)
    assert height == pytest.approx(1_000.0, abs=1e-6)
    assert latitude == pytest.approx(expected[0], abs=1e-12)
    assert longitude == pytest.approx(expected[1], abs=1e-12)


def test_a_speed_reached_on_the_way_doubles_the_node_at_its_time() -> None:
    nodes, ends = fly_segments(surface_start(*START), 100.0, 0.0, 200.0, np.array([[0.0, 50e3, 0.0, 0.0, 250.0, 2.0]]))
    doubled = np.flatnonzero(np.diff(nodes[:, 0]) == 0.0)
    assert len(doubled) == 1
    assert nodes[doubled[0], 0] == pytest.approx(25.0, abs=1e-9)
    assert np.linalg.norm(np.diff(nodes[doubled[0] : doubled[0] + 2, 7:10], axis=0)) == pytest.approx(2.0, abs=1e-9)
    assert ends[0] == nodes[-1, 0]


def test_something_at_rest_stands_on_the_turning_earth() -> None:
    nodes, _ = fly_segments(surface_start(*START), 0.0, 0.5, 0.0, np.array([[1.0, 100.0, 0.0, 0.0, math.inf, 10.0]]))
    np.testing.assert_allclose(nodes[0, 4:7], np.cross([0.0, 0.0, ROTATION_RATE], nodes[0, 1:4]), atol=1e-12)
    assert nodes[-1, 0] == pytest.approx(math.sqrt(20.0), rel=1e-4)


@pytest.mark.parametrize("distance", [1.0, 5e3, 900e3, 9_000e3])
def test_following_no_turn_is_the_geodesic(distance: float) -> None:
    state = follow(surface_start(*START), 0.0, distance)
    latitude, longitude, _ = geodetic_of(state[None, :3])[0]
    expected = geodesic_point(*START, distance)
    assert np.linalg.norm(state[:3] - geodetic_to_ecef(expected[0], expected[1], 0.0)) < 1e-3
    assert math.remainder(course(latitude, longitude, state[3:]) - expected[2], math.tau) == pytest.approx(
        0.0, abs=1e-9
    )


def test_places_along_pieces_are_those_reached_one_by_one() -> None:
    start, lengths, turns = surface_start(*START), np.array([40e3, 10e3, 30e3]), np.array([0.0, 1e-4, 0.0])
    at = np.array([0.0, 39e3, 45e3, 50e3, 80e3])
    places = places_along(start, lengths, turns, at)
    corner = follow(start, 0.0, 40e3)
    turned = follow(corner, 1e-4, 10e3)
    expected = [start, follow(start, 0.0, 39e3), follow(corner, 1e-4, 5e3), turned, follow(turned, 0.0, 30e3)]
    np.testing.assert_allclose(places, [state[:3] for state in expected], atol=1e-4)
