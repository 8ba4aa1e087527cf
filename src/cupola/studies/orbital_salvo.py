"""A salvo spread over several launch places: whether every missile can have its shots, each interceptor used once.

From one place the count in reach settles it. From several, interceptors in reach of one missile may be in reach of
another too: that all are served is a matching (Hall 1935), found exactly at every phase.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from cupola.interceptors.orbit_count import Planes, maps_of, members
from cupola.interceptors.orbit_reach import Flags, Target
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.studies.orbital_count import Phases
from cupola.studies.orbital_spec import OrbitalSpec
from cupola.studies.orbital_threats import NoReach

_AT_ONCE = 20_000_000  # satellites x flights x phases held in memory


@dataclass(frozen=True, kw_only=True)
class SalvoServed:
    """Over all phases: the share at which every missile has all its shots, and the mean share of shots served."""

    share_met: float
    served: float


def salvo_served(
    spec: OrbitalSpec,
    interceptor: SpaceInterceptorSpec,
    planes: Planes,
    goals: Sequence[Target | NoReach],
    phases: Phases,
) -> SalvoServed:
    """Return how often a salvo that is spread evenly over the flights of a file, in their order, is served whole."""
    maps = [() if isinstance(goal, NoReach) else maps_of(interceptor, goal, planes) for goal in goals]
    flights = [missile % len(goals) for missile in range(spec.requirement.salvo)]
    used = sorted(set(flights))
    step = max(1, _AT_ONCE // (len(used) * len(planes.argument)))
    wanted = spec.requirement.shots * spec.requirement.salvo
    counts: list[int] = []
    for first in range(0, len(phases.turns), step):
        turns, slides = phases.turns[first : first + step], phases.slides[first : first + step]
        reached = {index: members(interceptor, maps[index], planes, turns, slides) for index in used}
        for f in range(len(turns)):
            rows = {index: each[f] for index, each in reached.items()}
            counts.append(_matched(rows, flights, spec.requirement.shots, spec.per_satellite))
    found = np.array(counts)
    return SalvoServed(share_met=float((found == wanted).mean()), served=float(found.mean()) / wanted)


def _matched(reached: dict[int, Flags], flights: Sequence[int], shots: int, each_carries: int) -> int:
    """Return the most shots that can be served at once, ``reached`` flight -> satellites (s,) in reach of it."""
    anyone = np.flatnonzero(np.any(list(reached.values()), axis=0))
    if not len(anyone):
        return 0
    table = np.array([reached[flight][anyone] for flight in flights for _ in range(shots)])
    table = np.repeat(table, each_carries, axis=1)
    return int((maximum_bipartite_matching(csr_matrix(table), perm_type="column") >= 0).sum())
