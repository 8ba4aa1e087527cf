"""How well one run's tracks held what flew: custody, errors against stated sigmas, impact and launch points.

The tracks come from :class:`cupola.engine.tracklog.TrackLog`, which holds the truth beside them for this purpose alone.
A released object is judged from its missile's launch on: while its booster flew, a track of the booster was a track of
it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import MEAN_RADIUS, Vector, central_angle
from cupola.core.sight import radial_altitude
from cupola.engine.record import EventKind, ObjectRow, RunRecord
from cupola.engine.tracklog import TrackLog
from cupola.tracking.impact import CONDITIONS, impact_point
from cupola.tracking.launch_point import launch_point
from cupola.tracking.motion import BOOST, CRUISE, DRAG_CEILING, GLIDE

HOLD_S = 30.0  # s after a track's last update during which its object still counts as held
INSTANTS_S = (300.0, 900.0)  # s after launch
IMPACTS = 120  # impact points along one flight: enough for a curve
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class ImpactRow:
    """An impact point foretold ``after_s`` seconds after launch: ``error_m`` on the ground, one-sigma axes, its error
    squared over the covariance, and the error and sigma of its time; the time's error is NaN where the truth was not
    to end there.

    All of it holds if the object flies by ``condition``, a value of :data:`cupola.tracking.impact.CONDITIONS`;
    ``lift_probability`` is what the track gives to the models that fly on lift, NaN above the air, where lift does not
    show.
    """

    after_s: float
    condition: str
    lift_probability: float
    latitude_deg: float
    longitude_deg: float
    error_m: float
    major_m: float
    minor_m: float
    circular_error_m: float
    square: float
    time_error_s: float
    sigma_time_s: float


@dataclass(frozen=True, kw_only=True)
class LaunchRow:
    """A launch point estimated ``after_s`` seconds after launch, with its errors and sigmas."""

    after_s: float
    error_m: float
    major_m: float
    minor_m: float
    time_error_s: float
    sigma_time_s: float


@dataclass(frozen=True, kw_only=True)
class Instant:
    """What was known ``after_s`` seconds after launch; the track's newest report was ``age_s`` old."""

    after_s: float
    age_s: float
    error_m: float
    sigma_m: float
    velocity_error_m_s: float
    sigma_velocity_m_s: float


@dataclass(frozen=True, kw_only=True)
class ObjectTracking:
    """One released object and its track along time (k rows). Times are seconds after its missile's launch, NaN for
    what never came.

    ``error_m``, ``sigma_m`` (root of the covariance's trace), ``velocity_error_m_s``, ``sigma_velocity_m_s`` and
    ``square`` (k,), the position and velocity error squared over its covariance, chi-squared of 6 where it is honest;
    ``alone`` (k,) whether the newest report was of the object alone: where a sensor could not tell it from others,
    ``error_m`` is still from the object, ``square`` from the centre that was reported;
    ``weight`` (k, 5) model probabilities; ``switches`` counts how often another track number took over, ``gaps`` how
    often custody was lost after it was had, ``strays`` how often a track of it went on to follow another missile.
    """

    object_id: str
    missile_id: str
    threat: str
    role: str
    aim: str
    launch_s: float
    flight_s: float
    detected_s: float
    detected_by: str
    firm_s: float
    custody: float
    tracks: tuple[int, ...]
    switches: int
    gaps: int
    strays: int
    after_s: Vector
    error_m: Vector
    sigma_m: Vector
    velocity_error_m_s: Vector
    sigma_velocity_m_s: Vector
    square: Vector
    alone: Flags
    weight: Vector
    burnout_s: float
    burnout_error_s: float
    instants: tuple[Instant | None, ...]
    impacts: tuple[ImpactRow, ...]
    launches: tuple[LaunchRow, ...]


def assess(record: RunRecord, *, hold_s: float = HOLD_S, object_id: str | None = None) -> tuple[ObjectTracking, ...]:
    """Return how every released object of a run was tracked, or the one named.

    ``hold_s`` is how long a track holds its object after an update. Raises ``ValueError`` where the run kept no tracks
    or has no such object.
    """
    log = record.track_log
    if log is None:
        raise ValueError("got a run without tracks, accepted is one played with keep_tracks=True")
    if not hold_s > 0.0:
        raise ValueError(f"got a holding time of {hold_s} s, accepted is above 0")
    released = [row for row in record.objects if row.role != "booster"]
    if object_id is not None:
        known = [row.object for row in released]
        released = [row for row in released if row.object == object_id]
        if not released:
            raise ValueError(f"got the object {object_id!r}, accepted are {', '.join(known)}")
    return tuple(_assess(record, log, row, hold_s) for row in released)


