"""What one process does for a campaign: simulate a chunk and commit it, or play one run again and keep its story."""

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cupola.campaign.chain import Chain, Document, Simulator
from cupola.campaign.errors import BadCampaign, CampaignFailed
from cupola.campaign.plan import Plan
from cupola.campaign.store import EVENTS, REPLAY, Identity, RunFolder
from cupola.campaign.tables import event_document, event_lines, finite, tables_of
from cupola.engine.record import RunRecord

TaskKind = Literal["prepare", "chunk", "keep", "replay"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One piece of work: ``index`` is a chunk for ``chunk``, a run for ``keep`` and ``replay``."""

    kind: TaskKind
    index: int = 0


class Worker(Protocol):
    """What one process uses to work: made once, given one task after the other."""

    def work(self, task: Task) -> None:
        """Do one task. Raises :class:`BadCampaign`, :class:`CampaignFailed` or ``OSError``, all picklable."""


class Work(Protocol):
    """All that a worker process must know; picklable."""

    def worker(self) -> Worker:
        """Return what does the tasks in this process."""

    def words(self, task: Task) -> str:
        """Return what a task is, for messages."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """The :class:`Work` of one campaign."""

    name: str
    chain: Chain
    plan: Plan
    identity: Identity
    folder: Path

    def worker(self) -> "Bench":
        """See :class:`Work`."""
        return Bench(self)

    def words(self, task: Task) -> str:
        """See :class:`Work`."""
        if task.kind == "prepare":
            return "the set-up"
        if task.kind == "chunk":
            runs = self.plan.chunk_runs(task.index)
            return f"runs {runs.start} to {runs.stop - 1}" if len(runs) > 1 else f"run {runs.start}"
        return f"run {task.index}"


class Bench:
    """One process's place of work. The simulator is opened at the first task and kept."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._folder = RunFolder(path=job.folder)
        self._simulator: Simulator | None = None

    def work(self, task: Task) -> None:
        """See :class:`Worker`."""
        if task.kind == "prepare":
            self._open()
        elif task.kind == "chunk":
            self._chunk(task.index)
        else:
            self._keep(task.index, replay=task.kind == "replay")

    def _open(self) -> Simulator:
        if self._simulator is None:
            try:
                self._simulator = self._job.chain.open()
            except (ValueError, OSError, MemoryError):
                raise
            except Exception as error:
                raise CampaignFailed(f"the scenario could not be set up: {describe(error)}") from None
        return self._simulator

    def _chunk(self, chunk: int) -> None:
        records = [self._simulate(run) for run in self._job.plan.chunk_runs(chunk)]
        self._folder.commit(chunk, tables_of(records, seed=self._job.plan.seed), self._job.identity)

    def _simulate(self, run: int, *, keep_tracks: bool = False) -> RunRecord:
        return simulate_run(self._open(), self._job.plan, run, keep_tracks=keep_tracks)

    def _keep(self, run: int, *, replay: bool) -> None:
        record = self._simulate(run, keep_tracks=replay)
        self._folder.write_text(f"{EVENTS}/run-{run:05d}.jsonl", event_lines(record.events))
        if replay:
            plan = self._job.plan
            backdrop = self._open().backdrop(seed=plan.seed, run=run, values=plan.values(run))
            document = replay_document(self._job.name, record, backdrop)
            self._folder.write_text(REPLAY, json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def simulate_run(simulator: Simulator, plan: Plan, run: int, *, keep_tracks: bool = False) -> RunRecord:
    """Play one run of a plan; anything unforeseen becomes a :class:`CampaignFailed` that names the run."""
    try:
        return simulator.simulate(seed=plan.seed, run=run, values=plan.values(run), keep_tracks=keep_tracks)
    except BadCampaign as error:
        raise BadCampaign(f"run {run}: {error}") from None
    except Exception as error:
        raise CampaignFailed(
            f"run {run} of seed {plan.seed} failed: {describe(error)}. This is a defect of the program: "
            f"please report it with the scenario, the seed and the run"
        ) from None


def describe(error: BaseException) -> str:
    """Say in one line what an unforeseen exception was and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def replay_document(name: str, record: RunRecord, backdrop: Mapping[str, object]) -> Document:
    """Return ``replay.json``: one run with its tracks, for maps and globes; angles in degrees, NaN as null."""
    objects = [
        {
            "id": row.object,
            "missile": row.missile,
            "role": row.role,
            "lethal": row.lethal,
            "outcome": row.outcome,
            "layer": row.layer,
            "reason": row.reason,
            "aim": [row.aim_lat_deg, row.aim_lon_deg],
            "aim_name": row.aim,
            "launch": [row.launch_lat_deg, row.launch_lon_deg],
            "track": record.tracks.get(row.object, []),
        }
        for row in record.objects
    ]
    shots = [
        {
            "shot": row.shot,
            "layer": row.layer,
            "weapon": row.weapon,
            "shooter": row.shooter,
            "object": row.object,
            "launch_time_s": row.launch_time_s,
            "intercept_time_s": row.intercept_time_s,
            "launch": [row.launch_lat_deg, row.launch_lon_deg, row.launch_alt_m],
            "intercept": [row.intercept_lat_deg, row.intercept_lon_deg, row.intercept_alt_m],
            "kill": row.kill,
            "outcome": row.outcome,
        }
        for row in record.shots
    ]
    events = [event_document(event) for event in record.events]
    document: Document = finite(
        {"run": record.run, "name": name, "objects": objects, "shots": shots, "events": events, **backdrop}
    )
    return document
