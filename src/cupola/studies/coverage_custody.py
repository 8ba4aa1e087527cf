"""Custody of a flight: when which sensor would detect it, how much of it is kept in view, from two sides or one."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cupola.core.earth import Vector, ecef_to_eci
from cupola.scenario.catalogue import entry
from cupola.scenario.errors import ScenarioError
from cupola.scenario.raids import aims, launches
from cupola.sensors.detection import TargetSet, Watch
from cupola.sensors.looks import Flags, Indices
from cupola.studies.coverage_spec import CoverageSpec, Custody, FlightEntry
from cupola.studies.coverage_stations import Station, expected_hits
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.kinds import fly
from cupola.threats.raid import PackedRaid, RaidState, objects_of

QUIET_ALTITUDE = 200e3
"""m; above it, and with nothing burning, sensors look at their coasting pace, as they do in a run"""


@dataclass(frozen=True, kw_only=True)
class Flown:
    """A flight asked about: the missile until it releases its payload, then the first payload."""

    name: str
    threat: str
    flight: Flight
    raid: PackedRaid


@dataclass(frozen=True, kw_only=True)
class Sightings:
    """Confirmed looks of one launch, in order of time: ``time_s`` (k,) from launch, ``sensor`` (k,) counted over all
    groups, and ``line`` (k, 3), the unit sight line in inertial axes.
    """

    start_s: float
    time_s: Vector
    sensor: Indices
    line: Vector


@dataclass(frozen=True, kw_only=True)
class FlightCustody:
    """All launches of one flight, and the names (s,) of the groups that the sensors belong to."""

    flown: Flown
    rules: Custody
    least_crossing: float
    groups: tuple[str, ...]
    sightings: tuple[Sightings, ...]

    def with_sensors(self, kept: Flags) -> "FlightCustody":
        """Return what the sensors ``kept`` (s,) alone would have seen: none needs another to see."""
        return replace(
            self,
            sightings=tuple(
                replace(s, time_s=s.time_s[keep], sensor=s.sensor[keep], line=s.line[keep])
                for s in self.sightings
                for keep in [kept[s.sensor]]
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One launch judged at ``times_s`` (m,) from launch: in custody, in stereo; seconds, NaN for never."""

    times_s: Vector
    custody: Flags
    stereo: Flags
    first_detection_s: float
    longest_gap_s: float


def flown(item: FlightEntry) -> Flown:
    """Return an entry's flight from its launch point to its aim point."""
    threat = entry("threats", item.threat)
    place, aim = launches(item.from_, 1)[0], aims(item.to, 1)[0]
    points = [aims(point, 1)[0] for point in item.waypoints]
    name = item.name or item.threat
    try:
        flight = fly(
            threat.spec,
            (place.latitude, place.longitude, place.altitude),
            (aim.latitude, aim.longitude),
            item.apogee,
            waypoints=[(point.latitude, point.longitude) for point in points],
        )
    except InfeasibleFlight as error:
        raise ScenarioError(f"trajectories: {name}: {place.name} to {aim.name}: {error}") from None
    objects = objects_of(flight, missile_id=name, threat=item.threat, launch_s=0.0, aims=[(aim.name, 0)])[:2]
    return Flown(name=name, threat=item.threat, flight=flight, raid=PackedRaid.of(objects))


def custody_of(spec: CoverageSpec, stations: tuple[Station, ...], flight: Flown) -> FlightCustody:
    """Return who sees a flight when, for every launch time."""
    count = spec.custody.launches
    starts = [spec.samples * spec.step * k / count for k in range(count)]
    groups = tuple(station.group.name for station in stations for _ in range(station.count))
    return FlightCustody(
        flown=flight,
        rules=spec.custody,
        least_crossing=spec.minimum_crossing,
        groups=groups,
        sightings=tuple(_sightings(stations, flight, start, spec.environment.cloud_top) for start in starts),
    )


def _sightings(stations: tuple[Station, ...], flight: Flown, start_s: float, cloud_top: float) -> Sightings:
    raid = flight.raid.delayed(np.full(len(flight.raid.start_s), start_s))
    times: list[float] = []
    sensors: list[int] = []
    lines: list[Vector] = []
    offset = 0
    for station in stations:
        spec = station.group.spec
        watch = Watch(station.count, len(raid.start_s), hits=spec.hits, looks=spec.looks)
        time_s = float(np.ceil(start_s / spec.revisit)) * spec.revisit
        while station.count and time_s < start_s + flight.flight.flight_time_s:
            state = raid.evaluate(time_s)
            confirmed = watch.update(expected_hits(station, _targets(state), time_s, cloud_top=cloud_top))
            who, what = np.nonzero(confirmed)
            if len(who):
                away = state.r[what] - _places(station, time_s)[who]
                lines += list(away / np.linalg.norm(away, axis=1)[:, None])
                sensors += [offset + int(i) for i in who]
                times += [time_s - start_s] * len(who)
            pace = spec.revisit_coasting if _quiet(state) else spec.revisit
            time_s = (np.floor(time_s / pace + 1e-9) + 1.0) * pace
        offset += station.count
    order = np.argsort(times, kind="stable")
    return Sightings(
        start_s=start_s,
        time_s=np.array(times, dtype=np.float64)[order],
        sensor=np.array(sensors, dtype=np.int64)[order],
        line=np.array(lines, dtype=np.float64).reshape(-1, 3)[order],
    )


