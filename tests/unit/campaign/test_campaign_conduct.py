import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from campaign_toy import toy_campaign, toy_record

from cupola.campaign import store
from cupola.campaign.conduct import conduct
from cupola.campaign.errors import BadCampaign, CampaignFailed, CampaignStopped
from cupola.campaign.lock import LOCK_NAME, locked
from cupola.campaign.store import RunFolder

TOY = Path(__file__).with_name("campaign_toy.py")


def digests(folder: Path) -> dict[str, str]:
    """Digest of every file of a finished folder; the summary without the path it names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "summary.json")
    summary = json.loads((folder / "summary.json").read_text()) | {"out": ""}
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files} | {
        "summary": json.dumps(summary)
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted campaign in one process."""
    out = tmp_path_factory.mktemp("reference") / "run"
    conduct(toy_campaign(uncertain=True), out=out)
    return out


def test_folder_holds_everything_and_nothing_temporary(reference: Path) -> None:
    names = {path.name for path in reference.iterdir()}
    assert names == {
        "scenario.yaml", "plan.parquet", "runs.parquet", "objects.parquet", "shots.parquet", "events", "summary.json",
        "replay.json",
    }  # fmt: skip
    runs = pq.read_table(reference / "runs.parquet")
    assert runs.column("run").to_pylist() == list(range(60))
    assert runs.column_names == [
        "run", "seed", "lethal", "leaked", "shots", "space_interceptors_in_reach",
        "boost.engaged", "boost.killed", "boost.killed_lethal", "boost.shots",
        "midcourse.engaged", "midcourse.killed", "midcourse.killed_lethal", "midcourse.shots",
    ]  # fmt: skip
    assert pq.read_table(reference / "plan.parquet").column_names == ["run", "chunk", "seed", "toy.kill_probability"]
    assert (reference / "events" / "run-00000.jsonl").exists()


def test_stored_rows_are_the_simulated_ones(reference: Path) -> None:
    plan = RunFolder(path=reference).plan()
    record = toy_record(7, 41, float(plan.values(41)["toy.kill_probability"]))
    row = pq.read_table(reference / "runs.parquet").slice(41, 1).to_pylist()[0]
    assert (row["leaked"], row["shots"], row["boost.killed"]) == (
        record.leaked,
        len(record.shots),
        record.layers["boost"].killed,
    )
    objects = pq.read_table(reference / "objects.parquet", filters=[("run", "=", 41)])
    assert objects.column("object").to_pylist() == [row.object for row in record.objects]


def test_replay_and_events_are_strict_json(reference: Path) -> None:
    replay = json.loads((reference / "replay.json").read_text(), parse_constant=pytest.fail)
    assert replay["objects"][0]["track"][1] == [10.0, 40.1, 127.0, 1000.0]
    assert replay["events"][0] == {
        "aim": "Anytown", "miss_m": None, "time_s": 0.0, "kind": "launch", "subject": "M01", "actor": "",
    }  # fmt: skip
    lines = (reference / "events" / "run-00000.jsonl").read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["launch", "order"]


def test_two_workers_give_the_same_bytes_as_one(reference: Path, tmp_path: Path) -> None:
    conduct(toy_campaign(uncertain=True), out=tmp_path / "run", workers=2)
    assert digests(tmp_path / "run") == digests(reference)


