"""One run from first launch to last impact."""

import functools
from dataclasses import replace

import numpy as np

from cupola.battle.manager import BattleManager
from cupola.battle.sightings import Sightings
from cupola.core.chance import stream
from cupola.core.earth import MEAN_RADIUS, central_angle
from cupola.engine.arming import battery_of, constellation_phase
from cupola.engine.bookkeeping import record_of
from cupola.engine.events import EventQueue
from cupola.engine.planning import Planning
from cupola.engine.post import Post, cut_time
from cupola.engine.record import EventKind, RunRecord
from cupola.engine.recorder import TrackRecorder
from cupola.engine.sensing import Sensing, SensorState
from cupola.engine.shooting import Shooting
from cupola.engine.situation import Situation
from cupola.engine.state import ObjectFate, RunState, place_of
from cupola.engine.world import World
from cupola.sensors.features import class_means
from cupola.threats.raid import PackedRaid, ThreatObject
from cupola.tracking.centre import Centre
from cupola.tracking.discrimination import Discriminator
from cupola.tracking.picture import TrackPicture
from cupola.tracking.tracker import Tracker


def simulate(world: World, campaign_seed: int, run_index: int, keep_tracks: bool = False) -> RunRecord:
    """Play one run and return its record. The same arguments give the same record bit for bit, on any worker."""
    battle = world.scenario.battle
    threats, raid = launched(world, campaign_seed, run_index)
    n, queue = len(threats), EventQueue()
    sightings = Sightings(
        [station.group.name for station in world.stations],
        [station.group.spec.kind == "infrared" for station in world.stations],
    )
    batteries = [battery_of(world, a, campaign_seed, run_index) for a in world.arsenals]
    state = RunState(
        world=world,
        seed=campaign_seed,
        run=run_index,
        threats=threats,
        raid=raid,
        national=Situation(
            commander=BattleManager(battle, batteries, sightings),
            tracker=_tracker(world),
            discriminator=Discriminator(
                1,
                len(world.stations),
                class_prior=np.array(battle.class_prior),
                means=class_means(np.array(battle.class_distances)),
                correlation=battle.assumed_feature_correlation,
            ),
        ),
        queue=queue,
        post=Post(queue, campaign_seed, run_index),
        fates=[ObjectFate() for _ in threats],
        best_sigma_m=np.full(n, np.nan),
        recorder=TrackRecorder() if keep_tracks else None,
    )
    planning = Planning(state, Shooting(state))
    _schedule_raid(state)
    _schedule_cut(state)
    sensing = Sensing(state, _sensors(state), planning.start)
    sensing.start(min(threat.start_s for threat in threats))
    state.queue.run()
    looks, ladders = (sensing.looks(), sensing.ladders()) if keep_tracks else ({}, None)
    return record_of(state, looks, ladders=ladders, keep_tracks=keep_tracks)


def launched(world: World, seed: int, run: int) -> tuple[tuple[ThreatObject, ...], PackedRaid]:
    """Return the raid with every missile at this run's launch time."""
    delays = {
        missile.missile_id: missile.group.salvo * float(stream(seed, run, "launch", missile.missile_id).random())
        for missile in world.missiles
    }
    if not any(delays.values()):
        return world.threats, world.raid
    threats = tuple(
        replace(
            threat,
            trajectory=threat.trajectory.launched_at(delays[threat.missile_id]),
            start_s=threat.start_s + delays[threat.missile_id],
            end_s=threat.end_s + delays[threat.missile_id],
            burnout_s=threat.burnout_s + delays[threat.missile_id],
        )
        for threat in world.threats
    )
    return threats, world.raid.delayed(np.array([delays[threat.missile_id] for threat in world.threats]))


def _tracker(world: World) -> TrackPicture:
    """Return what makes the run's picture: a tracker of all reports, or a centre that joins each group's tracks."""
    spec, latest_s = world.scenario.tracking, _latency_spread(world)
    if spec.fusion == "tracks":
        return Centre(spec, groups=len(world.stations), latest_s=latest_s)
    return Tracker(spec, latest_s=latest_s)


