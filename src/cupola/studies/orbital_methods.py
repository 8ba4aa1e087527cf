"""How published sizes of constellations of space interceptors are played: counted on orbits, against flown missiles."""

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cupola.core.units import parse_quantity
from cupola.studies.reproduce_case import Found, Inputs
from cupola.studies.reproduce_quantities import Quantity

if TYPE_CHECKING:
    from cupola.interceptors.orbit_reach import Target
    from cupola.interceptors.spec import SpaceInterceptorSpec
    from cupola.threats.flight import Flight


def _size(inputs: Inputs) -> Found:
    """Return how many satellites put ``shots`` interceptors in reach of each of ``missiles`` launched together, on the
    average over all times: missiles x shots over the share of the orbits that reaches. Flights: ``threat``, ``from``,
    ``to``. ``delay`` is launch to release, ``decision`` (if any) comes on top.
    """
    delay = sum(parse_quantity(inputs[name], "time") for name in ("delay", "decision") if name in inputs)
    needed = int(inputs.get("missiles", "1")) * int(inputs.get("shots", "1"))
    share = _share(_flight_key(inputs), _weapon_key(inputs), _orbit_key(inputs), delay)
    return {"satellites": needed / share if share > 0.0 else math.inf}


def _size_always(inputs: Inputs) -> Found:
    """Return the smallest square Walker constellation that has ``shots`` in reach of each of ``missiles`` launched
    together at 99 % of the times, by counting; one orbit height.
    """
    from cupola.studies.orbital_count import phases_of
    from cupola.studies.orbital_search import Search
    from cupola.studies.orbital_spec import PhasesSpec, Requirement, SearchSpec

    altitude, inclination = parse_quantity(inputs["altitude"], "length"), parse_quantity(inputs["inclination"], "angle")
    weapon = _weapon(_weapon_key(inputs))
    goal = _goal(_flight_key(inputs), weapon, parse_quantity(inputs["delay"], "time"))
    if goal is None:
        return {"satellites": math.inf}
    requirement = Requirement(
        shots=int(inputs.get("shots", "1")), salvo=int(inputs.get("missiles", "1")), probability=0.99
    )
    shape = SearchSpec.model_construct(
        altitudes=(altitude,), inclinations=(inclination,), per_plane_ratio=1.0, phasing=1, most=100_000
    )
    needed, phases = requirement.shots * requirement.salvo, phases_of(PhasesSpec(count=300), 1)
    search = Search(needed, requirement, shape, weapon, [goal], phases)
    return {"satellites": search.at(altitude, inclination).satellites}


def _growth(inputs: Inputs) -> Found:
    """Return by what factor a constellation grows when release comes ``later``."""
    delay, later = (parse_quantity(inputs[name], "time") for name in ("delay", "later"))
    before, after = (
        _share(_flight_key(inputs), _weapon_key(inputs), _orbit_key(inputs), each) for each in (delay, delay + later)
    )
    return {"growth": before / after if after > 0.0 else math.inf}


def _density(inputs: Inputs) -> Found:
    """Return how many satellites reach a point, against a uniform shell: a reach of 29 km from orbits 5 km above it."""
    from cupola.core.earth import EQUATORIAL_RADIUS
    from cupola.interceptors.orbit_reach import reach_map, target_of
    from cupola.interceptors.space_based import flyout_distance

    spec = _weapon((("acceleration", "15 g_0"), ("speed", "0.5 km/s")))
    latitude, inclination = (parse_quantity(inputs[name], "angle") for name in ("latitude", "inclination"))
    orbit, place = EQUATORIAL_RADIUS + 400e3, EQUATORIAL_RADIUS + 395e3
    r = place * np.array([[math.cos(latitude), 0.0, math.sin(latitude)]])
    found = reach_map(spec, target_of(spec, 0.0, np.array([60.0]), r), inclination, np.array([orbit]), rows=200)
    reach = flyout_distance(spec.acceleration, spec.speed, 60.0)
    uniform = (reach**2 - 5e3**2) / (4.0 * orbit * place)
    return {"density": float(found.shares()[0]) / uniform}


