"""``cupola size orbital`` as a user calls it, good input and bad."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import cupola
from cupola.cli.main import app
from cupola.scenario.errors import ScenarioError
from cupola.studies.orbital_spec import OrbitalSpec

SPEC = """\
cupola: 1
kind: orbital
name: Small question
threats:
  - threat: icbm-solid-notional
    from: {region: north-korea}
    points: 2
    to: [{city: Washington}]
  - threat: icbm-liquid-notional
    from: {latitude: 39.3 deg, longitude: 125.9 deg}
    azimuths: [10 deg]
    range: 9000 km
    name: liquid
interceptor: sbi-notional
overrides: {sbi-notional.speed: 5 km/s}
timeline: {detection_altitude: 7 km, tracking: 20 s, decision: 10 s, message: 2 s}
requirement: {shots: 2, probability: 0.9}
shells:
  - walker: {total: 1000, planes: 25, phasing: 1, altitude: 400 km, inclination: 50 deg}
search:
  altitudes: [300 km, 400 km]
  inclinations: [30 deg, 45 deg, 60 deg]
  mixed: true
phases: {count: 100}
"""


def call(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["size", "orbital", *arguments])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def test_a_file_as_json_text_and_verb(folder: Path) -> None:
    result = call("spec.yaml", "--json")
    document = json.loads(result.stdout)
    assert "searching" in result.stderr
    assert document["interceptor"]["speed_km_s"] == 5.0
    assert document["overrides"][0]["path"] == "sbi-notional.speed"
    given = document["constellation"]
    assert [row["release_s"] > row["burnout_s"] for row in given["missiles"]] == [False] * 3
    solid, liquid = given["missiles"][0], given["missiles"][2]
    # A liquid missile burns longer: more interceptors come to it.
    assert liquid["burnout_s"] > solid["burnout_s"] + 50.0
    assert liquid["mean_in_reach"] > 2.0 * solid["mean_in_reach"]
    assert given["absentee_ratio"] == pytest.approx(1000.0 / given["mean_in_reach"], rel=1e-4)
    for row in given["missiles"]:
        assert row["least"] <= row["p05"] <= row["median"] <= row["p95"] <= row["most"]
    # A second later is worse, and the curve of delays begins with the mean and ends with nobody.
    assert given["delay"]["mean_per_second"] < 0.0
    curve = [row["mean_in_reach"] for row in given["delay"]["curve"]]
    assert curve[0] == pytest.approx(given["mean_in_reach"], rel=0.01)
    assert curve[-1] == 0.0
    assert curve == sorted(curve, reverse=True)
    slope = (-3.0 * curve[0] + 4.0 * curve[1] - curve[2]) / 10.0
    assert given["delay"]["mean_per_second"] == pytest.approx(slope, rel=0.05)
    # Cover thins towards the equator and ends beyond the inclination.
    profile = {row["latitude_deg"]: row["icbm-solid-notional"] for row in given["latitude"]}
    assert profile[0] < profile[30] < profile[40]
    assert profile[80] == 0.0
    assert {area["heading"] for area in given["reach_map"]["areas"]} == {"northbound", "southbound"}
    search = document["search"]
    assert len([row for row in search["table"] if not row["refined"]]) == 6
    low = [row for row in search["table"] if row["inclination_deg"] == 30.0 and not row["refined"]]
    assert all(row["satellites"] is None for row in low)
    assert search["best"]["enough"] is True
    assert search["best"]["satellites"] == document["satellites"]
    sizes = [row["interpolated"] for row in search["table"] if row["satellites"] is not None]
    assert search["best_interpolated"] == min(sizes)
    words = " ".join(call("spec.yaml").stdout.split())
    for part in ("absentee ratio", "one more second", "smallest", "Small question"):
        assert part in words
    found = cupola.size_orbital("spec.yaml")
    assert found.document == document


def test_a_picture_is_the_same_again(folder: Path) -> None:
    given_only = SPEC[: SPEC.index("search:")]
    (folder / "spec.yaml").write_text(given_only, encoding="utf-8")
    call("spec.yaml", "--plot", "one.png")
    call("spec.yaml", "--json", "--plot", "two.png")
    assert (folder / "one.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "one.png").read_bytes() == (folder / "two.png").read_bytes()
    result = call("spec.yaml", "--plot", "a/b.png", code=2)
    assert "there is no folder a" in result.stderr


def test_what_is_found_is_the_smallest_of_its_shape(folder: Path) -> None:
    found = cupola.size_orbital("spec.yaml")
    assert found.found is not None
    best = found.found.best
    asked = found.question.spec.model_dump(mode="json", by_alias=True)

    def counted(**changes: int) -> Any:
        shell = {"walker": {**best.walker.model_dump(mode="json"), **changes}}
        return cupola.size_orbital(OrbitalSpec.model_validate({**asked, "search": None, "shells": [shell]})).given

    assert counted().enough is True
    fewer = best.walker.planes - 1
    smaller = counted(planes=fewer, total=fewer * fewer)
    assert smaller.enough is False
    np.testing.assert_allclose(smaller.means / smaller.total, best.shares, rtol=5e-3)


PAIRS = """\
pairs:
  per_missile: 780
  shots: [1, 2]
  speeds: [2 km/s, 5 km/s, 8 km/s]
  delays: [0 s, 40 s, 80 s, 90 s, 95 s, 100 s, 105 s, 110 s, 115 s, 120 s, 130 s, 140 s, 150 s, 200 s]
