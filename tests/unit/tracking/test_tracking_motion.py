"""The filter's motion model against SciPy's integrator and finite differences."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.earth import (
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    central_angle,
    eci_to_ecef,
    geodetic_of,
    geodetic_to_ecef,
    great_circle_point,
    local_basis,
)
from cupola.tracking.motion import (
    BOOST,
    COAST,
    CRUISE,
    GLIDE,
    GROUND,
    REENTRY,
    derivative,
    dimension,
    step,
    step_length,
    thrust_drift,
)
from cupola.tracking.motion_linear import add_noise, carry, transition

BOOSTING = np.array([6.50e6, 2e5, 1e5, 1800.0, 900.0, 300.0, 38.0, 0.0, 0.0])
COASTING = np.array([6.9e6, 2e5, 1e6, 1500.0, 5200.0, 3300.0, 0.0, 0.0, 0.0])
FALLING = np.array([6.44e6, 1e5, 2e5, -2500.0, 5500.0, 3000.0, 2e-3, 0.0, 0.0])
GLIDING = np.array([6.40e6, 2e5, 3e5, -400.0, 5000.0, 2600.0, 1.2e-4, 2.5e-4, -1.5e-4])
CRUISING = np.array([4.6e6, 2e5, 4.41e6, -200.0, 550.0, 190.0, 0.4, 0.8, -2.5])
STATES = {BOOST: BOOSTING, COAST: COASTING, REENTRY: FALLING, GLIDE: GLIDING, CRUISE: CRUISING}


def integrated(mode: int, x: np.ndarray, seconds: float) -> np.ndarray:
    def rate(_: float, y: np.ndarray) -> list[float]:
        return [y[3], y[4], y[5], *derivative(mode, *y)]

    return np.asarray(solve_ivp(rate, (0.0, seconds), x, rtol=1e-12, atol=1e-9).y[:, -1])


def advanced(mode: int, x: np.ndarray, seconds: float) -> np.ndarray:
    out, remaining = x.copy(), seconds
    while remaining > 1e-9:
        h = step_length(mode, out, remaining)
        assert h > 0.0
        step(mode, out, h)
        remaining -= h
    return out


@pytest.mark.parametrize(
    ("mode", "x", "seconds", "tolerance"),
    [
        (BOOST, BOOSTING, 40.0, 1.0),
        (COAST, COASTING, 600.0, 0.1),
        (REENTRY, FALLING, 15.0, 1.0),
        (GLIDE, GLIDING, 200.0, 2.0),
        (CRUISE, CRUISING, 200.0, 0.1),
    ],
)
def test_steps_agree_with_a_tight_integration(mode: int, x: np.ndarray, seconds: float, tolerance: float) -> None:
    difference = advanced(mode, x, seconds) - integrated(mode, x, seconds)
    assert np.abs(difference[:3]).max() < tolerance


@pytest.mark.parametrize(
    ("mode", "h", "tolerance"),
    # Taken at the middle of the step: what is left of falling into denser air is rate x step / 6, 3 % here.
    [(BOOST, 4.0, 0.01), (COAST, 20.0, 0.005), (REENTRY, 0.5, 0.03), (GLIDE, 2.0, 0.02), (CRUISE, 5.0, 0.02)],
)
def test_transition_agrees_with_finite_differences_of_the_flow(mode: int, h: float, tolerance: float) -> None:
    x, n = STATES[mode], dimension(mode)
    a, f = np.zeros((9, 9)), np.zeros((9, 9))
    after = x.copy()
    step(mode, after, h)
    transition(mode, 0.5 * (x + after), h, a, f)
    parameter = {BOOST: 1e-3, CRUISE: 1e-3}.get(mode, 1e-6)
    sizes = np.array([10.0, 10.0, 10.0, 0.1, 0.1, 0.1, parameter, parameter, parameter])
    for j in range(n):
        high, low = x.copy(), x.copy()
        high[j] += sizes[j]
        low[j] -= sizes[j]
        numeric = (integrated(mode, high, h) - integrated(mode, low, h)) / (2.0 * sizes[j])
        # Against the column's own largest effect; J2 and the turn of the axes along the path are left out.
        place, speed = np.abs(numeric[:3]).max(), np.abs(numeric[3:6]).max()
        scale = np.array([place] * 3 + [max(place / h, speed)] * 3)
        assert np.all(np.abs(f[:6, j] - numeric[:6]) <= tolerance * scale)
        np.testing.assert_allclose(f[6:n, j], numeric[6:n], atol=1e-2)


@pytest.mark.parametrize("mode", list(STATES))
def test_gradient_agrees_with_finite_differences_of_the_acceleration(mode: int) -> None:
    x, a = STATES[mode], np.zeros((9, 9))
    transition(mode, x, 1.0, a, np.zeros((9, 9)))
    parameter = {BOOST: 1e-3, CRUISE: 1e-3}.get(mode, 1e-6)
    sizes = np.array([10.0, 10.0, 10.0, 0.1, 0.1, 0.1, parameter, parameter, parameter])
    numeric = np.zeros((6, 9))
    for j in range(dimension(mode)):
        high, low = x.copy(), x.copy()
        high[j] += sizes[j]
        low[j] -= sizes[j]
        numeric[:, j] = (np.array(derivative(mode, *high)) - np.array(derivative(mode, *low))) / (2.0 * sizes[j])
    # By position: J2 and the ellipsoid's slope are 1 % of it, the turn of the axes is lift over the radius.
    turn = 3.0 / 6.4e6 if mode >= GLIDE else 0.0
    np.testing.assert_allclose(a[:3, :3], numeric[:3, :3], atol=0.01 * np.abs(numeric[:3, :3]).max() + turn, rtol=0.0)
    for j in range(3, dimension(mode)):
        np.testing.assert_allclose(a[:3, j], numeric[:3, j], atol=1e-4 * np.abs(numeric[:3, j]).max() + 1e-9, rtol=0.0)
        if j >= 6:
            assert a[3, j] == pytest.approx(numeric[j - 3, j], rel=1e-3, abs=1e-9)


def test_cruise_flies_level_along_a_great_circle_of_the_turning_earth() -> None:
    latitude, longitude, altitude = math.radians(50.0), math.radians(10.0), 10e3
    r = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    east, north, _ = local_basis(latitude, longitude)
    w = 250.0 * (0.6 * east + 0.8 * north)
    spin = np.array([0.0, 0.0, ROTATION_RATE])
    x = np.concatenate([r, w + np.cross(spin, r), np.zeros(3)])
    hour = advanced(CRUISE, x, 3600.0)
    fixed = eci_to_ecef(hour[:3], 3600.0)
    lat, lon, height = geodetic_of(fixed[None, :])[0]
    assert height == pytest.approx(altitude, abs=60.0)
    # On a sphere of the mean radius at that height: 900 km along the great circle, one percent for the flattening.
    azimuth = math.atan2(0.6, 0.8)
    there = great_circle_point(latitude, longitude, azimuth, 250.0 * 3600.0 / (MEAN_RADIUS + altitude))
    assert central_angle(lat, lon, *there) * MEAN_RADIUS < 5e3
    assert np.linalg.norm(hour[3:6] - np.cross(spin, hour[:3])) == pytest.approx(250.0, abs=0.5)


def test_lift_turns_the_flight_by_the_closed_form_rates() -> None:
    """Level flight: climb angle rate (L cos(bank) / m) / v + v / r - g / v, heading rate (L sin(bank) / m) / v; Vinh,
    Busemann and Culp (1980), Hypersonic and Planetary Entry Flight Mechanics, eq. 2-2.
    """
    r, speed = 6_378_137.0 + 45e3, 5000.0
    x = np.array([r, 0.0, 0.0, 0.0, speed + ROTATION_RATE * r, 0.0, 0.0, 3e-4, 2e-4])
    ax, ay, az, *_ = derivative(GLIDE, *x)
    pressure = 0.5 * 1.225 * math.exp(-45.0 / 7.0) * speed**2
    gravity_here = MU / r**2 * (1.0 + 1.5 * 1.082626684e-3 * (6_378_137.0 / r) ** 2)
    assert ax == pytest.approx(3e-4 * pressure - gravity_here, rel=1e-6)
    assert az == pytest.approx(-2e-4 * pressure, rel=1e-6)  # right of an eastward flight is south
    assert ay == pytest.approx(0.0, abs=1e-9)


def test_process_noise_is_the_integral_of_its_density() -> None:
    h = 5.0
    a, f, p = np.zeros((9, 9)), np.zeros((9, 9)), np.zeros((9, 9))
    transition(BOOST, BOOSTING, h, a, f)
    add_noise(BOOST, BOOSTING, h, a, p)
    d = a[:3, 6]
    q = p[6, 6] / h
    np.testing.assert_allclose(p[:3, 6], q * h**3 / 6.0 * d, rtol=1e-12)
    np.testing.assert_allclose(p[3:6, 6], q * h**2 / 2.0 * d, rtol=1e-12)
    np.testing.assert_allclose(p[:3, :3], q * h**5 / 20.0 * np.outer(d, d) + 100.0 * h**3 / 3.0 * np.eye(3), rtol=1e-12)
    np.testing.assert_allclose(p[:3, 3:6], q * h**4 / 8.0 * np.outer(d, d) + 100.0 * h**2 / 2.0 * np.eye(3), rtol=1e-12)
    assert np.linalg.eigvalsh(p[:7, :7]).min() > 0.0


@pytest.mark.parametrize("n", [6, 7, 9])
def test_carry_is_the_matrix_product(n: int) -> None:
    g = np.random.Generator(np.random.PCG64(1))
    f, p = np.zeros((9, 9)), np.zeros((9, 9))
    f[:n, :n] = g.normal(size=(n, n))
    f[6:n, :n] = np.diag(np.diag(f))[6:n, :n]
    half = g.normal(size=(n, n))
    p[:n, :n] = half @ half.T
    expected = f @ p @ f.T
    carry(n, f, p, np.empty((9, 9)))
    np.testing.assert_allclose(p, expected, rtol=1e-12, atol=1e-12)


def test_thrust_grows_like_a_rocket_and_settles_near_the_mean_of_real_stages() -> None:
    assert thrust_drift(25.0) == pytest.approx(25.0**2 / 2700.0)
    assert thrust_drift(45.0) == pytest.approx(0.0, abs=0.2)
    assert thrust_drift(80.0) < 0.0
    assert thrust_drift(0.0) > 1.0
    assert all(thrust_drift(thrust) < 0.0 for thrust in (60.0, 99.0, 101.0, 150.0, 1e3, 1e6))
    # A braking thrust is noise: belief goes back to a stage's, and no faster than it re-ignites.
    assert all(thrust_drift(thrust) == pytest.approx((20.0 - thrust) / 10.0) for thrust in (-1.0, -1e2, -1e4))


def test_drag_free_coasting_keeps_the_orbit_energy() -> None:
    out = advanced(COAST, COASTING, 900.0)

    def energy(x: np.ndarray) -> float:
        return 0.5 * float(x[3:6] @ x[3:6]) - MU / float(np.linalg.norm(x[:3]))

    assert energy(out) == pytest.approx(energy(COASTING), rel=2e-3)  # J2 moves it by that much
    assert math.isclose(out[6], COASTING[6])


def test_a_coasting_object_stops_at_the_ground() -> None:
    below = np.array([6_378_137.0 + 2.0 * GROUND, 0.0, 0.0, -100.0, 0.0, 0.0, 1e-4])
    assert step_length(COAST, below, 10.0) == 0.0