def _latency_spread(world: World) -> float:
    """Return how late in s a report may come after a newer one: the spread of the groups' latencies, the network's
    among them.
    """
    network, groups = world.scenario.battle.network, [station.group for station in world.stations]
    soonest = [group.spec.latency + network.from_sensor(group.name).latency for group in groups]
    latest = [group.spec.latency + network.from_sensor(group.name).slowest_s for group in groups]
    return max(latest) - min(soonest) if groups else 0.0


def _sensors(state: RunState) -> list[SensorState]:
    return [
        SensorState(state, station, index, *constellation_phase(state.seed, state.run, station.group.name))
        for index, station in enumerate(state.world.stations)
    ]


def _schedule_raid(state: RunState) -> None:
    """Schedule what the raid does by itself: launches, burnouts, deployments and impacts."""
    for i, threat in enumerate(state.threats):
        if threat.role == "booster":
            state.queue.push(threat.start_s, EventKind.LAUNCH, functools.partial(_on_launch, state, i))
            state.queue.push(threat.burnout_s, EventKind.BURNOUT, functools.partial(_on_burnout, state, i))
            state.queue.push(threat.end_s, EventKind.DEPLOYMENT, functools.partial(_on_deployment, state, i))
        else:
            state.queue.push(threat.end_s, EventKind.IMPACT, functools.partial(_on_impact, state, i))


def _schedule_cut(state: RunState) -> None:
    """Schedule the end of the national node, if this run has one."""
    network = state.manager.spec.network
    when = cut_time(network.cut_at, network.cut_probability, state.stream("national-node"))
    if np.isfinite(when):
        state.queue.push(when, EventKind.MESSAGE, functools.partial(_on_cut, state))


def _on_cut(state: RunState, time_s: float) -> None:
    state.alone = {layer: state.national.alone(layer, time_s) for layer in state.manager.layers}
    # What a layer makes of an object by itself is what decides from now on.
    flying = {threat.missile_id for threat, fate in zip(state.threats, state.fates, strict=True) if fate.alive}
    for threat, fate in zip(state.threats, state.fates, strict=True):
        if fate.alive or (threat.role == "booster" and threat.missile_id in flying):
            fate.obstacles.clear()
    state.note(time_s, EventKind.MESSAGE, "national-node", status="cut")


def _on_launch(state: RunState, i: int, time_s: float) -> None:
    threat = state.threats[i]
    state.note(
        time_s,
        EventKind.LAUNCH,
        threat.object_id,
        threat=threat.threat,
        lat_deg=float(np.degrees(threat.launch_latitude)),
        lon_deg=float(np.degrees(threat.launch_longitude)),
        aim=threat.aim,
    )


def _on_burnout(state: RunState, i: int, time_s: float) -> None:
    if not state.fates[i].alive:
        return
    r, v = state.threats[i].trajectory.state(time_s)
    altitude, speed = place_of(r, time_s)[2], float(np.linalg.norm(v))
    state.note(time_s, EventKind.BURNOUT, state.threats[i].object_id, alt_m=altitude, speed_m_s=speed)


def _on_deployment(state: RunState, i: int, time_s: float) -> None:
    """End the booster and begin its objects. No tracker is told."""
    fate, threat = state.fates[i], state.threats[i]
    if not fate.alive:
        return
    fate.alive, fate.end_time_s = False, time_s
    children = [j for j, other in enumerate(state.threats) if other.missile_id == threat.missile_id and j != i]
    state.note(time_s, EventKind.DEPLOYMENT, threat.object_id, objects=len(children))


def _on_impact(state: RunState, i: int, time_s: float) -> None:
    fate, threat = state.fates[i], state.threats[i]
    if not fate.alive:
        return
    r, _ = threat.trajectory.state(time_s)
    latitude, longitude, altitude = place_of(r, time_s)
    fate.alive, fate.end_time_s = False, time_s
    miss = MEAN_RADIUS * central_angle(
        float(np.radians(latitude)), float(np.radians(longitude)), threat.aim_latitude, threat.aim_longitude
    )
    state.note(
        time_s,
        EventKind.IMPACT,
        threat.object_id,
        lat_deg=latitude,
        lon_deg=longitude,
        alt_m=altitude,
        aim=threat.aim,
        miss_m=miss,
        lethal=threat.lethal,
    )
