"""Launch points and burnout against independent integration, drawn errors, the catalogue's boosters and SciPy."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import truncnorm

from cupola.core.earth import (
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    Vector,
    central_angle,
    ecef_to_eci,
    geodetic_to_ecef,
    local_basis,
)
from cupola.studies.flights import fly
from cupola.tracking import launch_point as module
from cupola.tracking.launch_point import burnout, launch_point
from cupola.tracking.motion import EXHAUST_SPEED

LATITUDE, LONGITUDE, LAUNCH_S, FLOWN_S = math.radians(41.0), math.radians(127.0), 100.0, 55.0
SIGMAS = np.array([200.0, 200.0, 200.0, 10.0, 10.0, 10.0])


def gravity_turn() -> tuple[Vector, float]:
    """Inertial state, at LAUNCH_S + FLOWN_S, of a gravity turn from rest that was tilted by 8 deg after 8 s upright."""
    site = np.array(geodetic_to_ecef(LATITUDE, LONGITUDE, 0.0))
    east, north, _ = local_basis(LATITUDE, LONGITUDE)
    up = site / np.linalg.norm(site)
    start = 22.0

    def thrust(t: float) -> float:
        return start / (1.0 - start * t / EXHAUST_SPEED)

    def rate(t: float, y: Vector) -> Vector:
        r, v = y[:3], y[3:]
        speed = float(np.linalg.norm(v))
        direction = v / speed if t >= 8.0 else up
        spin = np.array([0.0, 0.0, ROTATION_RATE])
        a = -MU / np.linalg.norm(r) ** 3 * r - 2.0 * np.cross(spin, v) - np.cross(spin, np.cross(spin, r))
        return np.concatenate([v, a + thrust(t) * direction])

    rise = solve_ivp(rate, (0.0, 8.0), np.concatenate([site, 1e-3 * up]), rtol=1e-10, atol=1e-6)
    r, v = rise.y[:3, -1], rise.y[3:, -1]
    side = math.radians(8.0) * (math.sin(0.4) * east + math.cos(0.4) * north)
    tilted = np.linalg.norm(v) * (v / np.linalg.norm(v) + side) / np.linalg.norm(v / np.linalg.norm(v) + side)
    turn = solve_ivp(rate, (8.0, FLOWN_S), np.concatenate([r, tilted]), rtol=1e-10, atol=1e-6)
    r, v = turn.y[:3, -1], turn.y[3:, -1]
    v_inertial = v + np.cross([0.0, 0.0, ROTATION_RATE], r)
    now = LAUNCH_S + FLOWN_S
    return np.concatenate([ecef_to_eci(r, now), ecef_to_eci(v_inertial, now)]), thrust(FLOWN_S)


def miss(latitude: float, longitude: float, to: tuple[float, float]) -> float:
    return MEAN_RADIUS * central_angle(latitude, longitude, *to)


def test_a_gravity_turn_is_flown_back_to_its_pad() -> None:
    state, thrust = gravity_turn()
    estimate = launch_point(state, np.diag(SIGMAS**2), LAUNCH_S + FLOWN_S)
    assert estimate is not None
    assert miss(estimate.latitude, estimate.longitude, (LATITUDE, LONGITUDE)) < 60.0
    assert estimate.time_s == pytest.approx(LAUNCH_S, abs=0.3)
    assert estimate.thrust == pytest.approx(thrust, rel=0.01)


def test_errors_of_the_track_reach_the_pad_as_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spread over 200 drawn tracks against the mapped covariance, the share for unlike profiles left out."""
    monkeypatch.setattr(module, "_shape_spread", lambda way, flown_s: (np.zeros(2), 0.0))
    state, _ = gravity_turn()
    p = np.diag(SIGMAS**2)
    centre = launch_point(state, p, LAUNCH_S + FLOWN_S)
    assert centre is not None
    g = np.random.Generator(np.random.PCG64(12))
    squares, times = [], []
    for _ in range(200):
        drawn = launch_point(state + SIGMAS * g.normal(size=6), p, LAUNCH_S + FLOWN_S)
        assert drawn is not None
        here = np.array(geodetic_to_ecef(drawn.latitude, drawn.longitude, 0.0))
        there = np.array(geodetic_to_ecef(centre.latitude, centre.longitude, 0.0))
        away = local_basis(centre.latitude, centre.longitude)[:2] @ (here - there)
        squares.append(away @ np.linalg.solve(centre.covariance, away))
        times.append(drawn.time_s)
    assert np.mean(squares) == pytest.approx(2.0, abs=3.0 * 2.0 / math.sqrt(200.0))
    assert np.std(times) == pytest.approx(centre.sigma_time_s, rel=3.0 / math.sqrt(400.0))


