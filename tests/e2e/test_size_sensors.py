"""``cupola size sensors`` as a user calls it, good input and bad."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cupola
from cupola.cli.main import app

SPEC = """\
cupola: 1
kind: sensors
name: Small layer
threats:
  - threat: icbm-solid-notional
    from: {region: north-korea}
    to: [{city: Washington}]
sensor: tracking-layer-t3
watch: {step: 20 s}
requirement: {gap: 40 s, probability: 0.9}
layers:
  - walker: {total: 72, planes: 4, phasing: 1, altitude: 1000 km, inclination: 82 deg}
search:
  altitudes: [1000 km, 1400 km]
  inclinations: [65 deg, 85 deg]
  planes: [4, 6]
  most: 90
phases: 40
"""


def call(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["size", "sensors", *arguments])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def test_a_file_as_json_text_picture_and_verb(folder: Path) -> None:
    document = json.loads(call("spec.yaml", "--json", "--plot", "a.png").stdout)
    assert (folder / "a.png").read_bytes().startswith(b"\x89PNG")
    given, search = document["layers"][0], document["search"]
    assert given["satellites"] == 72
    assert given["enough"] is True
    best = search["best"]
    sizes = [row["satellites"] for row in search["table"] if row["satellites"] is not None]
    assert best["satellites"] == min(sizes) == document["satellites"] < 72
    assert best["enough"] is True
    for row in best["flights"]:
        assert row["longest_gap_median_s"] <= row["longest_gap_p95_s"] <= row["longest_gap_worst_s"]
        assert row["probability_met"] >= 0.9
    # One satellite a plane less, of any number tried, is not enough at the same height and inclination.
    shape = best["shell"]
    fewer = {**shape, "total": shape["total"] - shape["planes"]}
    text = (
        f"  - walker: {{total: {fewer['total']}, planes: {fewer['planes']}, phasing: {fewer['phasing']}, "
        f"altitude: {fewer['altitude_km']} km, inclination: {fewer['inclination_deg']} deg}}\n"
    )
    begin = SPEC.index("  - walker")
    (folder / "fewer.yaml").write_text(SPEC[:begin] + text + "phases: 40\n", encoding="utf-8")
    assert json.loads(call("fewer.yaml", "--json").stdout)["layers"][0]["enough"] is False
    words = " ".join(call("spec.yaml", "--plot", "b.png").stdout.split())
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()
    for part in ("smallest", "in stereo", "other sizes of it", "no longer than 40 s"):
        assert part in words
    assert cupola.size_sensors("spec.yaml").document == document


def test_no_layer_is_found_and_it_is_said(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC.replace("most: 90", "most: 8"), encoding="utf-8")
    assert "None of up to 8 satellites" in " ".join(call("spec.yaml", "--plot", "a.png").stdout.split())


def test_a_sensor_that_sees_no_cold_bodies_is_said_to(folder: Path) -> None:
    given_only = SPEC[: SPEC.index("search:")].replace("tracking-layer-t3", "sbirs-geo")
    (folder / "spec.yaml").write_text(given_only, encoding="utf-8")
    document = json.loads(call("spec.yaml", "--json").stdout)
    assert any("sbirs-geo does not see cold bodies" in line for line in document["assumptions"])
    assert document["layers"][0]["flights"][0]["longest_gap_worst_s"] > 1000.0


WRONG_FILES = {
    "unknown key": ("search:", "serch:", r"spec.yaml:\d+: serch: unknown key.*did you mean 'search'"),
    "unknown sensor": ("sensor: tracking-layer-t3", "sensor: tracking-layer-3", "sensor: unknown sensor.*did you mean"),
    "a radar": ("sensor: tracking-layer-t3", "sensor: uewr", "accepted are infrared sensors in orbit"),
    "unknown threat": ("icbm-solid-notional", "icbm-solid", "threats.0.threat: unknown threat.*did you mean"),
    "kind": ("kind: sensors", "kind: orbital", "kind: got 'orbital', accepted is 'sensors'"),
    "step": ("step: 20 s", "step: 0 s", "watch.step: got '0 s', accepted is more than 0"),
    "never up": ("watch: {step", "watch: {rises_above: 90000 km, step", "watch: .*nothing of the flight is left"),
    "planes": ("planes: 4, phasing", "planes: 5, phasing", "total 72 is not a multiple of planes 5"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files_are_told_with_their_line(name: str, folder: Path) -> None:
    old, new, message = WRONG_FILES[name]
    assert old in SPEC
    (folder / "spec.yaml").write_text(SPEC.replace(old, new, 1), encoding="utf-8")
    result = call("spec.yaml", code=2)
    assert result.stdout == ""
    assert re.search(message, result.stderr.replace("\n", " ")), result.stderr
