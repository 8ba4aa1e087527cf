"""Distributions as text, against SciPy's own."""

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
        ("normal(0.8, 0.1, 0.5, 1)", stats.truncnorm(-3, 2, 0.8, 0.1), ""),
    ],
)
def test_quantiles_agree_with_scipy(text: str, reference: stats.rv_continuous, unit: str) -> None:
    distribution = Distribution.parse(text)
    for share in SHARES:
        value, *rest = distribution.quantile(share).split(" ")
        assert float(value) == pytest.approx(reference.ppf(share), rel=1e-7, abs=1e-9)
        assert " ".join(rest) == unit


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
    ],
)
def test_other_texts_are_refused(text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Distribution.parse(text)
