"""Lines of sight against brute-force minimisation and closed forms."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from cupola.core.earth import EQUATORIAL_RADIUS, MEAN_RADIUS, POLAR_RADIUS, geodetic_of, geodetic_to_ecef
from cupola.core.sight import (
    horizon_angle,
    limb_geometry,
    look_angles,
    radial_altitude,
    radio_horizon,
    refraction,
    sight_altitudes,
    tangent_basis,
    tangent_heights,
)


def lines(count: int) -> tuple[np.ndarray, np.ndarray]:
    g = np.random.Generator(np.random.PCG64(3))
    directions = g.normal(size=(2, count, 3))
    directions /= np.linalg.norm(directions, axis=2)[:, :, None]
    return directions[0] * g.uniform(6.9e6, 9e6, (count, 1)), directions[1] * g.uniform(6.5e6, 7.2e6, (count, 1))


@pytest.mark.parametrize("beyond", [False, True])
def test_lowest_point_agrees_with_minimising_the_geodetic_altitude(beyond: bool) -> None:
    sensors, targets = lines(40)
    heights = tangent_heights(sensors, targets) if beyond else sight_altitudes(sensors, targets)
    for i in range(40):

        def altitude(share: float, i: int = i) -> float:
            return float(geodetic_of((sensors[i] + share * (targets[i] - sensors[i]))[None])[0, 2])

        if heights[i, i] < -1e5:  # deep inside the Earth a geodetic altitude has no meaning
            continue
        best = minimize_scalar(
            altitude, bounds=(0.0, 5.0 if beyond else 1.0), method="bounded", options={"xatol": 1e-9}
        )
        lowest = min(best.fun, altitude(0.0), altitude(1.0) if not beyond else math.inf)
        assert heights[i, i] == pytest.approx(lowest, abs=20.0)


def test_a_ray_grazing_the_pole_clears_the_ellipsoid_but_not_the_equatorial_sphere() -> None:
    height = 5_000.0
    sensor = np.array([[3e6, 0.0, POLAR_RADIUS + height]])
    target = np.array([[-3e6, 0.0, POLAR_RADIUS + height]])
    assert sight_altitudes(sensor, target)[0, 0] == pytest.approx(height, abs=1.0)
    assert POLAR_RADIUS + height < EQUATORIAL_RADIUS


def test_a_climbing_ray_has_the_altitude_of_its_sensor() -> None:
    sensor, target = np.array([[7e6, 0.0, 0.0]]), np.array([[9e6, 1e6, 0.0]])
    assert tangent_heights(sensor, target)[0, 0] == pytest.approx(7e6 - EQUATORIAL_RADIUS, abs=1e-6)


def test_limb_geometry_refuses_a_tangent_above_the_target() -> None:
    with pytest.raises(ValueError, match="accepted is at most"):
        limb_geometry(1e6, 40e3, 50e3)


def test_horizon_grows_without_a_jump_where_refraction_ends() -> None:
    below, above = horizon_angle(30.0, 9_999.9), horizon_angle(30.0, 10_000.1)
    assert above - below == pytest.approx(0.0, abs=1e-6)
    heights = np.geomspace(10.0, 2e6, 60)
    assert np.all(np.diff([horizon_angle(30.0, h) for h in heights]) > 0.0)


def test_horizon_in_space_lies_between_straight_and_fully_bent_rays() -> None:
    altitude = 500e3
    straight = math.acos(MEAN_RADIUS / (MEAN_RADIUS + altitude))
    bent = math.acos(4.0 / 3.0 * MEAN_RADIUS / (4.0 / 3.0 * MEAN_RADIUS + altitude)) * 4.0 / 3.0
    # Total bending of a horizontal ray through the whole air is about 0.5 to 0.7 deg.
    assert math.radians(0.3) < horizon_angle(0.0, altitude) - straight < math.radians(1.0)
    assert horizon_angle(0.0, altitude) < bent


def test_refraction_is_half_a_degree_at_the_horizon_and_fades_with_elevation() -> None:
    assert math.degrees(refraction(0.0, 0.5)) == pytest.approx(0.5, abs=0.15)
    assert math.degrees(refraction(math.radians(10.0), 0.2)) < 0.1
    assert radio_horizon(10.0, 0.0) == pytest.approx(13.03e3, rel=1e-3)


def test_look_angles_of_known_directions() -> None:
    lat, lon = math.radians(64.3), math.radians(-149.2)
    site = np.array(geodetic_to_ecef(lat, lon, 200.0))
    above = np.array(geodetic_to_ecef(lat, lon, 500_200.0))
    north = np.array(geodetic_to_ecef(lat + 1e-4, lon, 200.0))
    east = np.array(geodetic_to_ecef(lat, lon + 1e-4, 200.0))
    azimuth, elevation, distance = look_angles(lat, lon, 200.0, np.array([above, north, east])).T
    assert elevation[0] == pytest.approx(math.pi / 2, abs=1e-6)
    assert distance[0] == pytest.approx(500e3, abs=1e-3)
    assert math.cos(azimuth[1]) == pytest.approx(1.0, abs=1e-6)
    assert azimuth[2] == pytest.approx(math.pi / 2, abs=1e-3)
    assert distance[1] == pytest.approx(np.linalg.norm(north - site))


def test_tangent_basis_is_orthonormal_even_for_a_vertical_line() -> None:
    g = np.random.Generator(np.random.PCG64(4))
    for u in [*g.normal(size=(20, 3)), np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])]:
        u = u / np.linalg.norm(u)
        for r in (np.array([7e6, 1e6, 2e6]), 7e6 * u):
            m = np.array([*np.reshape(tangent_basis(*u, *r), (2, 3)), u])
            np.testing.assert_allclose(m @ m.T, np.eye(3), atol=1e-12)


def test_radial_altitude_is_within_15_m_of_the_geodetic_one() -> None:
    for latitude in np.radians([0.0, 20.0, 45.0, 70.0, 90.0]):
        for altitude in (0.0, 1e5, 2e6):
            assert radial_altitude(*geodetic_to_ecef(latitude, 0.3, altitude)) == pytest.approx(altitude, abs=15.0)
