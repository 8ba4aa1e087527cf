"""Whatever a user gets wrong: exit code 2, one clear message on stderr, no traceback, nothing written."""
# ruff: noqa: E501  # one wrong input per line reads as a table

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cupola.cli.main import app

GOOD = """\
cupola: 1
name: good
runs: 2
raid:
  - {threat: icbm-solid-notional, count: 1, from: {latitude: "39 deg", longitude: "126 deg"}, to: {city: Seattle}}
sensors: [{site: uewr, at: clear}]
interceptors: [{site: gbi, at: fort-greely, inventory: 4}]
battle: {doctrine: {midcourse: {shots: 2}}}
"""

# Name -> (text to replace, what stands there instead, what the message must say).
WRONG = {
    "unknown key": ("runs: 2", "rnus: 2", r"scenario\.yaml:3: rnus: unknown key 'rnus'; .*did you mean 'runs'"),
    "unknown key deep down": ("shots: 2", "shot: 2", "unknown key 'shot'; .*did you mean 'shots'"),
    "wrong unit": ('"39 deg"', '"39 km"', "unit km is not an angle"),
    "no unit": ('"39 deg"', "39", "needs a unit|without a unit"),
    "unknown unit": ('"39 deg"', '"39 dgrees"', "unknown unit 'dgrees'"),
    "not a number": ('"39 deg"', '"north"', "'north'"),
    "infinite": ('"39 deg"', '"inf deg"', "not a finite|accepted"),
    "missing threat": ("icbm-solid-notional", "icbm-solid-notionl", "unknown threat .*did you mean 'icbm-solid-notional'"),
    "missing sensor": ("site: uewr", "site: uwer", "unknown sensor 'uwer'"),
    "missing interceptor": ("site: gbi", "site: gib", "unknown interceptor 'gib'"),
    "missing site": ("fort-greely", "fort-greeley", "unknown site .*did you mean 'fort-greely'"),
    "missing city": ("Seattle", "Seatle", "unknown city 'Seatle'; did you mean 'Seattle'"),
    "site outside the Earth": ('"39 deg"', '"95 deg"', "got '95 deg': the site lies outside the Earth"),
    "beyond the missile's energy": ("icbm-solid-notional", "srbm-scud-b-class", "range"),
    "zero runs": ("runs: 2", "runs: 0", "runs: got 0, accepted is at least 1"),
    "negative runs": ("runs: 2", "runs: -5", "runs: got -5, accepted is at least 1"),
    "runs that are no number": ("runs: 2", "runs: many", "runs: got 'many'"),
    "zero missiles": ("count: 1", "count: 0", "count: got 0, accepted is at least 1"),
    "negative inventory": ("inventory: 4", "inventory: -4", "inventory: got -4, accepted is at least 0"),
    "unknown layer in the doctrine": ("midcourse: {shots", "midcuorse: {shots", "unknown layer 'midcuorse'; .*did you mean 'midcourse'"),
    "a radar in orbit": ("site: uewr, at: clear", "constellation: uewr", "'uewr' is a radar on the ground"),
    "neither constellation nor site": ("site: uewr, at: clear", "sight: uewr", "accepted is {constellation: ...} or {site: ...}"),
    "no aim": (", to: {city: Seattle}", "", "the key 'to' is missing"),
    "a key given twice": ("runs: 2", "runs: 2\nruns: 3", "the key 'runs' is given twice"),
    "wrong version": ("cupola: 1", "cupola: 2", "got version 2, accepted is 1"),
    "no version": ("cupola: 1\n", "", "a scenario begins with 'cupola: 1'"),
    "unknown preset": ("runs: 2", "extends: presets/cbo-2062.yaml", "'presets/cbo-2062.yaml'.*presets/cbo-2026.yaml"),
    "extends itself": ("runs: 2", "extends: scenario.yaml", "extend each other in a circle"),
    "unknown distribution": ("runs: 2", 'uncertainty: {gbi.kill_probability: "bta(8, 2)"}', "did you mean 'beta'"),
    "impossible distribution": ("runs: 2", 'uncertainty: {gbi.kill_probability: "uniform(0.5, 1.5)"}', "field refuses"),
    "override of nothing": ("runs: 2", "overrides: {gbi.reliabilty: 1}", "did you mean 'reliability'"),
    "override with a wrong unit": ("runs: 2", 'overrides: {battle.commit_delay: "3 km"}', "is not a time"),
    "source that does not exist": ("runs: 2", "sources: {battle.commit_delay: {source: me, confidence: published}}", "'me'"),
    "unknown nation's share": ("runs: 2", "allies: {CA: {shares: [nsw]}}", "unknown model 'nsw'.*did you mean 'nws'"),
    "broken YAML": ("raid:", "raid: [", "not YAML"),
    "a tag": ("name: good", "name: !!python/name:os.system x", "without tags"),
}  # fmt: skip