def _places(station: Station, time_s: float) -> Vector:
    where = station.where(time_s)
    return where[0] if isinstance(where, tuple) else ecef_to_eci(where.r_ecef, time_s)


def _targets(state: RaidState) -> TargetSet:
    return TargetSet(
        exists=state.exists,
        r=state.r,
        v=state.v,
        altitude=state.altitude,
        plume=state.plume,
        body_temperature=state.body_temperature,
        emissive_area=state.emissive_area,
        nose=state.nose,
        rcs=state.rcs,
    )


def _quiet(state: RaidState) -> bool:
    heights = state.altitude[state.exists]
    return bool(len(heights) and (heights >= QUIET_ALTITUDE).all() and not state.plume.any())


def judged(found: FlightCustody, launch: Sightings) -> Kept:
    """Return when one launch is in custody: its last confirmed look is recent; stereo: two recent ones cross well."""
    end, within = found.flown.flight.flight_time_s, found.rules.within
    times = np.arange(0.0, end, found.rules.step)
    custody, stereo = np.zeros(len(times), dtype=np.bool_), np.zeros(len(times), dtype=np.bool_)
    cosine = np.cos(found.least_crossing)
    for k, time in enumerate(times):
        low, high = np.searchsorted(launch.time_s, [time - within, time], side="right")
        custody[k] = high > low
        sensors = launch.sensor[low:high]
        if high > low + 1 and (sensors != sensors[0]).any():
            # One look a sensor, its last: an older one of its own is no second side.
            last = {int(sensor): low + i for i, sensor in enumerate(sensors)}
            lines = launch.line[list(last.values())]
            stereo[k] = bool((np.abs(lines @ lines.T) <= cosine).any())
    marks = np.concatenate([[0.0], launch.time_s, [end]])
    return Kept(
        times_s=times,
        custody=custody,
        stereo=stereo,
        first_detection_s=float(launch.time_s[0]) if len(launch.time_s) else float("nan"),
        longest_gap_s=float(np.diff(marks).max()),
    )


def described(found: FlightCustody, *, brief: bool = False) -> dict[str, Any]:
    """Return the figures of a flight over all its launches; ``brief`` leaves out single launches and phases."""
    kept = [judged(found, launch) for launch in found.sightings]
    shares = [float(each.custody.mean()) for each in kept]
    first = [each.first_detection_s for each in kept if np.isfinite(each.first_detection_s)]
    figures: dict[str, Any] = {
        "name": found.flown.name,
        "threat": found.flown.threat,
        "flight_time_s": round(found.flown.flight.flight_time_s, 3),
        "custody_fraction": round(float(np.mean(shares)), 6),
        "custody_fraction_least": round(min(shares), 6),
        "stereo_fraction": round(float(np.mean([each.stereo.mean() for each in kept])), 6),
        "first_detection_s": round(float(np.mean(first)), 3) if first else None,
        "first_detection_latest_s": round(max(first), 3) if first else None,
        "launches_detected": len(first),
        "longest_gap_s": round(max(each.longest_gap_s for each in kept), 3),
    }
    if brief:
        return figures
    return figures | {"phases": _phases(found, kept), "launches": _launches(found, kept)}


def _phases(found: FlightCustody, kept: list[Kept]) -> list[dict[str, Any]]:
    out = []
    for phase in found.flown.flight.trajectory.phases:
        during = (kept[0].times_s >= phase.start_s) & (kept[0].times_s < phase.end_s)
        if during.any():
            out.append(
                {
                    "name": phase.name,
                    "start_s": round(phase.start_s, 3),
                    "end_s": round(phase.end_s, 3),
                    "custody_fraction": round(float(np.mean([each.custody[during].mean() for each in kept])), 6),
                    "stereo_fraction": round(float(np.mean([each.stereo[during].mean() for each in kept])), 6),
                }
            )
    return out


def _launches(found: FlightCustody, kept: list[Kept]) -> list[dict[str, Any]]:
    return [
        {
            "start_s": launch.start_s,
            "first_detection_s": round(each.first_detection_s, 3) if np.isfinite(each.first_detection_s) else None,
            "first_detection_by": found.groups[int(launch.sensor[0])] if len(launch.sensor) else None,
            "custody_fraction": round(float(each.custody.mean()), 6),
            "stereo_fraction": round(float(each.stereo.mean()), 6),
            "longest_gap_s": round(each.longest_gap_s, 3),
        }
        for launch, each in zip(found.sightings, kept, strict=True)
    ]
