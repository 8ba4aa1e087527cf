"""Interacting models on truth that none of them knows: a booster that re-enters, a glider that reverses its bank."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.earth import gravity
from cupola.sensors.looks import Measurements
from cupola.tracking.filter import innovation, update
from cupola.tracking.imm import (
    Tracks,
    absorb,
    advance,
    combined,
    gate,
    new_tracks,
    new_work,
    place,
    spawn,
)
from cupola.tracking.imm_mixing import mixed
from cupola.tracking.imm_shared import absorb_weighted
from cupola.tracking.imm_switch import burn_out, burnout_probability
from cupola.tracking.initiation import first_state, first_weights
from cupola.tracking.motion import BOOST, COAST, CRUISE, GLIDE, REENTRY
from cupola.tracking.motion_linear import set_parameters
from cupola.tracking.reports import reports_of

OFFSETS = np.array([[6e5, 1.4e6, 0.3e6], [3e5, -1.2e6, 0.9e6], [8e5, 0.2e6, -1.3e6]])


def measured(
    state: np.ndarray, time_s: float, g: np.random.Generator, *, burning: bool = False, sees_plumes: bool = True
) -> Measurements:
    """Three sensors around the object, 30 microradian of noise, 20 of bias that is not drawn; the first has range."""
    stations = state[:3] + OFFSETS
    offset = state[:3] - stations
    distance = np.linalg.norm(offset, axis=1)
    u = offset / distance[:, None] + 3e-5 * g.normal(size=(3, 3))
    u /= np.linalg.norm(u, axis=1)[:, None]
    ranged, nan = np.arange(3) == 0, np.full(3, np.nan)
    return Measurements(
        sensor=np.arange(3),
        time_s=np.full(3, time_s),
        r_sensor=stations,
        v_sensor=np.zeros((3, 3)),
        u=u,
        sigma_angle=np.full((3, 2), 3e-5),
        bias_angle=np.full(3, 1e-6),
        range_m=np.where(ranged, distance + 20.0 * g.normal(size=3), np.nan),
        sigma_range=np.where(ranged, 20.0, np.nan),
        bias_range=np.where(ranged, 1.0, np.nan),
        range_rate=nan,
        sigma_range_rate=nan,
        burning=np.full(3, burning),
        sees_plumes=np.full(3, sees_plumes),
        feature=nan,
    )


def flown(acceleration, y0: np.ndarray, end_s: float, edges: tuple[float, ...] = ()):  # type: ignore[no-untyped-def]
    """Integrate r'' = acceleration(t, r, v) tightly, restarted at the edges; return the state by time."""
    pieces, y, begin = [], y0, 0.0
    for edge in (*edges, end_s):
        solution = solve_ivp(
            lambda t, s: np.concatenate([s[3:], acceleration(t, s[:3], s[3:])]),
            (begin, edge),
            y,
            rtol=1e-9,
            atol=1e-4,
            dense_output=True,
        )
        pieces.append((begin, solution.sol))
        y, begin = solution.y[:, -1], edge
    return lambda t: next(sol for start, sol in reversed(pieces) if t >= start)(t)


def density(r: np.ndarray) -> float:
    """Air of another make than the filter's: 1.39 kg/m3 and 6,700 m fit USSA-76 between 20 and 70 km within a fifth."""
    return 1.39 * math.exp(-(float(np.linalg.norm(r)) - 6_371_000.0) / 6700.0)


def follow(state_at, times: np.ndarray, weight: np.ndarray, seed: int, burnout: float, single: int = 0):  # type: ignore[no-untyped-def]
    """Track along ``times``; return position errors, NEES of r and v, and weights, all per time."""
    g = np.random.Generator(np.random.PCG64(seed))
    t, work = new_tracks(1), new_work()
    p = np.diag([2e3] * 3 + [60.0] * 3 + [0.0] * 3) ** 2
    x = np.concatenate([state_at(times[0]), np.zeros(3)]) + np.sqrt(np.diag(p)) * g.normal(size=9)
    set_parameters(int(np.argmax(weight)) + 1, x, p)
    place(t, 0, x, p, times[0], weight)
    if weight[0] > 0.0:
        t.burnout_s[0] = burnout + 10.0  # what the defender believes, wrong by most of its sigma
    errors, nees, weights = [], [], []
    x, p = np.zeros(9), np.zeros((9, 9))
    for time_s in times[1:]:
        state = state_at(time_s)
        reports = reports_of(measured(state, time_s, g, burning=time_s < burnout))
        advance(t, 0, time_s, work)
        for row in range(3):
            if single:
                only(t, single)
            absorb(t, 0, reports, row, work)
        combined(t, 0, x, p, work)
        error = x[:6] - state
        errors.append(float(np.linalg.norm(error[:3])))
        nees.append(float(error @ np.linalg.solve(p[:6, :6], error)))
        weights.append(t.weight[0].copy())
    return np.array(errors), np.array(nees), np.array(weights)


