"""How many satellites of a constellation reach a target, at any phase: by maps of where they reach it from."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.interceptors.orbit_reach import ROWS, Flags, ReachMap, Target, reach_map, reaches, state_at
from cupola.interceptors.space_based import Mask
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.constellation import Constellation

Counts = NDArray[np.int32]

LEVEL_STEP = 60e3
"""m; radii of a thick shell at which maps are made are no farther apart"""
_SURE = 1e-4
"""rad; no edge is trusted closer than this"""


@dataclass(frozen=True, kw_only=True)
class Planes:
    """A constellation sorted for counting: satellites of one plane are neighbours and share all but ``argument`` (s,).

    ``begin`` (p + 1,) bounds the planes; ``radius``, ``inclination``, ``node``, ``node_rate``, ``argument_rate`` (p,).
    ``spacing`` (p,) rad between neighbours in a plane that is evenly filled, 0 in one that is not.
    """

    begin: NDArray[np.int64]
    radius: Vector
    inclination: Vector
    node: Vector
    node_rate: Vector
    argument_rate: Vector
    spacing: Vector
    argument: Vector


def planes_of(constellation: Constellation) -> Planes:
    """Return a constellation of circles as planes, in its own order of satellites.

    Raises ``ValueError`` for satellites on ellipses or fixed over the equator.
    """
    if constellation.ellipse is not None or constellation.turns_with_earth:
        raise ValueError("got satellites on ellipses or fixed over the equator, accepted are circular orbits")
    keys = np.stack([constellation.radius, constellation.inclination, constellation.node])
    changes = np.flatnonzero((np.diff(keys, axis=1) != 0.0).any(axis=0)) + 1
    first = np.concatenate([[0], changes]).astype(np.int64)
    begin = np.append(first, constellation.count)
    return Planes(
        begin=begin,
        radius=constellation.radius[first],
        inclination=constellation.inclination[first],
        node=constellation.node[first],
        node_rate=constellation.node_rate[first],
        argument_rate=constellation.argument_rate[first],
        spacing=np.array([_spacing(constellation.argument[a:b]) for a, b in itertools.pairwise(begin)]),
        argument=constellation.argument,
    )


def _spacing(argument: Vector) -> float:
    even = math.tau / len(argument)
    off = (np.diff(argument) - even + math.pi) % math.tau - math.pi
    return even if np.abs(off).max(initial=0.0) < 1e-9 else 0.0


def maps_of(spec: SpaceInterceptorSpec, target: Target, planes: Planes, rows: int = ROWS) -> tuple[ReachMap, ...]:
    """Return one map for each inclination of a constellation, in rising order, with the radii that its planes need."""
    found = []
    for inclination in np.unique(planes.inclination).tolist():
        radii = planes.radius[planes.inclination == inclination]
        low, high = float(radii.min()), float(radii.max())
        levels = np.linspace(low, high, math.ceil((high - low) / LEVEL_STEP) + 1)
        found.append(reach_map(spec, target, inclination, levels, rows))
    return tuple(found)


def mean_count(maps: tuple[ReachMap, ...], planes: Planes) -> float:
    """Return the mean number of satellites that reach the maps' target over all phases, from the area of the regions.

    Every satellite is as likely anywhere on its circle as any other: the mean asks nothing of how they are spaced.
    """
    total = 0.0
    sizes = np.diff(planes.begin)
    for each in maps:
        here = planes.inclination == each.inclination
        total += float((sizes[here] * np.interp(planes.radius[here], each.radii, each.shares())).sum())
    return total


def count(
    spec: SpaceInterceptorSpec,
    maps: tuple[ReachMap, ...],
    planes: Planes,
    turns: Vector,
    slides: Vector,
    there: Flags | None = None,
) -> Counts:
    """Return how many satellites (f,) reach the maps' target at every phase: ``turns`` of the nodes, ``slides`` along
    the orbits, (f,) in rad. ``there`` (s,) are those that hold an interceptor."""
    counts = np.zeros(len(turns), dtype=np.int32)
    _each(spec, maps, planes, turns, slides, there, counts, np.empty((0, 0), dtype=np.bool_))
    return counts


def members(
    spec: SpaceInterceptorSpec, maps: tuple[ReachMap, ...], planes: Planes, turns: Vector, slides: Vector
) -> Flags:
    """Return which satellites (f, s) reach the maps' target at every phase, as :func:`count` counts them."""
    out = np.zeros((len(turns), len(planes.argument)), dtype=np.bool_)
    _each(spec, maps, planes, turns, slides, None, np.zeros(len(turns), dtype=np.int32), out)
    return out


def _each(
    spec: SpaceInterceptorSpec,
    maps: tuple[ReachMap, ...],
    planes: Planes,
    turns: Vector,
    slides: Vector,
    there: Flags | None,
    counts: Counts,
    out: Flags,
) -> None:
    present = np.ones(len(planes.argument), dtype=np.bool_) if there is None else there
    for each in maps:
        target = each.target
        if target.possible and len(each.start):
            _count(
                spec.acceleration, spec.speed, spec.minimum_altitude, target.usable, target.flight, target.r,
                target.release_s, each.inclination, each.radii, each.start, each.step, each.edges,
                planes.begin, planes.radius, planes.inclination, planes.node, planes.node_rate, planes.argument_rate,
                planes.spacing, planes.argument, present, turns, slides, counts, out,
            )  # fmt: skip


