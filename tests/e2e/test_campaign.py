"""Campaigns through the command line and the real engine."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cupola.cli.main import app

EXAMPLES = Path(__file__).parents[2] / "examples"
RUNS = 12
SCENARIO = """\
cupola: 1
name: Two missiles against six interceptors
raid:
  - threat: icbm-solid-notional
    count: 2
    from: {region: north-korea}
    to: {assets: us-cities}
    timing: {salvo: "60 s"}
    decoys: {light: 1}
sensors:
  - {constellation: sbirs-geo}
  - {constellation: tracking-layer-t2}
  - {site: uewr, at: clear}
interceptors:
  - {site: gbi, at: fort-greely, inventory: 6}
uncertainty: {gbi.kill_probability: "beta(10, 8)"}
"""
TABLES = ("runs.parquet", "objects.parquet", "shots.parquet")


def cupola(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def document(*arguments: object) -> dict[str, Any]:
    result = cupola(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def digests(folder: Path) -> dict[str, str]:
    names = (*TABLES, "plan.parquet", "scenario.yaml", "replay.json")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "two.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="module")
def folder(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted campaign in this process."""
    out = tmp_path_factory.mktemp("reference") / "run"
    assert cupola("run", scenario, "--runs", RUNS, "--seed", 5, "--workers", 1, "--out", out).exit_code == 0
    return out


def test_json_is_one_document_with_the_agreed_keys(scenario: Path, tmp_path: Path) -> None:
    found = document("run", scenario, "--runs", 3, "--workers", 1, "--out", tmp_path / "run", "--no-report")
    assert (found["runs"], found["out"]) == (3, str(tmp_path / "run"))
    for key in ("leaked", "leak_fraction"):
        assert found[key]["low"] <= found[key]["mean"] <= found[key]["high"]
    assert found["leaked"]["mean"] == pytest.approx(found["leak_fraction"]["mean"] * found["objects"])
    assert 0.0 <= found["leaked"]["mean"] <= found["objects"]
    assert 0.0 < found["shots"] <= 6.0
    (layer,) = found["layers"].values()
    assert layer["engaged"] >= layer["killed"] > 0.0
    assert layer["shots"] == found["shots"]


def test_warheads_launched_are_stopped_or_leaked(folder: Path) -> None:
    runs = pq.read_table(folder / "runs.parquet").to_pydict()
    stopped = sum(np.array(runs[name]) for name in runs if name.endswith(".killed_lethal"))
    assert list(np.array(runs["leaked"]) + stopped) == runs["lethal"]


def test_no_defense_leaks_everything_without_doubt(tmp_path: Path) -> None:
    found = document("run", EXAMPLES / "no-defense.yaml", "--runs", 4, "--workers", 1, "--out", tmp_path, "--no-report")
    assert found["leaked"] == {"mean": found["objects"], "low": found["objects"], "high": found["objects"]}
    assert found["leak_fraction"]["mean"] == 1.0
    assert (found["shots"], found["layers"]) == (0.0, {})
    assert found["reasons"] == {"no-defense": found["objects"]}


def test_two_workers_write_the_same_bytes(scenario: Path, folder: Path, tmp_path: Path) -> None:
    result = cupola(
        "run", scenario, "--runs", RUNS, "--seed", 5, "--workers", 2, "--out", tmp_path / "two", "--no-report"
    )
    assert result.exit_code == 0
    assert digests(tmp_path / "two") == digests(folder)


def test_resolved_scenario_repeats_the_campaign(folder: Path, tmp_path: Path) -> None:
    again = ("run", folder / "scenario.yaml", "--runs", RUNS, "--seed", 5, "--workers", 1, "--out", tmp_path / "again")
    assert cupola(*again, "--no-report").exit_code == 0
    assert digests(tmp_path / "again") == digests(folder)