def _assess(record: RunRecord, log: TrackLog, row: ObjectRow, hold_s: float) -> ObjectTracking:
    booster = next((o for o in record.objects if o.object == row.missile), row)
    family = [log.object_ids.index(name) for name in (booster.object, row.object) if name in log.object_ids]
    mine = _own_members(log, family)
    candidates = np.flatnonzero((mine >= 0) & log.confirmed)
    rows, taken, switches = held_rows(log, candidates, hold_s)
    launch, end = row.launch_time_s, row.end_time_s
    end = end if math.isfinite(end) else float(log.time_s[-1]) if len(log.time_s) else launch
    custody, gaps = custody_of(log.time_s[rows], launch, end, hold_s)
    error = log.x[rows, :6] - log.member_truth[mine[rows]]
    covariance = log.p[rows, :6, :6]
    diagonal = np.diagonal(covariance, axis1=1, axis2=2)
    after = log.time_s[rows] - launch
    columns = (
        np.linalg.norm(error[:, :3], axis=1),
        np.sqrt(diagonal[:, :3].sum(axis=1)),
        np.linalg.norm(error[:, 3:], axis=1),
        np.sqrt(diagonal[:, 3:].sum(axis=1)),
    )
    burnout = _event_time(record, booster.object, EventKind.BURNOUT)
    boosting = rows[(log.weight[rows].argmax(axis=1) + 1 == BOOST) & (log.time_s[rows] <= burnout)]
    believed = float(log.burnout_s[boosting[-1]]) - burnout if len(boosting) else math.nan
    detected, by = _first_detection(row, booster)
    return ObjectTracking(
        object_id=row.object,
        missile_id=row.missile,
        threat=row.threat,
        role=row.role,
        aim=row.aim,
        launch_s=launch,
        flight_s=end - launch,
        detected_s=detected - launch,
        detected_by=by,
        firm_s=_first(booster.firm_track_s, row.firm_track_s) - launch,
        custody=custody,
        tracks=taken,
        switches=switches,
        gaps=gaps,
        strays=_strays(record, log, taken, row.missile),
        after_s=after,
        error_m=columns[0],
        sigma_m=columns[1],
        velocity_error_m_s=columns[2],
        sigma_velocity_m_s=columns[3],
        square=_squares(log.x[rows, :6] - log.truth[rows], covariance),
        alone=log.member_share[mine[rows]] == 1.0,
        weight=log.weight[rows],
        burnout_s=burnout - launch,
        burnout_error_s=believed,
        instants=tuple(_instant(after, columns, seconds, hold_s) for seconds in INSTANTS_S),
        impacts=_impacts(record, log, rows, row),
        launches=_launches(log, boosting, booster),
    )


def _own_members(log: TrackLog, family: Sequence[int]) -> Rows:
    """Return for each row (k,) its member entry that is one of ``family``, the last of several, or -1."""
    mine = np.full(len(log.time_s), -1, dtype=np.int64)
    for name in family:
        entries = np.flatnonzero(log.member == name)
        mine[log.member_row[entries]] = entries
    return mine


def held_rows(log: TrackLog, candidates: Rows, hold_s: float) -> tuple[Rows, tuple[int, ...], int]:
    """Return the rows of the track that held an object at each time, the track numbers in turn, and the switches.

    A track holds the object until it has gone without an update for ``hold_s``; another track of the object takes over
    only then, so that a duplicate beside it is no switch.
    """
    kept: list[int] = []
    taken: list[int] = []
    last = -math.inf
    for k in candidates.tolist():
        number, time_s = int(log.track[k]), float(log.time_s[k])
        if taken and number != taken[-1] and time_s - last <= hold_s:
            continue
        if not taken or number != taken[-1]:
            taken.append(number)
        kept.append(k)
        last = time_s
    return np.array(kept, dtype=np.int64), tuple(taken), max(len(taken) - 1, 0)


def custody_of(updates_s: Vector, start_s: float, end_s: float, hold_s: float) -> tuple[float, int]:
    """Return the share of a flight during which the last of the rising ``updates_s`` (k,) was at most ``hold_s`` old,
    and how often it grew older than that between two updates.
    """
    times = np.asarray(updates_s, dtype=np.float64)
    if not len(times) or end_s <= start_s:
        return 0.0, 0
    until = np.minimum(times + hold_s, np.append(times[1:], np.inf))
    held = np.clip(until, start_s, end_s) - np.clip(times, start_s, end_s)
    return float(held.sum() / (end_s - start_s)), int((np.diff(times) > hold_s).sum())


def _squares(error: Vector, covariance: Vector) -> Vector:
    """Return the errors (k, 6) squared over their covariances, scaled so that metres and metres a second may mix."""
    if not len(error):
        return np.empty(0)
    scale = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    correlation = covariance / (scale[:, :, None] * scale[:, None, :])
    small = error / scale
    return np.asarray(np.einsum("ki,ki->k", small, np.linalg.solve(correlation, small[:, :, None])[:, :, 0]))


