"""One engagement of one run, shot by shot: what was seen, decided and flown, and when each group had its chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cupola.campaign.bench import simulate_run
from cupola.campaign.errors import BadCampaign
from cupola.campaign.plan import check_counts, make_plan
from cupola.campaign.scenario_chain import ScenarioSimulator, campaign_of
from cupola.campaign.shooters import Shooter, aimed_at, shooter_group
from cupola.campaign.story import Line, family_of, row_of, tell
from cupola.campaign.wording import sentence
from cupola.core.earth import Vector
from cupola.engine.record import Event, EventKind, ObjectOutcome, ObjectRow, RunRecord, ShotRow
from cupola.engine.shotpath import shot_path
from cupola.engine.simulate import launched
from cupola.engine.windows import GroupWindows, path_of, windows_of
from cupola.engine.world import World, ground_track
from cupola.interceptors.endgame import ShotOutcome
from cupola.scenario.load import load
from cupola.scenario.schema import Scenario

TRACK_POINTS = 400


@dataclass(frozen=True, kw_only=True)
class Played:
    """One run of a scenario with everything it leaves, and the world it was played in."""

    record: RunRecord
    world: World
    seed: int


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A new predicted point sent to an interceptor: how far off the last one, and the divert that it cost."""

    time_s: float
    moved_m: float
    divert_m_s: float


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One shot from order to verdict. Times in s after the launch of the object's missile; NaN for what never came.

    ``path`` (n, 4) is the interceptor's way: time s, latitude and longitude deg, altitude m.
    """

    shot: int
    group: str
    layer: str
    weapon: str
    shooter: str
    object: str
    order_s: float
    release_s: float
    corrections: tuple[Correction, ...]
    handover_s: float
    handover_error_m: float
    intercept_s: float
    intercept_lat_deg: float
    intercept_lon_deg: float
    intercept_alt_m: float
    closing_speed_m_s: float
    divert_used_m_s: float
    miss_m: float
    kill: bool
    outcome: str
    sentence: str
    verdict_s: float
    declared_dead: bool | None
    verdict_right: bool | None
    path: Vector


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """What one run's defense did about one object. Times in s after the launch of its missile (``launch_s`` on the
    scenario's clock); NaN for what never came.

    ``track`` (n, 4) is where the object truly was until it ended: time s, latitude and longitude deg, altitude m.
    """

    run: int
    seed: int
    object: str
    title: str
    verdict: str
    leaked: bool
    launch_s: float
    detected_s: float
    firm_s: float
    authority_s: float
    end_s: float
    timeline: tuple[Line, ...]
    shots: tuple[Shot, ...]
    shooters: tuple[Shooter, ...]
    track: Vector


def play(scenario: Scenario | str | Path, *, run: int = 0, seed: int | None = None) -> Played:
    """Play one run of a scenario (or the file of one) with its tracks.

    Raises ``ScenarioError`` and :class:`BadCampaign` on bad input.
    """
    if run < 0:
        raise BadCampaign(f"--run: got {run}, accepted is 0 or more")
    check_counts(seed=0 if seed is None else seed, runs=run + 1)
    resolved = scenario if isinstance(scenario, Scenario) else load(Path(scenario))
    campaign = campaign_of(resolved, seed=seed, runs=run + 1)
    plan = make_plan(campaign.quantiles, seed=campaign.seed, runs=campaign.runs)
    simulator = ScenarioSimulator(resolved)
    record = simulate_run(simulator, plan, run, keep_tracks=True)
    return Played(record=record, world=simulator.world(plan.values(run)), seed=campaign.seed)


def engage(
    scenario: Scenario | str | Path, *, run: int = 0, seed: int | None = None, object_id: str | None = None
) -> Engagement:
    """Play one run of a scenario and tell the engagement of one object: by default the leaked warhead that was shot at
    most, or where none leaked, the object that was.

    Raises ``ScenarioError`` and :class:`BadCampaign` on bad input.
    """
    return engagement_of(play(scenario, run=run, seed=seed), object_id)


def engagement_of(played: Played, object_id: str | None = None) -> Engagement:
    """Return the engagement of one object of a played run; see :func:`engage`."""
    record, world, seed = played.record, played.world, played.seed
    name = most_telling(record) if object_id is None else object_id
    row = row_of(record, name)
    family = family_of(record, row)
    start = row.launch_time_s
    story = tell(
        record,
        name,
        commit_delay_s=world.scenario.battle.commit_delay,
        windows=windows_at(record, world, name, seed=seed),
        every_step=True,
    )
    aimed = aimed_at(record, {member.object for member in family})
    authority = [line.time_s for line in story.lines if line.kind == "authority"]
    return Engagement(
        run=record.run,
        seed=seed,
        object=name,
        title=story.title,
        verdict=story.verdict,
        leaked=row.outcome == ObjectOutcome.LEAKED.code,
        launch_s=start,
        detected_s=_first(member.first_detection_s for member in family) - start,
        firm_s=_first(member.firm_track_s for member in family) - start,
        authority_s=authority[0] if authority else float("nan"),
        end_s=row.end_time_s - start,
        timeline=story.lines,
        shots=tuple(_shot(record, world, shot, seed, start) for shot in record.shots if shot.shot in aimed),
        shooters=story.shooters,
        track=_track(world, record, family, seed, start),
    )


def windows_at(record: RunRecord, world: World, object_id: str, *, seed: int) -> tuple[GroupWindows, ...]:
    """Return when each interceptor group could have met an object of a run by reach, on the scenario's clock."""
    names = [member.object for member in family_of(record, row_of(record, object_id))]
    threats, _ = launched(world, seed, record.run)
    path = path_of(world, [threat for threat in threats if threat.object_id in names])
    return windows_of(world, path, seed=seed, run=record.run)


