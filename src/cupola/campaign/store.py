"""The run folder: chunks committed atomically while running, three tables merged in order at the end.

A chunk is a directory with its three tables. It is written under a temporary name, flushed to disk and renamed, so
that it is there entirely or not at all. The merged tables, ``summary.json`` last, appear by rename too; only then do
the chunks go. Whatever kills the campaign in between, ``--resume`` finds the committed chunks and repeats nothing but
the rest.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from cupola.campaign.errors import BadCampaign, CampaignFailed
from cupola.campaign.lock import LOCK_NAME, locked
from cupola.campaign.plan import Plan, plan_of
from cupola.campaign.tables import TABLES, metadata_of, read_parquet, write_parquet

SCENARIO, PLAN, SUMMARY, REPLAY, REPORT = "scenario.yaml", "plan.parquet", "summary.json", "replay.json", "report.html"
CHUNKS, EVENTS = "chunks", "events"
MERGED = tuple(f"{name}.parquet" for name in TABLES)
OURS = (SCENARIO, PLAN, CHUNKS, *MERGED, EVENTS, SUMMARY, REPLAY, REPORT)
_TEMPORARY = ".tmp-"
_RECOGNISED = 3


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What must agree before a folder's chunks may be completed: anything else would mix two campaigns."""

    scenario_hash: str
    seed: int
    runs: int
    version: str

    def metadata(self) -> dict[str, str]:
        """Return the identity as the metadata of Parquet files."""
        return {f"cupola.{key}": str(value) for key, value in asdict(self).items()}


