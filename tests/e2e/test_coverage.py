"""``cupola coverage`` as a user calls it, good input and bad."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cupola
from cupola.cli.main import app
from cupola.scenario.errors import ScenarioError

IRIDIUM = ["66/6/3", "--inclination", "90 deg", "--altitude", "780 km", "--min-elevation", "8.2 deg"]
SPEC = """\
cupola: 1
kind: coverage
name: Small question
sensors:
  - constellation: tracking-layer-t3
    walker: {total: 12, planes: 3, phasing: 1, altitude: 1000 km, inclination: 80 deg}
  - {site: uewr, at: [clear, fylingdales]}
shells:
  - {altitude: 200 km, shows: cold}
  - {altitude: 20 km, shows: bright, cross_section: 1 m^2}
duration: 3 h
step: 120 s
grid: 10 deg
trajectories:
  - {threat: mrbm-nodong-class, from: {region: north-korea}, to: {city: Osaka}, name: to Osaka}
custody: {launches: 2}
losses: [0, 6]
"""


def call(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["coverage", *arguments])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def walker(*arguments: str) -> dict[str, Any]:
    return dict(json.loads(call("walker", *arguments, "--json").stdout))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def test_walker_patterns_as_json() -> None:
    for pattern, tilt, angle in (("5/5/1", 43.66, 69.15), ("9/9/7", 70.54, 54.81), ("15/3/1", 53.5, 42.14)):
        document = walker(pattern, "--inclination", f"{tilt} deg", "--altitude", "20000 km", "--min-elevation", "5 deg")
        assert document["worst_angle_deg"] == pytest.approx(angle, abs=0.02)
        assert document["continuous"] is (document["footprint_half_angle_deg"] >= document["worst_angle_deg"])
        assert document["streets"] is None
    # At the altitude it names the pattern just covers the globe.
    needed = document["least_altitude_for_continuous_km"]
    for altitude, covers in ((needed * 1.001, True), (needed * 0.999, False)):
        again = walker(
            "15/3/1", "--inclination", "53.5 deg", "--altitude", f"{altitude} km", "--min-elevation", "5 deg"
        )
        assert again["continuous"] is covers
        assert not covers or min(row["min_visible"] for row in again["by_latitude"]) >= 1


def test_streets_of_coverage() -> None:
    document = walker(*IRIDIUM, "--star", "31.42 deg")
    assert document["kind"] == "star"
    assert document["continuous"] is True
    assert document["streets"]["sum_deg"] == pytest.approx(180.31, abs=0.01)
    assert document["streets"]["closes"] is True
    assert walker(*IRIDIUM, "--star", "33 deg")["continuous"] is False
    text = " ".join(call("walker", *IRIDIUM, "--star", "31.42 deg").stdout.split())
    for words in ("180.31°", "yes: the whole globe is always in view", "Walker star 66/6/3"):
        assert words in text
    assert json.loads(call("--json", "walker", *IRIDIUM).stdout)["kind"] == "delta"


# Name -> (arguments, what the message must say).
WRONG = {
    "no pattern": (["walker", "24-6-1", *IRIDIUM[1:]], "T/P/F: got '24-6-1', accepted is T/P/F"),
    "unequal planes": (["walker", "15/4/1", *IRIDIUM[1:]], "shared out over 1, 3, 5 planes"),
    "phasing": (["walker", "15/5/5", *IRIDIUM[1:]], "phasing of 5 for 5 planes"),
    "no unit": (["walker", "15/5/1", "--inclination", "55", "--altitude", "780 km"], "--inclination: got '55' without"),
    "wrong unit": (
        ["walker", "15/5/1", "--inclination", "55 km", "--altitude", "780 km"],
        "--inclination: got '55 km'",
    ),
    "upside down": (["walker", "15/5/1", "--inclination", "190 deg", "--altitude", "780 km"], "0 deg to 180 deg"),
    "in the ground": (["walker", "15/5/1", "--inclination", "55 deg", "--altitude", "1 m"], "--altitude: got '1 m'"),
    "straight up": ([*["walker"], *IRIDIUM[:-1], "90 deg"], "--min-elevation: got 90 deg"),
    "wide star": (["walker", *IRIDIUM, "--star", "40 deg"], "--star: got '40 deg' between 6 planes"),
    "thousands": (["walker", "30000/10/1", *IRIDIUM[1:]], "accepted is 1 to 20,000"),
    "no such file": (["nothing.yaml"], "nothing.yaml: there is no such file"),
    "picture of another kind": (["spec.yaml", "--out", "map.gif"], "--out: got 'map.gif', accepted are names"),
    "folder that is not there": (["spec.yaml", "--out", "a/map.png"], "there is no folder a"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_calls_are_told_in_a_line(name: str, folder: Path) -> None:
    arguments, message = WRONG[name]
    result = call(*arguments, code=2)
    assert result.stdout == ""
    assert re.search(re.escape(message), result.stderr.replace("\n", " ")), result.stderr
    assert [path.name for path in folder.iterdir()] == ["spec.yaml"]


# Name -> (what is replaced, by what, what the message must say).
WRONG_FILES = {
    "unknown key": ("duration:", "durration:", r"spec.yaml:\d+: durration: unknown key .*did you mean 'duration'"),
    "unknown sensor": ("tracking-layer-t3", "tracking-layer-3", "sensors.0: .*did you mean 'tracking-layer-t3'"),
    "radar in orbit": ("constellation: tracking-layer-t3", "constellation: uewr", "is a radar on the ground"),
    "radar in the air": (
        "{site: uewr, at: [clear, fylingdales]}",
        "{site: aew-notional, at: clear}",
        "no sensors of the kind",
    ),
    "unknown site": ("[clear,", "[cleer,", "sensors.1: unknown site 'cleer'.*did you mean 'clear'"),
    "bare number": ("step: 120 s", "step: 120", "step: .*needs a unit"),
    "grid": ("grid: 10 deg", "grid: 7 deg", "a part of 180 deg"),
    "long step": ("step: 120 s", "step: 5 h", "at most the duration"),
    "too fine": ("grid: 10 deg", "grid: 0.1 deg", "accepted are at most 2,000,000"),
    "too much": ("duration: 3 h", "duration: 10000 h", "accepted are at most 200,000"),
    "no kind": ("kind: coverage\n", "", "the key 'kind' is missing; accepted is 'kind: coverage'"),
    "version": ("cupola: 1", "cupola: 2", "got version 2, accepted is 1"),
    "shows": ("shows: cold", "shows: colds", "shells.0.shows: .*did you mean 'cold'"),
    "losses": ("losses: [0, 6]", "losses: [0, 60]", "losses.*: got 60, accepted is at most the 12"),
    "two areas": (
        "losses:",
        "area: {region: china, latitudes: [0 deg, 10 deg]}\nlosses:",
        "area: got latitudes and region",
    ),
    "no area": ("losses:", "area: {box: [0 deg, 1 deg, 0 deg, 1 deg]}\nlosses:", "middle of no cell"),
    "pole": (
        "losses:",
        "area: {polygon: [[80 deg, 0 deg], [80 deg, 120 deg], [80 deg, -120 deg]]}\nlosses:",
        "winds round a pole",
    ),
    "removed": ("losses:", "removed: {uewr: 1}\nlosses:", "removed.uewr: there are no satellites 'uewr'"),
    "override": ("losses:", "overrides: {tracking-layer-t3.pixels: 1 urad}\nlosses:", "did you mean 'pixel'"),
    "flight out of reach": ("to: {city: Osaka}", "to: {city: Paris}", "trajectories: to Osaka: .*greatest range"),
    "unknown threat": ("mrbm-nodong-class", "mrbm-nodong", "unknown threat 'mrbm-nodong'.*did you mean"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files_are_told_with_their_line(name: str, folder: Path) -> None:
    old, new, message = WRONG_FILES[name]
    assert old in SPEC
    (folder / "spec.yaml").write_text(SPEC.replace(old, new, 1), encoding="utf-8")
    result = call("spec.yaml", code=2)
    assert result.stdout == ""
    assert re.search(message, result.stderr.replace("\n", " ")), result.stderr


def test_a_file_as_json_text_picture_and_verb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(call("spec.yaml", "--json", "--out", "map.png").stdout)
    first = (folder / "map.png").read_bytes()
    assert first.startswith(b"\x89PNG")
    for key in ("fraction_covered", "fraction_stereo", "mean_visible", "largest_gap_s"):
        assert document[key] == document["shells"][0][key]
    assert 0.0 < document["fraction_stereo"] < document["fraction_covered"] < 1.0
    assert document["mean_visible"] > document["fraction_covered"]
    assert [shell["altitude_km"] for shell in document["shells"]] == [200.0, 20.0]
    flight = document["custody"][0]
    assert flight["name"] == "to Osaka"
    assert len(flight["launches"]) == 2
    assert [row["satellites_lost"] for row in document["losses"]] == [0, 6]
    assert document["losses"][0]["fraction_covered"] == document["fraction_covered"]
    assert any("stays above 60 km" in line for line in document["assumptions"])
    found = cupola.coverage("spec.yaml")
    assert found.document == document
    assert found.maps[0].covered.shape == (18, 36)
    for columns in ("80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        text = call("spec.yaml", "--out", "map.png").stdout
        assert max(map(len, text.splitlines())) <= int(columns)
        assert f"{document['fraction_covered']:.2%}" in text
        assert "█" in text or "▓" in text
        assert "written: map.png" in text
    assert (folder / "map.png").read_bytes() == first


def test_a_scenario_is_told_apart(folder: Path) -> None:
    (folder / "spec.yaml").write_text("cupola: 1\nname: x\nraid: []\n", encoding="utf-8")
    assert "a file with a raid is a scenario, for cupola run" in call("spec.yaml", code=2).stderr
    with pytest.raises(ScenarioError):
        cupola.coverage("spec.yaml")
