"""Errors of the extended and unscented filters beside the posterior Cramér-Rao bound, and their consistency."""

import numpy as np
import pytest
from scipy.stats import chi2

from cupola.studies.tracking_cases import TrackingCase, case_bounds, draw, follow_all, radar_reentry, stereo_coast
from cupola.tracking.consistency import judge, normalised_squares
from cupola.tracking.unscented import Spread

RUNS = 300
CASES = {"radar re-entry": radar_reentry, "stereo coast": stereo_coast}
Outcome = tuple[TrackingCase, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(
    scope="module",
    params=[(name, spread) for name in CASES for spread in (None, Spread())],
    ids=lambda p: f"{p[0]}, {'unscented' if p[1] else 'extended'}",
)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    name, spread = request.param
    case = CASES[name]()
    played = draw(case, RUNS, seed=3)
    at, bounds = case_bounds(case, played)
    followed = follow_all(case, played, unscented=spread)
    n = case.states
    errors = (followed.x - played.truth)[:, at][:, :, :n]
    squares = normalised_squares(errors, followed.p[:, at][:, :, :n, :n])
    return case, bounds, errors, squares, followed.nis


@pytest.mark.parametrize(("what", "part"), [("position", slice(0, 3)), ("velocity", slice(3, 6))])
def test_error_is_within_15_per_cent_of_the_bound_throughout(outcome: Outcome, what: str, part: slice) -> None:
    """Position and velocity, at every look. The ballistic coefficient is left out: where drag begins, its bound counts
    the spread of the drag among truths as knowledge (Tichavský et al. 1998, D11), which no filter has.
    """
    _, bounds, errors, _, _ = outcome
    rmse = np.sqrt((errors[:, :, part] ** 2).sum(axis=2).mean(axis=0))
    bound = np.sqrt(np.diagonal(bounds, axis1=1, axis2=2)[:, part].sum(axis=1))
    ratio = rmse / bound
    assert ratio.min() > 0.85, what
    assert ratio.max() < 1.15, what


def test_the_filters_are_consistent_at_the_end_and_on_the_way(outcome: Outcome) -> None:
    case, _, _, squares, nis = outcome
    # Ten looks, far apart: Bonferroni's correction keeps the whole at 95 %.
    for k in np.linspace(0, squares.shape[1] - 1, 10).astype(int):
        verdict = judge(squares[:, k], case.states, confidence=1.0 - 0.05 / 10)
        assert verdict.consistent, str(verdict)
    # Innovations are white, so all of them are independent.
    freedom = float(np.where(case.plan.ranged, 3, 2).sum()) * RUNS
    low, high = chi2.ppf([0.025, 0.975], freedom) / freedom
    mean = nis.sum() / freedom
    assert low < mean < high


def test_a_bound_that_no_filter_meets_shows_that_the_comparison_can_fail() -> None:
    case = stereo_coast()
    played = draw(case, RUNS, seed=3)
    at, bounds = case_bounds(case, played)
    wrong = TrackingCase(**{**vars(case), "covariance": case.covariance * 1e-4})
    errors = (follow_all(wrong, played).x - played.truth)[:, at]
    rmse = np.sqrt((errors[:, 5, :3] ** 2).sum(axis=1).mean())
    assert rmse > 1.3 * np.sqrt(np.trace(bounds[5][:3, :3]))
