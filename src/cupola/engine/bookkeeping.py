"""Turns the fates of a finished run into the rows that the run folder keeps."""

import numpy as np

from cupola.battle.reasons import RANK, NoShot
from cupola.engine.record import (
    FALSE_TRACK,
    Ladders,
    LayerTotals,
    LeakReason,
    ObjectOutcome,
    ObjectRow,
    RunRecord,
    ShooterGroup,
)
from cupola.engine.state import ObjectFate, RunState
from cupola.engine.tracklog import TrackLog
from cupola.engine.world import ground_track
from cupola.threats.raid import ThreatObject

REPLAY_STEP_S = 10.0

LEAK_OF = {
    NoShot.NO_TRACK: LeakReason.NO_TRACK,
    NoShot.NOT_FIRM: LeakReason.NO_TRACK,
    NoShot.NOT_IN_OWN_PICTURE: LeakReason.CUT_OFF,
    NoShot.RAID_TOO_SMALL: LeakReason.NOT_RELEASED,
    NoShot.NO_AUTHORITY: LeakReason.NOT_RELEASED,
    NoShot.UNCONFIRMED: LeakReason.NOT_RELEASED,
    NoShot.WRONG_PHASE: LeakReason.OUT_OF_REACH,
    NoShot.OUT_OF_REACH: LeakReason.OUT_OF_REACH,
    NoShot.NOT_ON_STATION: LeakReason.OUT_OF_REACH,
    NoShot.WEATHER: LeakReason.OUT_OF_REACH,
    NoShot.DWELL_TOO_LONG: LeakReason.OUT_OF_REACH,
    NoShot.TOO_EARLY: LeakReason.OUT_OF_REACH,
    NoShot.TRACK_TOO_COARSE: LeakReason.TRACK_TOO_COARSE,
    NoShot.BELIEVED_DECOY: LeakReason.NOT_ENGAGED_AS_DECOY,
    NoShot.UNDECIDED: LeakReason.UNDECIDED,
    NoShot.NO_INVENTORY: LeakReason.INVENTORY_EXHAUSTED,
    NoShot.RELOADING: LeakReason.INVENTORY_EXHAUSTED,
    NoShot.BEAM_BUSY: LeakReason.INVENTORY_EXHAUSTED,
    NoShot.KEPT_FOR_LIKELIER: LeakReason.INVENTORY_EXHAUSTED,
    NoShot.ASSIGNED_ELSEWHERE: LeakReason.INVENTORY_EXHAUSTED,
    NoShot.MESSAGE_LOST: LeakReason.CUT_OFF,
    NoShot.WAITING: LeakReason.ALL_SHOTS_MISSED,
    NoShot.BELIEVED_DEAD: LeakReason.ASSESSED_DEAD,
    NoShot.SHOTS_EXHAUSTED: LeakReason.ALL_SHOTS_MISSED,
    NoShot.OTHERS_CHOSEN: LeakReason.ALL_SHOTS_MISSED,
}


def record_of(
    state: RunState,
    looks: dict[str, dict[str, dict[str, int]]],
    *,
    ladders: Ladders | None = None,
    keep_tracks: bool,
) -> RunRecord:
    """Return the record of a finished run."""
    objects = tuple(_object_row(state, i) for i in range(len(state.threats)))
    lethal = [row for row in objects if row.lethal]
    reached = [int(mask.sum()) for mask in state.satellites_in_reach.values()]
    return RunRecord(
        run=state.run,
        objects=objects,
        shots=tuple(sorted(state.shots, key=lambda row: row.shot)),
        events=tuple(state.log),
        lethal=len(lethal),
        leaked=sum(row.outcome == ObjectOutcome.LEAKED.code for row in lethal),
        space_interceptors_in_reach=sum(reached),
        layers={layer: _layer_totals(state, objects, layer) for layer in state.manager.layers},
        tracks=_tracks(state) if keep_tracks else {},
        looks=looks,
        track_log=_track_log(state),
        ladders=ladders,
        shooters=_shooters(state),
        held_fire={state.threats[i].object_id: groups for i, groups in state.held_fire.items()},
    )


def _shooters(state: RunState) -> tuple[ShooterGroup, ...]:
    pairs = zip(state.world.arsenals, state.manager.batteries, strict=True)
    return tuple(
        ShooterGroup(
            name=arsenal.group.name,
            layer=arsenal.group.layer,
            weapon=arsenal.group.model,
            site="" if arsenal.group.site is None else arsenal.group.site.name,
            inventory=arsenal.group.inventory,
            left=battery.spare + battery.reserve,
        )
        for arsenal, battery in pairs
    )


