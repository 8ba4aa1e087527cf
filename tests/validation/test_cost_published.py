"""Costs of scenarios from the catalogue's prices, held against published totals as far as their inputs are public."""

from pathlib import Path

import pytest

from cupola.scenario.load import load
from cupola.studies.costing import CostTerms, price_list, scenario_cost

EXAMPLES = Path(__file__).parents[2] / "examples"


def cost(name: str, **terms: object):  # type: ignore[no-untyped-def]
    return scenario_cost(load(EXAMPLES / f"{name}.yaml"), CostTerms.model_validate(terms))


def test_the_space_layer_of_cbo_2026() -> None:
    """CBO (May 2026, publication 62422): $723 B of acquisition and $20 B of operations over 20 years, $743 B.

    Public are 7,800 interceptors of $22 M that last five years, $500 per kg and $1 B a year. Neither the mass of one
    nor what development costs is: with the mass of AEI's default interceptor $16.4 B (2.3 %) of the acquisition stay
    open, and the high end, where all of it is launch, is the published total.
    """
    (layer,) = (line.cost for line in cost("golden-dome-cbo-2026").lines if line.name == "sbi")
    assert layer.acquisition.best == pytest.approx(686_400)
    assert layer.operations.best == pytest.approx(20_000, rel=1e-5)
    assert layer.total.best == pytest.approx(743_000 - 16_414, abs=5)
    assert layer.total.high == pytest.approx(743_000, abs=10)


def test_two_sites_of_today_and_what_no_source_prices() -> None:
    """AEI's Table 2: $3.1 B a site, $270 M a year; 44 interceptors of about $75 M."""
    found = cost("today-gmd")
    assert found.total.best == pytest.approx(2 * 3_100 + 44 * 75 + 2 * 20 * 270)
    assert found.total.low == pytest.approx(2 * 3_100 + 2 * 20 * 270)
    assert set(found.not_priced) == {"sbirs-geo", "uewr", "lrdr", "cobra-dane", "tpy-2"}
    sunk = cost("today-gmd", already_paid=["gbi"])
    assert sunk.total.best == pytest.approx(2 * 20 * 270)


def test_radars_that_a_battery_brings_are_not_bought_twice() -> None:
    found = cost("golden-dome-cbo-2026")
    batteries = [line for line in found.lines if line.price == "thaad-battery-price"]
    assert len(batteries) == 40
    assert batteries[0].cost.total.best == pytest.approx(2_730 + 20 * 32.5)
    assert "tpy-2" in found.not_priced, "the forward radars in Japan belong to no battery"
    assert "aegis-ashore" not in found.not_priced
    assert "ngi-notional" in found.not_priced


def test_every_priced_model_is_in_the_catalogue() -> None:
    from cupola.scenario.catalogue import names

    assert set(price_list()) <= {*names("interceptors"), *names("sensors")}
