"""Kent and Thaler's cost and index, at the values of their form."""

import math

import pytest

from cupola.stability.kent_thaler import cost, index


@pytest.mark.parametrize(
    ("damage", "other", "expected"),
    [(0.5, 0.8, 0.6408), (0.8, 0.5, 0.9675), (0.0, 1.0, 0.0), (1.0, 0.0, 1.3), (0.0, 0.0, 0.3), (1.0, 1.0, 1.0)],
)
def test_the_cost_is_that_of_the_report(damage: float, other: float, expected: float) -> None:
    assert cost(damage, other) == pytest.approx(expected, abs=5e-5)


def test_more_damage_costs_more_and_more_to_the_other_less() -> None:
    shares = [i / 20.0 for i in range(21)]
    own = [cost(share, 0.5) for share in shares]
    others = [cost(0.5, share) for share in shares]
    assert own == sorted(own)
    assert others == sorted(others, reverse=True)


def test_equal_costs_of_first_and_second_are_stable_and_a_gain_is_not() -> None:
    assert index(0.7, 0.7, 0.2, 0.2) == pytest.approx(1.0)
    assert index(cost(0.5, 0.8), cost(0.8, 0.5), 0.5, 0.5) == pytest.approx(0.6408 / 0.9675, abs=1e-4)
    assert index(0.0, 1.0, 0.5, 0.5) == 0.0


def test_shares_weights_and_costs_out_of_bounds_are_refused() -> None:
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="share of value destroyed"):
            cost(wrong, 0.5)
        with pytest.raises(ValueError, match="damage_to_other"):
            cost(0.5, wrong)
    with pytest.raises(ValueError, match="exponent 0"):
        cost(0.5, 0.5, exponent=0.0)
    for costs in ((0.5, 0.0, 0.5, 0.5), (-0.1, 0.5, 0.5, 0.5), (0.5, 0.5, math.nan, 0.5)):
        with pytest.raises(ValueError, match="more than 0 for going second"):
            index(*costs)
