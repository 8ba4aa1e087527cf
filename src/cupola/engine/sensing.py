"""Scans: every sensor group looks at its own interval; what it confirms goes to the trackers of those who hear it."""

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.engine.cueing import cued
from cupola.engine.ladder import LadderTally, fused_errors, ladders_of, thresholds_of
from cupola.engine.origin import Origin, false_origin
from cupola.engine.record import EventKind, Ladders
from cupola.engine.situation import Situation
from cupola.engine.state import RunState, place_of
from cupola.engine.world import Station
from cupola.orbits.constellation import positions
from cupola.sensors.detection import Measurements, Places, RadarSites, TargetSet, Watch, draws_per_look, look
from cupola.sensors.false_alarms import false_reports
from cupola.sensors.features import CLASS_NAMES, DIRECTIONS, FEATURE_LOOK_NOISE, WARHEAD, own_deviations, read_features
from cupola.sensors.horizon import IN_VIEW, SUNK, best_view
from cupola.sensors.infrared import GLOWS_FROM
from cupola.sensors.looks import CODE, REASONS, Flags, best_of
from cupola.sensors.spec import InfraredSpec, RadarSpec, SensorSpec
from cupola.sensors.sun import sun_direction
from cupola.tracking.motion import BOOST
from cupola.tracking.picture import TrackEvents

ABSENT, NO_SIGNAL = CODE["ABSENT"], CODE["NO_SIGNAL"]
BELOW_HORIZON, OUT_OF_RANGE = CODE["BELOW_HORIZON"], CODE["OUT_OF_RANGE"]
QUIET_ALTITUDE_M = 200e3
"""Above it nothing but gravity acts, and a track foretells itself."""


class SensorState:
    """One sensor group in one run: its place, its biases, its memory of hits, its own chance."""

    def __init__(self, state: RunState, station: Station, index: int, turn_rad: float, slide_rad: float) -> None:
        self.station, self.index = station, index
        self.turn_rad, self.slide_rad = turn_rad, slide_rad
        self.chance = state.stream("sensing", station.group.name)
        self.bias = self.chance.standard_normal((station.count, 3))
        kinds = np.unique([threat.role + threat.threat for threat in state.threats], return_inverse=True)[1]
        self.deviation = own_deviations(
            state.stream("features", station.group.name),
            kinds,
            correlation=state.world.scenario.feature_correlation,
            axes=2,
        )
        spec = station.group.spec
        self.noise = state.stream("false-alarms", station.group.name)
        self._noise_to_s = -math.inf
        self.watch = Watch(station.count, len(state.threats), hits=spec.hits, looks=spec.looks)
        self.last_scan_s = -math.inf
        self.tally = np.zeros((len(REASONS), len(state.threats)), dtype=np.int64)
        self.ladder: LadderTally | None = None

    def place(self, time_s: float) -> Places:
        """Return where the sensors are at a time and how they move, as their looks want it."""
        if self.station.sites is not None:
            return self.station.sites
        if self.station.constellation is None:
            raise ValueError(f"sensor group {self.station.group.name!r} has neither sites nor a constellation")
        return positions(self.station.constellation, time_s, turn_rad=self.turn_rad, slide_rad=self.slide_rad)

    def false_alarms(self, time_s: float) -> Measurements | None:
        """Return the false reports since the last scan, as of now; None of a group that never gives any."""
        spec = self.station.group.spec
        if spec.false_alarms == 0.0:
            return None
        since_s = time_s - self._noise_to_s if math.isfinite(self._noise_to_s) else spec.revisit
        self._noise_to_s = time_s
        counts = self.noise.poisson(spec.false_alarms * since_s, self.station.count)
        return false_reports(
            spec,
            self.place(time_s),
            time_s,
            counts,
            self.noise,
            bias=self.bias,
            sensor_offset=self.station.offset,
        )


