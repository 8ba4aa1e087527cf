"""Impact points against independent integrations, two-body closed forms and the filter's own errors."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import chi2

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    J2,
    MU,
    POLAR_RADIUS,
    ROTATION_RATE,
    ecef_to_geodetic,
    geodetic_to_ecef,
    gravity,
    local_basis,
    rotate_z,
)
from cupola.core.kepler import kepler_step
from cupola.tracking.impact import ImpactEstimate, circular_error, ellipse_axes, impact_point
from cupola.tracking.initiation import first_state
from cupola.tracking.motion import COAST, DRAG_CEILING, REENTRY

STATES = len(first_state(np.array([7e6, 0.0, 0.0]), False)[0])
SIZES = np.array([500.0, 500.0, 500.0, 1.0, 1.0, 1.0])
BETA = 1e-4


def thrown(speed: float = 6_900.0, elevation_deg: float = 25.0, altitude: float = 300e3) -> np.ndarray:
    """Inertial state over 45 N, 100 E that flies north-east, well above the air."""
    latitude, longitude = math.radians(45.0), math.radians(100.0)
    east, north, up = local_basis(latitude, longitude)
    elevation, azimuth = math.radians(elevation_deg), math.radians(30.0)
    level = math.sin(azimuth) * east + math.cos(azimuth) * north
    r = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    return np.concatenate([r, speed * (math.cos(elevation) * level + math.sin(elevation) * up)])


def state_of(r_v: np.ndarray, parameter: float = 0.0, spread: float = 0.0, scale: float = 1.0):
    x, p = np.zeros(STATES), np.zeros((STATES, STATES))
    x[:6], x[6] = r_v, parameter
    p[range(6), range(6)] = (scale * SIZES) ** 2
    p[6, 6] = spread**2
    return x, p


def flown_by_scipy(r_v: np.ndarray, inverse_beta: float) -> tuple[float, float, float]:
    """Impact time, latitude and longitude with J2, exponential air turning with the Earth, and the ellipsoid."""

    def rate(_: float, y: np.ndarray) -> np.ndarray:
        a = np.array(gravity(*y[:3]))
        radius = float(np.linalg.norm(y[:3]))
        surface = 1.0 / math.sqrt((y[0] ** 2 + y[1] ** 2) / EQUATORIAL_RADIUS**2 + y[2] ** 2 / POLAR_RADIUS**2)
        altitude = radius * (1.0 - surface)
        if altitude < DRAG_CEILING:
            w = y[3:] - ROTATION_RATE * np.array([-y[1], y[0], 0.0])
            a -= 0.5 * 1.225 * math.exp(-altitude / 7000.0) * inverse_beta * np.linalg.norm(w) * w
        return np.concatenate([y[3:], a])

    def ground(_: float, y: np.ndarray) -> float:
        return math.sqrt((y[0] ** 2 + y[1] ** 2) / EQUATORIAL_RADIUS**2 + y[2] ** 2 / POLAR_RADIUS**2) - 1.0

    ground.terminal = True
    solution = solve_ivp(rate, (0.0, 4000.0), r_v, events=ground, rtol=1e-10, atol=1e-6, max_step=5.0)
    t = float(solution.t[-1])
    latitude, longitude, _ = ecef_to_geodetic(*rotate_z(solution.y[:3, -1], -ROTATION_RATE * t))
    return t, latitude, longitude


def test_the_point_is_that_of_an_independent_integration() -> None:
    x, p = state_of(thrown(), 2e-4)
    estimate = impact_point(x, p, REENTRY, 0.0)
    assert estimate is not None
    t, latitude, longitude = flown_by_scipy(thrown(), 2e-4)
    assert estimate.time_s == pytest.approx(t, abs=0.1)
    assert np.linalg.norm(estimate.error(latitude, longitude)[0]) < 100.0


def two_body_impact(r_v: np.ndarray, radius: float) -> np.ndarray:
    """Inertial place and time at which a two-body path falls through a sphere: Kepler's equation and a bisection."""
    low, high = 600.0, 2600.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        if np.linalg.norm(kepler_step(*r_v, middle)[:3]) > radius:
            low = middle
        else:
            high = middle
    return np.array([*kepler_step(*r_v, low)[:3], low])