@kernel
def _count(
    a: float, speed: float, floor: float, usable: Mask, flight: Vector, r_target: Vector,
    release: float, inclination: float, radii: Vector, start: Vector, step: Vector, edges: Vector,
    begin: NDArray[np.int64], radius: Vector, tilt: Vector, node: Vector, node_rate: Vector, argument_rate: Vector,
    spacing: Vector, argument: Vector, there: Mask, turns: Vector, slides: Vector, counts: Counts, out: Mask,
) -> None:  # fmt: skip
    cos_i, sin_i = math.cos(inclination), math.sin(inclination)
    rows = edges.shape[2] - 1
    sure = np.empty(6)
    for f in range(turns.shape[0]):
        found = 0
        for p in range(radius.shape[0]):
            if tilt[p] != inclination:
                continue
            omega = node[p] + node_rate[p] * release + turns[f]
            level = 0
            while level < radii.shape[0] - 2 and radius[p] > radii[level + 1]:
                level += 1
            above = 0.0
            if radii.shape[0] > 1:
                above = (radius[p] - radii[level]) / (radii[level + 1] - radii[level])
            cos_o, sin_o = math.cos(omega), math.sin(omega)
            shift = argument_rate[p] * release + slides[f]
            for arc in range(start.shape[0]):
                along = (omega - start[arc]) % math.tau / step[arc]
                if along >= rows:
                    continue
                k = int(along)
                _cell(edges, level, above, arc, k, along - k, step[arc], sure)
                if math.isnan(sure[4]):
                    continue
                seats = begin[p + 1] - begin[p]
                first, visits = 0, seats
                if spacing[p] > 0.0:
                    first = math.floor((sure[4] - argument[begin[p]] - shift) / spacing[p])
                    visits = min(seats, int((sure[5] - sure[4]) / spacing[p]) + 3)
                for visit in range(visits):
                    s = begin[p] + (first + visit) % seats
                    if not there[s]:
                        continue
                    u = sure[4] + (argument[s] + shift - sure[4]) % math.tau
                    if u > sure[5]:
                        continue
                    good = sure[0] <= u <= sure[1]
                    if not good:
                        state = state_at(
                            radius[p], cos_o, sin_o, cos_i, sin_i, argument[s] + shift, argument_rate[p], node_rate[p]
                        )
                        good, _ = reaches(a, speed, floor, usable, flight, r_target, state)
                    if good:
                        found += 1
                        if out.shape[0] > 0:
                            out[f, s] = True
        counts[f] += found


@kernel
def _cell(edges: Vector, level: int, above: float, arc: int, k: int, part: float, step: float, sure: Vector) -> None:
    """Write between which arguments all reach (0, 1) and outside which none does (4, 5), between rows and levels."""
    low = high = 0.0
    least_low, most_low, least_high, most_high = math.inf, -math.inf, math.inf, -math.inf
    begin, end = math.inf, -math.inf
    whole = True
    for i in range(2):
        at = min(level + i, edges.shape[0] - 1)
        for j in range(2):
            weight = (above if i else 1.0 - above) * (part if j else 1.0 - part)
            one, two = edges[at, arc, k + j, 0], edges[at, arc, k + j, 1]
            if math.isnan(one):
                whole = False
            else:
                low, high = low + weight * one, high + weight * two
                least_low, most_low = min(least_low, one), max(most_low, one)
                least_high, most_high = min(least_high, two), max(most_high, two)
            if not math.isnan(edges[at, arc, k + j, 2]):
                begin, end = min(begin, edges[at, arc, k + j, 2]), max(end, edges[at, arc, k + j, 3])
    sure[0], sure[1], sure[4], sure[5] = math.inf, -math.inf, math.nan, math.nan
    if begin > end:
        return
    if whole:
        slack_low, slack_high = most_low - least_low, most_high - least_high
        bend = _bend(edges, level, arc, k)
        # Between rows an edge strays from a straight line by some of what its ends differ and some of how it bends;
        # towards a tip, where it turns about, by no more than half of what either edge moves.
        near_tip = math.isnan(bend)
        wide = max(slack_low, slack_high)
        slack_low = _SURE + (0.5 * wide if near_tip else 0.25 * slack_low + 0.5 * bend)
        slack_high = _SURE + (0.5 * wide if near_tip else 0.25 * slack_high + 0.5 * bend)
        sure[0], sure[1] = low + slack_low, high - slack_high
        sure[4], sure[5] = low - slack_low, high + slack_high
    else:
        margin = step + 10.0 * _SURE
        sure[4], sure[5] = begin - margin, end + margin


@kernel
def _bend(edges: Vector, level: int, arc: int, k: int) -> float:
    """Return the largest second difference of the edges at the four corners of a cell, NaN beside a tip."""
    bend = 0.0
    if k < 1 or k + 2 >= edges.shape[2]:
        return math.nan
    for i in range(2):
        at = min(level + i, edges.shape[0] - 1)
        for side in range(2):
            for j in range(k, k + 2):
                one = edges[at, arc, j - 1, side] - 2.0 * edges[at, arc, j, side] + edges[at, arc, j + 1, side]
                if math.isnan(one):
                    return math.nan
                bend = max(bend, abs(one))
    return bend