def only(t: Tracks, mode: int) -> None:
    """Leave one model: what a single-model tracker would do."""
    if t.weight[0, mode - 1] < 1.0:
        heaviest = int(np.argmax(t.weight[0]))
        if t.weight[0, mode - 1] == 0.0:
            t.x[0, mode - 1], t.p[0, mode - 1], t.c[0, mode - 1] = t.x[0, heaviest], t.p[0, heaviest], t.c[0, heaviest]
            set_parameters(mode, t.x[0, mode - 1], t.p[0, mode - 1])
        t.weight[0] = 0.0
        t.weight[0, mode - 1] = 1.0


BURNOUT = 60.0


def missile():  # type: ignore[no-untyped-def]
    """Thrust of 28 to 40 m/s2 from 60 km up to burnout, free flight to 430 km, fall with 1/beta = 2.5e-4 m2/kg."""

    def acceleration(t: float, r: np.ndarray, v: np.ndarray) -> np.ndarray:
        a = np.array(gravity(*r))
        if t < BURNOUT:
            return a + (28.0 + 0.2 * t) * v / np.linalg.norm(v)
        return a - 0.5 * density(r) * 2.5e-4 * np.linalg.norm(v) * v

    y0 = np.array([6_371_000.0 + 60e3, 0.0, 0.0, 1300.0, 1200.0, 600.0])
    return flown(acceleration, y0, 690.0, (BURNOUT,))


def altitude(state: np.ndarray) -> float:
    return float(np.linalg.norm(state[:3])) - 6_371_000.0


def test_boost_coast_and_reentry_are_followed_and_told_apart() -> None:
    state_at = missile()
    times = np.arange(0.0, 680.0, 4.0)
    heights = np.array([altitude(state_at(t)) for t in times[1:]])
    kept = int(np.flatnonzero((heights < 15e3) & (times[1:] > 200.0))[0])
    times, heights = times[: kept + 1], heights[:kept]
    start = np.array([0.95, 0.0, 0.05, 0.0, 0.0])
    errors, nees, weights = follow(state_at, times, start, 3, BURNOUT)
    later = times[1:]
    assert weights[later < BURNOUT, BOOST - 1].min() > 0.9
    settled = (later > BURNOUT + 12.0) & (heights > 121e3)
    assert settled.sum() > 60
    assert weights[settled, COAST - 1].min() > 0.99
    deep = (later > 200.0) & (heights < 60e3)
    assert deep.sum() >= 3
    assert np.mean(weights[deep, REENTRY - 1] > 0.9) >= 0.8
    assert weights[heights > 121e3, GLIDE - 1].max() == 0.0
    assert np.median(errors) < 60.0
    assert 3.0 < nees.mean() < 9.0
    single, _, _ = follow(state_at, times, np.array([0.0, 1.0, 0.0, 0.0, 0.0]), 3, BURNOUT, COAST)
    assert np.mean(errors[later < BURNOUT]) < 0.5 * np.mean(single[later < BURNOUT])


