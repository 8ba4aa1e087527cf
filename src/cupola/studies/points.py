"""Playing the points of a study: every point a campaign of its own, all with the same seed.

Run k of every point draws the same random numbers stream by stream (``core.chance``), so that points differ by what
was changed and not by luck: common random numbers.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from cupola.campaign.bench import Task
from cupola.campaign.conduct import complete, identity_of
from cupola.campaign.errors import BadCampaign
from cupola.campaign.execute import executor_of
from cupola.campaign.plan import check_counts
from cupola.campaign.progress import Progress, Silent
from cupola.campaign.scenario_chain import campaign_of
from cupola.campaign.statistics import Interval, Paired
from cupola.campaign.store import RunFolder
from cupola.scenario.load import scenario_hash
from cupola.scenario.schema import Scenario
from cupola.studies.costing import CostTerms, ScenarioCost, scenario_cost
from cupola.studies.outcomes import COST, Outcomes
from cupola.studies.study_folder import POINTS, StudyFolder

MOST_POINTS = 10_000

# What a scenario says of itself and of its sources: two that differ in these alone play alike.
_TOLD = {
    "name", "description", "overrides", "values", "references", "defended", "allies", "programme", "compare",
    "runs", "seed",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Point:
    """One scenario of a study; ``settings`` says by what it differs from the others, path -> value as written."""

    name: str
    scenario: Scenario
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Played:
    """A point that was played: its run folder (below the study's) and what came out."""

    point: Point
    folder: str
    outcomes: Outcomes
    terms: CostTerms

    @cached_property
    def cost(self) -> ScenarioCost:
        """What the point's defense costs."""
        return scenario_cost(self.point.scenario, self.terms)

    def interval(self, outcome: str) -> Interval:
        """Return an outcome with its 95 % interval; of the cost, with the range of its sources."""
        return self.cost.billions() if outcome == COST else self.outcomes.interval(outcome)

    def difference(self, outcome: str, other: "Played") -> Paired:
        """Return how an outcome changes from this point to another; costs change by the same prices in both."""
        if outcome != COST:
            return self.outcomes.difference(outcome, other.outcomes)
        a, b = self.cost.billions(), other.cost.billions()
        best, *ends = (getattr(b, name) - getattr(a, name) for name in ("mean", "low", "high"))
        limits = sorted((best, *ends))
        return Paired(difference=Interval(mean=best, low=limits[0], high=limits[-1]), gain=np.nan)


def played_hash(scenario: Scenario) -> str:
    """Return the SHA-256 (hex) of what is played, whatever the scenario is called and wherever its values are from."""
    data = scenario.model_dump(mode="json", exclude=_TOLD)
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One campaign to play, picklable: its text is written out by the process that plays it."""

    scenario: Scenario
    seed: int
    runs: int
    folder: Path

    def complete(self, workers: int = 1, progress: Progress | None = None) -> None:
        campaign = campaign_of(self.scenario, seed=self.seed, runs=self.runs)
        complete(campaign, out=self.folder, workers=workers, progress=progress)

    def is_finished(self) -> bool:
        identity = identity_of(scenario_hash(self.scenario), seed=self.seed, runs=self.runs)
        return RunFolder(path=self.folder).is_finished(identity)


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """The :class:`cupola.campaign.bench.Work` of many campaigns: one task plays one of them from end to end."""

    parts: tuple[_Part, ...]

    def worker(self) -> "_Parts":
        return self

    def words(self, task: Task) -> str:
        return f"the point {self.parts[task.index].folder.name}"

    def work(self, task: Task) -> None:
        self.parts[task.index].complete()


def play_points(
    points: Sequence[Point],
    store: StudyFolder,
    *,
    seed: int,
    runs: int,
    terms: CostTerms,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Played, ...]:
    """Play what is missing of the points into an opened study's folder and return all of them in order.

    Points that play alike are played once. Raises what campaigns raise.
    """
    progress = progress or Silent()
    keys = [played_hash(point.scenario) for point in points]
    parts: dict[str, _Part] = {}
    for key, point in zip(keys, points, strict=True):
        if key not in parts:
            folder = store.point_path(f"{scenario_hash(point.scenario)[:16]}-s{seed}-n{runs}")
            parts[key] = _Part(scenario=point.scenario, seed=seed, runs=runs, folder=folder)
    _play(tuple(parts.values()), workers, progress)
    return tuple(
        Played(
            point=point,
            folder=f"{POINTS}/{parts[key].folder.name}",
            terms=terms,
            outcomes=Outcomes(
                folder=parts[key].folder,
                key=key,
                seed=seed,
                certain=not any(group.inventory > 0 for group in point.scenario.interceptors),
            ),
        )
        for key, point in zip(keys, points, strict=True)
    )


def check_points(points: Sequence[Point], *, seed: int, runs: int) -> None:
    """Refuse what cannot be played before anything is written. Raises :class:`BadCampaign`."""
    check_counts(seed=seed, runs=runs)
    if not points:
        raise BadCampaign("got no points, accepted is one or more")
    if len(points) > MOST_POINTS:
        raise BadCampaign(f"got {len(points):,} points, accepted are at most {MOST_POINTS:,}; hint: fewer values")


def _play(parts: tuple[_Part, ...], workers: int, progress: Progress) -> None:
    todo = tuple(part for part in parts if not part.is_finished())
    total = sum(part.runs for part in parts)
    progress.start(total=total, done=total - sum(part.runs for part in todo))
    if workers == 1 or len(todo) < workers:
        for part in todo:
            part.complete(workers, _Within(progress))
        return
    executor = executor_of(_Parts(parts=todo), workers)
    try:
        for task in executor.run([Task(kind="chunk", index=index) for index in range(len(todo))]):
            progress.advance(todo[task.index].runs)
    finally:
        executor.close()


class _Within:
    """Hears of one point and tells of the whole study."""

    def __init__(self, whole: Progress) -> None:
        self.whole = whole

    def start(self, *, total: int, done: int) -> None:
        """The study has started already; what this point had before counts as done."""
        self.whole.advance(done)

    def advance(self, runs: int) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self.whole.advance(runs)

    def note(self, text: str) -> None:
        """See :class:`cupola.campaign.progress.Progress`."""
        self.whole.note(text)
