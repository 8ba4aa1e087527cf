"""From a user's file to the resolved scenario and back."""

import math
from pathlib import Path

import pytest

import cupola
from cupola.scenario.document import PRESETS
from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import dump, load, scenario_hash
from cupola.scenario.schema import Scenario

DESIGN = """\
cupola: 1
name: CBO 2026 notional system against ten ICBMs
extends: presets/cbo-2026.yaml
raid:
  - {threat: icbm-solid-notional, count: 10, from: {region: north-korea}, to: {assets: us-cities, allocate: by-population},
     timing: {salvo: "0 s"}, decoys: {credible: 0, light: 5}}
defended: {assets: us-cities, nations: [US, CA]}
sensors:
  - {constellation: tracking-layer-t3, walker: {total: 72, planes: 4, phasing: 1, altitude: "1000 km", inclination: "82 deg"}}
  - {site: uewr, at: clear}
interceptors:
  - {constellation: sbi-notional, walker: {total: 7800, planes: 78, phasing: 1, altitude: "400 km", inclination: "50 deg"}}
  - {site: gbi, at: fort-greely, inventory: 40}
battle: {commit_delay: "30 s", doctrine: {boost: {shots: 2}, midcourse: {policy: shoot-look-shoot, shots: 2}}, assignment: optimal}
allies: {CA: {shares: [nws, a-othr], participates: true}}
programme: {preset: golden-dome-2025}
uncertainty: {sbi-notional.kill_probability: "beta(8, 2)", common_mode_failure: 0.05}
"""  # noqa: E501  # the design's own example, letter for letter

