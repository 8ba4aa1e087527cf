"""Julier and Uhlmann (2004), Proc. IEEE 92(3), and its correction: their re-entry problem and figures."""

import numpy as np
import pytest

from cupola.studies.planar_reentry import EXTENDED, STATES, UNSCENTED, PlanarResult, advance, fall, play, transition

RUNS = 500


@pytest.fixture(scope="module")
def played() -> dict[int, PlanarResult]:
    return {kind: play(kind, RUNS, seed=0) for kind in (EXTENDED, UNSCENTED)}


@pytest.mark.parametrize(("time_s", "x", "y"), [(100.0, 6403.462, 52.848), (200.0, 6383.953, 49.111)])
def test_the_fall_without_noise_to_every_printed_digit(time_s: float, x: float, y: float) -> None:
    np.testing.assert_allclose(fall(time_s)[:2], [x, y], atol=0.5e-3 + 1e-9)


@pytest.mark.parametrize(("kind", "published"), [(EXTENDED, 0.0083), (UNSCENTED, 0.0084)])
def test_position_error_over_200_seconds(played: dict[int, PlanarResult], kind: int, published: float) -> None:
    assert played[kind].rmse == pytest.approx(published, rel=0.10)


@pytest.mark.parametrize("kind", [EXTENDED, UNSCENTED])
def test_average_normalised_error_is_that_published(played: dict[int, PlanarResult], kind: int) -> None:
    """4.5 in two digits: half a digit and the 95 % sampling error of our own average over independent runs."""
    runs = played[kind].nees.mean(axis=1)
    sampling = 1.96 * float(runs.std(ddof=1)) / np.sqrt(RUNS)
    assert sampling < 0.05
    assert abs(played[kind].anees - 4.5) < 0.05 + sampling


def test_transition_is_the_derivative_of_the_step() -> None:
    x, f = fall(60.0), np.empty((STATES, STATES))
    transition(x, f)
    for j, size in enumerate((1e-2, 1e-2, 1e-4, 1e-4, 1e-4)):
        ends = []
        for sign in (1.0, -1.0):
            y = x.copy()
            y[j] += sign * size
            advance(y)
            ends.append(y)
        np.testing.assert_allclose(f[:, j], (ends[0] - ends[1]) / (2.0 * size), rtol=1e-6, atol=1e-8)


def test_refuses_times_between_steps_and_unknown_filters() -> None:
    with pytest.raises(ValueError, match=r"got 0\.05 s"):
        fall(0.05)
    with pytest.raises(ValueError, match="got filter 2"):
        play(2, 1)
