"""What one interceptor reaches: how soon it is where, and how fast it still is there."""

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    FLATTENING,
    MEAN_RADIUS,
    Vector,
    geodetic_to_ecef,
    local_basis,
    surface_velocity,
)
from cupola.interceptors.flyout import vehicle
from cupola.interceptors.reach import ReachTable, ground_reach
from cupola.interceptors.space_based import flyout_distance
from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec
from cupola.scenario.catalogue import Entry, entry, names
from cupola.scenario.errors import ScenarioError, did_you_mean
from cupola.scenario.points import parse_point, written
from cupola.studies.flights import Naming

RANGES, ALTITUDES = 121, 81
"""Points of a fan along the ground and upwards"""
AZIMUTHS_DEG = (0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0)
INTERCEPT_ALTITUDE = 200e3
"""Height in m at which the circles of space-based interceptors are drawn, or their lowest if that is higher: the
default of Harrison (2025), Build Your Own Golden Dome"""
CIRCLES = 60

Place = str | tuple[float, float]
"""The name of a site of the catalogue or of a city, ``"63.9,-145.7"``, or latitude and longitude in degrees"""


@dataclass(frozen=True, kw_only=True)
class Fan:
    """The shortest flights in one direction: ``time_s`` and ``speed_m_s`` over the ground (n, m), infinite and NaN out
    of reach, over ``range_m`` (n,) and ``altitude_m`` (m,). ``azimuth_deg`` is clockwise from north, ``None`` where no
    site is given: then across the Earth's rotation, which neither helps nor hinders.
    """

    azimuth_deg: float | None
    range_m: Vector
    altitude_m: Vector
    time_s: Vector
    speed_m_s: Vector


@dataclass(frozen=True, kw_only=True)
class GroundReach:
    """What a surface-launched interceptor reaches: one fan, or eight around a site (latitude and longitude in rad)."""

    interceptor: str
    title: str
    layer: str
    spec: GroundInterceptorSpec
    site: str
    latitude: float
    longitude: float
    burnout_s: float
    fans: tuple[Fan, ...]


@dataclass(frozen=True, kw_only=True)
class SpaceReach:
    """What one space-based interceptor reaches ``time_s`` (k,) after release: its largest ``displacement_m`` (k,) from
    the orbit it waits in, and the ``radius_m`` (k, o) of the circle that this covers at ``intercept_altitude_m`` from
    orbits ``orbit_altitudes_m`` (o,) up, NaN before it covers any. No gravity gradient: the fly-out rule of Harrison.
    """

    interceptor: str
    title: str
    layer: str
    spec: SpaceInterceptorSpec
    intercept_altitude_m: float
    orbit_altitudes_m: Vector
    time_s: Vector
    displacement_m: Vector
    radius_m: Vector


def reach(interceptor: str, *, site: Place | None = None, named: Naming = str) -> GroundReach | SpaceReach:
    """Return what an interceptor of the catalogue reaches, from a site over the turning Earth if one is given.

    ``named`` says how messages call a parameter.

    Raises ``ScenarioError`` for a name that is not known, and for a site given to one that waits in orbit.
    """
    found = entry("interceptors", interceptor)
    spec = found.spec
    if isinstance(spec, SpaceInterceptorSpec):
        if site is not None:
            raise ScenarioError(f"{named('site')}: got {site!r}, but {interceptor} waits in orbit; accepted is none")
        return _from_space(found, spec)
    if not isinstance(spec, GroundInterceptorSpec):
        raise ScenarioError(
            f"{interceptor!r} is of the kind {spec.kind}; accepted are those that have a fly-out table or an orbit: "
            f"{', '.join(name for name in names('interceptors') if _tabulated(name))}"
        )
    table = ReachTable.build(spec)
    name, latitude, longitude = ("", 0.0, 0.0) if site is None else place_of(site, named("site"))
    return GroundReach(
        interceptor=interceptor,
        title=found.title,
        layer=spec.layer,
        spec=spec,
        site=name,
        latitude=latitude,
        longitude=longitude,
        burnout_s=vehicle(spec).burnout_s,
        fans=(_across(spec, table),)
        if site is None
        else tuple(_along(spec, table, latitude, longitude, azimuth) for azimuth in AZIMUTHS_DEG),
    )


def _tabulated(name: str) -> bool:
    return isinstance(entry("interceptors", name).spec, GroundInterceptorSpec | SpaceInterceptorSpec)


