import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cupola.core import earth

LATITUDES = st.floats(-math.pi / 2, math.pi / 2)
LONGITUDES = st.floats(-math.pi, math.pi)


@settings(deadline=None)  # the first call compiles
@given(LATITUDES, LONGITUDES, st.floats(-1e3, 36e6))
def test_geodetic_coordinates_return(latitude: float, longitude: float, altitude: float) -> None:
    point = earth.geodetic_to_ecef(latitude, longitude, altitude)
    again = earth.geodetic_to_ecef(*earth.ecef_to_geodetic(*point))
    assert math.dist(point, again) < 1e-5
    assert earth.ecef_to_geodetic(*point)[2] == pytest.approx(altitude, abs=1e-5)


def test_many_points_equal_one_at_a_time() -> None:
    points = np.array([earth.geodetic_to_ecef(0.3 * i, -0.7 * i, 1e4 * i) for i in range(4)])
    np.testing.assert_array_equal(earth.geodetic_of(points), [earth.ecef_to_geodetic(*p) for p in points])


def _potential(x: float, y: float, z: float) -> float:
    r = math.sqrt(x * x + y * y + z * z)
    shape = 1.5 * (z / r) ** 2 - 0.5
    return earth.MU / r * (1.0 - earth.J2 * (earth.EQUATORIAL_RADIUS / r) ** 2 * shape)


@settings(deadline=None)
@given(LATITUDES, LONGITUDES, st.floats(0.0, 5e6))
def test_gravity_is_the_gradient_of_the_potential(latitude: float, longitude: float, altitude: float) -> None:
    point = np.array(earth.geodetic_to_ecef(latitude, longitude, altitude))
    step = 50.0
    slope = [(_potential(*(point + step * e)) - _potential(*(point - step * e))) / (2 * step) for e in np.eye(3)]
    np.testing.assert_allclose(earth.gravity(*point), slope, atol=2e-7)


def test_normal_gravity_at_equator_and_pole() -> None:
    # Somigliana's values (NIMA TR8350.2, table 3.4), less the centrifugal part at the equator; J4 is left out here.
    assert -earth.gravity(earth.EQUATORIAL_RADIUS, 0.0, 0.0)[0] - 0.033916 == pytest.approx(9.78033, abs=2e-4)
    assert -earth.gravity(0.0, 0.0, earth.POLAR_RADIUS)[2] == pytest.approx(9.83219, abs=2e-4)


def test_inertial_axes_are_the_earths_at_time_zero() -> None:
    point = np.array([earth.geodetic_to_ecef(0.7, 1.1, 0.0)])
    np.testing.assert_array_equal(earth.ecef_to_eci(point, 0.0), point)
    day = math.tau / earth.ROTATION_RATE
    np.testing.assert_allclose(earth.ecef_to_eci(point, day), point, atol=1e-6)
    np.testing.assert_allclose(earth.eci_to_ecef(earth.ecef_to_eci(point, 777.0), 777.0), point, atol=1e-8)


def test_surface_velocity_is_the_rate_of_a_turning_point() -> None:
    point = np.array([earth.geodetic_to_ecef(0.7, 1.1, 0.0)])
    later, earlier = earth.ecef_to_eci(point, 1.0), earth.ecef_to_eci(point, -1.0)
    np.testing.assert_allclose(earth.surface_velocity(point), (later - earlier) / 2.0, atol=1e-5)


def test_local_basis_is_right_handed_and_points_up() -> None:
    east, north, up = earth.local_basis(0.6, -2.0)
    np.testing.assert_allclose(np.cross(east, north), up, atol=1e-15)
    low, high = (np.array(earth.geodetic_to_ecef(0.6, -2.0, h)) for h in (0.0, 1.0))
    np.testing.assert_allclose(high - low, up, atol=1e-8)


@settings(deadline=None)
@given(st.floats(-1.5, 1.5), LONGITUDES, st.floats(0.0, math.tau), st.floats(0.01, 3.1))
def test_great_circle_problems_are_inverse(latitude: float, longitude: float, azimuth: float, angle: float) -> None:
    end = earth.great_circle_point(latitude, longitude, azimuth, angle)
    assert earth.central_angle(latitude, longitude, *end) == pytest.approx(angle, abs=1e-9)
    turned = earth.great_circle_azimuth(latitude, longitude, *end) - azimuth
    assert math.cos(turned) == pytest.approx(1.0, abs=1e-9)