def _instant(after: Vector, columns: Sequence[Vector], seconds: float, hold_s: float) -> Instant | None:
    k = int(np.searchsorted(after, seconds, side="right")) - 1
    if k < 0 or seconds - after[k] > hold_s:
        return None
    error, sigma, velocity, sigma_velocity = (float(column[k]) for column in columns)
    return Instant(
        after_s=seconds,
        age_s=float(seconds - after[k]),
        error_m=error,
        sigma_m=sigma,
        velocity_error_m_s=velocity,
        sigma_velocity_m_s=sigma_velocity,
    )


def _impacts(record: RunRecord, log: TrackLog, rows: Rows, row: ObjectRow) -> tuple[ImpactRow, ...]:
    """Foretell impact points along the flight; the truth is where it came down, or its aim where it was stopped."""
    landed = next((e for e in record.events if e.kind == EventKind.IMPACT and e.subject == row.object), None)
    latitude, longitude, end = row.aim_lat_deg, row.aim_lon_deg, math.nan
    if landed is not None:
        latitude, longitude = float(landed.data["lat_deg"]), float(landed.data["lon_deg"])
        end = landed.time_s
    found = []
    for k in rows[np.unique(np.linspace(0, len(rows) - 1, IMPACTS).astype(np.int64))] if len(rows) else rows:
        time_s = float(log.time_s[k])
        mode = int(log.weight[k].argmax()) + 1
        estimate = impact_point(log.x[k], log.p[k], mode, time_s, float(log.burnout_s[k]))
        if estimate is None or time_s >= estimate.time_s:
            continue
        error, square = estimate.error(math.radians(latitude), math.radians(longitude))
        major, minor, _ = estimate.axes
        found.append(
            ImpactRow(
                after_s=time_s - row.launch_time_s,
                condition=CONDITIONS[mode],
                lift_probability=_lift_probability(log, k),
                latitude_deg=math.degrees(estimate.latitude),
                longitude_deg=math.degrees(estimate.longitude),
                error_m=float(np.linalg.norm(error)),
                major_m=major,
                minor_m=minor,
                circular_error_m=estimate.circular_error_probable,
                square=square,
                time_error_s=estimate.time_s - end,
                sigma_time_s=estimate.sigma_time_s,
            )
        )
    return tuple(found)


def _lift_probability(log: TrackLog, k: int) -> float:
    """Return the weight of the models that fly on lift; NaN above the air and under thrust, where they take no part."""
    boosting = log.weight[k].argmax() + 1 == BOOST
    if boosting or radial_altitude(*log.x[k, :3]) > DRAG_CEILING:
        return math.nan
    return float(log.weight[k, GLIDE - 1 : CRUISE].sum())


def _launches(log: TrackLog, boosting: Rows, booster: ObjectRow) -> tuple[LaunchRow, ...]:
    found = []
    for k in boosting.tolist():
        estimate = launch_point(log.x[k], log.p[k], float(log.time_s[k]))
        if estimate is None:
            continue
        pad = math.radians(booster.launch_lat_deg), math.radians(booster.launch_lon_deg)
        major, minor, _ = estimate.axes
        found.append(
            LaunchRow(
                after_s=float(log.time_s[k]) - booster.launch_time_s,
                error_m=MEAN_RADIUS * central_angle(estimate.latitude, estimate.longitude, *pad),
                major_m=major,
                minor_m=minor,
                time_error_s=estimate.time_s - booster.launch_time_s,
                sigma_time_s=estimate.sigma_time_s,
            )
        )
    return tuple(found)


def _strays(record: RunRecord, log: TrackLog, taken: tuple[int, ...], missile: str) -> int:
    """Count the tracks that once followed the object and whose reports came from another missile afterwards."""
    missile_of = {row.object: row.missile for row in record.objects}
    own = np.array([missile_of.get(name) == missile for name in log.object_ids])
    strays = 0
    for number in set(taken):
        mine = own[log.object[(log.track == number) & (log.object >= 0)]]
        strays += bool(len(mine)) and not bool(mine[int(mine.argmax()) :].all())
    return strays


def _event_time(record: RunRecord, subject: str, kind: EventKind) -> float:
    return next((event.time_s for event in record.events if event.kind == kind and event.subject == subject), math.nan)


def _first_detection(row: ObjectRow, booster: ObjectRow) -> tuple[float, str]:
    seen = [(o.first_detection_s, o.first_detection_by) for o in (booster, row) if math.isfinite(o.first_detection_s)]
    return min(seen, default=(math.nan, ""))


def _first(*times: float) -> float:
    return min((time for time in times if math.isfinite(time)), default=math.nan)