def most_telling(record: RunRecord) -> str:
    """Return the leaked warhead that was shot at most, or where none leaked, the object that was."""
    single = [row for row in record.objects if row.role != "booster"] or list(record.objects)

    def weight(row: ObjectRow) -> tuple[bool, int, bool]:
        shots = len(aimed_at(record, {member.object for member in family_of(record, row)}))
        return row.outcome == ObjectOutcome.LEAKED.code, shots, row.lethal

    return max(single, key=weight).object


def _first(times: Iterable[float]) -> float:
    return min((time for time in times if np.isfinite(time)), default=float("nan"))


def _shot(record: RunRecord, world: World, row: ShotRow, seed: int, start: float) -> Shot:
    events = [event for event in record.events if event.data.get("shot") == row.shot]
    handover, verdict = _one(events, EventKind.HANDOVER), _one(events, EventKind.ASSESSMENT)
    end = _one(events, EventKind.INTERCEPT)
    path = shot_path(world, row, seed=seed)
    path[:, 0] -= start
    return Shot(
        shot=row.shot,
        group=shooter_group(row.shooter),
        layer=row.layer,
        weapon=row.weapon,
        shooter=row.shooter,
        object=row.object,
        order_s=row.order_time_s - start,
        release_s=row.launch_time_s - start,
        corrections=tuple(
            Correction(
                time_s=event.time_s - start,
                moved_m=float(event.data["moved_m"]),
                divert_m_s=float(event.data["divert_m_s"]),
            )
            for event in events
            if event.kind is EventKind.UPDATE
        ),
        handover_s=float("nan") if handover is None else handover.time_s - start,
        handover_error_m=row.handover_error_m,
        intercept_s=row.intercept_time_s - start,
        intercept_lat_deg=row.intercept_lat_deg,
        intercept_lon_deg=row.intercept_lon_deg,
        intercept_alt_m=row.intercept_alt_m,
        closing_speed_m_s=row.closing_speed_m_s,
        divert_used_m_s=row.divert_used_m_s,
        miss_m=float("nan") if end is None else float(end.data.get("miss_m", float("nan"))),
        kill=row.kill,
        outcome=row.outcome,
        sentence=sentence(ShotOutcome, row.outcome),
        verdict_s=float("nan") if verdict is None else verdict.time_s - start,
        declared_dead=None if verdict is None else bool(verdict.data["declared_dead"]),
        verdict_right=None if verdict is None else bool(verdict.data["right"]),
        path=path,
    )


def _one(events: Sequence[Event], kind: EventKind) -> Event | None:
    return next((event for event in events if event.kind is kind), None)


def _track(world: World, record: RunRecord, family: Sequence[ObjectRow], seed: int, start: float) -> Vector:
    threats, _ = launched(world, seed, record.run)
    ends = {member.object: member.end_time_s for member in family}
    parts = []
    for threat in threats:
        end = min(ends.get(threat.object_id, -np.inf), threat.end_s)
        if end > threat.start_s:
            times = np.linspace(threat.start_s, end, TRACK_POINTS)
            parts.append(np.column_stack([times - start, ground_track(threat.trajectory, times)]))
    return np.concatenate(parts)