def _track_log(state: RunState) -> TrackLog | None:
    if state.recorder is None:
        return None
    groups = tuple(station.group.name for station in state.world.stations)
    return state.recorder.log(tuple(threat.object_id for threat in state.threats), groups)


def _layer_totals(state: RunState, objects: tuple[ObjectRow, ...], layer: str) -> LayerTotals:
    shots = [shot for shot in state.shots if shot.layer == layer]
    killed = {shot.object for shot in shots if shot.kill}
    return LayerTotals(
        engaged=len({shot.object for shot in shots} - {FALSE_TRACK}),
        killed=len(killed),
        killed_lethal=sum(row.lethal and row.layer == layer for row in objects),
        shots=len(shots),
    )


def _object_row(state: RunState, i: int) -> ObjectRow:
    threat, fate = state.threats[i], state.fates[i]
    outcome = _outcome(threat, fate)
    leaked = outcome is ObjectOutcome.LEAKED
    return ObjectRow(
        run=state.run,
        object=threat.object_id,
        missile=threat.missile_id,
        threat=threat.threat,
        role=threat.role,
        lethal=threat.lethal,
        launch_time_s=_launch_time(state, threat),
        launch_lat_deg=float(np.degrees(threat.launch_latitude)),
        launch_lon_deg=float(np.degrees(threat.launch_longitude)),
        aim=threat.aim,
        aim_lat_deg=float(np.degrees(threat.aim_latitude)),
        aim_lon_deg=float(np.degrees(threat.aim_longitude)),
        aim_population=threat.aim_population,
        end_time_s=fate.end_time_s,
        first_detection_s=fate.first_detection_s,
        first_detection_by=fate.first_detection_by,
        firm_track_s=fate.firm_track_s,
        track_sigma_m=float(state.best_sigma_m[i]),
        shooters_in_reach=fate.in_reach,
        shots=fate.shots,
        outcome=outcome.code,
        layer=fate.killed_by,
        kill_lat_deg=fate.kill_place[0],
        kill_lon_deg=fate.kill_place[1],
        kill_alt_m=fate.kill_place[2],
        reason=(_leak_reason(state, i) if leaked else LeakReason.NONE).code,
    )


def _launch_time(state: RunState, threat: ThreatObject) -> float:
    return next(t.start_s for t in state.threats if t.object_id == threat.missile_id)


def _outcome(threat: ThreatObject, fate: ObjectFate) -> ObjectOutcome:
    if fate.died_with_booster:
        return ObjectOutcome.DIED_WITH_BOOSTER
    if fate.killed_by:
        return ObjectOutcome.KILLED
    return ObjectOutcome.LEAKED if threat.lethal else ObjectOutcome.SPENT


def _leak_reason(state: RunState, i: int) -> LeakReason:
    """Name the failure that came closest to stopping a warhead, its missile's boost phase included."""
    threat = state.threats[i]
    family = [
        j
        for j, other in enumerate(state.threats)
        if j == i or (other.missile_id == threat.missile_id and other.role == "booster")
    ]
    if not state.manager.batteries:
        return LeakReason.NO_DEFENSE
    if all(np.isnan(state.fates[j].firm_track_s) for j in family):
        return LeakReason.NO_TRACK
    for situation in state.situations():
        tracks = np.flatnonzero(situation.origin == i).tolist()
        if any(situation.commander.belief(track).believed_dead for track in tracks):
            return LeakReason.ASSESSED_DEAD
    if any(state.fates[j].shots for j in family):
        return LeakReason.ALL_SHOTS_MISSED
    reasons = [reason for j in family for reason in state.fates[j].obstacles.values()]
    unsaid = NoShot.NOT_IN_OWN_PICTURE if state.alone else NoShot.OUT_OF_REACH
    return LEAK_OF[max(reasons, key=RANK.__getitem__, default=unsaid)]


def _tracks(state: RunState) -> dict[str, list[tuple[float, float, float, float]]]:
    out: dict[str, list[tuple[float, float, float, float]]] = {}
    for threat, fate in zip(state.threats, state.fates, strict=True):
        end = min(threat.end_s, fate.end_time_s) if np.isfinite(fate.end_time_s) else threat.end_s
        if end <= threat.start_s:
            continue
        times = np.append(np.arange(threat.start_s, end, REPLAY_STEP_S), end)
        places = ground_track(threat.trajectory, times)
        out[threat.object_id] = [
            (float(t), float(p[0]), float(p[1]), float(p[2])) for t, p in zip(times, places, strict=True)
        ]
    return out
