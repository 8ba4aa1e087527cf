"""The bound against the Kalman filter, which meets it where all is linear, and the consistency bands against tables."""

import numpy as np
import pytest

from cupola.tracking.bound import Moment, posterior_bounds
from cupola.tracking.consistency import average_band, judge, normalised_squares


def linear_moment(h: float, *, samples: int = 3) -> Moment:
    f = np.array([[1.0, h], [0.0, 1.0]])
    return Moment(
        transition=np.tile(f, (samples, 1, 1)),
        noise=0.3 * np.array([[h**3 / 3, h**2 / 2], [h**2 / 2, h]]),
        slopes=np.tile(np.array([[1.0, 0.0]]), (samples, 1, 1)),
        sigma=np.array([2.0]),
    )


def test_a_linear_problem_has_the_kalman_filters_covariance() -> None:
    p = np.diag([100.0, 9.0])
    bounds = posterior_bounds(p, iter([linear_moment(0.5) for _ in range(30)]))
    moment = linear_moment(0.5)
    f, h = moment.transition[0], np.array([1.0, 0.0])
    for bound in bounds:
        p = f @ p @ f.T + moment.noise
        p = p - np.outer(p @ h, p @ h) / (h @ p @ h + 4.0)
        np.testing.assert_allclose(bound, p, rtol=1e-9)


def test_a_scalar_random_slope_by_hand() -> None:
    """x' = f x + w with f = 1 or 3, no measurement: J' = 1/q - E[f]^2/q^2 / (1/p + E[f^2]/q), eq. 21 by hand."""
    p, q = 2.0, 0.5
    moment = Moment(
        transition=np.array([[[1.0]], [[3.0]]]),
        noise=np.array([[q]]),
        slopes=np.empty((2, 0, 1)),
        sigma=np.empty(0),
    )
    information = 1.0 / q - (2.0 / q) ** 2 / (1.0 / p + 5.0 / q)
    assert posterior_bounds(np.array([[p]]), iter([moment]))[0, 0, 0] == pytest.approx(1.0 / information)


def test_noise_that_leaves_a_state_alone_is_refused() -> None:
    moment = linear_moment(1.0)
    bare = Moment(**{**vars(moment), "noise": np.diag([0.0, 1.0])})
    with pytest.raises(ValueError, match="motion noise"):
        posterior_bounds(np.eye(2), iter([bare]))
    with pytest.raises(ValueError, match="accepted are"):
        Moment(**{**vars(moment), "sigma": np.array([1.0, 1.0])})


def test_the_band_of_fifty_runs_of_dimension_four() -> None:
    np.testing.assert_allclose(average_band(50, 4), (3.255, 4.821), atol=0.5e-3)


def test_verdicts_say_which_way_the_covariance_errs() -> None:
    g = np.random.Generator(np.random.PCG64(4))
    covariance = np.array([[4.0, 1.0], [1.0, 2.0]])
    errors = g.multivariate_normal(np.zeros(2), covariance, size=2000)
    for factor, word in ((1.0, "consistent"), (1.3, "too large"), (0.7, "too small")):
        squares = normalised_squares(errors, np.tile(factor * covariance, (2000, 1, 1)))
        assert word in str(judge(squares, 2))
    with pytest.raises(ValueError, match="finite"):
        judge(np.array([1.0, np.nan]), 2)
    with pytest.raises(ValueError, match="accepted are runs"):
        average_band(0, 4)