def place_of(site: Place, named: str) -> tuple[str, float, float]:
    """Return name, latitude and longitude in rad of a site, which messages call ``named``.

    Raises ``ScenarioError`` for one that is not known.
    """
    if not isinstance(site, str):
        site = ",".join(repr(float(part)) for part in site)
    if site in names("sites"):
        spec = entry("sites", site).spec
        if spec.kind != "site":
            raise ScenarioError(f"{named}: got {site!r}, which names several places; accepted is one site or LAT,LON")
        return site, float(spec.position[0]), float(spec.position[1])
    try:
        latitude, longitude = parse_point(site)
    except ScenarioError as error:
        near = did_you_mean(site, names("sites")) if re.search("[a-z]", site, re.IGNORECASE) else ""
        text = f"got {site!r}, which is no site of the catalogue{near}" if near else str(error)
        raise ScenarioError(f"{named}: {text}") from None
    return (site if "," not in site else written(latitude, longitude)), latitude, longitude


def _axes(spec: GroundInterceptorSpec) -> tuple[Vector, Vector]:
    return np.linspace(0.0, spec.maximum_range, RANGES), np.linspace(
        spec.minimum_altitude, spec.maximum_altitude, ALTITUDES
    )


def _across(spec: GroundInterceptorSpec, table: ReachTable) -> Fan:
    ranges, altitudes = _axes(spec)
    x, y = ranges[:, None], altitudes[None, :]
    time_s = table.time_of_flight(x, y)
    time_s[time_s > spec.maximum_flight_time] = np.inf
    speed = np.where(np.isfinite(time_s), table.speed_left(x, y), np.nan)
    return Fan(azimuth_deg=None, range_m=ranges, altitude_m=altitudes, time_s=time_s, speed_m_s=speed)


def _along(
    spec: GroundInterceptorSpec, table: ReachTable, latitude: float, longitude: float, azimuth_deg: float
) -> Fan:
    """Ask for real points over the turning Earth, as a battle manager does."""
    ranges, altitudes = _axes(spec)
    site = np.array(geodetic_to_ecef(latitude, longitude, 0.0))
    east, north, _ = local_basis(latitude, longitude)
    up = site / np.linalg.norm(site)
    ahead = math.sin(math.radians(azimuth_deg)) * east + math.cos(math.radians(azimuth_deg)) * north
    ahead -= (ahead @ up) * up
    ahead /= np.linalg.norm(ahead)
    # A hair inside the limits, so that rounding leaves none of them out.
    angle = ranges * (1.0 - 1e-9) / MEAN_RADIUS
    inside = np.clip(altitudes, altitudes[0] + 0.1, altitudes[-1] - 0.1)
    towards = np.cos(angle)[:, None] * up + np.sin(angle)[:, None] * ahead
    surface = EQUATORIAL_RADIUS * (1.0 - FLATTENING * towards[:, 2] ** 2)
    fixed = (towards[:, None, :] * (surface[:, None] + inside[None, :])[:, :, None]).reshape(-1, 3)
    found = ground_reach(spec, table, site, -np.inf, np.zeros(len(fixed)), fixed)
    spin = np.array([surface_velocity(each) for each in fixed])
    time_s = np.where(found.feasible, found.flight_time, np.inf).reshape(RANGES, ALTITUDES)
    speed = np.linalg.norm(found.arrival_velocity - spin, axis=1).reshape(RANGES, ALTITUDES)
    speed[~np.isfinite(time_s)] = np.nan
    return Fan(azimuth_deg=azimuth_deg, range_m=ranges, altitude_m=altitudes, time_s=time_s, speed_m_s=speed)


def _from_space(found: Entry, spec: SpaceInterceptorSpec) -> SpaceReach:
    walker: Any = found.deployment
    low = float(getattr(walker, "altitude", 500e3))
    top = getattr(walker, "altitude_top", None)
    orbits = np.array([low] if top is None else [low, float(top)])
    height = max(INTERCEPT_ALTITUDE, spec.minimum_altitude)
    times = np.linspace(0.0, spec.maximum_flight_time, CIRCLES + 1)[1:]
    far = np.array([flyout_distance(spec.acceleration, spec.speed, float(t)) for t in times])
    squared = far[:, None] ** 2 - (orbits - height)[None, :] ** 2
    return SpaceReach(
        interceptor=found.name,
        title=found.title,
        layer=spec.layer,
        spec=spec,
        intercept_altitude_m=height,
        orbit_altitudes_m=orbits,
        time_s=times,
        displacement_m=far,
        radius_m=np.sqrt(np.where(squared >= 0.0, squared, np.nan)),
    )


def farthest(fan: Fan) -> Vector:
    """Return the farthest range in m reached at each altitude (m,), NaN where none is."""
    reached = np.isfinite(fan.time_s)
    last = reached.shape[0] - 1 - np.argmax(reached[::-1], axis=0)
    return np.where(reached.any(axis=0), fan.range_m[last], np.nan)
