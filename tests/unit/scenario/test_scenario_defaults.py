"""No setting in use is without a source, whoever set it."""

from pathlib import Path

import pytest

from cupola.battle.network import LinkSpec
from cupola.battle.spec import BattleSpec
from cupola.scenario.catalogue import cited
from cupola.scenario.defaults import notes
from cupola.scenario.load import dump, load

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))
SMALL = "raid: [{threat: icbm-solid-notional, count: 1, from: {region: north-korea}, to: {city: Washington}}]\n"


def test_every_default_of_the_battle_manager_has_a_source_that_exists() -> None:
    groups = ("assessment", "phases", "priorities")
    fields = {f"battle.{name}" for name in BattleSpec.model_fields if name not in ("doctrine", "network", *groups)}
    fields |= {f"battle.{group}.{name}" for group in groups for name in type(getattr(BattleSpec(), group)).model_fields}
    network = type(BattleSpec().network).model_fields
    links = {name for name, field in network.items() if field.annotation is LinkSpec}
    fields |= {f"battle.network.{link}.{name}" for link in links for name in LinkSpec.model_fields}
    by_name = {"sensors", "layers", "own_sensors"}
    fields |= {f"battle.network.{name}.*" for name in by_name}
    fields |= {f"battle.network.{name}" for name in network.keys() - links - by_name}
    assert fields | {"battle.doctrine.*"} == {path for path in notes() if path.startswith("battle.")}
    cited({note.source for note in notes().values()})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_setting_of_an_example_is_listed_once(path: Path) -> None:
    scenario = load(path)
    stated = [value.path for value in scenario.values if value.path.startswith("battle.")]
    assert len(stated) == len(set(stated))
    assert {"battle.assessment.false_kill", "battle.commit_delay", "battle.firm_error"} <= set(stated)
    for layer in scenario.battle.doctrine:
        assert f"battle.doctrine.{layer}.shots" in stated


def test_a_setting_that_the_file_changes_in_silence_is_the_scenarios_own(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"cupola: 1\nname: own\n{SMALL}battle: {{commit_delay: 45 s}}\n")
    scenario = load(file)
    by_path = {value.path: value for value in scenario.values}
    assert by_path["battle.commit_delay"].source == "scenario"
    assert "30.0 s" in by_path["battle.commit_delay"].note
    assert by_path["battle.message_delay"].source == "assumed"
    again = tmp_path / "again.yaml"
    again.write_text(dump(scenario))
    assert load(again) == scenario
