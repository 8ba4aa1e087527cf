"""Trades without the engine: who is on the front, what a step costs, what a file may say."""

from pathlib import Path

import pytest
from study_toy import Toy, Written, toy, written  # noqa: F401

from cupola.report.trade_page import write_report
from cupola.scenario.errors import ScenarioError
from cupola.studies.trade import front_of, trade

HEAD = "cupola: 1\nkind: trade\nname: A trade\nscenario: EXAMPLE\nruns: 20\nseed: 5\n"
OPTIONS = """options:
  - {name: none, set: {interceptors.gbi.inventory: 0}}
  - {name: some, set: {interceptors.gbi.inventory: 10, common_mode_failure: 0.4}}
  - {name: same but worse, set: {interceptors.gbi.inventory: 10, common_mode_failure: 0.9}}
  - {name: many, set: {interceptors.gbi.inventory: 30, common_mode_failure: 0.1}}
"""


@pytest.fixture(autouse=True)
def _toys(toy: Toy) -> None:  # noqa: F811
    pass


@pytest.mark.parametrize(
    ("costs", "leaked", "beaten"),
    [
        ([1.0, 2.0, 3.0], [9.0, 5.0, 1.0], {}),
        ([1.0, 2.0, 3.0], [5.0, 5.0, 1.0], {1: 0}),
        ([3.0, 2.0, 1.0], [1.0, 0.5, 4.0], {0: 1}),
        ([2.0, 2.0], [4.0, 4.0], {1: 0}),
        ([2.0, 2.0], [4.0, 3.0], {0: 1}),
        ([1.0, 2.0, 3.0, 4.0], [4.0, 6.0, 5.0, 3.0], {1: 0, 2: 0}),
    ],
)
def test_the_front_is_paretos(costs: list[float], leaked: list[float], beaten: dict[int, int]) -> None:
    found = {each.index: each.beaten_by for each in front_of(costs, leaked) if each.beaten_by is not None}
    assert found == beaten
    for i, by in found.items():
        assert costs[by] <= costs[i]
        assert leaked[by] <= leaked[i]


def test_cost_and_leakage_make_the_front_and_its_prices(tmp_path: Path, written: Written) -> None:  # noqa: F811
    found = trade(written(HEAD + OPTIONS), out=tmp_path / "out").summary
    assert found["front"] == ["none", "some", "many"]
    worse = found["options"][2]
    assert worse["beaten_by"]["name"] == "some"
    assert worse["beaten_by"]["shown"]
    first, second = found["steps"]
    # Two sites of $3.1 B and 20 years of $270 M each, with 10 interceptors of $75 M each.
    assert first["cost"]["mean"] == pytest.approx(2 * (3.1 + 20 * 0.27 + 10 * 0.075))
    assert second["cost"]["mean"] == pytest.approx(2 * 20 * 0.075)
    assert second["price"]["mean"] == pytest.approx(3.0 / second["stopped"]["mean"])
    assert second["price"]["low"] == 0.0, "the sources do not say that the site's price excludes its interceptors"
    assert second["price"]["high"] == pytest.approx(2 * 20 * 0.125 / second["stopped"]["low"])
    assert found["not_priced"] == ["sbirs-geo", "uewr", "lrdr", "cobra-dane", "tpy-2"]
    assert found["unequal"] == []
    html = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert html.count("<svg") == 2
    assert "cobra-dane" in html
    assert "nan" not in html.lower().split("</style>")[1]


def test_an_option_of_its_own_scenario_and_one_that_stands_alone(tmp_path: Path, written: Written) -> None:  # noqa: F811
    text = HEAD + "options: [{name: only, scenario: EXAMPLE, set: {interceptors.gbi.inventory: 3}}]"
    found = trade(written(text), out=tmp_path / "out", runs=1).summary
    assert found["steps"] == []
    assert found["verdict"] == "only is the only option on the front."
    assert write_report(tmp_path / "out").is_file()


def test_nothing_deployed_costs_nothing_and_stops_nothing(tmp_path: Path, written: Written) -> None:  # noqa: F811
    bare = "{interceptors.gbi.inventory: 0}"
    text = HEAD + f"options: [{{name: a, set: {bare}}}, {{name: b, set: {bare}}}]"
    found = trade(written(text), out=tmp_path / "out").summary
    assert found["options"][0]["outcomes"]["cost"]["mean"] == 0.0
    assert found["front"] == ["a"]
    assert write_report(tmp_path / "out").is_file()


WRONG = {
    "options: []": "at least",
    "options: [{name: a}, {name: a}]": "two called 'a'",
    "options: [{name: a, sets: {}}]": "did you mean 'set'",
    "options: [{name: a, set: {gbi.sped: 3}}]": r"options.0.set.gbi.sped",
    "options: [{name: a, scenario: nowhere.yaml}]": r"options.0.scenario: got 'nowhere.yaml'",
    "options: [{name: a}]\ncost: {already_paid: [gbj]}": "there is no 'gbj' .*did you mean 'gbi'",
    "options: [{name: a}]\ncost: {years: 20}": "unknown key 'years'; accepted are already_paid, period",
    "options: [{name: a}]\ncost: {period: 20}": "needs a unit",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_and_nothing_written(tmp_path: Path, written: Written, text: str) -> None:  # noqa: F811
    with pytest.raises(ScenarioError, match=WRONG[text]):
        trade(written(HEAD + text), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
