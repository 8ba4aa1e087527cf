"""The unscented filter's parts: exact on what is linear, right to second order on what is not, sound when pressed."""

import math

import numpy as np
import pytest

from cupola.studies.tracking_cases import draw, radar_reentry
from cupola.tracking.linear import cholesky, downdate, error_squared, scalar_update, triangularise
from cupola.tracking.reentry import acceleration, advance, sensitivities, sight, sight_slope, transition
from cupola.tracking.reentry_filter import LookPlan, follow
from cupola.tracking.reentry_lanes import follow_many
from cupola.tracking.unscented import Spread, correct, gather, sigma_points

CASE = radar_reentry()
CONSTANTS = CASE.model.constants
SPREADS = [Spread(), Spread(alpha=0.5), Spread(beta=0.0), Spread(kappa=0.0, beta=0.0)]


def some_covariance(n: int, seed: int) -> np.ndarray:
    a = np.random.Generator(np.random.PCG64(seed)).normal(size=(n, n))
    return np.asarray(a @ a.T + 0.1 * np.eye(n))


def factor(p: np.ndarray) -> np.ndarray:
    lower = np.empty_like(p)
    assert cholesky(p, lower)
    return lower


def test_triangular_factors_keep_what_they_stand_for() -> None:
    g = np.random.Generator(np.random.PCG64(1))
    a = g.normal(size=(4, 9))
    a[2] = a[0]
    gram = a @ a.T
    triangularise(a, 4, 9)
    np.testing.assert_allclose(np.triu(a[:, :4], 1), 0.0)
    np.testing.assert_allclose(a @ a.T, gram, atol=1e-12)
    p, v = some_covariance(4, 2), g.normal(size=4) * 0.05
    lower = factor(p)
    assert downdate(lower, v.copy(), 4)
    np.testing.assert_allclose(lower @ lower.T, p - np.outer(v, v), atol=1e-12)
    assert not downdate(lower, 100.0 * v, 4)
    np.testing.assert_allclose(factor(p), np.linalg.cholesky(p), rtol=1e-12)
    assert not cholesky(np.diag([1.0, -1.0]), np.empty((2, 2)))
    e = g.normal(size=4)
    assert error_squared(e, p, np.empty((5, 4))) == pytest.approx(e @ np.linalg.solve(p, e))


@pytest.mark.parametrize("spread", SPREADS)
def test_a_linear_map_and_measurement_give_the_kalman_filters_answer(spread: Spread) -> None:
    n, m = 4, 2
    g = np.random.Generator(np.random.PCG64(3))
    a, h, p, q = g.normal(size=(n, n)), g.normal(size=(m, n)), some_covariance(n, 4), some_covariance(n, 5)
    x, z, sigma = g.normal(size=n), g.normal(size=m), np.array([0.3, 0.7])
    distance, centre, weight = spread.weights(n)
    points, lower, work, mean = np.empty((2 * n + 1, n)), factor(p), np.empty((n + m + 1, 3 * n + 1)), x.copy()
    sigma_points(mean, lower, distance, points)
    np.testing.assert_allclose(points.mean(axis=0), x, atol=1e-12)
    moved = np.ascontiguousarray(points @ a.T)
    assert gather(moved, factor(q), centre, weight, mean, lower, work)
    predicted = a @ p @ a.T + q
    np.testing.assert_allclose(mean, a @ x, atol=1e-10)
    np.testing.assert_allclose(lower @ lower.T, predicted, atol=1e-10)
    sigma_points(mean, lower, distance, points)
    seen, innovation = (points - points[0]) @ h.T, z - h @ mean
    nis = correct(points, seen, sigma, innovation.copy(), centre, weight, mean, lower, work)
    s = h @ predicted @ h.T + np.diag(sigma**2)
    gain = predicted @ h.T @ np.linalg.inv(s)
    np.testing.assert_allclose(mean, a @ x + gain @ innovation, atol=1e-10)
    np.testing.assert_allclose(lower @ lower.T, predicted - gain @ s @ gain.T, atol=1e-10)
    assert nis == pytest.approx(innovation @ np.linalg.solve(s, innovation))


def test_the_square_of_a_normal_has_its_exact_mean_and_variance() -> None:
    """y = x^2 of N(m, s^2): mean m^2 + s^2, variance 4 m^2 s^2 + 2 s^4, which 3 - n gives exactly (beta 0)."""
    m, s = 1.5, 0.7
    distance, centre, weight = Spread(beta=0.0).weights(1)
    points, mean, lower = np.empty((3, 1)), np.empty(1), np.empty((1, 1))
    sigma_points(np.array([m]), np.array([[s]]), distance, points)
    assert gather(points**2, np.zeros((1, 1)), centre, weight, mean, lower, np.empty((1, 4)))
    assert mean[0] == pytest.approx(m * m + s * s)
    assert lower[0, 0] ** 2 == pytest.approx(4.0 * m * m * s * s + 2.0 * s**4)