def glider():  # type: ignore[no-untyped-def]
    """Equilibrium-like glide at 6 km/s and 45 km, lift-to-drag 2.6, bank +50 deg, reversed every 60 s."""

    def acceleration(t: float, r: np.ndarray, v: np.ndarray) -> np.ndarray:
        up, speed = r / np.linalg.norm(r), float(np.linalg.norm(v))
        f = v / speed
        side = np.cross(f, up)
        side /= np.linalg.norm(side)
        lift = np.cross(side, f)
        bank = math.radians(50.0) * (1.0 if (t // 60.0) % 2 == 0 else -1.0)
        pressure = 0.5 * density(r) * speed**2
        # Altitude is held by angle of attack against the vertical speed, as an autopilot would.
        cl = 2.0e-4 * float(np.clip(1.0 - float(v @ up) / 100.0, 0.3, 2.0))
        force = -cl / 2.6 * f + cl * (math.cos(bank) * lift + math.sin(bank) * side)
        return np.array(gravity(*r)) + pressure * force

    y0 = np.array([6_371_000.0 + 45e3, 0.0, 0.0, -40.0, 5000.0, 3000.0])
    return flown(acceleration, y0, 400.0, tuple(60.0 * k for k in range(1, 6)))


def test_bank_reversals_of_a_glider_are_followed() -> None:
    state_at = glider()
    times = np.arange(0.0, 360.0, 4.0)
    even = np.array([0.0, 0.0, 0.7, 0.3, 0.0])
    errors, nees, weights = follow(state_at, times, even, 5, -1.0)
    later = times[1:] > 60.0
    assert np.mean(weights[later, GLIDE - 1] > 0.9) > 0.95
    falling, _, _ = follow(state_at, times, even, 5, -1.0, REENTRY)
    assert np.mean(errors[later]) < 0.5 * np.mean(falling[later])
    assert np.mean(errors[later]) < 80.0
    assert 3.0 < nees[later].mean() < 10.0


def test_a_level_flier_keeps_its_cruise_model() -> None:
    """On a sphere without spin, a circle at 10 km and 250 m/s with a turn at 5 m/s2 of 30 s half way."""

    def acceleration(t: float, r: np.ndarray, v: np.ndarray) -> np.ndarray:
        up, w = r / np.linalg.norm(r), v
        side = np.cross(w, up) / np.linalg.norm(w)
        return -float(w @ w) / float(np.linalg.norm(r)) * up + (5.0 if 100.0 < t < 130.0 else 0.0) * side

    state_at = flown(acceleration, np.array([6_381_000.0, 0.0, 0.0, 0.0, 250.0, 0.0]), 300.0, (100.0, 130.0))
    errors, _, weights = follow(state_at, np.arange(0.0, 240.0, 5.0), np.array([0.0, 0.0, 0.1, 0.1, 0.8]), 7, -1.0)
    assert np.mean(weights[:, CRUISE - 1] > 0.9) > 0.85
    assert weights[-1, CRUISE - 1] > 0.95
    assert np.mean(errors) < 60.0


def two_models() -> tuple[Tracks, np.ndarray]:
    """A re-entering and a gliding model that differ, at even weight."""
    g = np.random.Generator(np.random.PCG64(4))
    t, work = new_tracks(2), new_work()
    x = np.array([6.42e6, 2e5, 1e5, -300.0, 5000.0, 2500.0, 2e-4, 0.0, 0.0])
    p = np.diag([80.0] * 3 + [5.0] * 3 + [3e-5, 0.0, 0.0]) ** 2
    for i in range(2):
        place(t, i, x, p, 0.0, np.array([0.0, 0.0, 0.55, 0.45, 0.0]))
    state = x[:6] + np.array([60.0, -40.0, 30.0, 0.0, 0.0, 0.0])
    reports = reports_of(measured(state, 0.0, g, sees_plumes=False))
    for row in range(3):
        for i in range(2):
            absorb(t, i, reports, row, work)
    t.x[:, GLIDE - 1, :3] += np.array([30.0, 20.0, -25.0])
    return t, state


def test_combined_is_the_first_two_moments_of_the_mixture() -> None:
    t, _ = two_models()
    x, p = np.zeros(9), np.zeros((9, 9))
    mode = combined(t, 0, x, p, new_work())
    w = t.weight[0]
    assert mode == int(np.argmax(w)) + 1
    mean = sum(w[m] * t.x[0, m, :6] for m in (2, 3))
    spread = sum(w[m] * (t.p[0, m, :6, :6] + np.outer(t.x[0, m, :6] - mean, t.x[0, m, :6] - mean)) for m in (2, 3))
    np.testing.assert_allclose(x[:6], mean, rtol=1e-12)
    np.testing.assert_allclose(p[:6, :6], spread, rtol=1e-9, atol=1e-12)
    assert np.linalg.eigvalsh(p[:6, :6]).min() > 0.0


def test_gate_is_the_first_two_moments_of_the_models_innovations() -> None:
    t, state = two_models()
    reports = reports_of(measured(state, 0.0, np.random.Generator(np.random.PCG64(9))))
    z, s, work = np.zeros(4), np.zeros((4, 4)), new_work()
    assert gate(t, 0, reports, 0, z, s, work) == 3
    parts = []
    for m in (2, 3):
        zm, sm = np.zeros(4), np.zeros((4, 4))
        innovation(t.x[0, m], t.p[0, m], t.c[0, m], 9, 0, reports, 0, zm, sm, work.filter)
        parts.append((t.weight[0, m], zm[:3].copy(), sm[:3, :3].copy()))
    mean = sum(w * zm for w, zm, _ in parts)
    np.testing.assert_allclose(z[:3], mean, rtol=1e-12)
    expected = sum(w * (sm + np.outer(zm - mean, zm - mean)) for w, zm, sm in parts)
    np.testing.assert_allclose(s[:3, :3], expected, rtol=1e-6, atol=1e-18)


def test_weights_follow_bayes_rule_with_the_plume_as_evidence() -> None:
    t, work = new_tracks(1), new_work()
    x = np.array([6.6e6, 2e5, 1e5, 800.0, 3000.0, 1500.0, 30.0, 0.0, 0.0])
    p = np.diag([80.0] * 3 + [5.0] * 3 + [10.0, 0.0, 0.0]) ** 2
    place(t, 0, x, p, 0.0, np.array([0.5, 0.5, 0.0, 0.0, 0.0]))
    reports = reports_of(measured(x[:6], 0.0, np.random.Generator(np.random.PCG64(1))))
    absorb(t, 0, reports, 0, work)  # both models hold the same position, so the plume that was not seen decides
    assert t.weight[0, 0] == pytest.approx(0.1 / (0.1 + 0.98), rel=1e-9)


def test_one_certain_report_is_an_ordinary_update_and_none_leaves_the_track_alone() -> None:
    t, state = two_models()
    reports = reports_of(measured(state, 0.0, np.random.Generator(np.random.PCG64(2))))
    before = t.x[0].copy(), t.p[0].copy(), t.weight[0].copy()
    absorb_weighted(t, 0, reports, np.array([0]), np.array([1.0, 0.0]), new_work())
    for old, new in zip(before, (t.x[0], t.p[0], t.weight[0]), strict=True):
        np.testing.assert_allclose(new, old, rtol=1e-12, atol=1e-12)
    absorb_weighted(t, 0, reports, np.array([0]), np.array([0.0, 1.0]), new_work())
    absorb(t, 1, reports, 0, new_work())
    np.testing.assert_allclose(t.x[0, 2:4], t.x[1, 2:4], rtol=1e-9)
    np.testing.assert_allclose(t.weight[0], t.weight[1], atol=1e-3)  # joint against row by row


def test_a_shared_update_is_the_mixture_of_its_reports() -> None:
    """One model: mean and covariance of the mixture over (none, first, second), each by the ordinary update."""
    g, work = np.random.Generator(np.random.PCG64(6)), new_work()
    x = np.array([6.9e6, 2e5, 1e6, -1500.0, 5200.0, 3300.0, 0.0, 0.0, 0.0])
    p = np.diag([300.0] * 3 + [5.0] * 3 + [0.0] * 3) ** 2
    t = new_tracks(1)
    place(t, 0, x, p, 0.0, np.array([0.0, 1.0, 0.0, 0.0, 0.0]))
    near, far = measured(x[:6], 0.0, g), measured(x[:6] + np.array([400.0, 0, 0, 0, 0, 0]), 0.0, g)
    both = reports_of(Measurements.join([near, far]))
    betas = np.array([0.2, 0.5, 0.3])
    absorb_weighted(t, 0, both, np.array([0, 3]), betas, work)
    parts = [(x, p)]
    for row in (0, 3):
        y, q = x.copy(), p.copy()
        update(COAST, y, q, np.zeros((9, 24)), 3, 0, both, row, work.filter)
        parts.append((y, q))
    mean = sum(b * y for b, (y, _) in zip(betas, parts, strict=True))
    spread = sum(b * (q + np.outer(y - mean, y - mean)) for b, (y, q) in zip(betas, parts, strict=True))
    np.testing.assert_allclose(t.x[0, 1], mean, rtol=1e-12)
    np.testing.assert_allclose(t.p[0, 1], spread, rtol=1e-6, atol=1e-6)


def test_mixing_takes_missing_parameters_from_the_target_or_its_prior() -> None:
    work = new_work()
    xs, ps = np.zeros((6, 9)), np.zeros((6, 9, 9))
    xs[2] = [10.0, 0, 0, 0, 0, 0, 3e-4, 0, 0]
    xs[3] = [20.0, 0, 0, 0, 0, 0, 1e-4, 4e-4, -1e-4]
    ps[2], ps[3] = np.diag([1.0] * 6 + [1e-8, 0, 0]), np.diag([2.0] * 6 + [2e-8, 3e-8, 4e-8])
    mu = np.array([0.0, 0.0, 0.25, 0.75, 0.0, 0.0])
    x, p, c = np.zeros(9), np.zeros((9, 9)), np.zeros((9, 24))
    mixed(xs, ps, np.zeros((6, 9, 24)), 0, mu, GLIDE, True, x, p, c, work)
    np.testing.assert_allclose(x, [17.5, 0, 0, 0, 0, 0, 1.5e-4, 4e-4, -1e-4])
    assert p[0, 0] == pytest.approx(0.25 * (1.0 + 7.5**2) + 0.75 * (2.0 + 2.5**2))
    assert p[7, 7] == pytest.approx(3e-8)
    mixed(xs, ps, np.zeros((6, 9, 24)), 0, np.array([0, 0, 1.0, 0, 0, 0]), GLIDE, False, x, p, c, work)
    np.testing.assert_allclose(x[6:], [3e-4, 2e-4, 0.0])
    np.testing.assert_allclose(np.diag(p)[6:], [1e-8, 2e-4**2, 2e-4**2])


def test_burnout_within_a_cycle_has_the_moments_of_a_uniform_time() -> None:
    g = np.random.Generator(np.random.PCG64(3))
    x = np.array([6.9e6, 0.0, 0.0, 0.0, 5000.0 + 503.0, 0.0, 40.0, 0.0, 0.0])
    p, h = np.zeros((9, 9)), 8.0
    p[6, 6] = 25.0
    y, q = x.copy(), p.copy()
    burn_out(y, q, h)
    u, a = g.uniform(0.0, h, 400_000), 40.0 + 5.0 * g.normal(size=400_000)
    drawn = np.vstack([-0.5 * a * u**2, a * u])
    shift = np.array([y[1] - x[1], y[4] - x[4]])
    np.testing.assert_allclose(shift, drawn.mean(axis=1), rtol=5e-3)
    np.testing.assert_allclose(q[np.ix_([1, 4], [1, 4])], np.cov(drawn), rtol=1e-2)


def test_burnout_probabilities_multiply_to_the_normal_distribution() -> None:
    survive = np.prod([1.0 - burnout_probability(t, 1.0, 170.0, 15.0) for t in np.arange(140.0, 185.0, 1.0)])
    expected = math.erfc((185.0 - 170.0) / (15.0 * math.sqrt(2.0))) / math.erfc(
        (140.0 - 170.0) / (15.0 * math.sqrt(2.0))
    )
    assert survive == pytest.approx(expected, rel=0.01)


def test_a_child_starts_from_its_parent_with_a_wider_velocity_and_no_plume() -> None:
    t, _ = two_models()
    spawn(t, 0, 1, 20.0, 7.0)
    np.testing.assert_array_equal(t.x[1], t.x[0])
    added = t.p[1, 2] - t.p[0, 2]
    # What left at dv some 20 s ago is 20 s x dv away: both errors are one and the same.
    expected = np.kron(np.array([[400.0, 20.0, 0.0], [20.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), 49.0 * np.eye(3))
    np.testing.assert_allclose(added, expected, atol=1e-6)
    assert t.last_plume_s[1] == -np.inf


def test_first_weights_by_height_and_plume() -> None:
    def at(height: float) -> np.ndarray:
        return np.array([6_378_137.0 + height, 0.0, 0.0])

    assert np.argmax(first_weights(at(10e3), True)) + 1 == BOOST
    assert np.argmax(first_weights(at(10e3), False)) + 1 == CRUISE
    assert np.argmax(first_weights(at(60e3), False)) + 1 == REENTRY
    assert first_weights(at(500e3), False)[COAST - 1] == 1.0
    x, p = first_state(at(100.0), False)
    assert np.linalg.norm(x[3:6]) == pytest.approx(465.0, abs=1.0)
    assert math.sqrt(p[3, 3]) == pytest.approx(60.0)
    assert math.sqrt(p[4, 4]) == pytest.approx(600.0)
