"""Costs of published layers, counted by hand, and what their findings say."""

import pytest

from cupola.studies.reproduce import Row, run_case
from cupola.studies.reproduce_case import cases


def _row(name: str) -> Row:
    (case,) = [case for case in cases("budget-office") if case.id == name]
    (row,) = run_case(case)
    return row


def test_the_budget_office_s_723_billion_leave_2346_kg_without_development() -> None:
    bought = 4 * 7_800
    left = 723e9 - bought * 22e6
    assert left == pytest.approx(36.6e9)
    masses = {each["development"]: each["interceptor_mass"] for each in _row("cbo-2026-acquisition").reproduced_by}
    for development, price in (("$0 B", 0.0), ("$10 B", 10e9), ("$20 B", 20e9), ("$30 B", 30e9)):
        assert float(masses[development].split()[0]) == pytest.approx((left - price) / bought / 500.0, rel=1e-3)
    assert 723e9 - bought * (22e6 + 1_294.07 * 500.0) == pytest.approx(16.4e9, rel=2e-3)
    assert _row("cbo-2026-total").reproduced_by == ({"interceptor_mass": "2346 kg"},)


@pytest.mark.parametrize(("name", "before", "after"), [("cbo-2025-lowest", 264, 161), ("cbo-2025-highest", 831, 542)])
def test_what_launch_must_have_cost_follows_from_what_it_saved(name: str, before: float, after: float) -> None:
    for each in _row(name).reproduced_by:
        share, left = float(each["launch_share"]), float(each["price_left"])
        assert share * (1.0 - left) == pytest.approx((before - after) / before, rel=1e-3)


def test_each_of_650_satellites_takes_a_price_of_another_class() -> None:
    for each in _row("nrc-2012-cost").reproduced_by:
        bought = 650 * 20 / float(each["lifetime_years"])
        price = float(each["unit_cost"].removeprefix("$").removesuffix(" M"))
        assert bought * (price + 10.0) == pytest.approx(300_000.0, rel=0.02)