def test_a_spread_without_distance_is_refused() -> None:
    with pytest.raises(ValueError, match="accepted are alpha > 0"):
        Spread(kappa=-7.0).weights(7)


def test_josephs_form_is_the_kalman_update() -> None:
    p, h, r = some_covariance(5, 6), np.array([0.2, -1.0, 0.0, 0.4, 0.0]), 0.09
    x, updated = np.zeros(5), p.copy()
    nis = scalar_update(x, updated, h, 0.8, r, np.empty((3, 5)))
    s = h @ p @ h + r
    np.testing.assert_allclose(x, p @ h / s * 0.8)
    np.testing.assert_allclose(updated, p - np.outer(p @ h, p @ h) / s, atol=1e-12)
    assert nis == pytest.approx(0.64 / s)


def test_josephs_form_survives_a_measurement_far_better_than_the_prior() -> None:
    p = np.array([[1e12, 1e12 - 1.0], [1e12 - 1.0, 1e12]])
    for _ in range(50):
        scalar_update(np.zeros(2), p, np.array([1.0, 0.0]), 0.0, 1e-8, np.empty((3, 2)))
    assert np.all(np.linalg.eigvalsh(p) > 0.0)


def central(function: object, x: np.ndarray, size: np.ndarray, rows: int) -> np.ndarray:
    out = np.empty((rows, 7))
    for j in range(7):
        ends = []
        for sign in (1.0, -1.0):
            y = x.copy()
            y[j] += sign * size[j]
            ends.append(function(y))  # type: ignore[operator]
        out[:, j] = (ends[0] - ends[1]) / (2.0 * size[j])
    return out


def test_derivatives_of_motion_and_sight_are_exact() -> None:
    size = np.array([10.0, 10.0, 10.0, 0.1, 0.1, 0.1, 1e-6])
    x = CASE.mean.copy()
    x[:3] *= 1.0 - 85e3 / np.linalg.norm(x[:3])

    def pull(y: np.ndarray) -> np.ndarray:
        out = np.empty(3)
        acceleration(y, CONSTANTS, out)
        return out

    def step(y: np.ndarray) -> np.ndarray:
        advance(y, 0.5, CONSTANTS, np.empty((2, 7)))
        return y

    def seen(y: np.ndarray) -> np.ndarray:
        z = np.empty(3)
        sight(y, CASE.plan.site[0], CASE.plan.axes[0], z)
        return z

    a, f, h = np.empty((3, 7)), np.empty((7, 7)), np.empty((3, 7))
    sensitivities(x, CONSTANTS, a)
    np.testing.assert_allclose(a, central(pull, x, size, 3), rtol=1e-6, atol=1e-10)
    transition(x, 0.5, CONSTANTS, f, np.empty((8, 7)))
    np.testing.assert_allclose(f, central(step, x, size, 7), rtol=1e-6, atol=1e-7)
    sight_slope(x, CASE.plan.site[0], CASE.plan.axes[0], h)
    np.testing.assert_allclose(h, central(seen, x, size, 3), rtol=1e-6, atol=1e-9)


def test_wrong_shapes_and_covariances_are_refused() -> None:
    z = np.zeros((200, 3))
    with pytest.raises(ValueError, match="for this plan"):
        follow(CASE.model, CASE.plan, CASE.mean, CASE.covariance, z[:5])
    with pytest.raises(ValueError, match="positive semi-definite"):
        follow(CASE.model, CASE.plan, CASE.mean, -CASE.covariance, z)
    with pytest.raises(ValueError, match="accepted are"):
        LookPlan.of_radar(np.zeros(3), np.eye(3), -1.0, 3, 1e-3, 10.0)
    assert math.isfinite(CASE.model.constants.sum())


def test_many_at_once_give_what_one_at_a_time_gives() -> None:
    """Seventeen runs: one more than the lanes, so that a group is left almost empty."""
    plan, z = CASE.plan, draw(CASE, 17, seed=5).z
    x = np.tile(CASE.mean, (17, 1))
    many = follow_many(
        CASE.model, plan.site[0], plan.axes[0], 0.2, plan.sigma[0], x, CASE.covariance, z, covariances=True
    )
    last = follow_many(CASE.model, plan.site[0], plan.axes[0], 0.2, plan.sigma[0], x, CASE.covariance, z)[2]
    np.testing.assert_array_equal(last, many[2][:, -1])
    for run in (0, 15, 16):
        one = follow(CASE.model, plan, CASE.mean, CASE.covariance, z[run])
        sigma = np.sqrt(np.diagonal(one.p, axis1=1, axis2=2))
        assert (np.abs(many[0][run] - one.x) / sigma).max() < 1e-7
        assert (np.abs(many[2][run] - one.p) / (sigma[:, :, None] * sigma[:, None, :])).max() < 1e-9
        np.testing.assert_allclose(many[1][run], one.nis, rtol=1e-6)
    with pytest.raises(ValueError, match="got shapes"):
        follow_many(CASE.model, plan.site[0], plan.axes[0], 0.2, plan.sigma[0], x[:3], CASE.covariance, z)