def test_killed_campaign_resumes_to_the_same_bytes(scenario: Path, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = ["run", scenario, "--runs", RUNS, "--seed", 5, "--out", out, "--no-report"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from cupola.cli.main import main; main()", *map(str, arguments), "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 200.0
    while not list((out / "chunks").glob("chunk-*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (out / "summary.json").exists()
    result = cupola(*arguments, "--workers", 1, "--resume")
    assert result.exit_code == 0, result.stderr
    assert "finished before" in result.stderr
    assert digests(out) == digests(folder)


def test_every_run_comes_out_again_bit_for_bit(folder: Path) -> None:
    result = cupola("rerun", folder, "--run", 7)
    assert result.exit_code == 0
    assert "Identical to the stored run, bit for bit" in result.stdout


def test_changed_result_is_noticed(folder: Path, tmp_path: Path) -> None:
    for name in ("scenario.yaml", "plan.parquet", *TABLES):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    shots = pq.read_table(tmp_path / "shots.parquet")
    row = shots.column("run").to_pylist().index(3)
    speeds = shots.column("closing_speed_m_s").to_pylist()
    speeds[row] = float(np.nextafter(speeds[row], np.inf))
    index = shots.schema.get_field_index("closing_speed_m_s")
    pq.write_table(shots.set_column(index, shots.schema.field(index), pa.array(speeds)), tmp_path / "shots.parquet")
    result = cupola("rerun", tmp_path, "--run", 3, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert not found["identical"]
    assert [(d["table"], d["column"]) for d in found["differences"]] == [("shots", "closing_speed_m_s")]


def object_with(folder: Path, **wanted: object) -> tuple[int, str]:
    rows = pq.read_table(folder / "objects.parquet").to_pylist()
    return next((r["run"], r["object"]) for r in rows if all(r[key] == value for key, value in wanted.items()))


def test_killed_object_has_a_story(folder: Path) -> None:
    run, name = object_with(folder, outcome="killed", role="warhead")
    result = cupola("explain", folder, "--run", run, "--object", name)
    assert result.exit_code == 0
    story = " ".join(result.stdout.split())
    for part in ("STOPPED by layer", "lifts off from", "is detected", "is firm: one sigma", "Authority to release",
                 "is ordered", "arrives after", "is declared destroyed", "was reported by"):  # fmt: skip
        assert part in story


def test_leaked_object_has_a_story(scenario: Path, tmp_path: Path) -> None:
    few = ("--set", "gbi.kill_probability=0.0", "--runs", 1, "--workers", 1, "--no-report", "--out", tmp_path)
    assert cupola("run", scenario, *few).exit_code == 0
    run, name = object_with(tmp_path, outcome="leaked")
    found = document("explain", tmp_path, "--run", run, "--object", name)
    assert found["verdict"].startswith("LEAKED at ")
    assert "failed" in found["verdict"] or "missed" in found["verdict"]
    assert found["lines"][-1]["text"].startswith(f"{name} strikes at")
    assert [line["time_s"] for line in found["lines"]] == sorted(line["time_s"] for line in found["lines"])


def test_object_that_does_not_exist_is_met_with_similar_ones(folder: Path) -> None:
    result = cupola("explain", folder, "--run", 0, "--object", "m1-rv1")
    assert result.exit_code == 2
    assert "did you mean M01-RV1" in result.stderr


def test_events_and_replay_are_those_of_the_kept_runs(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text())
    kept = sorted(int(path.stem.removeprefix("run-")) for path in (folder / "events").iterdir())
    assert kept == summary["kept_runs"]
    replay = json.loads((folder / "replay.json").read_text())
    assert replay["run"] == summary["replay_run"]
    assert {site["kind"] for site in replay["sites"]} == {"sensor", "interceptor"}
    booster = next(thing for thing in replay["objects"] if thing["role"] == "booster")
    assert booster["track"][0][1:3] == pytest.approx(booster["launch"], abs=1e-3)


def test_default_folder_names_scenario_seed_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = document("run", EXAMPLES / "no-defense.yaml", "--runs", 2, "--seed", 9, "--workers", 1, "--no-report")
    assert found["out"].startswith("runs/")
    assert found["out"].endswith("-s9-n2")
    again = cupola("run", EXAMPLES / "no-defense.yaml", "--runs", 2, "--seed", 9)
    assert again.exit_code == 2
    assert "--resume" in again.stderr
    finished = cupola("run", EXAMPLES / "no-defense.yaml", "--runs", 2, "--seed", 9, "--resume", "--no-report")
    assert finished.exit_code == 0
    assert "nothing was left to do" in finished.stderr
    assert "10 leaked" in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", SCENARIO, "--runs", 0), "runs: got 0"),
        (("run", SCENARIO, "--runs", -4), "runs: got -4"),
        (("run", SCENARIO, "--workers", 0), "workers: got 0"),
        (("run", SCENARIO, "--set", "battle.commit_delay"), "accepted is PATH=VALUE"),
        (("run", SCENARIO, "--set", "gbi.kill_probability=2"), "kill_probability"),
        (("run", SCENARIO, "--set", "gbi.kil_probability=0.5"), "did you mean"),
        (("run", SCENARIO, "--resume", "--overwrite"), "contradict"),
        (("run", "no-such-scenario.yaml"), "no-such-scenario.yaml"),
        (("rerun", "no-such-folder", "--run", 0), "not a run folder"),
        (("explain", "no-such-folder", "--run", 0, "--object", "M01"), "not a run folder"),
    ],
)
def test_bad_input_is_one_clear_error_and_writes_nothing(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = cupola(*(scenario if argument is SCENARIO else argument for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_run_beyond_the_plan_and_damaged_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    assert f"accepted is 0 to {RUNS - 1}" in cupola("rerun", folder, "--run", RUNS).stderr
    (tmp_path / "scenario.yaml").write_bytes((folder / "scenario.yaml").read_bytes())
    (tmp_path / "plan.parquet").write_bytes((folder / "plan.parquet").read_bytes()[:200])
    result = cupola("rerun", tmp_path, "--run", 0)
    assert result.exit_code == 2
    assert "plan.parquet" in result.stderr


def test_unwritable_folder_is_refused_before_any_work(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    began = time.monotonic()
    result = cupola("run", scenario, "--runs", 500, "--out", tmp_path / "file" / "run")
    assert result.exit_code == 2
    assert "cannot write the run folder" in result.stderr
    assert time.monotonic() - began < 20.0


def test_changed_values_are_recorded_in_the_folder(scenario: Path, tmp_path: Path) -> None:
    changed = ("--set", "battle.commit_delay=45 s", "--runs", 1, "--workers", 1, "--no-report", "--out", tmp_path)
    assert cupola("run", scenario, *changed).exit_code == 0
    text = (tmp_path / "scenario.yaml").read_text()
    assert "path: battle.commit_delay" in text
