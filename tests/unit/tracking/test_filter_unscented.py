"""The unscented filter of a track against a textbook one, closed forms and draws, and where it is the better one."""

import math
from types import ModuleType

import numpy as np
import pytest
from plain_filter import PlainUnscented, one_report, reports
from scipy.stats import chi2

from cupola.tracking import filter as extended
from cupola.tracking import filter_unscented as unscented
from cupola.tracking.filter_unscented import SPACE, WIDEST
from cupola.tracking.initiation import first_state
from cupola.tracking.motion import BOOST, COAST, GLIDE, REENTRY, dimension, step
from cupola.tracking.reports import reports_of

FILTERS = {"extended": extended, "unscented": unscented}
STILL, NAN = np.zeros(3), math.nan
LOFTED = np.array([6.9e6, 2e5, 1e6, 2500.0, 5200.0, 3300.0, 0.0, 0.0, 0.0])
FALLING = np.array([6.9e6, 2e5, 1e6, -1500.0, 5200.0, 3300.0, 0.0, 0.0, 0.0])


def space() -> np.ndarray:
    return np.full((SPACE, 9, 9), NAN)


def test_same_estimates_as_the_textbook_filter_of_state_and_biases() -> None:
    """Priors wide enough that the extended filter is off by a tenth of a sigma and more."""
    batches, first = reports(12, 4.0, seed=9)
    x, p = first_state(first[:3], True)
    p[:3, :3] = 3e4**2 * np.eye(3)
    plain = PlainUnscented(x[:7], p[:7, :7], BOOST, 0.0, 3)
    linear, c, work, now = (x.copy(), p.copy(), np.zeros((9, 24))), np.zeros((9, 24)), space(), 0.0
    apart = 0.0
    for batch in batches:
        time_s = float(batch.time_s[0])
        unscented.propagate(BOOST, x, p, c, 9, time_s - now, work)
        extended.propagate(BOOST, *linear, 9, time_s - now, work)
        plain.propagate(time_s)
        now = time_s
        for row in range(len(batch)):
            report = (int(batch.sensor[row]), reports_of(batch), row)
            unscented.update(BOOST, x, p, c, 9, *report, work)
            extended.update(BOOST, *linear, 9, *report, work)
            plain.update(batch, row)
            sigma = np.sqrt(np.diag(plain.p)[:7])
            np.testing.assert_allclose(x[:7] / sigma, plain.x / sigma, rtol=0.0, atol=1e-5)
            np.testing.assert_allclose(
                p[:7, :7] / np.outer(sigma, sigma), plain.p[:7, :7] / np.outer(sigma, sigma), atol=1e-5
            )
            np.testing.assert_allclose(c[:7, :9] / sigma[:, None], plain.p[:7, 7:] / sigma[:, None], atol=1e-5)
            apart = max(apart, float(np.abs((linear[0][:7] - x[:7]) / sigma).max()))
    assert apart > 0.1


