"""Two-body motion against closed forms, SciPy integration, and its own inverse."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, Vector, gravity
from cupola.core.kepler import kepler_step, lambert, lambert_step, propagate, propagate_j2


def _integrate(r: Vector, v: Vector, dt: float, j2: bool) -> Vector:
    def rates(_: float, s: Vector) -> Vector:
        a = np.array(gravity(*s[:3])) if j2 else -MU * s[:3] / np.linalg.norm(s[:3]) ** 3
        return np.concatenate([s[3:], a])

    return np.asarray(
        solve_ivp(rates, (0.0, dt), np.concatenate([r, v]), method="DOP853", rtol=1e-12, atol=1e-6).y[:, -1]
    )


@pytest.mark.parametrize("speed", [200.0, 5_000.0, 7_600.0, 10_700.0, 10_931.0, 12_000.0, 20_000.0])
@pytest.mark.parametrize("dt", [-3_000.0, -1.0, 1.0, 300.0, 20_000.0])
@pytest.mark.parametrize("climb", [0.0, 0.6])
def test_kepler_follows_numerical_integration_on_every_kind_of_orbit(speed: float, dt: float, climb: float) -> None:
    r = np.array([6_600e3, 500e3, -300e3])
    v = speed * np.array([math.sin(climb), 0.8 * math.cos(climb), 0.6 * math.cos(climb)])
    if speed < 1_000.0 and abs(dt) > 1_000.0:
        dt = math.copysign(
            900.0, dt
        )  # a dropped body would pass within 2 km of the centre, where no integrator is a judge
    truth = _integrate(r, v, dt, j2=False)
    got_r, got_v = propagate(r, v, dt)
    assert np.linalg.norm(got_r - truth[:3]) < 1e-8 * np.linalg.norm(truth[:3]) + 0.5
    assert np.linalg.norm(got_v - truth[3:]) < 1e-3


def test_kepler_returns_after_one_period_and_after_many() -> None:
    r, v = np.array([8_000e3, 0.0, 0.0]), np.array([100.0, 6_000.0, 4_000.0])
    a = 1.0 / (2.0 / 8_000e3 - float(v @ v) / MU)
    period = math.tau * math.sqrt(a**3 / MU)
    for turns in (1, 7):
        got_r, got_v = propagate(r, v, turns * period)
        assert np.linalg.norm(got_r - r) < 0.01
        assert np.linalg.norm(got_v - v) < 1e-5


def test_kepler_forward_and_back_is_the_identity_for_random_states() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        r = rng.normal(size=3)
        r *= rng.uniform(6.4e6, 4e7) / np.linalg.norm(r)
        v = rng.normal(size=3)
        v *= rng.uniform(1e3, 1.4e4) / np.linalg.norm(v)
        dt = rng.uniform(10.0, 3_000.0)
        there = kepler_step(*r, *v, dt)
        back = np.array(kepler_step(*there, -dt))
        nearest = np.linalg.norm(np.cross(r, v)) ** 2 / MU / 2.0
        if nearest < 1e6:
            continue  # a pass near the centre amplifies rounding without bound
        assert np.linalg.norm(back[:3] - r) < 1.0
        assert np.linalg.norm(back[3:] - v) < 1e-3


def test_j2_short_arc_agrees_with_dop853() -> None:
    r, v = np.array([6_778e3, 0.0, 0.0]), np.array([0.0, 4_900.0, 5_900.0])
    truth = _integrate(r, v, 600.0, j2=True)
    got_r, got_v = propagate_j2(r, v, 600.0)
    assert np.linalg.norm(got_r - truth[:3]) < 1.0
    assert np.linalg.norm(got_v - truth[3:]) < 0.01
    plain, _ = propagate(r, v, 600.0)
    sag = 1.5 * J2 * (EQUATORIAL_RADIUS / 6_778e3) ** 2 * 8.68 * 600.0**2 / 2.0
    assert 0.2 * sag < np.linalg.norm(plain - truth[:3]) < 2.0 * sag


@pytest.mark.parametrize("long_way", [False, True])
def test_lambert_inverts_propagation_over_a_wide_range(long_way: bool) -> None:
    rng = np.random.default_rng(11)
    checked = 0
    while checked < 400:
        r1 = rng.normal(size=3)
        r1 *= rng.uniform(6.4e6, 2e7) / np.linalg.norm(r1)
        v1 = rng.normal(size=3)
        v1 *= rng.uniform(2e3, 1.5e4) / np.linalg.norm(v1)
        dt = math.exp(rng.uniform(math.log(5.0), math.log(8_000.0)))
        if np.linalg.norm(np.cross(r1, v1)) ** 2 / MU < 2e6:
            continue
        alpha = 2.0 / np.linalg.norm(r1) - float(v1 @ v1) / MU
        if alpha > 0.0 and dt > 0.98 * math.tau / math.sqrt(MU * alpha**3):
            continue
        r2, v2 = propagate(r1, v1, dt)
        if (float(np.cross(r1, v1) @ np.cross(r1, r2)) < 0.0) is not long_way:
            continue
        angle = abs(math.acos(np.clip(r1 @ r2 / np.linalg.norm(r1) / np.linalg.norm(r2), -1, 1)))
        if angle > math.pi - 0.01 or angle < 1e-3:
            continue
        got1, got2 = lambert(r1, r2, dt, long_way=long_way)
        assert np.linalg.norm(got1 - v1) < 0.01
        assert np.linalg.norm(got2 - v2) < 0.01
        checked += 1


def test_lambert_solves_the_vertical_flight() -> None:
    r1, up = np.array([6_500e3, 0.0, 0.0]), np.array([3_000.0, 0.0, 0.0])
    r2, v2 = propagate(r1, up, 300.0)
    got1, got2 = lambert(r1, r2, 300.0)
    assert np.linalg.norm(got1 - up) < 1e-3
    assert np.linalg.norm(got2 - v2) < 1e-3


def test_lambert_refuses_what_has_no_answer() -> None:
    r1 = np.array([7_000e3, 0.0, 0.0])
    with pytest.raises(ValueError, match="opposite"):
        lambert(r1, -r1, 3_000.0)
    with pytest.raises(ValueError, match="positive finite"):
        lambert(r1, np.array([0.0, 7_000e3, 0.0]), 0.0)
    assert math.isnan(lambert_step(7e6, 0.0, 0.0, -7e6, 0.0, 0.0, 3e3, False)[0])