class Sensing:
    """Schedules and carries out the scans of one run; calls ``on_firm`` with the time and the layers of a commander at
    his first firm track.
    """

    def __init__(
        self, state: RunState, sensors: list[SensorState], on_firm: Callable[[float, Sequence[str]], None]
    ) -> None:
        self.state = state
        self.sensors = sensors
        self._on_firm = on_firm
        self._seen_by: set[tuple[int, int]] = set()
        self._shown: tuple[float, TargetSet, bool] | None = None
        self._cue: tuple[float, dict[str, Flags]] = (-math.inf, {})
        classes = [CLASS_NAMES.index(t.role) if t.role in CLASS_NAMES else WARHEAD for t in state.threats]
        distance = np.array([threat.feature_distance for threat in state.threats])
        self._feature_means = DIRECTIONS[classes] * distance[:, None]
        self._burn_time_s = _assumed_burn_times(state)
        self._thresholds, self._strictest = thresholds_of(state.world)
        if state.recorder is not None:
            for sensor in sensors:
                sensor.ladder = LadderTally(len(state.threats), self._thresholds)

    def start(self, time_s: float) -> None:
        """Begin every group's scans; scans lie on multiples of the group's revisit so that groups share instants."""
        for sensor in self.sensors:
            revisit = sensor.station.group.spec.revisit
            first = float(np.ceil(time_s / revisit)) * revisit
            self.state.queue.push(first, EventKind.SCAN, functools.partial(self._scan, sensor))

    def _scan(self, sensor: SensorState, time_s: float) -> None:
        state, spec = self.state, sensor.station.group.spec
        if state.over():
            return
        targets, quiet = self._targets(time_s)
        pace = spec.revisit_coasting if quiet else spec.revisit
        again = (math.floor(time_s / pace + 1e-9) + 1.0) * pace
        state.queue.push(again, EventKind.SCAN, functools.partial(self._scan, sensor))
        noise = sensor.false_alarms(time_s)
        blind = _blind(sensor, spec, targets, time_s)
        if blind is not None:
            reasons = np.where(targets.exists, blind, ABSENT)
            sensor.tally[reasons, np.arange(len(reasons))] += 1
            if sensor.ladder is not None:
                sensor.ladder.blind(reasons, time_s, again - time_s)
            if noise is not None:
                self._send(time_s, sensor, noise, false_origin(noise))
            return
        shape = (sensor.station.count, len(state.threats))
        aimed_at = self._cued(sensor, time_s, targets)
        looks = look(
            spec,
            sensor.place(time_s),
            targets,
            time_s,
            cloud_top_m=state.world.scenario.environment.cloud_top,
            uniforms=sensor.chance.random(shape),
            normals=sensor.chance.standard_normal((*shape, draws_per_look(spec))),
            bias=sensor.bias,
            cued=aimed_at,
            sun=self._sun(time_s),
            held=sensor.watch.held | aimed_at,
            interval_s=time_s - sensor.last_scan_s if math.isfinite(sensor.last_scan_s) else None,
        )
        sensor.last_scan_s = time_s
        confirmed = sensor.watch.update(looks.hit)
        reports, seen = looks.measurements(confirmed, sensor_offset=sensor.station.offset)
        origin = Origin(seen, None)
        if state.recorder is not None:
            origin = Origin(seen, looks.shares(reports.sensor - sensor.station.offset, seen))
        best = best_of(looks.reason)
        sensor.tally[best, np.arange(len(best))] += 1
        if sensor.ladder is not None:
            fused = fused_errors(state.hearing(sensor.index), len(state.threats), time_s)
            sensor.ladder.note(looks, confirmed, best, targets.r, fused, again - time_s)
        if noise is not None:
            reports, origin = Measurements.join([reports, noise]), origin.followed_by(false_origin(noise))
        # Where false alarms are about, a silent scan counts as well: it is what ends their tracks.
        burning = any((situation.tracker.mode == BOOST).any() for situation in state.hearing(sensor.index))
        if noise is not None or len(reports) or burning:
            self._send(time_s, sensor, reports, origin)

    def looks(self) -> dict[str, dict[str, dict[str, int]]]:
        """Return for every object and sensor group how often its best look gave what."""
        return {
            threat.object_id: {
                sensor.station.group.name: {
                    reason.code: int(sensor.tally[code, i])
                    for code, reason in enumerate(REASONS)
                    if sensor.tally[code, i] and code != ABSENT
                }
                for sensor in self.sensors
            }
            for i, threat in enumerate(self.state.threats)
        }

    def ladders(self) -> Ladders | None:
        """Return what every group's view of every object was good for; none where the run was not kept."""
        names = [threat.object_id for threat in self.state.threats]
        kept = {s.station.group.name: s.ladder for s in self.sensors if s.ladder is not None}
        return ladders_of(names, kept, self._thresholds, self._strictest) if self.state.recorder is not None else None

    def _targets(self, time_s: float) -> tuple[TargetSet, bool]:
        """Return what all objects show now, and whether looks may be rarer: the same for groups that scan at once."""
        if self._shown is None or self._shown[0] != time_s:
            truth = self.state.raid.evaluate(time_s)
            shown = TargetSet(
                exists=truth.exists & self.state.unharmed(),
                r=truth.r,
                v=truth.v,
                altitude=truth.altitude,
                plume=truth.plume,
                body_temperature=truth.body_temperature,
                emissive_area=truth.emissive_area,
                nose=truth.nose,
                rcs=truth.rcs,
            )
            self._shown = (time_s, shown, _quiet(shown))
        return self._shown[1:]

    def _cued(self, sensor: SensorState, time_s: float, targets: TargetSet) -> Flags:
        """Return which objects (n,) those who hear a sensor group point it at; groups that scan at once share it."""
        if self._cue[0] != time_s:
            self._cue = (time_s, {})
        known, aimed_at = self._cue[1], np.zeros(len(targets.exists), dtype=np.bool_)
        for situation in self.state.hearing(sensor.index):
            if situation.layer not in known:
                known[situation.layer] = cued(situation.tracker, time_s, targets.exists, targets.r)
            aimed_at |= known[situation.layer]
        return aimed_at

    def _sun(self, time_s: float) -> Vector | None:
        epoch = self.state.world.scenario.environment.epoch
        return None if epoch is None else sun_direction(epoch, time_s)

    def _send(self, time_s: float, sensor: SensorState, reports: Measurements, origin: Origin) -> None:
        """Pass reports on after the group's latency: those of a quick group may overtake those of a slow one."""
        group = sensor.station.group
        self.state.post.send(
            time_s,
            self.state.manager.spec.network.from_sensor(group.name),
            ("reports", group.name, repr(time_s)),
            EventKind.TRACK,
            functools.partial(self._arrive, sensor, reports, origin, time_s),
            ready_after_s=group.spec.latency,
        )

    def _arrive(
        self,
        sensor: SensorState,
        reports: Measurements,
        origin: Origin,
        seen_s: float,
        time_s: float,
    ) -> None:
        if not self.state.over() and self.state.hearing(sensor.index):
            self._take(time_s, sensor, reports, origin, seen_s)

    def _take(self, time_s: float, sensor: SensorState, reports: Measurements, source: Origin, seen_s: float) -> None:
        """Pass one group's reports of ``seen_s`` to all who hear it, who are not told whose they are, and keep the
        record of who saw what first.
        """
        state, name, origin = self.state, sensor.station.group.name, source.objects
        for target in sorted(set(origin[origin >= 0].tolist())):
            if (sensor.index, target) not in self._seen_by:
                self._seen_by.add((sensor.index, target))
                self._note_detection(time_s, name, target)
        burn_time_s = np.where(reports.burning, self._burn_time_s[origin], np.nan)
        told = [
            (each, each.take(reports, origin, seen_s=seen_s, group=sensor.index, burn_time_s=burn_time_s))
            for each in state.hearing(sensor.index)
        ]
        self._discriminate(sensor, reports, told, origin)
        for situation, events in told:
            self._note_tracks(time_s, name, situation, events)
            if state.recorder is not None and situation is state.national:
                self._record(sensor.index, events, source)
            self._note_firm(time_s, name, situation)

    def _record(self, group: int, events: TrackEvents, source: Origin) -> None:
        """Keep the national node's tracks that have taken a group's reports."""
        state, recorder = self.state, self.state.recorder
        if recorder is None:
            return
        taken = np.flatnonzero(events.owner >= 0)
        tracks, first = np.unique(events.owner[taken], return_index=True)
        paths = [threat.trajectory for threat in state.threats]
        which = taken[first]
        shares = np.zeros((len(which), len(paths))) if source.shares is None else source.shares[which]
        recorder.note(group, state.national.tracker, tracks, source.objects[which], shares, paths)

    def _note_tracks(self, time_s: float, name: str, situation: Situation, events: TrackEvents) -> None:
        for status, tracks in (
            ("initiated", events.initiated),
            ("confirmed", events.confirmed),
            ("coasting", events.coasting),
            ("ended", events.ended),
        ):
            for i in tracks.tolist():
                self._note_track(time_s, name, situation, i, status)

    def _note_track(self, time_s: float, name: str, situation: Situation, i: int, status: str) -> None:
        subject, sigma = self.state.name_of(situation.object_of(i)), situation.tracker.sigma_position(i)
        whose = {"layer": situation.layer} if situation.layer else {}
        self.state.note(time_s, EventKind.TRACK, subject, name, status=status, track=i, sigma_m=sigma, **whose)

    def _note_detection(self, time_s: float, name: str, target: int) -> None:
        state, fate = self.state, self.state.fates[target]
        if np.isnan(fate.first_detection_s):
            fate.first_detection_s, fate.first_detection_by = time_s, name
        r, _ = state.threats[target].trajectory.state(time_s)
        state.note(time_s, EventKind.DETECTION, state.threats[target].object_id, name, alt_m=place_of(r, time_s)[2])

    def _note_firm(self, time_s: float, name: str, situation: Situation) -> None:
        state, tracker, authority = self.state, situation.tracker, situation.commander.authority
        for i in situation.newly_firm():
            target = situation.object_of(i)
            if target >= 0 and np.isnan(state.fates[target].firm_track_s):
                state.fates[target].firm_track_s = time_s
            self._note_track(time_s, name, situation, i, "firm")
        live = tracker.living()
        live = live[situation.origin[live] >= 0]
        sigma_m = np.sqrt(tracker.p[live, 0, 0] + tracker.p[live, 1, 1] + tracker.p[live, 2, 2])
        np.fmin.at(state.best_sigma_m, situation.origin[live], sigma_m)
        if not situation.firm:
            return
        tracks = np.array(sorted(situation.firm))
        launched = tracker.plumed[tracks] & (tracker.parent[tracks] < 0)
        for layer, when in authority.firm(tracks, launched, time_s).items():
            state.note(time_s, EventKind.MESSAGE, layer, status="authority", in_force_s=when)
        if not situation.alarmed:
            situation.alarmed = True
            self._on_firm(time_s, situation.commander.layers)

    def _discriminate(
        self,
        sensor: SensorState,
        reports: Measurements,
        told: Sequence[tuple[Situation, TrackEvents]],
        origin: NDArray[np.int64],
    ) -> None:
        """Let sensors that resolve features read them; what they read goes, the same for all who are told, to the track
        that took the report.
        """
        if not (reports.feature > 0.0).any():
            return
        asked = []
        for situation, events in told:
            whole = situation.whole(float(reports.time_s[0]))
            reads = np.isfinite(reports.feature) & (reports.feature > 0.0) & (events.owner >= 0)
            asked.append(reads & ~whole[np.maximum(events.owner, 0)])
        read = np.flatnonzero(np.any(asked, axis=0))
        if len(read) == 0:
            return
        target, quality = origin[read], reports.feature[read]
        real = target >= 0
        readings = np.empty((len(target), 2))
        readings[real] = read_features(
            self._feature_means[target[real]],
            quality[real],
            sensor.deviation[target[real]],
            sensor.chance.standard_normal((int(real.sum()), 2)),
        )
        # What a false alarm shows is the noise of the look alone, drawn from its own stream.
        readings[~real] = FEATURE_LOOK_NOISE * sensor.noise.standard_normal((int((~real).sum()), 2))
        for (situation, events), reads in zip(told, asked, strict=True):
            mine = reads[read]
            tracks = events.owner[read[mine]]
            groups = np.full(len(tracks), sensor.index)
            situation.discriminator.absorb(tracks, groups, readings[mine], quality[mine])


