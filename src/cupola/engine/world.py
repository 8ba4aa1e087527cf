"""The world of a scenario: everything that is the same in all its runs, computed once."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from pydantic import TypeAdapter

from cupola.core.earth import Vector, eci_to_ecef, geodetic_of, geodetic_to_ecef
from cupola.core.trajectory import Trajectory
from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.interceptors.reach import ReachTable
from cupola.interceptors.spec import GroundInterceptorSpec
from cupola.orbits.constellation import Constellation
from cupola.orbits.constellation import of as constellation_of
from cupola.scenario.errors import ScenarioError
from cupola.scenario.raids import defended_places
from cupola.scenario.schema import Aim, InterceptorGroup, Place, RaidGroup, Scenario, SensorGroup
from cupola.sensors.detection import Patrols, RadarSites, stations_of
from cupola.threats.bus import release
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.kinds import ThreatSpec, fly
from cupola.threats.raid import PackedRaid, ThreatObject, objects_of
from cupola.threats.spec import DecoySpec, ReleasedClass


@dataclass(frozen=True, kw_only=True)
class Missile:
    """One missile of the raid: its flight from launch at time zero, and the objects it becomes."""

    missile_id: str
    group: RaidGroup
    launch: Place
    aim: Aim
    flight: Flight
    objects: tuple[ThreatObject, ...]


@dataclass(frozen=True, kw_only=True)
class Station:
    """One sensor group: a constellation, sites or patrols. ``offset`` numbers its sensors apart from all others'."""

    group: SensorGroup
    constellation: Constellation | None
    sites: RadarSites | Patrols | None
    offset: int

    @property
    def count(self) -> int:
        """Number of single sensors."""
        return self.constellation.count if self.constellation is not None else len(self.group.sites)


@dataclass(frozen=True, kw_only=True)
class Arsenal:
    """One interceptor group: a constellation, or one site, with its reach table where it has one; ``r_site_ecef`` (3,)
    is where its weapons start from, a patrol's at its height.
    """

    group: InterceptorGroup
    constellation: Constellation | None
    table: ReachTable | None
    r_site_ecef: Vector


@dataclass(frozen=True, kw_only=True)
class World:
    """All that runs of a scenario share. Truth is in ``missiles``; the defense reaches it through sensors only.

    ``threats`` are all objects of the raid if every missile is launched at its group's start, ``raid`` the same packed.
    """

    scenario: Scenario
    missiles: tuple[Missile, ...]
    threats: tuple[ThreatObject, ...]
    raid: PackedRaid
    stations: tuple[Station, ...]
    arsenals: tuple[Arsenal, ...]
    assets: Vector = field(default_factory=lambda: np.empty((0, 3)))
    """(k, 3) latitude and longitude in rad and people of what is defended, where shots are shared out by that"""


def build(scenario: Scenario) -> World:
    """Fly the raid, lay out the constellations and tabulate the ground interceptors' reach.

    Raises :class:`ScenarioError` when a missile cannot fly from its launch point to its aim point.
    """
    missiles: list[Missile] = []
    for g, group in enumerate(scenario.raid):
        for launch, aim in zip(group.launches, group.aims, strict=True):
            missiles.append(_missile(f"M{len(missiles) + 1:02d}", g, group, launch, aim))
    threats = tuple(threat for missile in missiles for threat in missile.objects)
    stations: list[Station] = []
    for sensors in scenario.sensors:
        stations.append(_station(sensors, sum(station.count for station in stations)))
    return World(
        scenario=scenario,
        missiles=tuple(missiles),
        threats=threats,
        raid=PackedRaid.of(threats),
        stations=tuple(stations),
        arsenals=tuple(_arsenal(interceptors) for interceptors in scenario.interceptors),
        assets=_assets(scenario),
    )


def _assets(scenario: Scenario) -> Vector:
    if scenario.battle.priorities.by == "nothing":
        return np.empty((0, 3))
    try:
        return defended_places(scenario.defended)
    except ScenarioError as error:
        raise ScenarioError(f"battle.priorities.by: {error.problems[0].message}") from None


def _missile(missile_id: str, g: int, group: RaidGroup, launch: Place, aim: Aim) -> Missile:
    start, end = (launch.latitude, launch.longitude, launch.altitude), (aim.latitude, aim.longitude)
    try:
        flight = _flight(
            group.threat,
            start,
            end,
            group.apogee,
            sum(d.count * d.spec.payload_mass for d in group.decoys),
            tuple((further.latitude, further.longitude) for further in group.further_aims),
            tuple((point.latitude, point.longitude) for point in group.waypoints),
        )
        decoys = _decoys(group, flight)
    except InfeasibleFlight as error:
        raise ScenarioError(f"raid.{g} ({group.name}): {launch.name} to {aim.name}: {error}") from None
    objects = objects_of(
        flight,
        missile_id=missile_id,
        threat=group.name,
        launch_s=group.start,
        aims=[(each.name, each.population) for each in (aim, *group.further_aims)],
        decoys=decoys,
    )
    return Missile(missile_id=missile_id, group=group, launch=launch, aim=aim, flight=flight, objects=tuple(objects))


