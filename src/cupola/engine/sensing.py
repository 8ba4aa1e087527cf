"""Scans: every sensor group looks at its own interval; what it confirms goes to the trackers."""

import functools
import math
from collections.abc import Callable

import numpy as np

from cupola.core.earth import POLAR_RADIUS, ecef_to_eci
from cupola.engine.record import EventKind
from cupola.engine.state import RunState, place_of
from cupola.engine.world import Station
from cupola.orbits.constellation import positions
from cupola.sensors.detection import (
    Measurements,
    Places,
    RadarSites,
    TargetSet,
    Watch,
    draws_per_look,
    look,
    read_features,
)
from cupola.sensors.infrared import GLOWS_FROM
from cupola.sensors.looks import CODE, REASONS, SEEN
from cupola.sensors.spec import InfraredSpec, RadarSpec, SensorSpec
from cupola.tracking.motion import BOOST, NONE

ABSENT, NO_SIGNAL = CODE["ABSENT"], CODE["NO_SIGNAL"]
BELOW_HORIZON, OUT_OF_RANGE = CODE["BELOW_HORIZON"], CODE["OUT_OF_RANGE"]
QUIET_ALTITUDE_M = 200e3
"""Above it nothing but gravity acts, and a track foretells itself."""
HORIZON_SLACK_M = 150e3
"""How far below a site's horizontal plane an object may be before a look is skipped: far more than refraction bends."""


class SensorState:
    """One sensor group in one run: its place, its biases, its memory of hits, its own chance."""

    def __init__(self, state: RunState, station: Station, index: int, turn_rad: float, slide_rad: float) -> None:
        self.station, self.index = station, index
        self.turn_rad, self.slide_rad = turn_rad, slide_rad
        self.chance = state.stream("sensing", station.group.name)
        self.bias = self.chance.standard_normal((station.count, 3))
        self.population = state.stream("features", station.group.name).standard_normal(len(state.threats))
        spec = station.group.spec
        self.watch = Watch(station.count, len(state.threats), hits=spec.hits, looks=spec.looks)
        self.tally = np.zeros((len(REASONS), len(state.threats)), dtype=np.int64)

    def place(self, time_s: float) -> Places:
        """Return where the sensors are at a time and how they move, as their looks want it."""
        if self.station.sites is not None:
            return self.station.sites
        if self.station.constellation is None:
            raise ValueError(f"sensor group {self.station.group.name!r} has neither sites nor a constellation")
        return positions(self.station.constellation, time_s, turn_rad=self.turn_rad, slide_rad=self.slide_rad)