def _uniform_shell(inputs: Inputs) -> Found:
    """Return one in how many satellites of a uniform shell reaches a point that can be met for a time from now."""
    from cupola.core.earth import EQUATORIAL_RADIUS
    from cupola.interceptors.orbit_reach import reach_map, target_of

    spec = _weapon(_weapon_key(inputs))
    flight = parse_quantity(inputs["flyout_time"], "time")
    orbit, place = (EQUATORIAL_RADIUS + parse_quantity(inputs[n], "length") for n in ("altitude", "intercept_altitude"))
    latitude = math.radians(33.0)
    goal = target_of(spec, 0.0, np.array([flight]), place * np.array([[math.cos(latitude), 0.0, math.sin(latitude)]]))
    cosines = (np.arange(300) + 0.5) / 150.0 - 1.0
    shares = [float(reach_map(spec, goal, math.acos(c), np.array([orbit])).shares()[0]) for c in cosines]
    return {"absentee_ratio": 1.0 / float(np.mean(shares))}


_Key = tuple[tuple[str, str], ...]


def _flight_key(inputs: Inputs) -> _Key:
    return tuple((name, inputs[name]) for name in ("threat", "from", "to", "range", "azimuth") if name in inputs)


def _weapon_key(inputs: Inputs) -> _Key:
    return tuple((n, inputs[n]) for n in ("interceptor", "acceleration", "speed", "minimum_altitude") if n in inputs)


def _orbit_key(inputs: Inputs) -> _Key:
    return tuple((name, inputs[name]) for name in ("altitude", "altitude_top", "inclination") if name in inputs)


@functools.cache
def _weapon(key: _Key) -> "SpaceInterceptorSpec":
    from cupola.scenario.catalogue import entry

    given = dict(key)
    spec: SpaceInterceptorSpec = entry("interceptors", given.pop("interceptor", "sbi-notional")).spec
    kinds = {"acceleration": "acceleration", "speed": "speed", "minimum_altitude": "length"}
    return spec.model_copy(update={name: parse_quantity(text, kinds[name]) for name, text in given.items()})


@functools.cache
def _flown(key: _Key) -> "Flight":
    from cupola.studies.flights import fly

    given = dict(key)
    return fly(given["threat"], given["from"], given.get("to"), range=given.get("range"), azimuth=given.get("azimuth"))


@functools.cache
def _share(flight_key: _Key, weapon_key: _Key, orbit_key: _Key, delay: float) -> float:
    """Return the share of all places on the orbits from which a missile is reached while it burns."""
    from cupola.interceptors.orbit_count import maps_of, mean_count
    from cupola.orbits.spec import WalkerSpec
    from cupola.studies.orbital_count import satellites_of

    spec, orbit = _weapon(weapon_key), dict(orbit_key)
    goal = _goal(flight_key, spec, delay)
    if goal is None:
        return 0.0
    # As many planes as heights are needed for a mean over a thick shell.
    planes = 21 if "altitude_top" in orbit else 1
    shell = WalkerSpec.model_validate({"total": planes, "planes": planes, **orbit})
    satellites = satellites_of([shell])
    return mean_count(maps_of(spec, goal, satellites), satellites) / planes


def _goal(flight_key: _Key, spec: "SpaceInterceptorSpec", delay: float) -> "Target | None":
    """Return the missile while it burns, to who is released after ``delay``; None where nothing is left of that."""
    from cupola.interceptors.orbit_reach import target_of
    from cupola.studies.orbital_threats import instants

    flight = _flown(flight_key)
    end = flight.burnout.time_s
    if delay >= end:
        return None
    times = instants(delay, end)
    r, _, _ = flight.trajectory.states(times)
    goal = target_of(spec, delay, times, r)
    return goal if goal.possible else None


QUANTITIES: dict[str, Quantity] = {
    "density": Quantity("dimensionless", "", 3),
    "growth": Quantity("dimensionless", "", 3),
}

METHODS: dict[str, Callable[[Inputs], Found]] = {
    "orbital-size": _size,
    "orbital-size-always": _size_always,
    "orbital-growth": _growth,
    "orbital-density": _density,
    "uniform-shell": _uniform_shell,
}