@dataclass(frozen=True, kw_only=True)
class State:
    """What a folder holds: nothing of ours yet, some committed chunks, or a finished campaign."""

    started: bool = False
    committed: tuple[int, ...] = ()
    summary: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """One campaign's folder on disk."""

    path: Path

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Create the folder when needed and hold its lock; a folder created here and left empty is removed again.

        Raises :class:`BadCampaign` when it cannot be written or somebody else is writing it.
        """
        created = [p for p in (self.path, *self.path.parents) if not p.exists()]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with locked(self.path):
                yield
        except OSError as error:
            if self._writable():
                raise
            raise BadCampaign(f"{self.path}: cannot write the run folder here: {error.strerror or error}") from error
        finally:
            for folder in created:
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def _writable(self) -> bool:
        return self.path.is_dir() and os.access(self.path, os.W_OK | os.X_OK)

    def state(self, identity: Identity, plan: Plan) -> State:
        """Say how far the folder is, for the campaign that ``identity`` names.

        Damaged chunks count as not committed and are removed. Raises :class:`BadCampaign` when the folder holds
        anything else than this campaign, or is damaged beyond what running again can mend.
        """
        if not self._entries():
            return State()
        self._check_ours()
        if not (self.path / PLAN).exists():
            raise BadCampaign(self._truncated(f"{PLAN} is missing"))
        self._check_identity(identity)
        summary, notes = self._finished(identity)
        if summary is not None:
            return State(started=True, committed=tuple(range(plan.chunks)), summary=summary)
        committed = []
        for chunk in range(plan.chunks):
            if not self.chunk_path(chunk).exists():
                continue
            problem = self._chunk_problem(chunk, identity, plan)
            if problem is None:
                committed.append(chunk)
            else:
                notes.append(f"chunk {chunk} is damaged ({problem}); its runs are repeated")
                shutil.rmtree(self.chunk_path(chunk))
        return State(started=True, committed=tuple(committed), notes=tuple(notes))

    def is_finished(self, identity: Identity) -> bool:
        """Say whether the folder holds all of the campaign that ``identity`` names, undamaged."""
        return self._finished(identity)[0] is not None

    def is_empty(self) -> bool:
        """Say whether nothing but our lock and leftovers of an aborted start lie in the folder."""
        return not self._entries()

    def check_replaceable(self) -> None:
        """Raise :class:`BadCampaign` unless everything that ``clear`` would remove is recognisably a campaign's."""
        if self._entries():
            self._check_ours()

    def clear(self) -> None:
        """Remove what campaigns write, and nothing else."""
        for name in OURS:
            _remove(self.path / name)
        self.sweep()

    def sweep(self) -> None:
        """Remove the temporary files of a campaign that was killed."""
        for folder in (self.path, self.path / CHUNKS, self.path / EVENTS):
            for leftover in folder.glob(f"{_TEMPORARY}*"):
                _remove(leftover)

    def start(self, scenario_text: str, plan: Plan, identity: Identity) -> None:
        """Write the plan and the resolved scenario. The plan comes first: it is what marks the folder as ours."""
        metadata = identity.metadata() | {"cupola.chunk_size": str(plan.chunk_size)}
        self.write_table(PLAN, [plan.table(metadata)], metadata)
        self.write_text(SCENARIO, scenario_text)
        (self.path / CHUNKS).mkdir(exist_ok=True)

    def plan(self) -> Plan:
        """Read the plan back. Raises :class:`BadCampaign` when it is missing or damaged."""
        try:
            return plan_of(read_parquet(self.path / PLAN), int(metadata_of(self.path / PLAN)["cupola.chunk_size"]))
        except (OSError, pa.ArrowException, KeyError, ValueError, IndexError) as error:
            raise BadCampaign(f"{self.path}: not a readable run folder: {PLAN}: {_first_line(error)}") from error

    def chunk_path(self, chunk: int) -> Path:
        """Return where a committed chunk lies."""
        return self.path / CHUNKS / f"chunk-{chunk:05d}"

    def commit(self, chunk: int, tables: Mapping[str, pa.Table], identity: Identity) -> None:
        """Make a chunk's tables durable, all three or none."""
        target = self.chunk_path(chunk)
        temporary = target.parent / f"{_TEMPORARY}{os.getpid()}-{chunk:05d}"
        _remove(temporary)
        temporary.mkdir()
        try:
            for name, table in tables.items():
                write_parquet(temporary / f"{name}.parquet", [table], identity.metadata())
            _sync(temporary)
            if target.exists():
                # A worker that died after its commit and before its answer: the repeat has the same bytes.
                _remove(target)
            temporary.rename(target)
            _sync(target.parent)
        finally:
            _remove(temporary)

    def merge(self, plan: Plan, identity: Identity) -> None:
        """Join the chunks in order to ``runs.parquet``, ``objects.parquet`` and ``shots.parquet``."""
        for name in TABLES:
            chunks = (self._chunk_table(chunk, name) for chunk in range(plan.chunks))
            self.write_table(f"{name}.parquet", chunks, identity.metadata())

    def _chunk_table(self, chunk: int, name: str) -> pa.Table:
        try:
            return read_parquet(self.chunk_path(chunk) / f"{name}.parquet")
        except (OSError, pa.ArrowException) as error:
            raise CampaignFailed(f"chunk {chunk} was damaged after its commit: {_first_line(error)}") from error

    def drop_chunks(self) -> None:
        """Remove the chunks once the merged tables and the summary stand."""
        _remove(self.path / CHUNKS)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file (a path below the folder), there entirely or not at all."""
        target = self.path / name
        target.parent.mkdir(exist_ok=True)
        with self._replacing(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def write_table(self, name: str, tables: Iterable[pa.Table], metadata: Mapping[str, str]) -> None:
        """Write a Parquet file of tables behind each other, there entirely or not at all."""
        with self._replacing(self.path / name) as temporary:
            write_parquet(temporary, tables, metadata)

    def table_path(self, name: str, run: int, plan: Plan) -> Path | None:
        """Return the file with a run's rows of one table: merged, or its chunk, or ``None`` when not committed yet."""
        merged = self.path / f"{name}.parquet"
        chunk = self.chunk_path(run // plan.chunk_size) / f"{name}.parquet"
        return next((path for path in (merged, chunk) if path.exists()), None)

    @contextmanager
    def _replacing(self, target: Path) -> Iterator[Path]:
        temporary = target.with_name(f"{_TEMPORARY}{os.getpid()}-{target.name}")
        try:
            yield temporary
            temporary.replace(target)
            _sync(target.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def _entries(self) -> set[str]:
        if not self.path.exists():
            return set()
        return {p.name for p in self.path.iterdir() if p.name != LOCK_NAME and not p.name.startswith(_TEMPORARY)}

    def _check_ours(self) -> None:
        entries = self._entries()
        if len(entries & set(OURS)) >= _RECOGNISED:
            return
        try:
            ours = "cupola.scenario_hash" in metadata_of(self.path / PLAN)
        except (OSError, pa.ArrowException):
            ours = False
        if not ours:
            found = ", ".join(sorted(entries)[:5])
            raise BadCampaign(
                f"{self.path}: the folder holds other files ({found}) and no campaign; choose another --out"
            )

    def _check_identity(self, wanted: Identity) -> None:
        try:
            found = metadata_of(self.path / PLAN)
        except (OSError, pa.ArrowException) as error:
            raise BadCampaign(self._truncated(f"{PLAN} is damaged: {_first_line(error)}")) from error
        different = [
            f"{key.removeprefix('cupola.').replace('_', ' ')}: the folder has {found.get(key, 'none')}, not {value}"
            for key, value in wanted.metadata().items()
            if found.get(key) != value
        ]
        if different:
            raise BadCampaign(
                f"{self.path}: holds another campaign and cannot be resumed with this one:\n  "
                + "\n  ".join(different)
                + "\nresume it with its own scenario, seed and runs, or choose another --out"
            )

    def _finished(self, identity: Identity) -> tuple[dict[str, Any] | None, list[str]]:
        """Return the summary of a finished, undamaged campaign, or what makes it unfinished."""
        if not (self.path / SUMMARY).exists():
            return None, []
        try:
            summary = json.loads((self.path / SUMMARY).read_text(encoding="utf-8"))
            for name in MERGED:
                if not identity.metadata().items() <= metadata_of(self.path / name).items():
                    raise ValueError(f"{name} belongs to another campaign")
            if not isinstance(summary, dict) or read_parquet(self.path / MERGED[0]).num_rows != identity.runs:
                raise ValueError(f"{MERGED[0]} does not hold all runs")
        except (OSError, ValueError) as error:
            return None, [
                f"the finished results are damaged ({_first_line(error)}); runs without a stored chunk are repeated"
            ]
        return summary, []

    def _chunk_problem(self, chunk: int, identity: Identity, plan: Plan) -> str | None:
        for name in TABLES:
            path = self.chunk_path(chunk) / f"{name}.parquet"
            try:
                table = read_parquet(path)
                if not identity.metadata().items() <= metadata_of(path).items():
                    return f"{path.name} belongs to another campaign"
            except (OSError, pa.ArrowException) as error:
                return f"{path.name}: {_first_line(error)}"
            if name == "runs" and table.column("run").to_pylist() != list(plan.chunk_runs(chunk)):
                return f"{path.name} holds other runs"
        return None

    def _truncated(self, what: str) -> str:
        return (
            f"{self.path}: the run folder is truncated: {what}; start it again with --overwrite or choose another --out"
        )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Flush a directory, so that a rename in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