def refused(folder: Path, *arguments: str) -> str:
    """Call the command, check that it refuses as it should, and return its message."""
    before = sorted(folder.rglob("*"))
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == ""
    assert re.search(r"^error: ", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr
    assert sorted(folder.rglob("*")) == before
    return result.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_the_wrong_files_start_from_is_good(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(GOOD, encoding="utf-8")
    assert CliRunner().invoke(app, ["validate", "scenario.yaml"]).exit_code == 0


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_scenario_is_refused_by_validate_and_by_run(name: str, folder: Path) -> None:
    old, new, message = WRONG[name]
    assert old in GOOD
    (folder / "scenario.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    for command in (["validate", "scenario.yaml"], ["run", "scenario.yaml", "--workers", "1", "--out", "out"]):
        text = refused(folder, *command)
        assert re.search(message, text.replace("\n", " ")), text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"# nothing but a remark\n", "the file is empty"),
        (b"- a\n- b\n", "got a list"),
        (b"hello", "single value 'hello'"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not UTF-8 text"),
        (b"cupola: 1\x00\x01", "not YAML"),
        (b"[" * 5000, "not YAML|too deeply"),
        (b"a: &a [*a]\n", "not YAML|too large or nested too deeply"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(content: bytes, message: str, folder: Path) -> None:
    (folder / "scenario.yaml").write_bytes(content)
    assert re.search(message, refused(folder, "validate", "scenario.yaml"))


def test_a_missing_file_and_a_folder_are_refused(folder: Path) -> None:
    (folder / "sub").mkdir()
    assert "there is no such file" in refused(folder, "validate", "nowhere.yaml")
    assert "got a folder" in refused(folder, "validate", "sub")
    assert "there is no such file" in refused(folder, "run", "nowhere.yaml", "--out", "out")


def test_wrong_options_of_run_are_refused(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "occupied").write_text("a file", encoding="utf-8")
    refused(folder, "run", "scenario.yaml", "--runs", "0", "--out", "out")
    refused(folder, "run", "scenario.yaml", "--set", "gbi.relaibility=1", "--out", "out")
    refused(folder, "run", "scenario.yaml", "--set", "nonsense", "--out", "out")
    refused(folder, "run", "scenario.yaml", "--out", "occupied/inside")


def test_a_truncated_run_folder_is_refused(folder: Path) -> None:
    (folder / "run").mkdir()
    refused(folder, "rerun", "run", "--run", "0")
    (folder / "run" / "scenario.yaml").write_text("cupola: 1\nkind: resolved-scenario\nname: cut o", encoding="utf-8")
    refused(folder, "rerun", "run", "--run", "0")
    refused(folder, "explain", "run", "--run", "0", "--object", "M01")
    refused(folder, "rerun", "nowhere", "--run", "0")


def test_every_problem_is_told_at_once(folder: Path) -> None:
    text = GOOD.replace("runs: 2", "rnus: 2").replace('"39 deg"', '"39 km"').replace("inventory: 4", "inventory: -4")
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    message = refused(folder, "validate", "scenario.yaml")
    assert message.count("scenario.yaml:") == 3


def test_validate_tells_its_problems_as_json_too(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(GOOD.replace("runs: 2", "rnus: 2"), encoding="utf-8")
    result = CliRunner().invoke(app, ["validate", "scenario.yaml", "--json"])
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["valid"] is False
    assert (document["problems"][0]["path"], document["problems"][0]["line"]) == ("rnus", 3)


def test_the_installed_command_behaves_the_same(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(GOOD.replace("runs: 2", "rnus: 2"), encoding="utf-8")
    command = [sys.executable, "-c", "from cupola.cli.main import main; main()", "validate", "scenario.yaml"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "unknown key 'rnus'" in result.stderr
    assert "Traceback" not in result.stderr