SMALL = """\
cupola: 1
name: small
raid:
  - {threat: icbm-solid-notional, count: 1, from: {latitude: "39 deg", longitude: "126 deg"}, to: {city: Washington}}
"""

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def loaded(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_the_example_of_the_design_loads_letter_for_letter(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, DESIGN)
    raid = scenario.raid[0]
    assert len(raid.launches) == len(raid.aims) == 10
    assert [(group.model, group.count, group.credible) for group in raid.decoys] == [("decoy-light-notional", 5, False)]
    assert [group.name for group in scenario.sensors] == ["tracking-layer-t3", "uewr-clear"]
    assert [(group.layer, group.inventory) for group in scenario.interceptors] == [("boost", 7800), ("midcourse", 40)]
    assert scenario.common_mode_failure == 0.05
    assert scenario.uncertainty == {"sbi-notional.kill_vehicle.kill_probability": "beta(8, 2)"}
    # The preset's doctrine for layers that this file replaced has fallen away.
    assert set(scenario.battle.doctrine) == {"boost", "midcourse"}
    assert [ally.nation for ally in scenario.allies] == ["CA"]
    assert len(scenario.allies[0].not_simulated) == 2
    assert scenario.programme is not None
    assert any("14186" in fact.fact for fact in scenario.programme.facts)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_comes_back_from_its_own_dump_bit_for_bit(path: Path, tmp_path: Path) -> None:
    scenario = load(path)
    text = dump(scenario)
    again = loaded(tmp_path, text)
    assert again == scenario
    assert dump(again) == text
    assert scenario_hash(again) == scenario_hash(scenario)


def test_hash_follows_what_is_simulated_not_how_often(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, SMALL)
    more = scenario.model_copy(update={"runs": 7, "seed": 9})
    assert scenario_hash(more) == scenario_hash(scenario)
    other = loaded(tmp_path, SMALL.replace("39 deg", "39.0000000001 deg"))
    assert scenario_hash(other) != scenario_hash(scenario)


def test_every_number_of_a_model_in_use_is_listed_with_its_source(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, DESIGN)
    by_path = {value.path: value for value in scenario.values}
    assert by_path["sbi-notional.speed"].value == "6.0"
    assert by_path["fort-greely.inventory.gbi"].value == "40"
    # The file lays the constellations out itself, so the catalogue's deployment is not in use.
    assert not any(path.startswith("sbi-notional.deployment") for path in by_path)
    keys = {reference.key for reference in scenario.references}
    assert {value.source for value in scenario.values} <= keys | {"assumed", "scenario"}


def test_overrides_are_listed_and_mark_the_value(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, DESIGN + 'overrides: {sbi-notional.speed: "5 km/s", interceptors.gbi.inventory: 12}\n')
    assert scenario.interceptors[0].spec.speed == 5000.0  # type: ignore[union-attr]
    assert scenario.interceptors[1].inventory == 12
    assert [(o.path, o.to) for o in scenario.overrides] == [
        ("sbi-notional.speed", "5 km/s"),
        ("interceptors.gbi.inventory", "12"),
    ]
    value = next(value for value in scenario.values if value.path == "sbi-notional.speed")
    assert (value.value, value.source) == ("5 km/s", "scenario")
    assert "6.0 km/s" in value.note


def test_an_ally_that_does_not_take_part_takes_its_sites_away(tmp_path: Path) -> None:
    radars = "sensors: [{site: uewr, at: [clear, fylingdales, pituffik]}]\n"
    everyone = loaded(tmp_path, SMALL + radars)
    assert [site.name for site in everyone.sensors[0].sites] == ["clear", "fylingdales", "pituffik"]
    assert {ally.nation: ally.used for ally in everyone.allies} == {
        "DK": ("uewr@pituffik",),
        "GB": ("uewr@fylingdales",),
    }
    without = loaded(tmp_path, SMALL + radars + "allies: {GB: {participates: false}, DK: {shares: [tpy-2]}}\n")
    assert [site.name for site in without.sensors[0].sites] == ["clear"]
    assert {ally.nation: ally.removed for ally in without.allies} == {
        "DK": ("uewr@pituffik",),
        "GB": ("uewr@fylingdales",),
    }


NORTH = """\
sensors:
  - {site: an-fps-117, at: [nws-long-range, clear]}
  - {site: an-fps-124, at: nws-gap-fillers}
  - {site: othr-arctic, at: southern-ontario}
  - {site: aew-notional, at: {name: Patrol, latitude: "70 deg", longitude: "-100 deg", nation: CA}}
  - {constellation: smti-notional}
"""


def test_a_share_of_a_named_capability_stands_for_its_radars(tmp_path: Path) -> None:
    everything = loaded(tmp_path, SMALL + NORTH)
    assert [len(group.sites) for group in everything.sensors] == [12, 31, 1, 1, 0]
    chain = loaded(tmp_path, SMALL + NORTH + "allies: {CA: {shares: [nws]}}\n")
    assert [group.model for group in chain.sensors] == ["an-fps-117", "an-fps-124", "smti-notional"]
    assert chain.allies[0].removed == ("othr-arctic@southern-ontario", "aew-notional@Patrol")
    assert chain.allies[0].not_simulated == ()
    skywave = loaded(tmp_path, SMALL + NORTH + "allies: {CA: {shares: [a-othr]}}\n")
    assert [group.model for group in skywave.sensors] == ["an-fps-117", "othr-arctic", "smti-notional"]
    assert [site.name for site in skywave.sensors[0].sites] == ["clear"]
    nothing = loaded(tmp_path, SMALL + NORTH + "allies: {CA: {participates: false, shares: [nws, a-othr]}}\n")
    assert [group.model for group in nothing.sensors] == ["an-fps-117", "smti-notional"]
    assert len(nothing.allies[0].removed) == 11 + 31 + 2
    assert nothing.allies[0].not_simulated == ()


def test_the_preset_of_the_arctic_holds_both_chains_and_the_skywave_radar(tmp_path: Path) -> None:
    text = SMALL.replace("name: small", "name: small\nextends: presets/sensors-arctic-air.yaml")
    groups = loaded(tmp_path, text).sensors
    assert [(group.model, len(group.sites)) for group in groups] == [
        ("an-fps-117", 11),
        ("an-fps-124", 31),
        ("othr-arctic", 1),
    ]


def test_a_shared_capability_without_sensors_in_the_scenario_is_said_to_be_idle(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, SMALL + "allies: {CA: {shares: [nws]}}\n")
    assert scenario.allies[0].not_simulated == (
        "North Warning System: the scenario places none of its sensors there (an-fps-117, an-fps-124)",
    )


def test_sensors_are_asked_for_where_they_can_be(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="carried by satellites"):
        loaded(tmp_path, SMALL + "sensors: [{site: smti-notional, at: clear}]\n")
    with pytest.raises(ScenarioError, match="on the ground or in the air"):
        loaded(tmp_path, SMALL + "sensors: [{constellation: aew-notional}]\n")
    with pytest.raises(ScenarioError, match="no known boresight"):
        loaded(tmp_path, SMALL + "sensors: [{site: othr-arctic, at: clear}]\n")


def test_inventory_comes_from_the_site_unless_given_and_from_the_constellation_in_space(tmp_path: Path) -> None:
    walker = '{total: 12, planes: 3, altitude: "400 km", inclination: "50 deg"}'
    shooters = f"""interceptors:
  - {{site: gbi, at: [fort-greely, vandenberg]}}
  - {{constellation: sbi-notional, walker: {walker}, per_satellite: 4}}
"""
    groups = loaded(tmp_path, SMALL + shooters).interceptors
    assert [(group.name, group.inventory) for group in groups] == [
        ("gbi-fort-greely", 40),
        ("gbi-vandenberg", 4),
        ("sbi-notional", 48),
    ]


def test_places_can_be_written_out(tmp_path: Path) -> None:
    site = '{name: My hill, latitude: "50 deg", longitude: "-100 deg", nation: CA, boresights: ["350 deg"]}'
    scenario = loaded(tmp_path, SMALL + f"sensors: [{{site: tpy-2, at: {site}}}]\n")
    place = scenario.sensors[0].sites[0]
    assert (place.name, place.nation) == ("My hill", "CA")
    assert place.boresights == (pytest.approx(math.radians(350.0)),)
    assert scenario.allies[0].used == ("tpy-2@My hill",)


def test_a_raid_without_aims_goes_for_what_is_defended(tmp_path: Path) -> None:
    text = "cupola: 1\nname: x\nraid: [{threat: icbm-solid-notional, count: 1, from: {region: china}}]\n"
    scenario = loaded(tmp_path, text + "defended: {assets: north-american-cities, nations: [CA]}\n")
    assert scenario.raid[0].aims[0].name == "Toronto"
    assert scenario.defended is not None
    assert scenario.defended.places == 59
    with pytest.raises(ScenarioError, match="the key 'to' is missing"):
        loaded(tmp_path, text)


def test_the_package_offers_the_verb() -> None:
    assert cupola.load is load
    with pytest.raises(AttributeError, match="has no attribute 'lod'"):
        cupola.lod  # noqa: B018


@pytest.mark.parametrize("path", sorted(PRESETS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_preset_can_be_built_upon(path: Path, tmp_path: Path) -> None:
    raid = SMALL.removeprefix("cupola: 1\nname: small\n") if not path.stem.startswith("raid-") else ""
    scenario = loaded(tmp_path, f"cupola: 1\nname: x\nextends: presets/{path.name}\n{raid}")
    assert scenario.raid
    notes = {value.path: value.note for value in scenario.values}
    for override in scenario.overrides:
        assert not notes[override.path].startswith("Overridden"), "a preset that overrides a value says why"


def test_presets_stack(tmp_path: Path) -> None:
    text = "cupola: 1\nname: x\nextends: [presets/cbo-2026.yaml, presets/raid-china-2025.yaml]\n"
    scenario = loaded(tmp_path, text)
    assert len(scenario.raid[0].aims) == 400
    assert sum(group.inventory for group in scenario.interceptors if group.layer == "boost") == 7800


def test_today_has_the_44_published_interceptors(tmp_path: Path) -> None:
    scenario = load(ROOT / "examples" / "today-gmd.yaml")
    assert sum(group.inventory for group in scenario.interceptors) == 44
    assert all(group.constellation is None for group in scenario.interceptors)
