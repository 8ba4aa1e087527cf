"""Distributions as text, against SciPy's own."""

import numpy as np
import pytest
from scipy import stats

from cupola.scenario.errors import ScenarioError
from cupola.scenario.uncertainty import Distribution

SHARES = (1e-9, 0.01, 0.25, 0.5, 0.9, 1.0 - 1e-9)


@pytest.mark.parametrize(
    ("text", "reference", "unit"),
    [
        ("beta(8, 2)", stats.beta(8, 2), ""),
        ("beta(2, 3, 0.4, 0.9)", stats.beta(2, 3, loc=0.4, scale=0.5), ""),
        ("uniform(20 s, 40 s)", stats.uniform(20, 20), "s"),
        ("triangular(10 s, 30 s, 60 s)", stats.triang(0.4, 10, 50), "s"),
        ("triangular(10, 10, 60)", stats.triang(0.0, 10, 50), ""),
        ("normal(6 km/s, 0.25 km/s)", stats.norm(6, 0.25), "km/s"),
        ("record(10, 18)", stats.beta(10.5, 8.5), ""),
        ("record(0, 4)", stats.beta(0.5, 4.5), ""),
        ("normal(0.8, 0.1, 0.5, 1)", stats.truncnorm(-3, 2, 0.8, 0.1), ""),
    ],
)
def test_quantiles_agree_with_scipy(text: str, reference: stats.rv_continuous, unit: str) -> None:
    distribution = Distribution.parse(text)
    for share in SHARES:
        value, *rest = distribution.quantile(share).split(" ")
        assert float(value) == pytest.approx(reference.ppf(share), rel=1e-7, abs=1e-9)
        assert " ".join(rest) == unit


@pytest.mark.parametrize(("hits", "tests", "mean"), [(10, 18, 0.553), (34, 41, 0.821), (15, 15, 0.969)])
def test_a_test_record_has_the_published_jeffreys_mean(hits: int, tests: int, mean: float) -> None:
    """GMD (May 2017), Aegis (February 2017), THAAD (July 2017)."""
    shares = (np.arange(4_000) + 0.5) / 4_000
    whole = Distribution.parse(f"record({hits}, {tests})")
    rest = Distribution.parse(f"record({hits}, {tests}, 0.9)")
    values = [float(whole.quantile(share)) for share in shares]
    assert np.mean(values) == pytest.approx(mean, abs=6e-4)
    divided = [float(rest.quantile(share)) for share in shares]
    assert divided == pytest.approx(np.minimum(np.array(values) / 0.9, 1.0))
    assert max(divided) <= 1.0


def test_lognormal_has_its_median_and_its_spread() -> None:
    distribution = Distribution.parse("lognormal(100 kW, 2)")
    assert float(distribution.quantile(0.5).split()[0]) == pytest.approx(100.0)
    assert float(distribution.quantile(stats.norm.cdf(1.0)).split()[0]) == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bet(8, 2)", "did you mean 'beta'"),
        ("beta(8)", "accepted is beta"),
        ("uniform(40 s, 20 s)", "out of order"),
        ("uniform(20 s, 40 m)", "same unit"),
        ("triangular(1, 9, 5)", "out of order"),
        ("uniform(a, b)", "accepted is a number"),
        ("0.5", "accepted is a distribution"),
        ("record(19, 18)", "no more hits than tests"),
        ("record(1.5, 18)", "whole numbers"),
        ("record(10, 18, 1.2)", "a reliability of at most 1"),
        ("record(10, 18, 0)", "out of order or not positive"),
        ("record(0, 0)", "out of order or not positive"),
        ("record(10 s, 18 s)", "none on shape numbers"),
        ("record(10)", "record\\(hits, tests\\)"),
    ],
)
def test_other_texts_are_refused(text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Distribution.parse(text)
