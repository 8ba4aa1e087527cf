"""The filter against a plain NumPy one, closed forms, and its own statistics."""

import math
from types import ModuleType

import numpy as np
import pytest
from plain_filter import PlainFilter, one_report, reports
from scipy.stats import chi2

from cupola.sensors.looks import Measurements
from cupola.tracking import filter as extended
from cupola.tracking import filter_unscented as unscented
from cupola.tracking.filter import SLOTS, innovation, propagate, surprise, update, widen
from cupola.tracking.initiation import crossing, first_state
from cupola.tracking.motion import BOOST, COAST, CRUISE, GLIDE, REENTRY, dimension, step, step_length
from cupola.tracking.motion_linear import add_noise, transition
from cupola.tracking.reports import reports_of

FILTERS = {"extended": extended, "unscented": unscented}
either = pytest.mark.parametrize("kernels", FILTERS.values(), ids=list(FILTERS))


def take(batch: Measurements, row: int, x: np.ndarray, p: np.ndarray, c: np.ndarray, work: np.ndarray) -> None:
    """Give the filter in BOOST one report, the sensor's number being its bias slot."""
    update(BOOST, x, p, c, 9, int(batch.sensor[row]), reports_of(batch), row, work)


def test_same_estimates_as_the_plain_numpy_filter() -> None:
    batches, first = reports(20, 4.0, seed=9)
    x, p = first_state(first[:3], True)
    p[:3, :3] = 500.0**2 * np.eye(3)
    plain = PlainFilter(x[:7], p[:7, :7], BOOST, 0.0, 3)
    c, work = np.zeros((9, 3 * SLOTS)), np.empty((4, 9, 9))
    now = 0.0
    for batch in batches:
        time_s = float(batch.time_s[0])
        propagate(BOOST, x, p, c, 9, time_s - now, work)
        plain.propagate(time_s)
        now = time_s
        for row in range(len(batch)):
            take(batch, row, x, p, c, work)
            plain.update(batch, row)
    np.testing.assert_allclose(x[:3], plain.x[:3], atol=1e-5)
    np.testing.assert_allclose(x[3:7], plain.x[3:], atol=1e-6)
    np.testing.assert_allclose(p[:7, :7], plain.p[:7, :7], rtol=1e-6, atol=1e-9)


def stereo(point: np.ndarray, sensors: np.ndarray, *, sigma: float = 2e-5, bias: float = 0.0) -> Measurements:
    offset = point - sensors
    distance = np.sqrt((offset**2).sum(axis=1))
    n = len(sensors)
    return Measurements(
        sensor=np.arange(n),
        time_s=np.full(n, 100.0),
        r_sensor=sensors,
        v_sensor=np.zeros_like(sensors),
        u=offset / distance[:, None],
        sigma_angle=np.full((n, 2), sigma),
        bias_angle=np.full(n, bias),
        range_m=np.full(n, np.nan),
        sigma_range=np.full(n, np.nan),
        bias_range=np.full(n, np.nan),
        range_rate=np.full(n, np.nan),
        sigma_range_rate=np.full(n, np.nan),
        burning=np.ones(n, np.bool_),
        sees_plumes=np.ones(n, np.bool_),
        feature=np.full(n, np.nan),
    )


POINT = np.array([6.42e6, 1e5, 2e5])
STILL = np.zeros(3)
SENSORS = np.array([[7.0e6, 2.0e6, 0.0], [6.6e6, -1.5e6, 2.0e6]])


@pytest.mark.parametrize("bias", [0.0, 4e-5])
def test_stereo_fix_has_the_closed_form_covariance(bias: float) -> None:
    rows = stereo(POINT, SENSORS, bias=bias)
    x, p = first_state(POINT, True)
    c, work = np.zeros((9, 3 * SLOTS)), np.empty((4, 9, 9))
    for row in range(2):
        take(rows, row, x, p, c, work)
    information = np.zeros((3, 3))
    for sensor in SENSORS:
        offset = POINT - sensor
        distance = float(np.linalg.norm(offset))
        u = offset / distance
        information += (np.eye(3) - np.outer(u, u)) / (distance**2 * ((2e-5) ** 2 + bias**2))
    np.testing.assert_allclose(x[:3], POINT, atol=1e-3)
    np.testing.assert_allclose(p[:3, :3], np.linalg.inv(information), rtol=1e-4)


