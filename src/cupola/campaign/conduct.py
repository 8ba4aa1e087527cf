"""One campaign from plan to summary: claims the folder, sets up the workers, commits chunks, merges, sums up."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cupola
from cupola.campaign.bench import Job, Task
from cupola.campaign.chain import Campaign, Document
from cupola.campaign.errors import BadCampaign, CampaignFailed, CampaignStopped
from cupola.campaign.execute import Executor, executor_of
from cupola.campaign.plan import Plan, make_plan
from cupola.campaign.progress import Progress, Silent
from cupola.campaign.store import SUMMARY, Identity, RunFolder
from cupola.campaign.summary import document_of, summarise


@dataclass(frozen=True, kw_only=True)
class Result:
    """A finished campaign: where it lies and its summary. ``fresh`` is False when all runs were there before."""

    folder: Path
    summary: Document
    fresh: bool


def conduct(
    campaign: Campaign,
    *,
    out: Path,
    workers: int = 1,
    resume: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Result:
    """Run a campaign into the folder ``out`` and return its summary.

    Raises :class:`BadCampaign` on input that cannot be run (nothing was written), :class:`CampaignFailed` on a fault
    while running and :class:`CampaignStopped` when interrupted; after both the folder can be resumed.
    """
    check_modes(workers=workers, resume=resume, overwrite=overwrite)
    conducted = _conducted(campaign, out, progress or Silent(), stories=True)
    with conducted.folder.claimed(), explained(out, overwrite=overwrite):
        return conducted.run(workers, resume, overwrite)


def check_modes(*, workers: int, resume: bool, overwrite: bool) -> None:
    """Refuse ways to work that contradict each other."""
    if workers < 1:
        raise BadCampaign(f"workers: got {workers}, accepted is 1 or more")
    if resume and overwrite:
        raise BadCampaign("--resume and --overwrite contradict each other: continue the folder, or start it again?")


def complete(campaign: Campaign, *, out: Path, workers: int = 1, progress: Progress | None = None) -> Result:
    """Run what is missing of a campaign that is part of a study: as :func:`conduct` with ``resume``, but no event logs
    and no replay are kept, and what went wrong is explained by the study.
    """
    conducted = _conducted(campaign, out, progress or Silent(), stories=False)
    with conducted.folder.claimed():
        return conducted.run(workers, resume=True, overwrite=False)


def identity_of(scenario_hash: str, *, seed: int, runs: int) -> Identity:
    """Return what a folder must hold to be the campaign of a scenario in this version of Cupola."""
    return Identity(scenario_hash=scenario_hash, seed=seed, runs=runs, version=cupola.__version__)


def _conducted(campaign: Campaign, out: Path, progress: Progress, *, stories: bool) -> "_Conduct":
    plan = make_plan(campaign.quantiles, seed=campaign.seed, runs=campaign.runs)
    identity = identity_of(campaign.scenario_hash, seed=campaign.seed, runs=campaign.runs)
    return _Conduct(campaign, plan, identity, RunFolder(path=out), progress, stories)


class _Conduct:
    """The steps of one campaign, in order, with the folder's lock held."""

    def __init__(
        self, campaign: Campaign, plan: Plan, identity: Identity, folder: RunFolder, progress: Progress, stories: bool
    ) -> None:
        self.campaign, self.plan, self.identity = campaign, plan, identity
        self.folder, self.progress, self.stories = folder, progress, stories

    def run(self, workers: int, resume: bool, overwrite: bool) -> Result:
        committed = self._committed(resume, overwrite)
        if committed is None:
            return Result(folder=self.folder.path, summary=self._stored_summary(), fresh=False)
        job = Job(
            name=self.campaign.name,
            chain=self.campaign.chain,
            plan=self.plan,
            identity=self.identity,
            folder=self.folder.path,
        )
        workers = min(workers, max(self.plan.chunks - len(committed), 1))
        executor = executor_of(job, workers)
        try:
            # The set-up finds impossible input; only after it is anything written or replaced.
            next(iter(executor.run([Task(kind="prepare", index=i) for i in range(workers)])))
            self._begin(overwrite)
            self._simulate(executor, committed)
            summary = self._conclude(executor)
        finally:
            executor.close()
        return Result(folder=self.folder.path, summary=summary, fresh=True)

    def _committed(self, resume: bool, overwrite: bool) -> tuple[int, ...] | None:
        """Return the chunks that need not be run, or ``None`` when the campaign is finished."""
        path = self.folder.path
        if overwrite:
            self.folder.check_replaceable()
            return ()
        if self.folder.is_empty():
            return ()
        if not resume:
            self.folder.check_replaceable()
            raise BadCampaign(
                f"{path}: the folder holds a campaign already; --resume finishes it, --overwrite replaces it, "
                f"--out DIR chooses another folder"
            )
        state = self.folder.state(self.identity, self.plan)
        for note in state.notes:
            self.progress.note(note)
        return None if state.summary is not None else state.committed

    def _begin(self, overwrite: bool) -> None:
        if overwrite:
            self.folder.clear()
        self.folder.sweep()
        self.folder.start(self.campaign.scenario_text, self.plan, self.identity)

    def _simulate(self, executor: Executor, committed: tuple[int, ...]) -> None:
        done = sum(len(self.plan.chunk_runs(chunk)) for chunk in committed)
        self.progress.start(total=self.plan.runs, done=done)
        known = set(committed)
        tasks = [Task(kind="chunk", index=chunk) for chunk in range(self.plan.chunks) if chunk not in known]
        for task in executor.run(tasks):
            self.progress.advance(len(self.plan.chunk_runs(task.index)))

    def _conclude(self, executor: Executor) -> Document:
        """Merge, keep the stories of some runs, and write the summary, which is what marks the folder as finished."""
        self.folder.merge(self.plan, self.identity)
        summary = summarise(self.folder.path, self.campaign)
        if not self.stories:
            summary = replace(summary, kept_runs=())
        tasks = [Task(kind="replay" if run == summary.replay_run else "keep", index=run) for run in summary.kept_runs]
        for _ in executor.run(tasks):
            pass
        document = document_of(summary, self.campaign, out=self.folder.path, version=cupola.__version__)
        self.folder.write_text(SUMMARY, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        self.folder.drop_chunks()
        return document

    def _stored_summary(self) -> Document:
        self.folder.sweep()
        self.folder.drop_chunks()
        document: Document = json.loads((self.folder.path / SUMMARY).read_text(encoding="utf-8"))
        return {**document, "out": str(self.folder.path)}


@contextmanager
def explained(out: Path, *, overwrite: bool) -> Iterator[None]:
    """Turn an interruption and a full disk into errors that say how to go on."""
    instead = " instead of --overwrite" if overwrite else ""
    how = f"finished runs are kept in {out}; the same command with --resume{instead} does the rest"
    try:
        yield
    except KeyboardInterrupt:
        raise CampaignStopped(f"stopped: {how}") from None
    except CampaignFailed as error:
        raise CampaignFailed(f"{error}\n{how}") from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise CampaignFailed(f"cannot write results: {error.strerror or error}{where}\n{how}") from error
