"""A scenario states how alike bodies deceive, and what the defender believes of it."""

from pathlib import Path

import pytest

from cupola.battle.spec import BattleSpec
from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import load
from cupola.scenario.values import with_values

SMALL = "raid: [{threat: icbm-solid-notional, count: 1, from: {region: north-korea}, to: {city: Washington}}]\n"


def test_correlation_and_class_priors_are_settings_with_a_source(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    battle = "battle: {lethal_prior: 0.2, tank_prior: 0.1, debris_prior: 0.3, assumed_feature_correlation: 0.2}\n"
    file.write_text(f"cupola: 1\nname: own\n{SMALL}feature_correlation: 0.6\n{battle}")
    scenario = load(file)
    assert scenario.feature_correlation == 0.6
    assert scenario.battle.class_prior == pytest.approx((0.2, 0.4, 0.1, 0.3))
    assert scenario.battle.class_distances[0] == 0.0
    by_path = {value.path: value.source for value in scenario.values}
    assert by_path["feature_correlation"] == "scenario"
    assert by_path["battle.assumed_tank_distance"] == "assumed"
    assert with_values(scenario, {"feature_correlation": "0.1"}).feature_correlation == 0.1


def test_without_a_word_objects_share_nothing_and_there_are_two_classes(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"cupola: 1\nname: own\n{SMALL}uncertainty: {{feature_correlation: 'beta(2, 5)'}}\n")
    scenario = load(file)
    assert scenario.feature_correlation == 0.0
    assert "feature_correlation" in scenario.uncertainty
    assert scenario.battle.class_prior == (0.5, 0.5, 0.0, 0.0)


def test_more_than_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"add up to 1\.2"):
        BattleSpec(lethal_prior=0.5, tank_prior=0.7)
    file = tmp_path / "own.yaml"
    file.write_text(f"cupola: 1\nname: own\n{SMALL}feature_correlation: 1.5\n")
    with pytest.raises(ScenarioError, match="feature_correlation"):
        load(file)