def _assumed_burn_times(state: RunState) -> Vector:
    """Return (n,) the burn time the defender assumes of each missile whose plume is seen: sensors are taken to tell
    solid from liquid.
    """
    battle = state.world.scenario.battle
    return np.array(
        [
            battle.assumed_burn_time_solid if threat.propellant == "solid" else battle.assumed_burn_time_liquid
            for threat in state.threats
        ]
    )


def _quiet(targets: TargetSet) -> bool:
    """Say whether all objects coast above the air."""
    airborne = targets.altitude[targets.exists]
    low = len(airborne) == 0 or bool((airborne < QUIET_ALTITUDE_M).any())
    return not (low or targets.plume.any())


def _blind(sensor: SensorState, spec: SensorSpec, targets: TargetSet, time_s: float) -> int | None:
    """Return why no sensor of the group can see anything now, or None when a look is worth its cost."""
    if isinstance(spec, InfraredSpec):
        bright = targets.plume.any() or bool((targets.body_temperature[targets.exists] > GLOWS_FROM).any())
        return None if spec.sees_bodies or bright else NO_SIGNAL
    sites = sensor.place(time_s)
    if not isinstance(spec, RadarSpec) or not isinstance(sites, RadarSites):
        return None
    view = best_view(sites.r_ecef, time_s, targets.exists, targets.r, spec.maximum_range + 1e3)
    if view == IN_VIEW:
        return None
    return BELOW_HORIZON if view == SUNK else OUT_OF_RANGE
