"""How published sizes of constellations of space interceptors are played: counted on orbits, against flown missiles."""

import functools
import math
from collections.abc import Callable

import numpy as np

from cupola.core.units import parse_quantity
from cupola.studies.reproduce_case import Found, Inputs
from cupola.studies.reproduce_quantities import Quantity


def _size(inputs: Inputs) -> Found:
    """Return how many satellites put ``shots`` interceptors in reach of each of ``missiles`` launched together, on the
    average over all times: missiles x shots over the share of the orbits that reaches. Flights: ``threat``, ``from``,
    ``to``. ``delay`` is launch to release, ``decision`` (if any) comes on top.
    """
    delay = sum(parse_quantity(inputs[name], "time") for name in ("delay", "decision") if name in inputs)
    needed = int(inputs.get("missiles", "1")) * int(inputs.get("shots", "1"))
    share = _share(_flight_key(inputs), _weapon_key(inputs), _orbit_key(inputs), delay)
    return {"satellites": needed / share if share > 0.0 else math.inf}


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
def _weapon(key: _Key):  # type: ignore[no-untyped-def]
    from cupola.scenario.catalogue import entry

    given = dict(key)
    spec = entry("interceptors", given.pop("interceptor", "sbi-notional")).spec
    kinds = {"acceleration": "acceleration", "speed": "speed", "minimum_altitude": "length"}
    return spec.model_copy(update={name: parse_quantity(text, kinds[name]) for name, text in given.items()})


@functools.cache
def _flown(key: _Key):  # type: ignore[no-untyped-def]
    from cupola.studies.flights import fly

    given = dict(key)
    return fly(given["threat"], given["from"], given.get("to"), range=given.get("range"), azimuth=given.get("azimuth"))


@functools.cache
def _share(flight_key: _Key, weapon_key: _Key, orbit_key: _Key, delay: float) -> float:
    """Return the share of all places on the orbits from which a missile is reached while it burns."""
    from cupola.interceptors.orbit_count import maps_of, mean_count
    from cupola.interceptors.orbit_reach import target_of
    from cupola.orbits.spec import WalkerSpec
    from cupola.studies.orbital_count import satellites_of
    from cupola.studies.orbital_threats import instants

    flight, spec, orbit = _flown(flight_key), _weapon(weapon_key), dict(orbit_key)
    end = flight.burnout.time_s
    if delay >= end:
        return 0.0
    times = instants(delay, end)
    r, _, _ = flight.trajectory.states(times)
    goal = target_of(spec, delay, times, r)
    if not goal.possible:
        return 0.0
    # As many planes as heights are needed for a mean over a thick shell.
    planes = 21 if "altitude_top" in orbit else 1
    shell = WalkerSpec.model_validate({"total": planes, "planes": planes, **orbit})
    satellites = satellites_of([shell])
    return mean_count(maps_of(spec, goal, satellites), satellites) / planes


QUANTITIES: dict[str, Quantity] = {
    "density": Quantity("dimensionless", "", 3),
    "growth": Quantity("dimensionless", "", 3),
}

METHODS: dict[str, Callable[[Inputs], Found]] = {
    "orbital-size": _size,
    "orbital-growth": _growth,
    "orbital-density": _density,
    "uniform-shell": _uniform_shell,
}
