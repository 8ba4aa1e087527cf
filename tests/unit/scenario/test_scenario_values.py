"""Single values of a resolved scenario, set by path."""

from pathlib import Path

import pytest

from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import load
from cupola.scenario.schema import Scenario
from cupola.scenario.values import leaves_below, with_values

EXAMPLE = Path(__file__).parents[3] / "examples" / "golden-dome-cbo-2026.yaml"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(EXAMPLE)


def test_a_model_path_changes_every_use_of_the_model(scenario: Scenario) -> None:
    changed = with_values(scenario, {"thaad.reliability": "0.5"})
    sectors = [group for group in changed.interceptors if group.model == "thaad"]
    assert len(sectors) == 40
    assert {group.spec.reliability for group in sectors} == {0.5}
    assert changed.overrides == scenario.overrides


def test_a_field_that_stands_deeper_can_be_named_alone(scenario: Scenario) -> None:
    short = with_values(scenario, {"sbi-notional.kill_probability": "0.25"})
    full = with_values(scenario, {"sbi-notional.kill_vehicle.kill_probability": "0.25"})
    assert short == full
    assert short.interceptors[0].spec.kill_vehicle.kill_probability == 0.25


def test_more_satellites_are_more_interceptors(scenario: Scenario) -> None:
    assert with_values(scenario, {"interceptors.sbi.constellation.total": "15600"}).interceptors[0].inventory == 15600


def test_several_values_of_one_part_go_together(scenario: Scenario) -> None:
    # 7,801 satellites do not fill 78 planes; 7,801 in one plane do. Only together are they sound.
    values = {"interceptors.sbi.constellation.total": "7801", "interceptors.sbi.constellation.planes": "1"}
    with pytest.raises(ScenarioError, match="not a multiple of planes"):
        with_values(scenario, {"interceptors.sbi.constellation.total": "7801"})
    changed = with_values(scenario, {**values, "interceptors.sbi.constellation.phasing": "0"})
    assert changed.interceptors[0].inventory == 7801


def test_settings_and_battle_values(scenario: Scenario) -> None:
    changed = with_values(
        scenario,
        {
            "battle.commit_delay": "12.5 s",
            "battle.doctrine.boost.shots": "3",
            "common_mode_failure": "0.1",
            "raid.0.salvo": "5 min",
            "environment.cloud_top": "10 km",
            "runs": "3",
        },
    )
    assert changed.battle.commit_delay == 12.5
    assert changed.battle.doctrine["boost"].shots == 3
    assert changed.common_mode_failure == 0.1
    assert changed.raid[0].salvo == 300.0
    assert changed.environment.cloud_top == 10_000.0
    assert changed.runs == 3


def test_recorded_changes_are_listed(scenario: Scenario) -> None:
    changed = with_values(scenario, {"sbi-notional.speed": "5 km/s"}, record=True)
    new = changed.overrides[len(scenario.overrides) :]
    assert [(o.path, o.from_, o.to) for o in new] == [("sbi-notional.speed", "6000.0 m/s", "5 km/s")]


def test_a_recorded_change_of_an_uncertain_value_ends_its_sampling(scenario: Scenario) -> None:
    change = {"sbi-notional.kill_probability": "0.6"}
    assert "sbi-notional.kill_vehicle.kill_probability" in with_values(scenario, change).uncertainty
    assert with_values(scenario, change, record=True).uncertainty == {}


def test_leaves_of_a_part_are_listed_with_full_paths(scenario: Scenario) -> None:
    leaves = dict(leaves_below(scenario, "interceptors.sbi.constellation"))
    assert leaves["interceptors.sbi.constellation.total"] == "7800"
    assert leaves["interceptors.sbi.constellation.altitude"] == "300000.0 m"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("sbi-notional.sped", "5 km/s", "did you mean 'speed'"),
        ("sbi-notionl.speed", "5 km/s", "did you mean 'sbi-notional'"),
        ("sbi-notional.speed", "5 km", "is not a speed"),
        ("sbi-notional.kill_vehicle", "1", "this is not a single value"),
        ("battle.doctrine.bost.shots", "1", "did you mean 'boost'"),
        ("interceptors.gbi-fort-greely.inventory", "-4", "accepted is at least 0"),
        ("interceptors.gbi-fort-greely.inventory", "many", "valid integer"),
        ("common_mode_failure", "1.5", "accepted is at most 1"),
        ("seed", "-1", "accepted is at least 0"),
        ("runs", "0", "accepted is at least 1"),
        ("interceptors.nobody.inventory", "1", "there is no 'nobody' here"),
    ],
)
def test_wrong_paths_and_values_are_refused(scenario: Scenario, path: str, value: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        with_values(scenario, {path: value})
