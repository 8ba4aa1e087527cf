"""``cupola size survivability`` as a user calls it, good input and bad."""

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
kind: survivability
name: Small losses
threats:
  - threat: icbm-solid-notional
    from: {region: north-korea}
    to: [{city: Washington}]
sensor: tracking-layer-t3
watch: {step: 60 s}
stereo: {gap: 120 s}
shells:
  - walker: {total: 24, planes: 4, phasing: 1, altitude: 1000 km, inclination: 70 deg}
losses:
  - {name: half, share: 0.5}
  - {name: above, above: {region: north-korea, within: 3000 km, during: 5 min}}
replenishment: {per_year: 6, per_launch: 2, first_after: 60 d}
duration: 1 h
step: 20 min
phases: 20
"""


def call(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["size", "survivability", *arguments])
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
    half, above = document["losses"]
    assert half["satellites_lost"] == 12.0
    assert half["cover_at_once"] < document["whole"]["cover"]
    assert half["enough_at_once"] < document["whole"]["enough"]
    assert [row["after_s"] for row in above["series"]] == [0.0, 1200.0, 2400.0, 3600.0]
    assert half["days_to_replace_all"] == pytest.approx(60.0 + 5 * 365.25 / 3, abs=0.1)
    replaced = half["replaced"]
    assert [row["share_replaced"] for row in replaced] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert replaced[0]["cover"] < replaced[-1]["cover"]
    words = " ".join(call("spec.yaml", "--plot", "b.png").stdout.split())
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()
    for part in ("at once", "as they are replaced", "nobody manoeuvres"):
        assert part in words
    assert cupola.size_survivability("spec.yaml").document == document


def test_what_is_lost_whole_does_not_come_back_by_motion(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC.replace("share: 0.5", "share: 1.0"), encoding="utf-8")
    row = json.loads(call("spec.yaml", "--json").stdout)["losses"][0]
    assert row["share_at_once"] == row["share_after_hours"] == 0.0
    assert row["recovered_by_motion_s"] is None
    assert "never" in call("spec.yaml").stdout


def test_without_replacement_nothing_is_said_of_days(folder: Path) -> None:
    text = SPEC.replace("replenishment: {per_year: 6, per_launch: 2, first_after: 60 d}\n", "")
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    document = json.loads(call("spec.yaml", "--json", "--plot", "a.png").stdout)
    assert document["losses"][0]["days_to_replace_all"] is None
    assert "as they are replaced" not in call("spec.yaml").stdout


WRONG_FILES = {
    "unknown key": ("losses:", "looses:", r"spec.yaml:\d+: looses: unknown key.*did you mean 'losses'"),
    "two kinds": ("share: 0.5", "share: 0.5, planes: 1", "losses.0: accepted is one of share, planes, above"),
    "share": ("share: 0.5", "share: 1.5", "losses.0.share: got 1.5, accepted is at most 1"),
    "planes": ("share: 0.5", "planes: 5", "half: got 5 planes, accepted are at most the 4"),
    "region": ("above: {region: north-korea", "above: {region: north-corea", "losses.1.above.region: unknown region"),
    "no place": ("region: north-korea, within", "latitude: 1 deg, within", "either region, or latitude and longitude"),
    "sensor": ("sensor: tracking-layer-t3", "sensor: tracking-layer", "sensor: unknown sensor.*did you mean"),
    "both": ("sensor: tracking", "interceptor: sbi-notional\nsensor: tracking", "either interceptor or sensor"),
    "time": ("sensor: tracking", "timeline: {detection: 4 s}\nsensor: tracking", "timeline: it belongs to interceptor"),
    "steps": ("step: 20 min", "step: 1 s", "at most 2,000 of them in the duration"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_files_are_told_with_their_line(name: str, folder: Path) -> None:
    old, new, message = WRONG_FILES[name]
    assert old in SPEC
    (folder / "spec.yaml").write_text(SPEC.replace(old, new, 1), encoding="utf-8")
    result = call("spec.yaml", code=2)
    assert result.stdout == ""
    assert re.search(message, result.stderr.replace("\n", " ")), result.stderr