"""


def test_pairs_of_speed_and_delay_give_the_number_asked_for(folder: Path) -> None:
    given_only = SPEC[: SPEC.index("search:")]
    (folder / "pairs.yaml").write_text(given_only + PAIRS, encoding="utf-8")
    document = json.loads(call("pairs.yaml", "--json", "--plot", "pairs.png").stdout)
    assert (folder / "pairs.png").read_bytes().startswith(b"\x89PNG")
    curves = {(each["group"], each["shots"]): each["points"] for each in document["pairs"]["curves"]}
    one = {row["speed_km_s"]: row["delay_s"] for row in curves["liquid", 1]}
    two = {row["speed_km_s"]: row["delay_s"] for row in curves["liquid", 2]}
    assert one[5.0] < one[8.0] < 260.0
    assert two[5.0] < one[5.0]
    assert "780 interceptors for each missile are right" in " ".join(call("pairs.yaml").stdout.split())
    # Counted with the pair's own speed and delay, one in 780 is in reach.
    old = "timeline: {detection_altitude: 7 km, tracking: 20 s, decision: 10 s, message: 2 s}"
    assert old in given_only
    liquid = given_only.replace(old, f"timeline: {{detection: {one[5.0]} s}}")
    (folder / "check.yaml").write_text(liquid, encoding="utf-8")
    check = json.loads(call("check.yaml", "--json").stdout)["constellation"]["missiles"][2]
    assert 1000.0 / check["mean_in_reach"] == pytest.approx(780.0, rel=0.03)


def test_a_window_of_the_file_is_kept(folder: Path) -> None:
    given_only = SPEC[: SPEC.index("search:")]

    def counted(window: str) -> Any:
        (folder / "spec.yaml").write_text(given_only + f"window: {window}\n", encoding="utf-8")
        return json.loads(call("spec.yaml", "--json").stdout)

    burn, longer = counted("{}"), counted("{until: 350 s}")
    assert longer["constellation"]["mean_in_reach"] > 3.0 * burn["constellation"]["mean_in_reach"]
    assert not any("engages boost alone" in line for line in burn["assumptions"])
    assert any("engages boost alone" in line for line in longer["assumptions"])
    # Part of a window never holds more than the whole.
    late = counted("{after: 300 s, until: 350 s}")["constellation"]["mean_in_reach"]
    assert burn["constellation"]["mean_in_reach"] < late < longer["constellation"]["mean_in_reach"]
    assert counted("{after: 500 s, until: 350 s}")["constellation"]["missiles"][0]["reason"] == "too-late"


NOBODY = {
    "late": ("decision: 10 s", "decision: 300 s", "too-late", "is over before an interceptor is released"),
    "low": (
        "sbi-notional.speed: 5 km/s",
        "sbi-notional.minimum_altitude: 900 km",
        "too-low",
        "stays below the interceptor's lowest altitude",
    ),
    "no plane": ("inclination: 50 deg", "inclination: 5 deg", "no-plane", "No orbit of these inclinations"),
    "far": ("altitude: 400 km, i", "altitude: 1600 km, i", "too-far", "No satellite covers the distance"),
    "never seen": ("detection_altitude: 7 km", "detection_altitude: 40000 km", "never-seen", "never rises"),
}


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_in_reach_has_a_reason(name: str, folder: Path) -> None:
    old, new, code, sentence = NOBODY[name]
    assert old in SPEC
    given_only = SPEC[: SPEC.index("search:")].replace(old, new, 1)
    (folder / "spec.yaml").write_text(given_only, encoding="utf-8")
    document = json.loads(call("spec.yaml", "--json").stdout)
    given = document["constellation"]
    assert {row["reason"] for row in given["missiles"]} == {code}
    assert sentence in given["missiles"][0]["explanation"]
    assert given["mean_in_reach"] == 0.0
    assert given["absentee_ratio"] is None
    assert "none is ever in reach" in call("spec.yaml").stdout


def test_a_search_that_finds_nothing_says_why(folder: Path) -> None:
    (folder / "late.yaml").write_text(SPEC.replace("decision: 10 s", "decision: 300 s"), encoding="utf-8")
    search = json.loads(call("late.yaml", "--json", "--plot", "late.png").stdout)["search"]
    assert (folder / "late.png").is_file()
    assert search["best"] is None
    assert "is over before an interceptor is released" in search["none_because"]
    few = SPEC[: SPEC.index("shells:")] + SPEC[SPEC.index("search:") :].replace("mixed: true", "most: 20")
    (folder / "few.yaml").write_text(few, encoding="utf-8")
    call("few.yaml", "--json", "--plot", "few.png")
    assert "None of up to 20 satellites" in " ".join(call("few.yaml").stdout.split())


WRONG_FILES = {
    "unknown key": ("requirement:", "requirements:", r"spec.yaml:\d+: requirements: unknown key.*did you mean"),
    "unknown threat": ("threat: icbm-solid-notional", "threat: icbm-solid", "threats.0.threat: unknown threat.*did"),
    "unknown weapon": ("interceptor: sbi-notional", "interceptor: sbi", "interceptor: unknown interceptor 'sbi'"),
    "on the ground": ("interceptor: sbi-notional", "interceptor: gbi", "waits on the ground"),
    "unknown region": ("region: north-korea", "region: north-corea", "threats.0.from: unknown region.*did you mean"),
    "unknown city": ("city: Washington", "city: Wasington", "threats.0.to.0: unknown city"),
    "asset list": ("{city: Washington}", "{assets: us-cities}", "got the asset list 'us-cities'"),
    "both aims": ("    range: 9000 km\n", "    range: 9000 km\n    to: [{city: Bern}]\n", "either to, .* or azimuths"),
    "no range": ("    range: 9000 km\n", "", "azimuths and range belong together"),
    "far": ("range: 9000 km", "range: 19000 km", "threats.1: 39.30, 125.90 to 10°: range asked 19,000 km"),
    "override": ("sbi-notional.speed", "sbi-notional.sped", "overrides.sbi-notional.sped.*did you mean 'speed'"),
    "bare number": ("tracking: 20 s", "tracking: 20", "timeline.tracking.*needs a unit"),
    "two detections": ("tracking: 20 s", "detection: 30 s", "either detection, a time, or detection_altitude"),
    "probability": ("probability: 0.9", "probability: 90", "requirement.probability: got 90, accepted is at most 1"),
    "no kind": ("kind: orbital\n", "", "the key 'kind' is missing; accepted is 'kind: orbital'"),
    "kind": ("kind: orbital", "kind: coverage", "kind: got 'coverage', accepted is 'orbital'"),
    "planes": ("planes: 25", "planes: 24", "total 1000 is not a multiple of planes 24"),
    "version": ("cupola: 1", "cupola: 2", "got version 2, accepted is 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files_are_told_with_their_line(name: str, folder: Path) -> None:
    old, new, message = WRONG_FILES[name]
    assert old in SPEC
    (folder / "spec.yaml").write_text(SPEC.replace(old, new, 1), encoding="utf-8")
    result = call("spec.yaml", code=2)
    assert result.stdout == ""
    assert re.search(message, result.stderr.replace("\n", " ")), result.stderr


def test_who_does_not_engage_boost_needs_a_window(folder: Path) -> None:
    text = SPEC.replace("sbi-notional", "sbi-glide-notional")
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    assert (
        "window: until is missing: sbi-glide-notional engages midcourse and glide" in call("spec.yaml", code=2).stderr
    )


def test_a_mix_of_shells_that_is_told_is_enough(folder: Path) -> None:
    begin, end = SPEC.index("threats:"), SPEC.index("interceptor:")
    threats = """\