@pytest.mark.parametrize(
    ("threat", "launch", "aim"),
    [
        ("icbm-solid-notional", "39.0,125.7", "Washington"),
        ("icbm-liquid-notional", "39.0,125.7", "Seattle"),
        ("icbm-solid-russia-notional", "55,40", "Washington"),
        ("minuteman-iii-class", "48,-101", "55,60"),
        ("glide-notional", "40,95", "Los Angeles"),
    ],
)
def test_boosters_of_the_catalogue_started_where_their_ellipses_say(threat: str, launch: str, aim: str) -> None:
    """Flown with drag, staging and pitch-over that the estimate knows nothing of."""
    flight = fly(threat, launch, aim)
    p = np.diag(np.array([100.0, 100.0, 100.0, 5.0, 5.0, 5.0]) ** 2)
    for seconds in (30.0, 45.0, 60.0, 90.0):
        r, v = flight.booster.state(seconds)
        estimate = launch_point(np.concatenate([r, v]), p, seconds)
        assert estimate is not None
        away = miss(estimate.latitude, estimate.longitude, (flight.launch[0], flight.launch[1]))
        assert away < 3.0 * estimate.axes[0]
        assert abs(estimate.time_s) < 3.0 * estimate.sigma_time_s
        if seconds <= 60.0:
            assert away < 2_000.0


def test_what_never_rose_from_the_ground_has_no_launch_point() -> None:
    orbit = np.array([7e6, 0.0, 0.0, 0.0, 7_500.0, 0.0])
    assert launch_point(orbit, np.eye(9), 0.0) is None


def test_burnout_is_a_normal_cut_off_at_now() -> None:
    for now in (0.0, 160.0, 200.0, 260.0):
        mean, sigma = burnout(0.0, 5.0, now, np.array([170.0]), np.array([1.0]), 12.0)
        cut = truncnorm((now - 170.0) / 13.0, np.inf, loc=170.0, scale=13.0)
        assert mean == pytest.approx(cut.mean(), rel=1e-6)
        assert sigma == pytest.approx(cut.std(), rel=1e-4)


def test_a_missile_that_burns_on_is_believed_a_liquid_one() -> None:
    times, weights = np.array([170.0, 245.0]), np.array([0.5, 0.5])
    early = burnout(0.0, 5.0, 60.0, times, weights, 12.0)
    late = burnout(0.0, 5.0, 215.0, times, weights, 12.0)
    assert early == pytest.approx((207.5, math.hypot(13.0, 37.5)), rel=1e-6)
    assert late[0] == pytest.approx(245.0, abs=2.0)
    assert late[1] < 14.0


@pytest.mark.parametrize(("weights", "spread"), [([1.0], 12.0), ([0.0, 0.0], 12.0), ([0.5, 0.5], 0.0)])
def test_burn_times_without_sense_are_refused(weights: list[float], spread: float) -> None:
    with pytest.raises(ValueError, match="accepted are as many weights"):
        burnout(0.0, 5.0, 60.0, np.array([170.0, 240.0]), np.array(weights), spread)
