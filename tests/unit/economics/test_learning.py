"""Learning curves against the sum itself, and the published integral beside it."""

import math

import pytest

from cupola.economics.learning import exponent, mean_cost, mean_cost_by_integral


@pytest.mark.parametrize("learning", [0.7, 0.85, 0.95, 1.0])
@pytest.mark.parametrize("count", [1, 2, 31, 32, 33, 100, 7_800, 85_400])
def test_the_mean_is_the_sum_of_the_curve(learning: float, count: int) -> None:
    b = math.log(learning) / math.log(2.0)
    brute = 70.0 * math.fsum(float(k) ** b for k in range(1, count + 1)) / count
    assert mean_cost(70.0, learning, count) == pytest.approx(brute, rel=1e-12)


def test_each_doubling_multiplies_the_cost_of_a_unit_by_the_rate() -> None:
    def unit(n: int) -> float:
        before = mean_cost(1.0, 0.85, n - 1) * (n - 1) if n > 1 else 0.0
        return mean_cost(1.0, 0.85, n) * n - before

    assert unit(1) == pytest.approx(1.0)
    for n in (1, 2, 5, 20):
        assert unit(2 * n) / unit(n) == pytest.approx(0.85, rel=1e-9)


def test_the_published_integral_is_near_the_sum_for_many_and_far_from_it_for_one() -> None:
    assert mean_cost_by_integral(70.0, 0.85, 4_990) == pytest.approx(mean_cost(70.0, 0.85, 4_990), rel=0.003)
    assert mean_cost_by_integral(70.0, 0.85, 1) == pytest.approx(2.0 * 70.0 / (1.0 + math.log2(0.85)))
    assert mean_cost(70.0, 0.85, 1) == 70.0
    assert mean_cost_by_integral(70.0, 1.0, 1000) == pytest.approx(70.0 * 1001 / 1000)


@pytest.mark.parametrize("learning", [0.5, 0.0, -1.0, 1.01, math.nan])
def test_a_rate_that_is_none_is_refused(learning: float) -> None:
    with pytest.raises(ValueError, match=r"accepted is more than 0\.5 and at most 1"):
        exponent(learning)


def test_no_units_have_no_mean() -> None:
    for count in (0, -3):
        with pytest.raises(ValueError, match="at least 1"):
            mean_cost(70.0, 0.85, count)