class Sensing:
    """Schedules and carries out the scans of one run; calls ``on_firm`` at the first firm track."""

    def __init__(self, state: RunState, sensors: list[SensorState], on_firm: Callable[[float], None]) -> None:
        self.state = state
        self.sensors = sensors
        self._on_firm = on_firm
        self._any_firm = False
        self._firm = np.zeros(len(state.threats), dtype=np.bool_)
        self._seen_by: set[tuple[int, int]] = set()
        self._shown: tuple[float, TargetSet] | None = None
        self._feature_distance = np.array([threat.feature_distance for threat in state.threats])

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
        targets = self._targets(time_s)
        pace = spec.revisit_coasting if self._quiet(targets) else spec.revisit
        again = (math.floor(time_s / pace + 1e-9) + 1.0) * pace
        state.queue.push(again, EventKind.SCAN, functools.partial(self._scan, sensor))
        blind = _blind(sensor, spec, targets, time_s)
        if blind is not None:
            sensor.tally[np.where(targets.exists, blind, ABSENT), np.arange(len(targets.plume))] += 1
            return
        shape = (sensor.station.count, len(state.threats))
        looks = look(
            spec,
            sensor.place(time_s),
            targets,
            time_s,
            cloud_top_m=state.world.scenario.environment.cloud_top,
            uniforms=sensor.chance.random(shape),
            normals=sensor.chance.standard_normal((*shape, draws_per_look(spec))),
            bias=sensor.bias,
        )
        reports = looks.measurements(sensor.watch.update(looks.hit), sensor_offset=sensor.station.offset)
        best = np.where((looks.reason == SEEN).any(axis=0), SEEN, looks.reason.max(axis=0))
        sensor.tally[best, np.arange(len(best))] += 1
        if len(reports) or (state.bank.mode == BOOST).any():
            self._take(time_s, sensor, reports)

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

    def _quiet(self, targets: TargetSet) -> bool:
        """Say whether all objects coast above the air: looks may be rarer."""
        airborne = targets.altitude[targets.exists]
        low = len(airborne) == 0 or bool((airborne < QUIET_ALTITUDE_M).any())
        return not (low or targets.plume.any())

    def _targets(self, time_s: float) -> TargetSet:
        """Return what all objects show now; groups that scan at one instant share the answer."""
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
            self._shown = (time_s, shown)
        return self._shown[1]

    def _take(self, time_s: float, sensor: SensorState, reports: Measurements) -> None:
        """Pass one group's reports to the trackers and keep the record of who saw what first."""
        state, name = self.state, sensor.station.group.name
        for target in np.unique(reports.target):
            if (sensor.index, int(target)) not in self._seen_by:
                self._seen_by.add((sensor.index, int(target)))
                self._note_detection(time_s, name, int(target))
        events = state.bank.process(reports, time_s)
        self._discriminate(sensor, reports)
        for kind, rows in (("initiated", events.initiated), ("coasting", events.coasting)):
            for i in rows:
                sigma = state.bank.sigma_position(int(i))
                state.note(time_s, EventKind.TRACK, state.threats[i].object_id, name, status=kind, sigma_m=sigma)
        self._note_firm(time_s, name)

    def _note_detection(self, time_s: float, name: str, target: int) -> None:
        state, fate = self.state, self.state.fates[target]
        if np.isnan(fate.first_detection_s):
            fate.first_detection_s, fate.first_detection_by = time_s, name
        r, _ = state.threats[target].trajectory.state(time_s)
        state.note(time_s, EventKind.DETECTION, state.threats[target].object_id, name, alt_m=place_of(r, time_s)[2])

    def _note_firm(self, time_s: float, name: str) -> None:
        state = self.state
        spec = state.manager.spec
        firm = state.bank.firm(spec.firm_updates, spec.firm_error)
        for i in np.flatnonzero(firm & ~self._firm):
            sigma = state.bank.sigma_position(int(i))
            fate = state.fates[i]
            if np.isnan(fate.firm_track_s):
                fate.firm_track_s = time_s
                state.note(time_s, EventKind.TRACK, state.threats[i].object_id, name, status="firm", sigma_m=sigma)
        p = state.bank.p
        sigma_m = np.sqrt(p[:, 0, 0] + p[:, 1, 1] + p[:, 2, 2])
        state.best_sigma_m = np.fmin(state.best_sigma_m, np.where(state.bank.mode != NONE, sigma_m, np.nan))
        self._firm = firm
        if firm.any() and not self._any_firm:
            self._any_firm = True
            state.manager.firm_track(time_s)
            self._on_firm(time_s)

    def _discriminate(self, sensor: SensorState, reports: Measurements) -> None:
        """Let sensors that resolve features read them; what they read is a noisy measurement like any other."""
        reads = np.isfinite(reports.feature) & (reports.feature > 0.0) & ~self.state.boosters[reports.target]
        if not reads.any():
            return
        target, quality = reports.target[reads], reports.feature[reads]
        readings = read_features(
            self._feature_distance[target],
            quality,
            sensor.population[target],
            sensor.chance.standard_normal(len(target)),
        )
        self.state.discriminator.absorb(target, np.full(len(target), sensor.index), readings, quality)


def _blind(sensor: SensorState, spec: SensorSpec, targets: TargetSet, time_s: float) -> int | None:
    """Return why no sensor of the group can see anything now, or None when a look is worth its cost."""
    if isinstance(spec, InfraredSpec):
        bright = targets.plume.any() or bool((targets.body_temperature[targets.exists] > GLOWS_FROM).any())
        return None if spec.sees_bodies or bright else NO_SIGNAL
    sites = sensor.place(time_s)
    if not isinstance(spec, RadarSpec) or not isinstance(sites, RadarSites):
        return None
    if not targets.exists.any():
        return BELOW_HORIZON
    r_sites = ecef_to_eci(sites.r_ecef, time_s)
    r = targets.r[targets.exists]
    along = r @ r_sites.T
    squared = np.einsum("sc,sc->s", r_sites, r_sites)
    above = along >= np.sqrt(squared) * (POLAR_RADIUS - HORIZON_SLACK_M)
    if not above.any():
        return BELOW_HORIZON
    distance_squared = np.einsum("nc,nc->n", r, r)[:, None] + squared - 2.0 * along
    return None if (above & (distance_squared <= (spec.maximum_range + 1e3) ** 2)).any() else OUT_OF_RANGE