def _decoys(group: RaidGroup, flight: Flight) -> list[tuple[DecoySpec, Trajectory]]:
    """Release everything that a missile of the group lets go beside its warheads."""
    specs = [decoys.spec for decoys in group.decoys for _ in range(decoys.count)]
    forward = flight.booster.v[-1] / np.linalg.norm(flight.booster.v[-1])
    directions = release_directions([spec.object_class for spec in specs], forward)
    return [(spec, release(flight, spec, direction)) for spec, direction in zip(specs, directions, strict=True)]


def release_directions(classes: Sequence[ReleasedClass], forward: Vector) -> list[Vector]:
    """Return where each released object is pushed, an inertial vector (3,) in units of its separation speed.

    Decoys, and fragments among themselves, go in directions spread evenly over a sphere (Fibonacci lattice), so that
    none hides another. A spent stage stays behind the payload that was pushed off it, against the unit vector
    ``forward`` (3,), and a second body (the bus) twice as fast, so that it falls back from the first as well.
    """
    out: list[Vector] = []
    for k, each in enumerate(classes):
        i, n = classes[:k].count(each), classes.count(each)
        if each == "tank":
            out.append(-(i + 1.0) * forward)
            continue
        z = 1.0 - (2.0 * i + 1.0) / n
        turn = math.pi * (3.0 - math.sqrt(5.0)) * i
        level = math.sqrt(1.0 - z * z)
        out.append(np.array([level * math.cos(turn), level * math.sin(turn), z]))
    return out


def _flight(
    spec: ThreatSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None,
    decoys_kg: float,
    further_aims: tuple[tuple[float, float], ...],
    waypoints: tuple[tuple[float, float], ...],
) -> Flight:
    return _flight_of_json(spec.model_dump_json(), launch, aim, apogee_m, decoys_kg, further_aims, waypoints)


@functools.lru_cache(maxsize=4096)
def _flight_of_json(
    spec_json: str,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None,
    decoys_kg: float,
    further_aims: tuple[tuple[float, float], ...],
    waypoints: tuple[tuple[float, float], ...],
) -> Flight:
    """Solve a flight once per distinct request: campaigns rebuild the world for every sampled parameter set."""
    spec: ThreatSpec = TypeAdapter(ThreatSpec).validate_json(spec_json)
    return fly(spec, launch, aim, apogee_m, extra_payload_kg=decoys_kg, further_aims=further_aims, waypoints=waypoints)


def _station(group: SensorGroup, offset: int) -> Station:
    places = [(site.latitude, site.longitude, site.altitude) for site in group.sites]
    sites = stations_of(group.spec, places, [site.boresights for site in group.sites])
    constellation = None if group.constellation is None else constellation_of(group.constellation)
    return Station(group=group, constellation=constellation, sites=sites, offset=offset)


def _arsenal(group: InterceptorGroup) -> Arsenal:
    return Arsenal(
        group=group,
        constellation=None if group.constellation is None else constellation_of(group.constellation),
        table=ReachTable.build(group.spec) if isinstance(group.spec, GroundInterceptorSpec) else None,
        r_site_ecef=_ecef(group.site, _above(group)) if group.site is not None else np.zeros(3),
    )


def _above(group: InterceptorGroup) -> float:
    """Return how far in m above its site a group's weapons start."""
    if isinstance(group.spec, LaserSpec):
        return float(group.spec.height)
    aircraft = group.spec.aircraft if isinstance(group.spec, AerialInterceptorSpec) else None
    return 0.0 if aircraft is None else float(aircraft.altitude)


def _ecef(place: Place, above: float) -> Vector:
    return np.array(geodetic_to_ecef(place.latitude, place.longitude, place.altitude + above))


def ground_track(trajectory: Trajectory, times_s: Vector) -> Vector:
    """Return (k, 3) latitude deg, longitude deg, altitude m of a trajectory at scenario times (k,)."""
    r, _, _ = trajectory.states(times_s)
    fixed = np.stack([eci_to_ecef(r[k], float(times_s[k])) for k in range(len(times_s))])
    out = geodetic_of(fixed)
    out[:, :2] = np.degrees(out[:, :2])
    return out
