"""``cupola fly``, ``claim`` and ``reproduce`` as a user calls them, good input and bad."""
# ruff: noqa: E501  # one wrong input per line reads as a table

import csv
import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import cupola
from cupola.cli.main import app
from cupola.core.earth import MU, ROTATION_RATE, central_angle
from cupola.scenario.errors import ScenarioError
from cupola.scenario.points import parse_point
from cupola.threats.flight import InfeasibleFlight
from cupola.threats.impulsive import flight_to_apogee

SOLID = ["fly", "icbm-solid-notional", "--from", "39.0,125.7", "--to", "38.9,-77.0"]
SCUD = ["fly", "srbm-scud-b-class", "--from", "-33.9,151.2"]
GOOD_CLAIM = {"--apogee": "6040.9 km", "--range": "999.2 km", "--time": "4135 s"}


def call(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def asked(*arguments: str) -> Any:
    return json.loads(call(*arguments, "--json").stdout)


def refused(folder: Path, *arguments: str) -> str:
    before = sorted(folder.rglob("*"))
    result = call(*arguments, code=2)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert sorted(folder.rglob("*")) == before
    return result.stderr.replace("\n", " ")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_flight_as_json_has_the_keys_and_figures_that_are_promised() -> None:
    document = asked(*SOLID)
    assert document["threat"] == "icbm-solid-notional"
    assert document["range_km"] == pytest.approx(11_049.0, rel=2e-3)
    assert 1_000.0 < document["apogee_km"] < 1_600.0
    assert 1_900.0 < document["flight_time_s"] < 2_400.0
    assert set(document["burnout"]) == {"time_s", "altitude_km", "speed_km_s", "flight_path_deg"}
    assert 6.9 < document["burnout"]["speed_km_s"] < 7.5
    assert set(document["impact"]) == {"latitude_deg", "longitude_deg", "speed_km_s"}
    assert document["impact"]["latitude_deg"] == pytest.approx(38.9, abs=0.01)
    assert document["impact"]["longitude_deg"] == pytest.approx(-77.0, abs=0.01)
    assert document["miss_km"] < 1.0
    phases = document["phases"]
    assert [phase["name"] for phase in phases][:1] == ["boost-1"]
    assert [p["end_s"] for p in phases[:-1]] == [p["start_s"] for p in phases[1:]]
    assert phases[-1]["end_s"] == document["flight_time_s"]
    assert document["sources"]
    assert 0 < document["assumed"] < document["values"]


def test_the_table_for_people_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    document = asked(*SOLID)
    for columns in ("80", "120"):
        monkeypatch.setenv("COLUMNS", columns)
        text = call(*SOLID).stdout
        assert max(map(len, text.splitlines())) <= int(columns)
        words = " ".join(text.split())
        assert f"{document['apogee_km']:,.1f} km" in words
        assert f"{document['flight_time_s']:,.1f} s" in words
        assert "midcourse" in words
        assert "cupola catalog show icbm-solid-notional" in words


def test_the_verb_of_the_api_flies_the_same() -> None:
    document = asked(*SOLID)
    for launch, aim in (((39.0, 125.7), (38.9, -77.0)), ("39.0N, 125.7E", "38.9N, 77.0W")):
        flight = cupola.fly("icbm-solid-notional", launch, aim)
        assert round(flight.flight_time_s, 3) == document["flight_time_s"]
    over = cupola.fly("icbm-liquid-notional", (39.0, 125.7), range="999.2 km", apogee="4475 km")
    assert over.apogee_m == pytest.approx(4_475e3, abs=100.0)
    with pytest.raises(InfeasibleFlight, match="greatest range"):
        cupola.fly("srbm-scud-b-class", "Pyongyang", "Washington")
    with pytest.raises(ScenarioError, match="apogee: got '9000' without a unit"):
        cupola.fly("icbm-solid-notional", "Pyongyang", "Washington", apogee="9000")


def test_a_range_is_flown_to_the_east_unless_told_otherwise() -> None:
    east = asked(*SCUD, "--range", "200 km")
    assert east["to"]["longitude_deg"] > 153.0
    assert east["to"]["latitude_deg"] == pytest.approx(-33.9, abs=0.1)
    assert east["range_km"] == pytest.approx(200.0, abs=1.0)
    south = asked(*SCUD, "--range", "200 km", "--azimuth", "180 deg")
    assert south["to"]["longitude_deg"] == pytest.approx(151.2, abs=1e-4)
    assert south["to"]["latitude_deg"] < -35.5


def test_values_may_begin_with_a_minus() -> None:
    expected = asked(*SCUD, "--to", "33.9S, 149.5E")
    for aim in (["--to", "-33.9,149.5"], ["--to=-33.9,149.5"]):
        assert asked(*SCUD, *aim) == expected


def test_a_city_is_a_place() -> None:
    named = asked("fly", "icbm-solid-notional", "--from", "Pyongyang", "--to", "Seattle")
    assert named["impact"]["latitude_deg"] == pytest.approx(47.6, abs=0.1)
    assert named["impact"]["longitude_deg"] == pytest.approx(-122.3, abs=0.1)


def test_height_of_the_launch_counts() -> None:
    high = asked(*SCUD, "--range", "250 km", "--from-altitude", "3 km")
    low = asked(*SCUD, "--range", "250 km")
    assert high["from"]["altitude_km"] == 3.0
    assert high["burnout"]["speed_km_s"] < low["burnout"]["speed_km_s"]


def test_the_dense_table_agrees_with_itself_and_with_the_answer(folder: Path) -> None:
    document = asked(*SOLID, "--out", "flight.csv", "--step", "2 s")
    with (folder / "flight.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [path.name for path in folder.iterdir()] == ["flight.csv"]
    assert {row["object"] for row in rows} == {"booster", "payload-1"}
    table = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name not in ("object", "phase")}
    assert np.all(np.diff(table["time_s"]) >= 0.0)
    assert table["time_s"][-1] == pytest.approx(document["flight_time_s"], abs=1e-3)
    assert document["apogee_km"] - 0.1 < table["altitude_km"].max() <= document["apogee_km"] + 1e-3
    # Position and place are one and the same: geocentric radius and longitude, the Earth turned by then.
    r = np.column_stack([table["x_km"], table["y_km"], table["z_km"]])
    v = np.column_stack([table["vx_km_s"], table["vy_km_s"], table["vz_km_s"]])
    longitude = np.degrees(np.arctan2(r[:, 1], r[:, 0]) - ROTATION_RATE * table["time_s"])
    np.testing.assert_allclose((longitude - table["longitude_deg"] + 180.0) % 360.0, 180.0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(v, axis=1), table["inertial_speed_km_s"], atol=2e-6)
    relative = v - np.cross([0.0, 0.0, ROTATION_RATE], r)
    np.testing.assert_allclose(np.linalg.norm(relative, axis=1), table["ground_speed_km_s"], atol=2e-6)
    sine = np.sum(r * v, axis=1) / np.linalg.norm(r, axis=1) / np.linalg.norm(v, axis=1)
    np.testing.assert_allclose(np.degrees(np.arcsin(sine)), table["flight_path_deg"], atol=1e-3)
    # The course over the ground is where the next point lies.
    i = int(np.searchsorted(table["time_s"], 600.0))
    here, there = (np.radians([table["latitude_deg"][k], table["longitude_deg"][k]]) for k in (i, i + 1))
    east = math.sin(there[1] - here[1]) * math.cos(there[0])
    north = math.cos(here[0]) * math.sin(there[0]) - math.sin(here[0]) * math.cos(there[0]) * math.cos(
        there[1] - here[1]
    )
    assert table["heading_deg"][i] == pytest.approx(math.degrees(math.atan2(east, north)) % 360.0, abs=0.3)
    # In vacuum the energy stays.
    out = [row["phase"] == "midcourse" for row in rows]
    energy = 0.5 * np.sum(v * v, axis=1) - MU / 1e9 / np.linalg.norm(r, axis=1)
    assert np.ptp(energy[out]) < 0.1
    swept = central_angle(
        *np.radians([39.0, 125.7]), *np.radians([table["latitude_deg"][-1], table["longitude_deg"][-1]])
    )
    assert 6_371.0088 * swept == pytest.approx(document["range_km"], abs=0.1)


def test_a_missile_of_several_vehicles_tells_of_each(folder: Path) -> None:
    asked(
        "fly",
        "icbm-solid-china-notional",
        "--from",
        "38,101",
        "--to",
        "38.9,-77.0",
        "--out",
        "many.csv",
        "--step",
        "30 s",
    )
    objects = [line.split(",")[1] for line in (folder / "many.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert list(dict.fromkeys(objects)) == ["booster", "payload-1", "payload-2", "payload-3"]


@pytest.mark.parametrize(("name", "magic"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.PDF", b"%PDF")])
def test_pictures_are_whole_repeatable_and_replace_what_was_there(name: str, magic: bytes, folder: Path) -> None:
    (folder / name).write_text("old", encoding="utf-8")
    result = call(*SCUD, "--range", "200 km", "--plot", name)
    assert f"written: {name}" in result.stdout
    first = (folder / name).read_bytes()
    assert first.startswith(magic)
    assert len(first) > 10_000
    assert [path.name for path in folder.iterdir()] == [name]
    call(*SCUD, "--range", "200 km", "--plot", name)
    assert (folder / name).read_bytes() == first


def test_the_picture_says_what_it_shows(folder: Path) -> None:
    call(
        "fly",
        "icbm-liquid-notional",
        "--from",
        "39.0,125.7",
        "--range",
        "999.2 km",
        "--apogee",
        "4475 km",
        "--plot",
        "a.svg",
    )
    text = (folder / "a.svg").read_text(encoding="utf-8")
    # Letters are drawn as shapes; matplotlib keeps the words beside them as comments.
    for words in (
        "notional",
        "From 39.0° N, 125.7° E to",
        "apogee 4,475 km",
        "Altitude (km)",
        "Speed (km/s)",
        "Time from launch (min)",
        "launch",
        "impact",
        "midcourse",
    ):
        assert words in text, words


def test_two_body_answers_are_the_closed_form() -> None:
    least = asked("fly", "two-body", "--range", "10000 km")
    assert least["speed_km_s"] == pytest.approx(7.1981, abs=6e-5)
    assert least["angle_deg"] == pytest.approx(22.52, abs=6e-3)
    assert least["apogee_km"] == pytest.approx(1_319.5, abs=0.06)
    assert least["flight_time_s"] == pytest.approx(1_931.0, abs=0.06)
    lofted = asked("fly", "two-body", "--range", "999.2 km", "--apogee", "6040.9 km")
    assert lofted["flight_time_s"] == pytest.approx(3_946.8, abs=0.06)
    assert (lofted["apogee_km"], lofted["range_km"]) == (6_040.9, 999.2)
    assert "42.75°" in call("fly", "two-body", "--range", "1000 km").stdout


@pytest.mark.parametrize(
    ("time", "verdict"),
    [
        ("4135 s", "possible"),
        ("68.9 min", "possible"),
        ("3900 s", "impossible"),
        ("3960 s", "doubtful"),
        ("2 h", "doubtful"),
    ],
)
def test_claims(time: str, verdict: str) -> None:
    arguments = ["claim", "--apogee", "6040.9 km", "--range", "999.2 km", "--time", time]
    document = asked(*arguments)
    assert document["verdict"] == verdict
    two_body = flight_to_apogee(6_040.9e3, 999.2e3)
    assert document["two_body_time_s"] == pytest.approx(two_body.time_s, abs=1e-3)
    assert document["excess_time_s"] == pytest.approx(document["time_s"] - two_body.time_s, abs=2e-3)
    assert document["implied_speed_km_s"] == pytest.approx(two_body.speed / 1e3, abs=1e-5)
    text = call(*arguments).stdout
    assert text.split()[0] == verdict.upper()


def test_reproduce_prints_each_case_and_fails_when_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    document = asked("reproduce", "flight/hwasong-17-2022-11-18", "flight/minimum-energy-5500-km")
    assert document["agrees"]
    assert {row["id"] for row in document["rows"]} == {"flight/hwasong-17-2022-11-18", "flight/minimum-energy-5500-km"}
    row = next(row for row in document["rows"] if row["id"].endswith("11-18"))
    assert (row["published"], row["unit"], row["status"], row["verdict"]) == (4135.0, "s", "published", "agrees")
    assert row["difference"] == pytest.approx(row["ours"] - 4_135.0)
    assert row["source"]
    monkeypatch.setenv("COLUMNS", "80")
    text = call("reproduce", "flight/two-body-hwasong-17-2022-11-18").stdout
    assert "3,946.8" in text
    assert max(map(len, text.splitlines())) <= 80
    from cupola.studies.reproduce_methods import METHODS

    monkeypatch.setitem(METHODS, "two-body", lambda inputs: {"flight_time": 1.0})
    failing = call("reproduce", "flight/two-body-hwasong-17-2022-11-18", "--json", code=1)
    assert json.loads(failing.stdout)["failed"] == 1


# Name -> (arguments, what the message must say).
WRONG = {
    "unknown threat": (["fly", "icbm-solid-notionl", *SOLID[2:]], "unknown threat .*did you mean 'icbm-solid-notional'"),
    "no launch point": (SOLID[:2] + SOLID[4:], "--from: it is missing"),
    "no aim": (SOLID[:4], "--to: it is missing; accepted is either --to .* or --range"),
    "two aims": ([*SOLID, "--range", "9000 km"], "--to: got --range as well"),
    "azimuth beside an aim": ([*SOLID, "--azimuth", "90 deg"], "--azimuth: belongs to --range"),
    "latitude off the Earth": ([*SOLID[:5], "95,-77"], "--to: got '95,-77': the latitude 95 lies outside"),
    "longitude off the map": ([*SOLID[:5], "38.9,400"], "the longitude 400 lies outside .*hint: that meridian is 40"),
    "latitude and longitude swapped": ([*SOLID[:5], "-120.5,38.9"], "hint: the latitude comes first"),
    "letters in the wrong place": ([*SOLID[:5], "77W,38.9N"], "with the longitude first"),
    "sign and letter": ([*SOLID[:5], "-38.9S,77W"], "with a sign and a letter"),
    "nan": ([*SOLID[:5], "nan,nan"], "not finite"),
    "infinite": ([*SOLID[:5], "inf,0"], "not finite"),
    "one number": ([*SOLID[:5], "38.9"], "accepted is LATITUDE,LONGITUDE"),
    "three numbers": ([*SOLID[:5], "38.9,-77,3"], "accepted is LATITUDE,LONGITUDE"),
    "empty": ([*SOLID[:5], ""], "--to: got ''"),
    "unknown city": ([*SOLID[:5], "Washingtn"], r"--to: unknown city 'Washingtn'; did you mean 'Washington'\?"),
    "apogee without a unit": ([*SOLID, "--apogee", "9000"], "--apogee: got '9000' without a unit; a length is written like"),
    "apogee in seconds": ([*SOLID, "--apogee", "9000 s"], "--apogee: .*is not a length"),
    "negative apogee": ([*SOLID, "--apogee", "-5 km"], "--apogee: got '-5 km', accepted is more than zero"),
    "infinite apogee": ([*SOLID, "--apogee", "inf km"], "--apogee: got 'inf km'"),
    "apogee out of reach": ([*SOLID, "--apogee", "90000 km"], "apogee of 90,000 km: this missile flies"),
    "zero range": ([*SOLID[:4], "--range", "0 km"], "--range: got '0 km', accepted is more than zero"),
    "range without a unit": ([*SOLID[:4], "--range", "9000"], "--range: got '9000' without a unit"),
    "range round the Earth": ([*SOLID[:4], "--range", "20500 km"], "--range: .*less than half the Earth's circumference, 20,015 km"),
    "azimuth in km": ([*SOLID[:4], "--range", "9000 km", "--azimuth", "9 km"], "--azimuth: .*is not an angle"),
    "launch from orbit": ([*SOLID, "--from-altitude", "400 km"], "--from-altitude: got '400 km', accepted is -500 m to 50 km"),
    "aim out of reach": (["fly", "srbm-scud-b-class", *SOLID[2:]], "range asked 11,0.* km, greatest range"),
    "aim at the launcher": ([*SOLID[:5], "39.0,125.7"], "the aim point is the launch point"),
    "missing folder": ([*SOLID, "--out", "nowhere/a.csv"], "--out: got nowhere/a.csv, but there is no folder nowhere"),
    "file in the way of the folder": ([*SOLID, "--out", "a-file/a.csv"], "--out: got a-file/a.csv, but there is no folder"),
    "folder as a file": ([*SOLID, "--out", "a-folder"], "--out: got a-folder, which is a folder"),
    "picture of an unknown kind": ([*SOLID, "--plot", "a.gif"], r"--plot: got 'a.gif', accepted are names that end with .png, .svg, .pdf"),
    "picture without a suffix": ([*SOLID, "--plot", "png"], "--plot: got 'png'"),
    "picture as the table": ([*SOLID, "--out", "a.png"], "--out: got 'a.png', but it writes a table .*hint: --plot"),
    "zero step": ([*SOLID, "--out", "a.csv", "--step", "0 s"], "--step: got '0 s', accepted is more than zero"),
    "step too fine": ([*SOLID, "--out", "a.csv", "--step", "1 us"], "--step: .*accepted is at least"),
    "start speed of a missile": (["fly", "icbm-solid-notional", "--start-speed", "6 km/s"], "is of the kind ballistic; accepted are gliders"),
    "start speed from a place": ([*SOLID, "--start-speed", "6 km/s"], "--from, --to: --start-speed asks for the glide alone"),
    "two-body from a place": (["fly", "two-body", *SOLID[2:]], "--from, --to: two-body is an impulse"),
    "two-body without a range": (["fly", "two-body"], "--range: it is missing"),
    "two-body round the Earth": (["fly", "two-body", "--range", "21000 km"], "half the Earth's circumference"),
    "two-body to the stars": (["fly", "two-body", "--range", "1000 km", "--apogee", "1e10 km"], "--apogee: .*accepted is 10 m to 1,000,000 km"),
    "claim without a unit": (["claim", "--apogee", "6040.9", "--range", "999.2 km", "--time", "4135 s"], "--apogee: got '6040.9' without a unit"),
    "claim of a negative time": (["claim", "--apogee", "6040.9 km", "--range", "999.2 km", "--time", "-4135 s"], "--time: got '-4135 s', accepted is more than zero"),
    "claim round the Earth": (["claim", "--apogee", "6040.9 km", "--range", "30000 km", "--time", "4135 s"], "--range: .*half the Earth's circumference"),
    "claim of nothing": (["claim", "--apogee", "0 km", "--range", "999.2 km", "--time", "4135 s"], "--apogee: got '0 km', accepted is more than zero"),
    "unknown case": (["reproduce", "flight/boost-sold"], "unknown case .*did you mean 'flight/boost-solid'"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_refused_with_one_message_and_nothing_written(name: str, folder: Path) -> None:
    (folder / "a-file").write_text("", encoding="utf-8")
    (folder / "a-folder").mkdir()
    arguments, message = WRONG[name]
    text = refused(folder, *arguments)
    assert text.startswith("error: ")
    assert re.search(message, text), text


@pytest.mark.parametrize(
    "arguments", [["fly"], ["claim"], ["claim", "--apogee", "1 km"], ["fly", "icbm-solid-notional", "--fromm", "1,2"]]
)
def test_missing_and_unknown_options_are_usage_errors(arguments: list[str], folder: Path) -> None:
    assert "Usage" in refused(folder, *arguments)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cupola.report.flighttable.write_table", full)
    result = call(*SCUD, "--range", "200 km", "--out", "a.csv", "--plot", "a.png", code=1)
    assert "--out: cannot write a.csv: No space left on device" in result.stderr
    assert list(folder.iterdir()) == []


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"[-+.0-9NSEWe°, ]{1,16}", fullmatch=True))
def test_any_text_is_a_place_on_the_earth_or_refused(text: str) -> None:
    try:
        latitude, longitude = parse_point(text)
    except ScenarioError:
        return
    assert abs(latitude) <= math.pi / 2
    assert abs(longitude) <= math.pi


@settings(max_examples=150, deadline=None)
@given(*[st.text(max_size=8) | st.from_regex(r"-?[0-9.e]{1,6} ?(k?m|s|min|h)", fullmatch=True)] * 3)
def test_any_claim_is_answered_or_refused(apogee: str, ground_range: str, time: str) -> None:
    from cupola.studies.claims import claim

    try:
        check = claim(apogee, ground_range, time)
    except ScenarioError:
        return
    assert check.verdict in ("possible", "doubtful", "impossible")
    assert check.reason.endswith(".")


def test_the_new_commands_start_fast_and_light() -> None:
    code = "import sys; from cupola.cli.main import app; assert not {'numba', 'numpy', 'matplotlib', 'pint', 'rich.table'} & set(sys.modules), sorted(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True).returncode == 0
