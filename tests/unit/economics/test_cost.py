"""Life-cycle cost of holdings against sums done by hand from the published prices."""

import pytest
from pydantic import ValidationError

from cupola.economics.cost import Holding, PriceSpec, cost_of

SATELLITE = {
    "kind": "price", "title": "x", "models": ["x"], "dollars_of": 2026, "unit": {"best": "$22 M", "high": "$30 M"},
    "life": "5 year", "mass": {"best": "1000 kg"}, "launch": "500 $/kg", "unit_operations": "0.1 M$/yr",
}  # fmt: skip
BATTERY = {
    "kind": "price", "title": "x", "models": ["x"], "dollars_of": 2026, "unit": {"best": "$12.4 M"}, "included": 192,
    "site": "$2.73 B", "site_operations": "$32.5 M/yr",
}  # fmt: skip


def price(base: dict[str, object], **changes: object) -> PriceSpec:
    data = {key: value for key, value in {**base, **changes}.items() if value is not None}
    return PriceSpec.model_validate(data)


def test_satellites_are_bought_once_a_life_and_launched_by_the_kilogram() -> None:
    found = cost_of(Holding(units=100, sites=0), price(SATELLITE), 20.0)
    assert found.acquisition.best == pytest.approx(100 * 4 * 22)
    assert found.acquisition.high == pytest.approx(100 * 4 * 30)
    assert found.launch.best == pytest.approx(100 * 4 * 0.5)
    assert found.operations.best == pytest.approx(100 * 20 * 0.1)
    assert found.total.best == pytest.approx(8800 + 200 + 200)
    assert found.not_priced == ()


def test_what_is_paid_already_is_still_replaced_and_operated() -> None:
    found = cost_of(Holding(units=100, sites=0, already_paid=True), price(SATELLITE), 20.0)
    assert found.acquisition.best == pytest.approx(100 * 3 * 22)
    assert found.operations.best == pytest.approx(200)
    site = cost_of(Holding(units=200, sites=1, already_paid=True), price(BATTERY), 20.0)
    assert (site.acquisition.best, site.operations.best) == (0.0, pytest.approx(650))


def test_one_purchase_is_the_least_and_lives_that_do_not_divide_are_shared_out() -> None:
    assert cost_of(Holding(units=1, sites=0), price(SATELLITE, life="30 year"), 20.0).acquisition.best == 22.0
    found = cost_of(Holding(units=1, sites=0), price(SATELLITE, life="6 year"), 20.0)
    assert found.acquisition.best == pytest.approx(22.0 * 20.0 / 6.0)


def test_a_battery_holds_its_first_interceptors() -> None:
    full = cost_of(Holding(units=192, sites=1), price(BATTERY), 20.0)
    assert full.total.best == pytest.approx(2730 + 20 * 32.5)
    more = cost_of(Holding(units=200, sites=1), price(BATTERY), 20.0)
    assert more.acquisition.best == pytest.approx(2730 + 8 * 12.4)
    assert cost_of(Holding(units=0, sites=1), price(BATTERY), 20.0).total.best == 0.0


def test_what_has_no_price_is_named() -> None:
    bare = price(SATELLITE, mass=None, unit_operations=None)
    assert cost_of(Holding(units=1, sites=0), bare, 20.0).not_priced == ("launch", "operations")
    alone = price(BATTERY, site=None, site_operations=None, included=0)
    assert cost_of(Holding(units=1, sites=1), alone, 20.0).not_priced == ("sites", "operations")
    assert cost_of(Holding(units=1, sites=1), price(BATTERY, unit=None, included=0), 20.0).not_priced == ("units",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": {"best": "22"}}, "is written like '\\$70 M'"),
        ({"unit": {"best": "$22 M", "high": "$20 M"}}, "a range that holds the best value"),
        ({"launch": "$500"}, "is written like '\\$70 M/kg'"),
        ({"site_operations": "$-5 M/yr"}, "greater than or equal to 0"),
    ],
)
def test_wrong_prices_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        price(SATELLITE, **changes)


def test_a_price_is_written_as_it_is_read() -> None:
    spec = price(SATELLITE)
    assert PriceSpec.model_validate(spec.model_dump(mode="json")) == spec
