"""When each group of interceptors could have met one object, by reach alone: what the truth allowed, whoever knew it.

Reach is asked along the true path as if nothing stopped the object. Tracks, authority, inventories and doctrine, which
narrow a window to what was shot, are not asked here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector, eci_to_ecef
from cupola.core.sight import radial_altitudes
from cupola.engine.arming import constellation_phase
from cupola.engine.world import Arsenal, World
from cupola.interceptors.aerial import AerialInterceptorSpec, course, fly_out
from cupola.interceptors.laser import LaserSpec, in_beam
from cupola.interceptors.phases import Codes, believed_phases, codes
from cupola.interceptors.reach import ground_reach
from cupola.interceptors.space_based import reach as space_reach
from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec
from cupola.orbits.constellation import positions
from cupola.threats.raid import ThreatObject

FINEST_S, INSTANTS = 2.0, 1_000
"""Step of intercept times, and how many there are at most: long flights are looked at less finely."""
RELEASES = 150
"""Release times at which a constellation is asked, at most."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """One unbroken stretch of chances: releases and the intercepts that they lead to, seconds on the scenario's clock.

    ``shortest_s`` is the quickest flight in it; ``most`` how many of the group's shooters (satellites, or the one site)
    had a chance at one time.
    """

    first_release_s: float
    last_release_s: float
    first_intercept_s: float
    last_intercept_s: float
    shortest_s: float
    most: int


@dataclass(frozen=True, kw_only=True)
class GroupWindows:
    """The windows of one interceptor group (``weapon`` of the catalogue, at ``site`` unless in space)."""

    group: str
    layer: str
    weapon: str
    site: str
    windows: tuple[Window, ...]


@dataclass(frozen=True, kw_only=True)
class Path:
    """Where an object truly is, the missile that carries it included: instants (k,), inertial states (k, 3), and the
    phase of its flight (k,) as codes of :mod:`cupola.interceptors.phases`.
    """

    launch_s: float
    times: Vector
    r: Vector
    v: Vector
    phase: Codes


def path_of(world: World, carriers: Sequence[ThreatObject]) -> Path:
    """Return the whole flight of an object of a world: ``carriers`` are its missile and itself, in the order of time.

    Phases are drawn by the lines of the scenario's battle manager, but from the true motion.
    """
    start, end = carriers[0].start_s, carriers[-1].end_s
    times = np.linspace(start, end - 1e-3, int(min(max((end - start) / FINEST_S, 2.0), INSTANTS)))
    r, v = np.empty((len(times), 3)), np.empty((len(times), 3))
    for body in carriers:
        here = (times >= body.start_s) & (times <= body.end_s)
        r[here], v[here], _ = body.trajectory.states(times[here])
    kind = next(m.group.threat.kind for m in world.missiles if m.missile_id == carriers[0].missile_id)
    phase = believed_phases(
        world.scenario.battle.phases,
        burning=np.array([True]),
        gliding=np.array([kind == "glide"]),
        cruising=np.array([kind == "cruise"]),
        burnout_s=np.array([carriers[0].burnout_s]),
        times_s=times,
        r=r[None],
        v=v[None],
    )
    return Path(launch_s=start, times=times, r=r, v=v, phase=phase[0])


def windows_of(world: World, path: Path, *, seed: int, run: int) -> tuple[GroupWindows, ...]:
    """Return for every interceptor group of a world when it could meet what flies along a path, in one run."""
    return tuple(
        GroupWindows(
            group=arsenal.group.name,
            layer=arsenal.group.layer,
            weapon=arsenal.group.model,
            site="" if arsenal.group.site is None else arsenal.group.site.name,
            windows=_windows(arsenal, path, seed, run),
        )
        for arsenal in world.arsenals
    )


def _windows(arsenal: Arsenal, path: Path, seed: int, run: int) -> tuple[Window, ...]:
    spec = arsenal.group.spec
    seen = np.isin(path.phase, codes(spec.engages))
    if isinstance(spec, SpaceInterceptorSpec):
        return _from_space(arsenal, spec, path, seen, constellation_phase(seed, run, arsenal.group.name))
    if isinstance(spec, GroundInterceptorSpec):
        return _from_ground(arsenal, spec, path, seen)
    fixed = np.stack([eci_to_ecef(path.r[k], float(path.times[k])) for k in range(len(path.times))])
    if isinstance(spec, LaserSpec):
        lit = in_beam(spec, arsenal.r_site_ecef, fixed)[1] > 0.0
        return tuple(_window(path.times[part], path.times[part]) for part in _stretches(seen & lit))
    leaves = path.times - _flights(arsenal, spec, path, fixed)
    reached = seen & (leaves >= path.launch_s)
    return tuple(_window(leaves[part], path.times[part]) for part in _stretches(reached))


def _flights(arsenal: Arsenal, spec: AerialInterceptorSpec, path: Path, fixed: Vector) -> Vector:
    """Return the flight times (k,) in s to points (k, 3), Earth-fixed, infinite out of reach; a patrol has flown
    towards each since the launch, as far as it goes.
    """
    away = np.linalg.norm(fixed - arsenal.r_site_ecef, axis=1)
    height, start = radial_altitudes(fixed), float(radial_altitudes(arsenal.r_site_ecef))
    inside = (height >= spec.minimum_altitude) & (height <= spec.maximum_altitude)
    if spec.aircraft is not None:
        dash = spec.aircraft.dash_speed * np.maximum(path.times - path.launch_s - spec.maximum_flight_time, 0.0)
        away = np.maximum(away - np.minimum(dash, spec.aircraft.radius), np.abs(start - height))
    way, mean = course(spec, away, start, height)
    return np.where(inside, fly_out(spec).flight_time(way, mean), np.inf)


def _window(leaves: Vector, meets: Vector) -> Window:
    """Return the window of one site whose releases (k,) lead to intercepts (k,)."""
    return Window(
        first_release_s=float(leaves.min()),
        last_release_s=float(leaves.max()),
        first_intercept_s=float(meets[0]),
        last_intercept_s=float(meets[-1]),
        shortest_s=float((meets - leaves).min()),
        most=1,
    )


def _from_ground(
    arsenal: Arsenal, spec: GroundInterceptorSpec, path: Path, seen: NDArray[np.bool_]
) -> tuple[Window, ...]:
    if arsenal.table is None:
        return ()
    found = ground_reach(spec, arsenal.table, arsenal.r_site_ecef, path.launch_s, path.times, path.r)
    leaves = path.times - found.flight_time
    return tuple(_window(leaves[part], path.times[part]) for part in _stretches(seen & found.feasible))


def _from_space(
    arsenal: Arsenal, spec: SpaceInterceptorSpec, path: Path, seen: NDArray[np.bool_], phase: tuple[float, float]
) -> tuple[Window, ...]:
    if arsenal.constellation is None or not seen.any():
        return ()
    last = float(path.times[seen][-1])
    releases = np.linspace(path.launch_s, last, int(min(max((last - path.launch_s) / FINEST_S, 2.0), RELEASES)))
    everyone = np.ones(arsenal.constellation.count, dtype=np.bool_)
    able = np.zeros(len(releases), dtype=np.int64)
    first, final = np.full(len(releases), np.nan), np.full(len(releases), np.nan)
    for k, release_s in enumerate(releases.tolist()):
        ahead = seen & (path.times > release_s) & (path.times <= release_s + spec.maximum_flight_time)
        if not ahead.any():
            continue
        r, v = positions(arsenal.constellation, release_s, turn_rad=phase[0], slide_rad=phase[1])
        times = np.ascontiguousarray(path.times[ahead])
        found = space_reach(spec, r, v, everyone, release_s, times, path.r[ahead], path.v[ahead])
        met = found.first >= 0
        able[k] = int(met.sum())
        if able[k]:
            first[k], final[k] = times[found.first[met]].min(), times[np.maximum(found.first, found.best)[met]].max()
    return tuple(
        Window(
            first_release_s=float(releases[part][0]),
            last_release_s=float(releases[part][-1]),
            first_intercept_s=float(first[part].min()),
            last_intercept_s=float(final[part].max()),
            shortest_s=float((first[part] - releases[part]).min()),
            most=int(able[part].max()),
        )
        for part in _stretches(able > 0)
    )


def _stretches(mask: NDArray[np.bool_]) -> list[slice]:
    """Return the unbroken runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
