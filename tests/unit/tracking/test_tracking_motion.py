"""The filter's motion model against SciPy's integrator and finite differences."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.earth import MU
from cupola.tracking.motion import (
    BOOST,
    COAST,
    GROUND,
    add_noise,
    carry,
    derivative,
    step,
    step_length,
    thrust_drift,
    transition,
)

BOOSTING = np.array([6.50e6, 2e5, 1e5, 1800.0, 900.0, 300.0, 38.0])
COASTING = np.array([6.9e6, 2e5, 1e6, 1500.0, 5200.0, 3300.0, 1e-4])
FALLING = np.array([6.44e6, 1e5, 2e5, -2500.0, 5500.0, 3000.0, 2e-3])


def integrated(mode: int, x: np.ndarray, seconds: float) -> np.ndarray:
    def rate(_: float, y: np.ndarray) -> list[float]:
        ax, ay, az, p = derivative(mode, *y)
        return [y[3], y[4], y[5], ax, ay, az, p]

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
    [(BOOST, BOOSTING, 40.0, 1.0), (COAST, COASTING, 600.0, 0.1), (COAST, FALLING, 15.0, 1.0)],
)
def test_steps_agree_with_a_tight_integration(mode: int, x: np.ndarray, seconds: float, tolerance: float) -> None:
    difference = advanced(mode, x, seconds) - integrated(mode, x, seconds)
    assert np.abs(difference[:3]).max() < tolerance


@pytest.mark.parametrize(
    ("mode", "x", "h", "tolerance"),
    # Taken at the middle of the step: what is left of falling into denser air is rate x step / 6, 3 % here.
    [(BOOST, BOOSTING, 4.0, 0.01), (COAST, COASTING, 20.0, 0.005), (COAST, FALLING, 0.5, 0.03)],
)
def test_transition_agrees_with_finite_differences(mode: int, x: np.ndarray, h: float, tolerance: float) -> None:
    a, f = np.zeros((7, 7)), np.zeros((7, 7))
    after = x.copy()
    step(mode, after, h)
    transition(mode, 0.5 * (x + after), h, a, f)
    sizes = np.array([10.0, 10.0, 10.0, 0.1, 0.1, 0.1, 1e-3 if mode == BOOST else 1e-6])
    for j in range(7):
        high, low = x.copy(), x.copy()
        high[j] += sizes[j]
        low[j] -= sizes[j]
        step(mode, high, h)
        step(mode, low, h)
        numeric = (high - low) / (2.0 * sizes[j])
        # J2 and the turning air are left out of the gradient: about 0.3 % of the gravity gradient.
        scale = np.array([1.0, 1.0, 1.0, 1.0 / h, 1.0 / h, 1.0 / h, 1.0]) * max(np.abs(numeric[:3]).max(), 1e-9)
        assert np.all(np.abs(f[:, j] - numeric)[:6] <= tolerance * scale[:6])
        assert f[6, j] == pytest.approx(numeric[6], abs=1e-2)


def test_process_noise_is_the_integral_of_its_density() -> None:
    h = 5.0
    a, f, p = np.zeros((7, 7)), np.zeros((7, 7)), np.zeros((7, 7))
    transition(BOOST, BOOSTING, h, a, f)
    add_noise(BOOST, BOOSTING, h, a, p)
    d = a[:3, 6]
    q = p[6, 6] / h
    np.testing.assert_allclose(p[:3, 6], q * h**3 / 6.0 * d, rtol=1e-12)
    np.testing.assert_allclose(p[3:6, 6], q * h**2 / 2.0 * d, rtol=1e-12)
    np.testing.assert_allclose(p[:3, :3], q * h**5 / 20.0 * np.outer(d, d) + 100.0 * h**3 / 3.0 * np.eye(3), rtol=1e-12)
    np.testing.assert_allclose(p[:3, 3:6], q * h**4 / 8.0 * np.outer(d, d) + 100.0 * h**2 / 2.0 * np.eye(3), rtol=1e-12)
    assert np.linalg.eigvalsh(p).min() > 0.0


def test_carry_is_the_matrix_product() -> None:
    g = np.random.Generator(np.random.PCG64(1))
    f = g.normal(size=(7, 7))
    f[6, :6] = 0.0
    half = g.normal(size=(7, 7))
    p = half @ half.T
    expected = f @ p @ f.T
    carry(f, p, np.empty((7, 7)))
    np.testing.assert_allclose(p, expected, rtol=1e-12, atol=1e-12)


def test_thrust_grows_like_a_rocket_and_settles_near_the_mean_of_real_stages() -> None:
    assert thrust_drift(25.0) == pytest.approx(25.0**2 / 2700.0)
    assert thrust_drift(45.0) == pytest.approx(0.0, abs=0.2)
    assert thrust_drift(80.0) < 0.0
    assert thrust_drift(0.0) > 1.0


def test_drag_free_coasting_keeps_the_orbit_energy() -> None:
    out = advanced(COAST, COASTING, 900.0)

    def energy(x: np.ndarray) -> float:
        return 0.5 * float(x[3:6] @ x[3:6]) - MU / float(np.linalg.norm(x[:3]))

    assert energy(out) == pytest.approx(energy(COASTING), rel=2e-3)  # J2 moves it by that much
    assert math.isclose(out[6], COASTING[6])


def test_a_coasting_object_stops_at_the_ground() -> None:
    below = np.array([6_378_137.0 + 2.0 * GROUND, 0.0, 0.0, -100.0, 0.0, 0.0, 1e-4])
    assert step_length(COAST, below, 10.0) == 0.0
