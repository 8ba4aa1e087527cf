"""What a layer of satellites costs, counted by hand."""

import pytest

from cupola.economics.learning import mean_cost_by_integral
from cupola.economics.space_layer import Launcher, Programme, ceiling, floor, life_cycle_cost, roll_up


def _programme(**changed: float) -> Programme:
    values = {
        "first_unit": 10.0,
        "unit_learning": 1.0,
        "lifetime_yr": 5.0,
        "period_yr": 20.0,
        "operations_per_year": 100.0,
        "development": 500.0,
    }
    return Programme(**(values | changed))


def test_without_learning_a_layer_costs_its_number_times_the_price() -> None:
    launcher = Launcher(capacity_kg=10_000.0, first_cost=50.0, learning=1.0)
    cost = life_cycle_cost(95, 1_000.0, launcher, _programme())
    assert (cost.per_launch, cost.launches, cost.generations) == (10, 10, 4)
    assert cost.procurement == pytest.approx(4 * 10.0 * 96)  # the published integral counts one unit more
    assert cost.launch == pytest.approx(4 * 50.0 * 11)
    assert (cost.operations, cost.development) == (2_000.0, 500.0)
    assert cost.total == pytest.approx(3_840.0 + 2_200.0 + 2_500.0)


@pytest.mark.parametrize(
    ("period", "life", "generations"),
    [(20.0, 5.0, 4), (20.0, 6.0, 3), (4.0, 5.0, 1), (1.2, 0.4, 3), (0.3, 0.1, 3)],
)
def test_generations_are_whole_and_at_least_one(period: float, life: float, generations: int) -> None:
    assert _programme(period_yr=period, lifetime_yr=life).generations == generations


def test_what_the_launcher_does_not_lift_is_refused() -> None:
    with pytest.raises(ValueError, match="the launcher lifts 900"):
        life_cycle_cost(10, 1_000.0, Launcher(capacity_kg=900.0, first_cost=1.0, learning=1.0), _programme())


def test_learning_begins_anew_with_each_generation() -> None:
    launcher = Launcher(capacity_kg=10_000.0, first_cost=50.0, learning=0.95)
    one = life_cycle_cost(95, 1_000.0, launcher, _programme(unit_learning=0.85, period_yr=5.0))
    four = life_cycle_cost(95, 1_000.0, launcher, _programme(unit_learning=0.85))
    assert four.procurement == pytest.approx(4 * one.procurement)
    assert one.mean_unit == pytest.approx(mean_cost_by_integral(10.0, 0.85, 95))


def test_whole_ratios_stay_whole_under_rounding() -> None:
    assert floor(0.3 / 0.1) == 3
    assert ceiling(1.1 * 30.0 / 3.0) == 11
    assert (floor(2.999), ceiling(2.001)) == (2, 3)


def test_the_roll_up_of_the_budget_office_in_words() -> None:
    # 100 satellites of 2 t at $20 M each, $500/kg, bought four times: 400 x ($20 M + $1 M).
    assert roll_up(100, 20.0, 2_000.0, 500.0, 4) == pytest.approx(8_400.0)