def test_a_report_from_near_by_is_taken_as_by_the_textbook_filter() -> None:
    """A prior of 10 km before a radar 120 km off: its rows bend by half a kilometre and more."""
    batches, first = reports(1, 4.0, seed=3, sensors=1)
    batch, g = batches[0], np.random.Generator(np.random.PCG64(2))
    half = np.zeros((9, 9))
    half[:7, :7] = g.normal(size=(7, 7)) * np.array([4e3] * 3 + [50.0] * 3 + [2.0])[:, None]
    x, p, c = np.concatenate([first, np.zeros(2)]), half @ half.T, np.zeros((9, 24))
    batch.r_sensor[0] = x[:3] + np.array([70e3, -90e3, 40e3])
    offset = x[:3] + np.array([9e3, -4e3, 7e3]) - batch.r_sensor[0]
    batch.range_m[0] = np.linalg.norm(offset)
    batch.u[0] = offset / batch.range_m[0]
    plain = PlainUnscented(x[:7], p[:7, :7], BOOST, 0.0, 1)
    linear = x.copy(), p.copy(), c.copy()
    report = (0, reports_of(batch), 0)
    unscented.update(BOOST, x, p, c, 3, *report, space())
    extended.update(BOOST, *linear, 3, *report, space())
    plain.update(batch, 0)
    np.testing.assert_allclose(x[:7], plain.x, rtol=1e-9, atol=1e-5)
    np.testing.assert_allclose(p[:7, :7], plain.p[:7, :7], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(c[:7, :3], plain.p[:7, 7:], rtol=1e-6, atol=1e-9)
    assert np.linalg.norm(linear[0][:3] - x[:3]) > 100.0


@pytest.mark.parametrize("kernels", FILTERS.values(), ids=list(FILTERS))
def test_a_linear_case_is_schmidts_filter_written_plainly(kernels: ModuleType) -> None:
    """Motion along one line between two sensors on it, with range and range rate: exactly linear, four considered
    biases, of which two ranges are in it. Directions without spread leave the factor singular.
    """
    x, p, c = np.zeros(9), np.zeros((9, 9)), np.zeros((9, 24))
    x[0], x[3] = 6.9e6, 700.0
    spread = np.array([[4e6, 3e3], [3e3, 25.0]])
    p[np.ix_([0, 3], [0, 3])] = spread
    y, joint = np.array([x[0], x[3]]), np.eye(4)
    joint[:2, :2] = spread
    g = np.random.Generator(np.random.PCG64(4))
    for look in range(8):
        slot, side = look % 2, 1.0 if look % 2 == 0 else -1.0
        sensor = np.array([6.9e6 - side * 9e5, 0.0, 0.0])
        measured = 9e5 + 300.0 * g.normal(), side * 700.0 + 5.0 * g.normal()
        u = np.array([side, 0.0, 0.0])
        ranged = (measured[0], 25.0, 40.0, measured[1], 3.0)
        report = one_report(sensor, STILL, u, np.full(2, 1e-4), 5e-5, *ranged)
        value = kernels.update(COAST, x, p, c, 6, slot, *report, space())
        expected = 2.0 * -0.5 * math.log(2.0 * math.pi * (1e-8 + 2.5e-9))
        rows = [(np.zeros(4), measured[0] - side * (y[0] - sensor[0]), 25.0), (np.zeros(4), measured[1], 3.0)]
        rows[0][0][0], rows[0][0][2 + slot], rows[1][0][1] = side, 40.0, side
        for h, reported, noise in rows:
            residual = reported if noise == 25.0 else reported - side * y[1]
            ph = joint @ h
            variance = h @ ph + noise**2
            gain = ph / variance
            gain[2:] = 0.0
            y = y + gain[:2] * residual
            left = np.eye(4) - np.outer(gain, h)
            joint = left @ joint @ left.T + noise**2 * np.outer(gain, gain)
            expected -= 0.5 * (math.log(2.0 * math.pi * variance) + residual**2 / variance)
        assert value == pytest.approx(expected, rel=1e-7)
    np.testing.assert_allclose(x[[0, 3]], y, rtol=1e-12)
    np.testing.assert_allclose(p[np.ix_([0, 3], [0, 3])], joint[:2, :2], rtol=1e-8)
    np.testing.assert_allclose(c[np.ix_([0, 3], [2, 5])], joint[:2, 2:], rtol=1e-8)
    assert np.all(np.delete(np.diag(p), [0, 3]) == 0.0)


WIDE = {
    COAST: (FALLING, [1e3, 6e4, 1e3, 5.0, 150.0, 5.0], 60.0),
    BOOST: (np.array([6.5e6, 2e5, 1e5, 900.0, 500.0, 200.0, 25.0, 0.0, 0.0]), [3e3] * 3 + [150.0] * 3 + [3.0], 10.0),
    REENTRY: (np.array([6.43e6, 1e5, 2e5, -2500.0, 5500.0, 3e3, 5e-4, 0, 0]), [2e3] * 3 + [60.0] * 3 + [1e-4], 6.0),
    GLIDE: (
        np.array([6.41e6, 2e5, 3e5, -400.0, 5000.0, 2600.0, 1.2e-4, 2.5e-4, -1.5e-4]),
        [1e3] * 3 + [60.0] * 3 + [3e-5, 1e-4, 1e-4],
        8.0,
    ),
}


@pytest.mark.parametrize("mode", list(WIDE))
def test_moved_mean_lies_where_draws_have_it(mode: int) -> None:
    """Twenty thousand draws by the motion's own steps: the linear mean is off, the unscented one within their noise."""
    base, spread, seconds = WIDE[mode]
    n, g, steps = dimension(mode), np.random.Generator(np.random.PCG64(5)), 60
    p = np.diag(np.concatenate([spread, np.zeros(9 - n)]) ** 2)
    half = 10_000
    drawn = np.zeros((half, 9))
    drawn[:, :n] = g.normal(size=(half, n)) * np.array(spread)
    drawn = np.vstack([base + drawn, base - drawn])  # in pairs: what is odd cancels out of the mean
    for row in drawn:
        for _ in range(steps):
            step(mode, row, seconds / steps)
    found = {}
    for name, kernels in FILTERS.items():
        x, q = base.copy(), p.copy()
        kernels.propagate(mode, x, q, np.zeros((9, 24)), 0, seconds, space())
        found[name] = x
    paired = 0.5 * (drawn[:half] + drawn[half:])
    mean, error = paired.mean(axis=0)[:n], paired.std(axis=0)[:n] / math.sqrt(half)
    straight = np.abs(found["extended"][:n] - mean) / np.maximum(error, 1e-12)
    bent = np.abs(found["unscented"][:n] - mean) / np.maximum(error, 1e-12)
    assert straight[:6].max() > 20.0
    assert bent[:6].max() < 5.0


def test_joint_innovation_has_the_moments_of_draws() -> None:
    """Mean and covariance of a report's four rows over draws of the state and of its sensor's biases, from near by."""
    g = np.random.Generator(np.random.PCG64(8))
    x = np.array([6.5e6, 2e5, 1e5, 1800.0, 900.0, 300.0, 24.0, 0.0, 0.0])
    half = np.zeros((9, 9))
    half[:7, :7] = g.normal(size=(7, 7)) * np.array([4e3] * 3 + [50.0] * 3 + [1.0])[:, None]
    p, c = half @ half.T, np.zeros((9, 24))
    c[:7, 3:6] = 0.4 * half[:7, :3]
    sensor, v_sensor = x[:3] + np.array([90e3, -110e3, 60e3]), np.array([100.0, 50.0, 20.0])
    u = x[:3] - sensor
    u /= np.linalg.norm(u)
    first = np.cross(u, sensor)
    first /= np.linalg.norm(first)
    second = np.cross(first, u)
    noise, bias = np.array([3e-3, 5e-3, 300.0, 2.0]), np.array([2e-3, 2e-3, 150.0, 0.0])
    joint = np.eye(12)
    joint[:9, :9], joint[:9, 9:], joint[9:, :9] = p + 1e-9 * np.eye(9), c[:, 3:6], c[:, 3:6].T
    count = 400_000
    drawn = g.normal(size=(count, 12)) @ np.linalg.cholesky(joint).T
    offset = x[:3] + drawn[:, :3] - sensor
    distance = np.linalg.norm(offset, axis=1)
    rate = (offset * (x[3:6] + drawn[:, 3:6] - v_sensor)).sum(axis=1) / distance
    seen = np.column_stack([offset @ first / distance, offset @ second / distance, distance, rate])
    seen[:, :3] += drawn[:, 9:] * bias[:3]
    value = np.array([0.0, 0.0, 1.5e5, 100.0])
    z, s = np.zeros(4), np.zeros((4, 4))
    report = one_report(sensor, v_sensor, u, noise[:2], 2e-3, value[2], noise[2], bias[2], value[3], noise[3])
    rows = unscented.innovation(x, p, c, 6, 1, *report, z, s, space())
    assert rows == 4
    expected = np.cov(seen.T) + np.diag(noise**2)
    scale = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(z / scale, (value - seen.mean(axis=0)) / scale, atol=6e-3)
    np.testing.assert_allclose(s / np.outer(scale, scale), expected / np.outer(scale, scale), atol=2e-2)


@pytest.mark.parametrize("broken", ["indefinite", "wide"])
def test_a_prior_without_sigma_points_is_left_to_the_extended_filter(broken: str) -> None:
    p = np.diag([300.0] * 3 + [5.0] * 3 + [0.0] * 3) ** 2
    if broken == "wide":
        p[1, 1] = (1.1 * WIDEST) ** 2
    else:
        p[0, 1] = p[1, 0] = 2.0 * 300.0**2
    sensor, u = np.array([7.4e6, 1e6, 1e6]), np.array([-0.6, -0.8, 0.0])
    angles = (sensor, STILL, u, np.full(2, 1e-4), 3e-5)
    report = one_report(*angles, 9e5, 30.0, 10.0, -500.0, 2.0)
    gates, moved, taken = [], [], []
    for kernels in FILTERS.values():
        x, q, c, z, s = FALLING.copy(), p.copy(), np.zeros((9, 24)), np.zeros(4), np.zeros((4, 4))
        kernels.innovation(x, q, c, 3, 0, *report, z, s, space())
        gates.append((z, s))
        kernels.propagate(COAST, x, q, c, 3, 8.0, space())
        moved.append((x, q, c))
        if broken == "indefinite":  # of the wide one, the first row makes something to draw from
            y, r, d = FALLING.copy(), p.copy(), np.zeros((9, 24))
            kernels.update(COAST, y, r, d, 3, 0, *one_report(*angles), space())
            taken.append((y, r, d))
    for found in (gates, moved, taken):
        for one, other in zip(*found, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_sensor_on_a_sigma_point_leaves_numbers() -> None:
    p = np.diag([300.0] * 3 + [5.0] * 3 + [0.0] * 3) ** 2
    x, c = FALLING.copy(), np.zeros((9, 24))
    points = np.zeros((27, 9))
    unscented.sigma_points(x[:3], np.sqrt(p[:3, :3]), unscented.WEIGHTS[3][0], points)
    sensor, u = points[1, :3].copy(), np.array([-1.0, 0.0, 0.0])
    report = one_report(sensor, STILL, u, np.full(2, 1e-4), 3e-5, 500.0, 30.0, 10.0)
    z, s = np.zeros(4), np.zeros((4, 4))
    assert unscented.innovation(x, p, c, 3, 0, *report, z, s, space()) == 3
    unscented.update(COAST, x, p, c, 3, 0, *report, space())
    assert np.isfinite(np.concatenate([x, p.ravel(), z, s.ravel()])).all()


def test_after_a_long_coast_the_unscented_filter_is_the_better_one() -> None:
    """A fix with a poor velocity, fifteen minutes of free fall, then six reports of a radar of coarse angles and fine
    ranges: the shell of one range bends by kilometres within its beam.
    """
    g, runs, looks, seconds = np.random.Generator(np.random.PCG64(21)), 200, 6, 900.0
    p0 = np.diag([300.0] * 3 + [30.0] * 3 + [0.0] * 3) ** 2
    begun = {}
    for name, kernels in FILTERS.items():
        begun[name] = LOFTED.copy(), p0.copy()
        kernels.propagate(COAST, *begun[name], np.zeros((9, 24)), 0, seconds, space())
    there = begun["extended"][0][:3]
    sensor = there * (6.378e6 / np.linalg.norm(there)) + np.array([2e5, -3e5, 2.5e5])
    errors = {name: np.zeros((runs, 6)) for name in FILTERS}
    squares = {name: np.zeros(runs) for name in FILTERS}
    work, c, sigma = space(), np.zeros((9, 24)), np.full(2, 1e-2)
    for run in range(runs):
        truth = LOFTED + np.sqrt(np.diag(p0)) * g.normal(size=9)
        for _ in range(90):
            step(COAST, truth, seconds / 90)
        tracks = {name: (x.copy(), p.copy()) for name, (x, p) in begun.items()}
        for look in range(looks):
            gap = 10.0 if look else 0.0
            step(COAST, truth, gap)
            offset = truth[:3] - sensor
            distance = float(np.linalg.norm(offset))
            across = np.linalg.qr(np.column_stack([offset, np.eye(3)[:, :2]]))[0][:, 1:]
            u = offset / distance + across @ (sigma * g.normal(size=2))
            u /= np.linalg.norm(u)
            report = one_report(sensor, STILL, u, sigma, 0.0, distance + 30.0 * g.normal(), 30.0, 0.0)
            for name, kernels in FILTERS.items():
                kernels.propagate(COAST, *tracks[name], c, 0, gap, work)
                kernels.update(COAST, *tracks[name], c, 0, -1, *report, work)
        for name, (x, p) in tracks.items():
            errors[name][run] = (x - truth)[:6]
            squares[name][run] = errors[name][run] @ np.linalg.solve(p[:6, :6], errors[name][run])
    rms = {name: float(np.sqrt((e[:, :3] ** 2).sum(axis=1).mean())) for name, e in errors.items()}
    low, high = chi2.ppf([0.025, 0.975], 6 * runs) / runs
    assert squares["extended"].mean() > 5.0 * high
    assert low < squares["unscented"].mean() < high
    assert rms["unscented"] < 0.75 * rms["extended"]