def test_without_drag_and_rotation_the_spread_is_that_of_the_two_body_problem() -> None:
    """J2 is left in, hence a per cent or two; the turning of the ground is added to the closed form by hand."""
    r_v = thrown()
    x, p = state_of(r_v, scale=30.0)
    estimate = impact_point(x, p, REENTRY, 0.0)
    assert estimate is not None
    ground = np.array(geodetic_to_ecef(estimate.latitude, estimate.longitude, 0.0))
    radius = float(np.linalg.norm(ground))
    rows = []
    for j in range(6):
        sides = []
        for sign in (1.0, -1.0):
            away = np.zeros(6)
            away[j] = sign * SIZES[j]
            point = two_body_impact(r_v + away, radius)
            sides.append(np.append(rotate_z(point[:3], -ROTATION_RATE * point[3]), point[3]))
        rows.append((sides[0] - sides[1]) / (2.0 * SIZES[j]))
    jacobian = np.array(rows).T
    basis = local_basis(estimate.latitude, estimate.longitude)
    mapped = jacobian @ p[:6, :6] @ jacobian.T
    expected = basis[:2] @ mapped[:3, :3] @ basis[:2].T
    # Process noise, worth 200 m and 5 s of unknown drag, is nothing beside states this uncertain.
    major, minor, azimuth = ellipse_axes(expected)
    ours = estimate.axes
    assert ours[0] == pytest.approx(major, rel=0.03)
    assert ours[1] == pytest.approx(minor, rel=0.03)
    assert abs((ours[2] - azimuth + 0.5 * math.pi) % math.pi - 0.5 * math.pi) < math.radians(2.0)
    assert estimate.sigma_time_s == pytest.approx(math.sqrt(mapped[3, 3]), rel=0.03)


def test_the_impact_time_is_close_to_the_two_body_time() -> None:
    """J2 and the ellipsoid move it by seconds; to the last second they do not."""
    r_v = thrown()
    estimate = impact_point(*state_of(r_v), REENTRY, 0.0)
    assert estimate is not None
    radius = float(np.linalg.norm(geodetic_to_ecef(estimate.latitude, estimate.longitude, 0.0)))
    assert estimate.time_s == pytest.approx(two_body_impact(r_v, radius)[3], rel=3.0 * J2)


def test_errors_are_as_large_as_stated() -> None:
    """States drawn from the covariance, flown without noise: the mean of 300 squares of dimension two in its band."""
    g = np.random.Generator(np.random.PCG64(8))
    centre, p = state_of(thrown(), BETA, spread=2e-5)
    _, truth_latitude, truth_longitude = flown_by_scipy(centre[:6], BETA)
    runs, squares, inside = 300, [], 0
    for _ in range(runs):
        drawn = centre + np.sqrt(np.diag(p)) * g.normal(size=STATES)
        estimate = impact_point(drawn, p, REENTRY, 0.0)
        assert estimate is not None
        _, square = estimate.error(truth_latitude, truth_longitude)
        squares.append(square)
        inside += square < chi2.ppf(0.95, 2)
    low, high = chi2.ppf([0.005, 0.995], 2 * runs) / runs
    assert low < np.mean(squares) < high
    assert inside / runs == pytest.approx(0.95, abs=0.04)


def test_a_later_and_better_track_has_a_smaller_ellipse() -> None:
    areas = []
    for minutes in (0.0, 5.0, 10.0, 15.0):
        r_v = np.array(kepler_step(*thrown(), 60.0 * minutes))
        estimate = impact_point(*state_of(r_v, BETA, spread=1e-5), REENTRY, 60.0 * minutes)
        assert estimate is not None
        areas.append(estimate.axes[0] * estimate.axes[1])
    assert np.all(np.diff(areas) < 0.0)


def test_a_coasting_body_is_expected_to_feel_the_drag_of_a_heavy_one() -> None:
    coasting = impact_point(*state_of(thrown()), COAST, 0.0)
    bare = impact_point(*state_of(thrown()), REENTRY, 0.0)
    assert coasting is not None
    assert bare is not None
    assert coasting.time_s > bare.time_s
    assert coasting.axes[0] > bare.axes[0]


def test_an_orbit_has_no_impact_point() -> None:
    radius = EQUATORIAL_RADIUS + 400e3
    orbit = np.array([radius, 0.0, 0.0, 0.0, math.sqrt(MU / radius), 0.0])
    assert impact_point(*state_of(orbit), COAST, 0.0) is None


def test_the_ellipse_and_the_circle_hold_what_they_say() -> None:
    turn = math.radians(30.0)
    axes = np.array([[math.sin(turn), math.cos(turn)], [math.cos(turn), -math.sin(turn)]])
    covariance = axes.T @ np.diag([3e3**2, 1e3**2]) @ axes
    estimate = ImpactEstimate(time_s=0.0, sigma_time_s=1.0, latitude=0.5, longitude=1.0, covariance=covariance)
    major, minor, azimuth = estimate.axes
    assert (major, minor, azimuth) == pytest.approx((3e3, 1e3, turn))
    g = np.random.Generator(np.random.PCG64(9))
    draws = g.multivariate_normal(np.zeros(2), covariance, size=40_000)
    radius = np.hypot(*draws.T)
    assert (radius < estimate.circular_error_probable).mean() == pytest.approx(0.5, abs=0.01)
    assert estimate.ellipse(0.95)[0] == pytest.approx(math.sqrt(5.9915) * 3e3, rel=1e-4)


def test_circular_error_in_its_two_limits() -> None:
    assert circular_error(1.0, 1.0) == pytest.approx(math.sqrt(2.0 * math.log(2.0)), rel=1e-9)
    assert circular_error(1.0, 0.0) == pytest.approx(0.67449, rel=1e-4)