def start_toy(out: Path, *flags: str, workers: int = 2, pace: float = 0.02) -> "subprocess.Popen[str]":
    command = [sys.executable, str(TOY), str(out), "60", str(workers), str(pace), *flags]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for_chunks(out: Path, count: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 60.0
    while len(list((out / "chunks").glob("chunk-*"))) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_campaign_resumes_to_the_same_bytes(reference: Path, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "run"
    process = start_toy(out, workers=workers)
    wait_for_chunks(out, 4, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    committed = {path.name: path.stat().st_mtime_ns for path in (out / "chunks").glob("chunk-*")}
    assert 4 <= len(committed) < 20
    assert not (out / "summary.json").exists()

    heard: list[int] = []

    class Listener:
        def start(self, *, total: int, done: int) -> None:
            heard.append(done)

        def advance(self, runs: int) -> None:
            heard.append(runs)

        def note(self, text: str) -> None:
            pytest.fail(text)

    conduct(toy_campaign(uncertain=True), out=out, resume=True, progress=Listener())
    assert heard[0] >= 3 * len(committed)
    assert sum(heard) == 60
    assert digests(out) == digests(reference)


def test_workers_leave_with_a_killed_campaign(tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = start_toy(out, pace=0.2)
    wait_for_chunks(out, 2, process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) >= 2
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 10.0
    while any(alive(int(pid)) for pid in children):
        assert time.monotonic() < deadline, "orphaned workers"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_stops_at_once_and_leaves_a_resumable_folder(reference: Path, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "run"
    process = start_toy(out, workers=workers, pace=0.3)
    wait_for_chunks(out, 2, process)
    os.killpg(process.pid, signal.SIGINT)
    began = time.monotonic()
    stdout, stderr = process.communicate(timeout=20)
    assert time.monotonic() - began < 3.0
    assert process.returncode == 130
    assert "--resume" in stdout
    assert stderr == ""
    conduct(toy_campaign(uncertain=True), out=out, resume=True)
    assert digests(out) == digests(reference)


def test_dead_worker_is_replaced_and_its_runs_repeated(tmp_path: Path) -> None:
    plain, hurt = tmp_path / "plain", tmp_path / "hurt"
    conduct(toy_campaign(20), out=plain)
    conduct(toy_campaign(20, deadly_run=9, marker=str(tmp_path / "died")), out=hurt, workers=2)
    assert (tmp_path / "died").exists()
    assert digests(hurt) == digests(plain)


def test_run_that_always_kills_its_worker_ends_the_campaign(tmp_path: Path) -> None:
    with pytest.raises(CampaignFailed, match=r"died 3 times during .*run 9(?s:.)*--resume"):
        conduct(toy_campaign(20, deadly_run=9, dies_always=True), out=tmp_path / "run", workers=2)
    result = conduct(toy_campaign(20), out=tmp_path / "run", resume=True)
    assert result.summary["runs"] == 20


@pytest.mark.parametrize("workers", [1, 2])
def test_failing_run_is_named(tmp_path: Path, workers: int) -> None:
    with pytest.raises(CampaignFailed, match="run 4 of seed 7 failed: ZeroDivisionError: the toy is broken"):
        conduct(toy_campaign(20, broken_run=4), out=tmp_path / "run", workers=workers)


@pytest.mark.parametrize("workers", [1, 2])
def test_impossible_scenario_leaves_nothing(tmp_path: Path, workers: int) -> None:
    with pytest.raises(BadCampaign, match="cannot fly that far"):
        conduct(toy_campaign(20, impossible=True), out=tmp_path / "a" / "run", workers=workers)
    assert not (tmp_path / "a").exists()


def test_impossible_scenario_does_not_cost_the_overwritten_folder(tmp_path: Path) -> None:
    out = tmp_path / "run"
    conduct(toy_campaign(20), out=out)
    before = digests(out)
    with pytest.raises(BadCampaign):
        conduct(toy_campaign(20, impossible=True), out=out, overwrite=True)
    assert digests(out) == before


def test_existing_campaign_is_not_touched_without_being_told(tmp_path: Path) -> None:
    out = tmp_path / "run"
    conduct(toy_campaign(20), out=out)
    before = digests(out)
    with pytest.raises(BadCampaign, match=r"--resume.*--overwrite"):
        conduct(toy_campaign(20), out=out)
    assert digests(out) == before
    (out / "my-notes.txt").write_text("mine")
    conduct(toy_campaign(30), out=out, overwrite=True)
    assert pq.read_table(out / "runs.parquet").num_rows == 30
    assert (out / "my-notes.txt").read_text() == "mine"


@pytest.mark.parametrize("flag", ["resume", "overwrite"])
def test_other_peoples_folders_are_never_overwritten(tmp_path: Path, flag: str) -> None:
    (tmp_path / "scenario.yaml").write_text("precious")
    with pytest.raises(BadCampaign, match="no campaign"):
        conduct(toy_campaign(20), out=tmp_path, **{flag: True})
    assert (tmp_path / "scenario.yaml").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.yaml"]


def test_resuming_another_campaign_says_what_differs(tmp_path: Path) -> None:
    out = tmp_path / "run"
    conduct(toy_campaign(20), out=out)
    with pytest.raises(BadCampaign, match=r"seed: the folder has 7, not 8\n.*runs: the folder has 20, not 30"):
        conduct(toy_campaign(30, seed=8), out=out, resume=True)
    with pytest.raises(BadCampaign, match="scenario hash"):
        conduct(toy_campaign(20, scenario="toy: 2 # changed\n"), out=out, resume=True)


def test_finished_campaign_resumed_is_left_alone(reference: Path) -> None:
    before = digests(reference)
    result = conduct(toy_campaign(uncertain=True), out=reference, resume=True)
    assert not result.fresh
    assert result.summary["runs"] == 60
    assert digests(reference) == before


@pytest.mark.parametrize(("path", "size"), [("runs.parquet", 100), ("objects.parquet", 50), ("summary.json", 10)])
def test_damaged_results_are_made_again(reference: Path, tmp_path: Path, path: str, size: int) -> None:
    out = tmp_path / "run"
    conduct(toy_campaign(uncertain=True), out=out)
    os.truncate(out / path, size)
    conduct(toy_campaign(uncertain=True), out=out, resume=True)
    assert digests(out) == digests(reference)


def interrupted(out: Path, monkeypatch: pytest.MonkeyPatch, commits: int = 5) -> None:
    """Stop a campaign after some commits."""
    commit = RunFolder.commit

    def stopping(self: RunFolder, chunk: int, *rest: object) -> None:
        if chunk == commits:
            raise KeyboardInterrupt
        commit(self, chunk, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "commit", stopping)
        with pytest.raises(CampaignStopped):
            conduct(toy_campaign(uncertain=True), out=out)


@pytest.mark.parametrize("table", ["runs", "objects", "shots"])
@pytest.mark.parametrize("damage", ["cut", "gone", "flipped"])
def test_damaged_chunk_is_repeated(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, damage: str
) -> None:
    out = tmp_path / "run"
    interrupted(out, monkeypatch)
    victim = out / "chunks" / "chunk-00002" / f"{table}.parquet"
    if damage == "cut":
        os.truncate(victim, victim.stat().st_size // 2)
    elif damage == "gone":
        victim.unlink()
    else:
        data = bytearray(victim.read_bytes())
        data[len(data) // 8] ^= 0xFF
        victim.write_bytes(data)
    notes: list[str] = []

    class Listener:
        def start(self, *, total: int, done: int) -> None:
            assert done == 4 * 3

        def advance(self, runs: int) -> None:
            pass

        def note(self, text: str) -> None:
            notes.append(text)

    conduct(toy_campaign(uncertain=True), out=out, resume=True, progress=Listener())
    assert "chunk 2 is damaged" in notes[0]
    assert digests(out) == digests(reference)


def test_half_merged_folder_is_merged_again(reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "write_text", lambda self, name, text: full() if name.startswith("events") else None)
        with pytest.raises(CampaignFailed, match=r"No space left(?s:.)*--resume"):
            conduct(toy_campaign(uncertain=True), out=out)
    assert (out / "runs.parquet").exists()
    conduct(toy_campaign(uncertain=True), out=out, resume=True)
    assert digests(out) == digests(reference)


def test_full_disk_keeps_what_was_committed(reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "run"
    write, calls = store.write_parquet, []

    def filling(*args: object) -> None:
        calls.append(args)
        if len(calls) > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_parquet", filling)
        with pytest.raises(CampaignFailed, match=r"No space left(?s:.)*--resume"):
            conduct(toy_campaign(uncertain=True), out=out)
    assert sorted(path.name for path in (out / "chunks").iterdir()) == [f"chunk-{i:05d}" for i in range(3)]
    conduct(toy_campaign(uncertain=True), out=out, resume=True)
    assert digests(out) == digests(reference)


def test_missing_scenario_is_written_again_and_missing_plan_is_refused(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    interrupted(out, monkeypatch)
    plan = (out / "plan.parquet").read_bytes()
    (out / "scenario.yaml").unlink()
    os.truncate(out / "plan.parquet", 40)
    with pytest.raises(BadCampaign):
        conduct(toy_campaign(uncertain=True), out=out, resume=True)
    (out / "plan.parquet").write_bytes(plan)
    conduct(toy_campaign(uncertain=True), out=out, resume=True)
    assert digests(out) == digests(reference)


def test_folder_below_a_file_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadCampaign, match="cannot write the run folder here"):
        conduct(toy_campaign(20, broken_run=0), out=tmp_path / "file" / "run")
    with pytest.raises(BadCampaign, match="cannot write the run folder here"):
        conduct(toy_campaign(20, broken_run=0), out=tmp_path / "file")


def test_second_writer_is_refused_and_dead_one_forgotten(tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    with locked(out), pytest.raises(BadCampaign, match=f"process {os.getpid()} on .* is writing"):
        conduct(toy_campaign(20), out=out)
    (out / LOCK_NAME).write_text("999999 elsewhere\n")
    conduct(toy_campaign(20), out=out)
    assert not (out / LOCK_NAME).exists()


@pytest.mark.parametrize(
    ("runs", "seed", "workers", "path"),
    [(0, 1, 1, "runs"), (-3, 1, 1, "runs"), (5, -1, 1, "seed"), (5, 1, 0, "workers")],
)
def test_counts_that_mean_nothing_are_refused(tmp_path: Path, runs: int, seed: int, workers: int, path: str) -> None:
    with pytest.raises(BadCampaign, match=rf"^{path}: got -?\d+, accepted is"):
        conduct(toy_campaign(runs, seed=seed), out=tmp_path / "run", workers=workers)
    assert not (tmp_path / "run").exists()


def test_single_run_campaign(tmp_path: Path) -> None:
    summary = conduct(toy_campaign(1), out=tmp_path / "run").summary
    assert summary["runs"] == 1
    assert summary["leaked"]["low"] <= summary["leaked"]["mean"] <= summary["leaked"]["high"]
