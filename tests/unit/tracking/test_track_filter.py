"""The filter against a plain NumPy one, closed forms, and its own statistics."""

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import chi2

from cupola.sensors.looks import Measurements
from cupola.tracking.filter import SLOTS, propagate, update
from cupola.tracking.initiation import crossing, first_state
from cupola.tracking.motion import BOOST, COAST, add_noise, step, step_length, transition
from cupola.tracking.tracker import TrackBank


def benchmark() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "tracking.py"
    spec = importlib.util.spec_from_file_location("tracking_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_same_estimates_as_the_plain_numpy_filter() -> None:
    rival = benchmark()
    batches, first = rival.reports(20, 4.0, seed=9)
    bank, plain = rival.started(BOOST, first)
    for batch in batches:
        bank.process(batch)
        plain.propagate(float(batch.time_s[0]))
        for row in range(len(batch)):
            plain.update(batch, row)
    np.testing.assert_allclose(bank.x[0, :3], plain.x[:3], atol=1e-5)
    np.testing.assert_allclose(bank.x[0, 3:], plain.x[3:], atol=1e-6)
    np.testing.assert_allclose(bank.p[0], plain.p[:7, :7], rtol=1e-6, atol=1e-9)


def stereo(point: np.ndarray, sensors: np.ndarray, *, sigma: float = 2e-5, bias: float = 0.0) -> Measurements:
    offset = point - sensors
    distance = np.sqrt((offset**2).sum(axis=1))
    n = len(sensors)
    return Measurements(
        sensor=np.arange(n),
        target=np.zeros(n, np.int64),
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
SENSORS = np.array([[7.0e6, 2.0e6, 0.0], [6.6e6, -1.5e6, 2.0e6]])


@pytest.mark.parametrize("bias", [0.0, 4e-5])
def test_stereo_fix_has_the_closed_form_covariance(bias: float) -> None:
    bank = TrackBank(1)
    bank.process(stereo(POINT, SENSORS, bias=bias))
    information = np.zeros((3, 3))
    for sensor in SENSORS:
        offset = POINT - sensor
        distance = float(np.linalg.norm(offset))
        u = offset / distance
        information += (np.eye(3) - np.outer(u, u)) / (distance**2 * ((2e-5) ** 2 + bias**2))
    np.testing.assert_allclose(bank.x[0, :3], POINT, atol=1e-3)
    np.testing.assert_allclose(bank.p[0, :3, :3], np.linalg.inv(information), rtol=1e-4)


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


def test_a_bias_never_averages_out_but_noise_does() -> None:
    """Cramer-Rao bound of the linear case: n looks at a fixed point leave sigma^2 / n of noise and all of the bias."""
    sensor, looks, sigma, bias = np.array([7.0e6, 0.0, 0.0]), 50, 1e-4, 3e-5
    x = np.array([6.0e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    p = np.diag([1.0, 1e12, 1e12, 1e-6, 1e-6, 1e-6, 1e-12])
    c, work = np.zeros((7, 3 * SLOTS)), np.empty((4, 7, 7))
    u = np.array([-1.0, 0.0, 0.0])
    for _ in range(looks):
        update(x, p, c, 3, 0, sensor, u, np.full(2, sigma), bias, math.nan, math.nan, math.nan, work)
    expected = 1e6**2 * (sigma**2 / looks + bias**2)
    assert p[1, 1] == pytest.approx(expected, rel=1e-3)
    assert p[2, 2] == pytest.approx(expected, rel=1e-3)


def test_a_second_sensor_averages_the_biases_of_both() -> None:
    sensor, sigma, bias = np.array([7.0e6, 0.0, 0.0]), 1e-7, 3e-5
    x = np.array([6.0e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    p = np.diag([1.0, 1e12, 1e12, 1e-6, 1e-6, 1e-6, 1e-12])
    c, work = np.zeros((7, 3 * SLOTS)), np.empty((4, 7, 7))
    for slot in (0, 1, 0, 1):
        update(
            x,
            p,
            c,
            6,
            slot,
            sensor,
            np.array([-1.0, 0.0, 0.0]),
            np.full(2, sigma),
            bias,
            math.nan,
            math.nan,
            math.nan,
            work,
        )
    assert math.sqrt(p[1, 1]) == pytest.approx(1e6 * bias / math.sqrt(2.0), rel=1e-3)


def test_range_improves_the_posterior_along_the_line() -> None:
    x0, p0 = first_state(POINT, True)
    p0[:3, :3] = 5e3**2 * np.eye(3)
    sigmas = []
    for distance in (math.nan, float(np.linalg.norm(POINT - SENSORS[0]))):
        x, p, c = x0.copy(), p0.copy(), np.zeros((7, 3 * SLOTS))
        u = (POINT - SENSORS[0]) / np.linalg.norm(POINT - SENSORS[0])
        update(x, p, c, 3, 0, SENSORS[0], u, np.full(2, 2e-5), 1e-5, distance, 20.0, 10.0, np.empty((4, 7, 7)))
        sigmas.append(math.sqrt(u @ p[:3, :3] @ u))
    assert sigmas[0] == pytest.approx(5e3, rel=1e-3)
    assert sigmas[1] == pytest.approx(math.hypot(20.0, 10.0), rel=1e-2)


def test_a_report_far_outside_the_prior_widens_it_first() -> None:
    x, p = first_state(POINT, True)
    p[:3, :3] = 50.0**2 * np.eye(3)
    c = np.zeros((7, 3 * SLOTS))
    moved = POINT + np.array([0.0, 5e3, 0.0])
    u = (moved - SENSORS[0]) / np.linalg.norm(moved - SENSORS[0])
    update(x, p, c, 3, 0, SENSORS[0], u, np.full(2, 2e-5), 0.0, math.nan, math.nan, math.nan, np.empty((4, 7, 7)))
    across = x[:3] - SENSORS[0]
    assert np.linalg.norm(np.cross(across / np.linalg.norm(across), u)) * 2e6 < 1500.0


def own_model_nees(mode: int, runs: int, looks: int, interval: float) -> np.ndarray:
    """Normalised errors squared of runs whose truth, noise and biases are drawn from the filter's own model."""
    g = np.random.Generator(np.random.PCG64(11))
    base = np.array([6.5e6, 2e5, 1e5, 1800.0, 900.0, 300.0, 24.0])
    if mode == COAST:
        base = np.array([6.9e6, 2e5, 1e6, -1500.0, 5200.0, 3300.0, 1e-4])
    p0 = np.diag([3e3, 3e3, 3e3, 60.0, 60.0, 60.0, 0.5 if mode == BOOST else 1e-5]) ** 2
    stations = base[:3] + np.array([[6e5, 1.4e6, 0.3e6], [3e5, -1.2e6, 0.9e6], [8e5, 0.2e6, -1.3e6]])
    sigma, bias_sigma = 3e-5, 3e-5
    out = []
    for _ in range(runs):
        truth = base + np.sqrt(np.diag(p0)) * g.normal(size=7)
        x, p, c, work = base.copy(), p0.copy(), np.zeros((7, 3 * SLOTS)), np.empty((4, 7, 7))
        bias = g.normal(size=(3, 2))
        for _ in range(looks):
            remaining = interval
            while remaining > 1e-9:
                h = step_length(mode, truth, remaining)
                before = truth.copy()
                step(mode, truth, h)
                a, f, q = np.zeros((7, 7)), np.zeros((7, 7)), np.zeros((7, 7))
                transition(mode, 0.5 * (before + truth), h, a, f)
                add_noise(mode, 0.5 * (before + truth), h, a, q)
                values, vectors = np.linalg.eigh(q)
                truth += vectors @ (np.sqrt(np.maximum(values, 0.0)) * g.normal(size=7))
                remaining -= h
            propagate(mode, x, p, c, 9, interval, work)
            for k in range(3):
                u = truth[:3] - stations[k]
                u /= np.linalg.norm(u)
                first = np.cross(u, stations[k])
                first /= np.linalg.norm(first)
                second = np.cross(first, u)
                e = sigma * g.normal(size=2) + bias_sigma * bias[k]
                u = u + e[0] * first + e[1] * second
                u /= np.linalg.norm(u)
                update(x, p, c, 9, k, stations[k], u, np.full(2, sigma), bias_sigma, math.nan, math.nan, math.nan, work)
        error = (x - truth)[:6]
        out.append(float(error @ np.linalg.solve(p[:6, :6], error)))
    return np.array(out)


@pytest.mark.parametrize(("mode", "interval"), [(COAST, 20.0), (BOOST, 2.0)])
def test_normalised_errors_lie_in_their_chi_square_band(mode: int, interval: float) -> None:
    runs = 100
    nees = own_model_nees(mode, runs, 10, interval)
    low, high = chi2.ppf([0.025, 0.975], 6 * runs) / runs
    assert low < nees.mean() < high