threats:
  - {threat: icbm-solid-notional, from: {latitude: 20 deg, longitude: 80 deg}, azimuths: [10 deg], range: 8000 km}
  - {threat: icbm-solid-notional, from: {latitude: 60 deg, longitude: 80 deg}, azimuths: [10 deg], range: 8000 km}
"""
    text = SPEC[:begin] + threats + SPEC[end:].replace("[30 deg, 45 deg, 60 deg]", "[25 deg, 65 deg]")
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    search = json.loads(call("spec.yaml", "--json").stdout)["search"]
    mix = search["mix"]
    assert mix["satellites"] < search["best"]["satellites"]
    assert len(mix["shells"]) > 1
    keys = ("total", "planes", "phasing")
    shells = "".join(
        f"  - walker: {{{', '.join(f'{key}: {each[key]}' for key in keys)}, altitude: {each['altitude_km']} km, "
        f"inclination: {each['inclination_deg']} deg}}\n"
        for each in mix["shells"]
    )
    given = text[: text.index("shells:")] + "shells:\n" + shells + "phases: {count: 100}\n"
    (folder / "mix.yaml").write_text(given, encoding="utf-8")
    counted = json.loads(call("mix.yaml", "--json").stdout)["constellation"]
    assert counted["enough"] is True
    assert counted["probability_met"] == pytest.approx(mix["probability_met"], abs=1e-6)


def test_a_salvo_from_several_places_uses_no_interceptor_twice(folder: Path) -> None:
    given_only = SPEC[: SPEC.index("search:")].replace("total: 1000", "total: 4000")

    def served(shots: int, salvo: int) -> Any:
        text = given_only.replace("requirement: {shots: 2", f"requirement: {{shots: {shots}, salvo: {salvo}")
        (folder / "spec.yaml").write_text(text, encoding="utf-8")
        return json.loads(call("spec.yaml", "--json").stdout)["constellation"]

    assert served(2, 1)["salvo_over_flights"] is None
    # Two from one place and one from another need as many in reach of all of them together, and each its own.
    three = served(2, 3)
    counts = [row["probability_met"] for row in three["missiles"]]
    assert 0.0 < three["salvo_over_flights"]["probability_met"] <= 1.0
    # A third missile from where many are in reach asks less than three from the worst place.
    assert three["salvo_over_flights"]["probability_met"] >= min(counts)
    assert served(500, 3)["salvo_over_flights"]["probability_met"] == 0.0
    assert "launched from all places in turn" in " ".join(call("spec.yaml").stdout.split())


def test_pairs_must_rise_and_have_shells(folder: Path) -> None:
    text = SPEC + PAIRS.replace("[2 km/s, 5 km/s, 8 km/s]", "[5 km/s, 2 km/s]")
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    assert "speeds: accepted are values that rise" in call("spec.yaml", code=2).stderr
    begin, end = SPEC.index("shells:"), SPEC.index("search:")
    (folder / "spec.yaml").write_text(SPEC[:begin] + SPEC[end:] + PAIRS, encoding="utf-8")
    assert "pairs: accepted with shells" in call("spec.yaml", code=2).stderr


def test_wrong_specs_from_python_are_told_too() -> None:
    asked = {
        "cupola": 1,
        "kind": "orbital",
        "name": "x",
        "interceptor": "sbi",
        "threats": [{"threat": "icbm-solid-notional", "from": {"region": "iran"}, "to": [{"city": "London"}]}],
        "timeline": {"detection": "40 s"},
        "search": {"altitudes": ["400 km"], "inclinations": ["50 deg"]},
    }
    with pytest.raises(ScenarioError, match="interceptor: unknown interceptor 'sbi'"):
        cupola.size_orbital(OrbitalSpec.model_validate(asked))
