"""Every value of the catalogue has a unit that fits, a source that exists, a confidence; no default hides a number."""

from pathlib import Path

import pytest

from cupola.scenario.catalogue import ASSUMED, GROUPS, ROOT, cited, entry, names, read_entry, references, unstated
from cupola.scenario.document import PRESETS, read_document
from cupola.scenario.errors import ScenarioError

ENTRIES = [(group, name) for group in GROUPS for name in names(group)]
SPECIFIED = [(group, name) for group, name in ENTRIES if group in ("threats", "decoys", "sensors", "interceptors")]

CREDITED_FOR_TABLES = {"geonames", "natural-earth"}

GOOD = """\
kind: decoy
title: A test decoy
values:
  mass: {value: 1, unit: kg, source: assumed, confidence: assumed, note: for a test}
  ballistic_coefficient: {value: 10, unit: kg/m^2, source: assumed, confidence: assumed, note: for a test}
  separation_speed: {value: 3, unit: m/s, source: assumed, confidence: assumed, note: for a test}
  feature_distance: {value: 1, source: assumed, confidence: assumed, note: for a test}
  body:
    temperature: {value: 290, unit: K, source: assumed, confidence: assumed, note: for a test}
    emissivity: {value: 0.1, source: assumed, confidence: assumed, note: for a test}
    area: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
    radar:
      uhf: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      l_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      s_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      x_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
    radar_side:
      uhf: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      l_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      s_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      x_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
    radar_rear:
      uhf: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      l_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      s_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
      x_band: {value: 1, unit: m^2, source: assumed, confidence: assumed, note: for a test}
"""


def read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "test-decoy.yaml"
    path.write_text(text, encoding="utf-8")
    read_entry("decoys", path)


@pytest.mark.parametrize(("group", "name"), ENTRIES, ids=lambda part: part)
def test_entry_is_sound_and_every_source_is_in_the_bibliography(group: str, name: str) -> None:
    values = entry(group, name).values
    assert values
    cited({value.source for value in values})
    assert all(value.note for value in values if value.source == ASSUMED)


@pytest.mark.parametrize(("group", "name"), SPECIFIED, ids=lambda part: part)
def test_entry_states_every_number_of_its_spec(group: str, name: str) -> None:
    assert unstated(entry(group, name).spec) == []


def test_the_file_that_the_refusals_start_from_is_sound(tmp_path: Path) -> None:
    read(tmp_path, GOOD)


FIRST = "mass: {value: 1, unit: kg, source: assumed, confidence: assumed, note: for a test}"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("mass: {value: 1, unit: kg, confidence: assumed, note: x}", "mass: this value has no source"),
        ("mass: {value: 1, unit: kg, source: nobody, confidence: published}", "'nobody' is not in the bibliography"),
        ("mass: {value: 1, unit: kg, source: assumed, confidence: assumed}", "assumed without a note"),
        ("mass: {value: 1, unit: kg, source: assumed, confidence: published, note: x}", "its confidence is 'assumed'"),
        ("mass: {value: 1, unit: kg, source: dia-2025, confidence: sure}", "accepted is published, estimated, assumed"),
        ("mass: {value: 1, unit: kg, source: dia-2025}", "got the confidence None"),
        ("mass: 1", "got the bare value 1"),
        ("mass: {value: 1, unit: km, source: dia-2025, confidence: published}", "is not a mass"),
        ("mass: {value: 1, source: dia-2025, confidence: published}", "needs a unit"),
        ("mass: {value: 1, units: kg, source: dia-2025, confidence: published}", "unknown key 'units'"),
        ("mas: {value: 1, unit: kg, source: dia-2025, confidence: published}", "did you mean 'mass'"),
    ],
)
def test_an_unsound_value_is_refused(tmp_path: Path, new: str, message: str) -> None:
    assert FIRST in GOOD
    with pytest.raises(ScenarioError, match=message):
        read(tmp_path, GOOD.replace(FIRST, new))


def test_every_bibliography_key_is_cited() -> None:
    texts = [
        path.read_text("utf-8")
        for path in [*ROOT.glob("*/*.yaml"), *PRESETS.glob("*.yaml"), ROOT.parent / "data" / "defaults.yaml"]
        if path.parent.name != "bibliography"
    ]
    unused = {key for key in references() if not any(key in text for text in texts)} - CREDITED_FOR_TABLES
    assert unused == set()


def test_every_source_that_a_preset_states_exists() -> None:
    for path in PRESETS.glob("*.yaml"):
        cited({note["source"] for note in read_document(path).data.get("sources", {}).values()})