def test_crossing_is_the_least_squares_point_and_refuses_parallel_lines() -> None:
    g = np.random.Generator(np.random.PCG64(2))
    sensors = np.vstack([SENSORS, [[6.2e6, 1e6, -1.8e6]]])
    u = stereo(POINT, sensors).u + 1e-4 * g.normal(size=(3, 3))
    u /= np.sqrt((u**2).sum(axis=1))[:, None]
    found = crossing(sensors, u, np.full(3, np.nan))
    assert found is not None
    rows = np.vstack([np.eye(3) - np.outer(k, k) for k in u])
    right = np.concatenate([(np.eye(3) - np.outer(k, k)) @ s for k, s in zip(u, sensors, strict=True)])
    np.testing.assert_allclose(found, np.linalg.lstsq(rows, right, rcond=None)[0], atol=1e-3)
    assert crossing(sensors[:2], np.vstack([u[0], u[0]]), np.full(2, np.nan)) is None
    assert crossing(sensors[:1], u[:1], np.array([np.nan])) is None
    assert crossing(sensors, -u, np.full(3, np.nan)) is None
    np.testing.assert_allclose(crossing(sensors[:1], u[:1], np.array([1e6])), sensors[0] + 1e6 * u[0])


@either
def test_a_bias_never_averages_out_but_noise_does(kernels: ModuleType) -> None:
    """Cramer-Rao bound of the linear case: n looks at a fixed point leave sigma^2 / n of noise and all of the bias."""
    sensor, looks, sigma, bias = np.array([7.0e6, 0.0, 0.0]), 50, 1e-4, 3e-5
    x = np.array([6.0e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    p = np.diag([1.0, 1e12, 1e12, 1e-6, 1e-6, 1e-6, 1e-12, 0.0, 0.0])
    c, work = np.zeros((9, 3 * SLOTS)), np.empty((unscented.SPACE, 9, 9))
    u = np.array([-1.0, 0.0, 0.0])
    report = one_report(sensor, STILL, u, np.full(2, sigma), bias)
    for _ in range(looks):
        kernels.update(COAST, x, p, c, 3, 0, *report, work)
    expected = 1e6**2 * (sigma**2 / looks + bias**2)
    assert p[1, 1] == pytest.approx(expected, rel=1e-3)
    assert p[2, 2] == pytest.approx(expected, rel=1e-3)


@either
def test_a_second_sensor_averages_the_biases_of_both(kernels: ModuleType) -> None:
    sensor, sigma, bias = np.array([7.0e6, 0.0, 0.0]), 1e-7, 3e-5
    x = np.array([6.0e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    p = np.diag([1.0, 1e12, 1e12, 1e-6, 1e-6, 1e-6, 1e-12, 0.0, 0.0])
    c, work = np.zeros((9, 3 * SLOTS)), np.empty((unscented.SPACE, 9, 9))
    report = one_report(sensor, STILL, np.array([-1.0, 0.0, 0.0]), np.full(2, sigma), bias)
    for slot in (0, 1, 0, 1):
        kernels.update(COAST, x, p, c, 6, slot, *report, work)
    assert math.sqrt(p[1, 1]) == pytest.approx(1e6 * bias / math.sqrt(2.0), rel=1e-3)


def test_range_improves_the_posterior_along_the_line() -> None:
    x0, p0 = first_state(POINT, True)
    p0[:3, :3] = 5e3**2 * np.eye(3)
    sigmas = []
    for distance in (math.nan, float(np.linalg.norm(POINT - SENSORS[0]))):
        x, p, c = x0.copy(), p0.copy(), np.zeros((9, 3 * SLOTS))
        u = (POINT - SENSORS[0]) / np.linalg.norm(POINT - SENSORS[0])
        report = one_report(SENSORS[0], STILL, u, np.full(2, 2e-5), 1e-5, distance, 20.0, 10.0)
        update(BOOST, x, p, c, 3, 0, *report, np.empty((4, 9, 9)))
        sigmas.append(math.sqrt(u @ p[:3, :3] @ u))
    assert sigmas[0] == pytest.approx(5e3, rel=1e-3)
    assert sigmas[1] == pytest.approx(math.hypot(20.0, 10.0), rel=1e-2)


def test_a_report_far_outside_the_prior_widens_it_first() -> None:
    x, p = first_state(POINT, True)
    p[:3, :3] = 50.0**2 * np.eye(3)
    c = np.zeros((9, 3 * SLOTS))
    moved = POINT + np.array([0.0, 5e3, 0.0])
    u = (moved - SENSORS[0]) / np.linalg.norm(moved - SENSORS[0])
    report = (*one_report(SENSORS[0], STILL, u, np.full(2, 2e-5), 0.0), np.empty((4, 9, 9)))
    widen(p, c, 3, surprise(BOOST, x, p, c, 0, *report))
    update(BOOST, x, p, c, 3, 0, *report)
    across = x[:3] - SENSORS[0]
    assert np.linalg.norm(np.cross(across / np.linalg.norm(across), u)) * 2e6 < 1500.0


def test_range_rate_gives_the_closed_form_speed_along_the_line() -> None:
    x = np.array([6.0e6, 0.0, 0.0, 100.0, 50.0, 0.0, 0.0, 0.0, 0.0])
    p = np.diag([1.0, 1.0, 1.0, 40.0**2, 40.0**2, 40.0**2, 0.0, 0.0, 0.0])
    sensor, v_sensor = np.array([7.0e6, 0.0, 0.0]), np.array([-30.0, 0.0, 0.0])
    u = np.array([-1.0, 0.0, 0.0])
    # Seen from a sensor moving at -30 m/s along x, receding at -(115 + 30) m/s: v_x = 115 m/s, with noise of 20 m/s.
    work, c = np.empty((4, 9, 9)), np.zeros((9, 24))
    report = one_report(sensor, v_sensor, u, np.full(2, 1.0), 0.0, range_rate=-145.0, sigma_range_rate=20.0)
    update(COAST, x, p, c, 3, 0, *report, work)
    share = 40.0**2 / (40.0**2 + 20.0**2)
    assert x[3] == pytest.approx(100.0 + share * 15.0, rel=1e-6)
    assert p[3, 3] == pytest.approx(40.0**2 * (1.0 - share), rel=1e-6)
    assert p[4, 4] == pytest.approx(40.0**2, rel=1e-6)


def test_joint_innovation_agrees_with_the_gradient_by_differences() -> None:
    """z is the report less its prediction, S = H P H^T + H C G^T + G C^T H^T + G G^T + R with H by differences."""
    g = np.random.Generator(np.random.PCG64(8))
    x = np.array([6.5e6, 2e5, 1e5, 1800.0, 900.0, 300.0, 24.0, 0.0, 0.0])
    half = np.zeros((9, 9))
    half[:7, :7] = g.normal(size=(7, 7)) * np.array([300.0] * 3 + [5.0] * 3 + [1.0])[:, None]
    p, c = half @ half.T, np.zeros((9, 24))
    c[:7, 3:6] = 0.2 * half[:7, :3]
    sensor, v_sensor = np.array([7.0e6, 1.4e6, 0.3e6]), np.array([100.0, 50.0, 20.0])
    u = x[:3] + np.array([400.0, -200.0, 300.0]) - sensor
    u /= np.linalg.norm(u)
    first = np.cross(u, sensor)
    first /= np.linalg.norm(first)
    axes = (first, np.cross(first, u))

    def predicted(y: np.ndarray) -> np.ndarray:
        offset = y[:3] - sensor
        distance = np.linalg.norm(offset)
        rate = float(offset @ (y[3:6] - v_sensor)) / distance
        return np.array([axes[0] @ offset / distance, axes[1] @ offset / distance, distance, rate])

    steps = np.array([10.0] * 3 + [0.1] * 3)
    h = np.zeros((4, 9))
    for j in range(6):
        e = np.zeros(9)
        e[j] = steps[j]
        h[:, j] = (predicted(x + e) - predicted(x - e)) / (2.0 * steps[j])
    value = np.array([0.0, 0.0, 1.7e6, -900.0])
    bias = np.zeros((4, 24))
    bias[0, 3], bias[1, 4], bias[2, 5] = 2e-5, 2e-5, 15.0
    noise = np.diag([3e-5, 5e-5, 30.0, 2.0]) ** 2
    expected = h @ p @ h.T + h @ c @ bias.T + bias @ c.T @ h.T + bias @ bias.T + noise
    z, s = np.zeros(4), np.zeros((4, 4))
    report = one_report(sensor, v_sensor, u, np.array([3e-5, 5e-5]), 2e-5, 1.7e6, 30.0, 15.0, -900.0, 2.0)
    rows = innovation(x, p, c, 6, 1, *report, z, s, np.empty((4, 9, 9)))
    assert rows == 4
    np.testing.assert_allclose(z, value - predicted(x), rtol=1e-9)
    scale = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(s / np.outer(scale, scale), expected / np.outer(scale, scale), atol=1e-6)


BASES = {
    BOOST: ([6.5e6, 2e5, 1e5, 1800.0, 900.0, 300.0, 24.0, 0.0, 0.0], [0.5, 0.0, 0.0]),
    COAST: ([6.9e6, 2e5, 1e6, -1500.0, 5200.0, 3300.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
    REENTRY: ([6.44e6, 1e5, 2e5, -2500.0, 5500.0, 3000.0, 1e-3, 0.0, 0.0], [1e-4, 0.0, 0.0]),
    GLIDE: ([6.43e6, 2e5, 1e5, 0.0, 5000.0, 2500.0, 2e-4, 2e-4, 0.0], [2e-5, 1e-4, 1e-4]),
    CRUISE: ([6.386e6, 0.0, 0.0, 0.0, 665.0, 150.0, 0.0, 0.0, 0.0], [0.7, 1.5, 3.0]),
}


def moved(mode: int, truth: np.ndarray, seconds: float, g: np.random.Generator) -> None:
    """Carry the truth by the model's own flow and a draw of its process noise, in place."""
    remaining, n = seconds, dimension(mode)
    while remaining > 1e-9:
        h = step_length(mode, truth, remaining)
        before = truth.copy()
        step(mode, truth, h)
        a, f, q = np.zeros((9, 9)), np.zeros((9, 9)), np.zeros((9, 9))
        transition(mode, 0.5 * (before + truth), h, a, f)
        add_noise(mode, 0.5 * (before + truth), h, a, q)
        scale = np.sqrt(np.maximum(np.diag(q)[:n], 1e-300))
        values, vectors = np.linalg.eigh(q[:n, :n] / np.outer(scale, scale))
        truth[:n] += scale * (vectors @ (np.sqrt(np.maximum(values, 0.0)) * g.normal(size=n)))
        remaining -= h


def own_model_errors(mode: int, runs: int, looks: int, interval: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Normalised errors squared (runs,) of r and v at the end, and normalised innovations squared (runs, looks) of the
    first sensor's reports, by filter, of runs whose truth, noise and biases are drawn from the filters' own model.
    """
    g = np.random.Generator(np.random.PCG64(11))
    base, spread = np.array(BASES[mode][0]), np.array(BASES[mode][1])
    sigma0 = np.concatenate(
        [[3e3] * 3 if mode != CRUISE else [1e3] * 3, [60.0 if mode != CRUISE else 20.0] * 3, spread]
    )
    stations = base[:3] + np.array([[6e5, 1.4e6, 0.3e6], [3e5, -1.2e6, 0.9e6], [8e5, 0.2e6, -1.3e6]])
    sigma, bias_sigma = np.full(2, 3e-5), 3e-5
    squares = {name: (np.zeros(runs), np.zeros((runs, looks))) for name in FILTERS}
    work, z, s = np.empty((unscented.SPACE, 9, 9)), np.zeros(4), np.zeros((4, 4))
    for run in range(runs):
        truth = base + sigma0 * g.normal(size=9)
        tracks = {name: (base.copy(), np.diag(sigma0**2), np.zeros((9, 3 * SLOTS))) for name in FILTERS}
        bias = g.normal(size=(3, 2))
        for look in range(looks):
            moved(mode, truth, interval, g)
            for name, kernels in FILTERS.items():
                kernels.propagate(mode, *tracks[name], 9, interval, work)
            for k in range(3):
                u = truth[:3] - stations[k]
                u /= np.linalg.norm(u)
                first = np.cross(u, stations[k])
                first /= np.linalg.norm(first)
                second = np.cross(first, u)
                e = sigma * g.normal(size=2) + bias_sigma * bias[k]
                u = u + e[0] * first + e[1] * second
                u /= np.linalg.norm(u)
                report = one_report(stations[k], STILL, u, sigma, bias_sigma)
                for name, kernels in FILTERS.items():
                    if k == 0:
                        kernels.innovation(*tracks[name], 9, k, *report, z, s, work)
                        squares[name][1][run, look] = z[:2] @ np.linalg.solve(s[:2, :2], z[:2])
                    kernels.update(mode, *tracks[name], 9, k, *report, work)
        for name, (x, p, _) in tracks.items():
            error = (x - truth)[:6]
            squares[name][0][run] = error @ np.linalg.solve(p[:6, :6], error)
    return squares


@pytest.mark.parametrize(
    ("mode", "interval"), [(COAST, 20.0), (BOOST, 2.0), (REENTRY, 1.0), (GLIDE, 4.0), (CRUISE, 5.0)]
)
def test_normalised_errors_and_innovations_lie_in_their_chi_square_bands(mode: int, interval: float) -> None:
    runs, looks = 200, 10
    for name, (nees, nis) in own_model_errors(mode, runs, looks, interval).items():
        low, high = chi2.ppf([0.025, 0.975], 6 * runs) / runs
        assert low < nees.mean() < high, name
        # Innovations of one run share the sensor's bias; those of the last look are independent between runs.
        low, high = chi2.ppf([0.025, 0.975], 2 * runs) / runs
        assert low < nis[:, -1].mean() < high, name
        # No more trend than chance over all looks: chi-square of 2 x runs x looks, were they independent.
        low, high = chi2.ppf([0.001, 0.999], 2 * runs * looks) / (runs * looks)
        assert low < nis.mean() < high, name
