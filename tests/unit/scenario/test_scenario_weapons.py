"""How a scenario writes launchers, patrols, lasers and the availability of satellites, and what it may not."""

from pathlib import Path

import pytest

from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import dump, load
from cupola.scenario.schema import Scenario

HEAD = """
cupola: 1
name: weapons
raid: [{threat: icbm-solid-notional, count: 1, from: {region: north-korea}, to: {city: Washington}}]
interceptors:
"""
AT = "at: {name: here, latitude: 38 deg, longitude: -77 deg}"


def loaded(tmp_path: Path, entry: str) -> Scenario:
    file = tmp_path / "weapons.yaml"
    file.write_text(f"{HEAD}  - {{{entry}}}\n")
    return load(file)


def test_what_is_written_comes_through_and_back(tmp_path: Path) -> None:
    for entry in (
        f"site: fighter-amraam, {AT}, patrol: {{aircraft: 4, on_station: 0.3}}",
        f"site: nasams-amraam, {AT}, inventory: 12, launcher: {{ready: 6, reload_time: 90 s}}",
        f"site: laser-notional, {AT}",
        "constellation: sbi-glide-notional, availability: {mean_life: 5 year, replacement_delay: 90 day, spares: 10}",
    ):
        scenario = loaded(tmp_path, entry)
        again = tmp_path / "again.yaml"
        again.write_text(dump(scenario))
        assert load(again) == scenario


def test_aircraft_bring_their_missiles_and_lasers_their_magazine(tmp_path: Path) -> None:
    fighters = loaded(tmp_path, f"site: fighter-amraam, {AT}, patrol: {{aircraft: 4}}").interceptors[0]
    assert fighters.inventory == 4 * 6
    laser = loaded(tmp_path, f"site: laser-notional, {AT}").interceptors[0]
    assert laser.inventory == laser.spec.magazine


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (f"site: fighter-amraam, {AT}", "give the entry a patrol"),
        (f"site: fighter-amraam, {AT}, patrol: {{aircraft: 2}}, inventory: 9", "take the inventory out"),
        (f"site: gbi, {AT}, inventory: 9, patrol: {{aircraft: 2}}", "take the patrol out"),
        (f"site: laser-notional, {AT}, launcher: {{ready: 1, reload_time: 1 s}}", "take the launcher out"),
        (f"site: nasams-amraam, {AT}", "no public inventory"),
        (f"site: nasams-amraam, {AT}, inventory: 9, launcher: {{ready: 0, reload_time: 1 s}}", "launcher.ready"),
        (f"site: sbi-glide-notional, {AT}", "waits in orbit"),
        ("constellation: laser-notional", "stands on the ground"),
        ("constellation: sbi-glide-notional, availability: {out_of_service: 1.0}", "out_of_service"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_hint(tmp_path: Path, entry: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        loaded(tmp_path, entry)
