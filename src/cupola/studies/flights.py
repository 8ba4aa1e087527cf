"""One flight asked for in words: what the command line and the Python verb share."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from cupola.core.earth import MEAN_RADIUS, great_circle_point
from cupola.core.units import parse_quantity
from cupola.scenario.catalogue import Entry, cited, entry
from cupola.scenario.errors import ScenarioError
from cupola.scenario.points import parse_point, written
from cupola.threats import kinds
from cupola.threats.flight import Flight, InfeasibleFlight, distance
from cupola.threats.impulsive import SPHERE_RADIUS

Point = str | tuple[float, float]
"""``"39.0,125.7"``, the name of a city, or latitude and longitude in degrees."""

EAST = "90 deg"
LOWEST_LAUNCH, HIGHEST_LAUNCH = -500.0, 50e3  # m: the Dead Sea's shore, and above any aircraft
FARTHEST_HIT = 1e3  # m: a flight that ends farther from its aim point answers another question
SHORTEST, HIGHEST_APOGEE = 10.0, 1e9  # m

Naming = Callable[[str], str]


def fly(
    threat: str | kinds.AnyThreat,
    launch: Point,
    aim: Point | None = None,
    *,
    range: str | None = None,
    azimuth: str | None = None,
    apogee: str | None = None,
    altitude: str = "0 m",
    waypoints: Sequence[Point] = (),
    named: Naming = str,
) -> Flight:
    """Fly a threat from a place to an aim point, or over a range along an azimuth.

    ``threat`` is a catalogue name or a spec of any kind. Places are text (``"39.0,125.7"``, ``"Washington"``) or
    latitude and longitude in degrees; quantities are text with a unit (``"9000 km"``). Give ``aim``, or ``range`` with
    an ``azimuth`` (default east, as the lofted test flights of North Korea flew). ``altitude`` is where the flight
    begins, ``apogee`` lofts or depresses it, ``waypoints`` lead a cruise missile. ``named`` says how messages call a
    parameter.

    Raises ``ScenarioError`` for a wrong word, :class:`cupola.threats.flight.InfeasibleFlight` where the threat cannot.
    """
    spec = entry("threats", threat).spec if isinstance(threat, str) else threat
    start = _point(launch, named("launch"))
    height = quantity(altitude, "length", named("altitude"))
    if not LOWEST_LAUNCH <= height <= HIGHEST_LAUNCH:
        raise ScenarioError(f"{named('altitude')}: got {altitude!r}, accepted is -500 m to 50 km")
    top = None if apogee is None else positive(apogee, "length", named("apogee"))
    route = tuple(_point(point, named("waypoints")) for point in waypoints)
    target = _aim(start, aim, range, azimuth, named)
    flight = kinds.fly(spec, (*start, height), target, top, waypoints=route)
    if distance(flight.impact, target) > FARTHEST_HIT:
        raise InfeasibleFlight(
            f"no flight was found that ends at {written(*target)}: the nearest ends at {written(*flight.impact)}; "
            "hint: take another aim point, launch point or apogee"
        )
    return flight


def quantity(text: str, kind: str, name: str) -> float:
    """Return the SI value of ``text``; the error is a :class:`ScenarioError` that begins with ``name``."""
    try:
        return parse_quantity(text, kind)
    except ValueError as error:
        raise ScenarioError(f"{name}: {error}") from None


def positive(text: str, kind: str, name: str) -> float:
    """Return as :func:`quantity` does a value that must be above zero."""
    value = quantity(text, kind, name)
    if value <= 0.0:
        raise ScenarioError(f"{name}: got {text!r}, accepted is more than zero")
    return value


def apogee_height(text: str, name: str) -> float:
    """Return the apogee in m of a closed form: 10 m to a million kilometres, beyond which nothing is ballistic."""
    value = positive(text, "length", name)
    if not SHORTEST <= value <= HIGHEST_APOGEE:
        raise ScenarioError(f"{name}: got {text!r}, accepted is {SHORTEST:g} m to {HIGHEST_APOGEE / 1e3:,.0f} km")
    return value


def ground_range(text: str, name: str) -> float:
    """Return a range in m, from 10 m to below half the circumference."""
    value = positive(text, "length", name)
    limit = math.pi * SPHERE_RADIUS
    if value < SHORTEST:
        raise ScenarioError(f"{name}: got {text!r}, accepted is at least {SHORTEST:g} m")
    if value >= limit:
        raise ScenarioError(
            f"{name}: got {text!r}, accepted is less than half the Earth's circumference, {limit / 1e3:,.0f} km; "
            "hint: a point farther than that is nearer the other way round"
        )
    return value


def describe(flight: Flight, source: Entry | None = None) -> dict[str, Any]:
    """Return what a flight came to, in the units that people use: the document of ``cupola fly --json``.

    ``source`` is the catalogue entry it was flown from.
    """
    burnout = flight.burnout
    return {
        "threat": getattr(flight.spec, "title", "") if source is None else source.name,
        "title": getattr(flight.spec, "title", ""),
        "kind": getattr(flight.spec, "kind", ""),
        "notional": True,
        "from": _place(flight.launch) | {"altitude_km": round(flight.launch[2] / 1e3, 4)},
        "to": _place(flight.aim),
        "azimuth_deg": round(math.degrees(flight.azimuth) % 360.0, 4),
        "apogee_km": round(flight.apogee_m / 1e3, 3),
        "range_km": round(flight.range_m / 1e3, 3),
        "flight_time_s": round(flight.flight_time_s, 3),
        "burnout": {
            "time_s": round(burnout.time_s, 3),
            "altitude_km": round(burnout.altitude_m / 1e3, 3),
            "speed_km_s": round(burnout.speed_m_s / 1e3, 4),
            "flight_path_deg": round(math.degrees(burnout.flight_path_rad), 3),
        },
        "full_burn_s": round(flight.full_burn_s, 3),
        "impact": _place(flight.impact) | {"speed_km_s": round(flight.impact_speed_m_s / 1e3, 4)},
        "miss_km": round(flight.miss_m / 1e3, 4),
        "payloads": len(flight.payloads),
        "phases": [
            {"name": phase.name, "start_s": round(phase.start_s, 3), "end_s": round(phase.end_s, 3)}
            for phase in flight.trajectory.phases
        ],
        "sources": [] if source is None else _sources(source),
        "values": 0 if source is None else len(source.values),
        "assumed": 0 if source is None else sum(value.confidence == "assumed" for value in source.values),
    }


def _place(point: Sequence[float]) -> dict[str, float]:
    longitude = (math.degrees(point[1]) + 180.0) % 360.0 - 180.0
    return {"latitude_deg": round(math.degrees(point[0]), 6), "longitude_deg": round(longitude, 6)}


def _sources(source: Entry) -> list[str]:
    references = cited({value.source for value in source.values})
    return [f"{r.key}: {r.authors} ({r.year}). {r.title}" for r in references]


def _point(point: Point, name: str) -> tuple[float, float]:
    text = point if isinstance(point, str) else ",".join(repr(float(part)) for part in point)
    try:
        return parse_point(text)
    except ScenarioError as error:
        raise ScenarioError(f"{name}: {error}") from None


def _aim(
    start: tuple[float, float], aim: Point | None, range_: str | None, azimuth: str | None, named: Naming
) -> tuple[float, float]:
    to, over, along = named("aim"), named("range"), named("azimuth")
    accepted = f"accepted is either {to} (an aim point) or {over} (along {along}, default east)"
    if range_ is not None and aim is not None:
        raise ScenarioError(f"{to}: got {over} as well; {accepted}")
    if range_ is not None:
        angle = ground_range(range_, over) / MEAN_RADIUS
        return great_circle_point(*start, quantity(EAST if azimuth is None else azimuth, "angle", along), angle)
    if aim is None:
        raise ScenarioError(f"{to}: it is missing; {accepted}")
    if azimuth is not None:
        raise ScenarioError(f"{along}: belongs to {over}; with {to} the aim point sets the direction")
    return _point(aim, to)
