"""The smallest constellation that is enough: a grid of heights and inclinations, refined, and the best mix of shells.

Exact at every size that is tried: the counts at all phases. Interpolated: a size between two whole numbers of planes,
by which shells are ranked and refined. Assumed: that a larger constellation of one shape is no worse, so that halving
finds the smallest; single sizes can be out of step by the pattern of their planes.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from cupola.core.earth import EQUATORIAL_RADIUS, Vector
from cupola.interceptors.orbit_count import Counts, Planes, count, mean_count
from cupola.interceptors.orbit_reach import ReachMap, Target, reach_map
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.spec import WalkerSpec
from cupola.studies.orbital_count import Phases, met, satellites_of
from cupola.studies.orbital_spec import Requirement, SearchSpec
from cupola.studies.orbital_threats import NoReach

_GROWTH = 1.12
_REFINEMENTS = 3

Step = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One height and inclination: the smallest ``walker`` that is enough, None where none up to the limit is.

    ``satellites`` is interpolated between it and one plane less (infinite for none); ``shares`` (m,) of all places on
    the orbits from which each missile is reached; ``share_met`` of the times at which the requirement is met.
    """

    altitude: float
    inclination: float
    walker: WalkerSpec | None
    satellites: float
    share_met: float
    shares: Vector
    maps: tuple[tuple[ReachMap, ...], ...]
    refined: bool = False


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Several shells that together are enough with the fewest satellites."""

    walkers: tuple[WalkerSpec, ...]
    share_met: float

    @property
    def total(self) -> int:
        """Satellites in all shells."""
        return sum(walker.total for walker in self.walkers)


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that was tried, the best single shell, and the best mix where one was asked for and is smaller."""

    tried: tuple[Tried, ...]
    best: Tried | None
    mix: Mix | None


class Search:
    """Looks for the smallest constellation that has ``needed`` satellites in reach of each of a set of targets."""

    def __init__(
        self,
        needed: int,
        requirement: Requirement,
        search: SearchSpec,
        interceptor: SpaceInterceptorSpec,
        targets: Sequence[Target | NoReach],
        phases: Phases,
        step: Step = lambda done, total: None,
    ) -> None:
        self.needed, self.requirement = needed, requirement
        self.search, self.interceptor = search, interceptor
        self.targets, self.phases, self.step = tuple(targets), phases, step
        self.blocked = requirement.over == "worst" and any(isinstance(each, NoReach) for each in targets)
        self.blocked |= all(isinstance(each, NoReach) for each in targets)

    def run(self) -> Found:
        """Return what was found: the grid first, then between its points around the best."""
        grid = [(h, i) for h in self.search.altitudes for i in self.search.inclinations]
        tried = {(each.altitude, each.inclination): each for each in self._all(grid, refined=False)}
        best = _smallest(tried.values())
        if best is not None and self.search.refine:
            best = self._refined(tried, best)
        mix = self._mix([each for each in tried.values() if not each.refined]) if self.search.mixed else None
        if mix is not None and best is not None and best.walker is not None and mix.total >= best.walker.total:
            mix = None
        return Found(tried=tuple(tried.values()), best=best, mix=mix)

    def _all(self, points: Sequence[tuple[float, float]], *, refined: bool) -> list[Tried]:
        done = 0
        found: list[Tried] = []
        with ThreadPoolExecutor() as pool:
            for each in pool.map(lambda point: self.at(*point, refined=refined), points):
                done += 1
                self.step(done, len(points))
                found.append(each)
        return found

    def at(self, altitude: float, inclination: float, *, refined: bool = False) -> Tried:
        """Return the smallest constellation at one height and inclination."""
        radii = np.array([EQUATORIAL_RADIUS + altitude])
        maps = tuple(
            () if isinstance(each, NoReach) else (reach_map(self.interceptor, each, inclination, radii),)
            for each in self.targets
        )
        shares = np.array([float(each[0].shares()[0]) if each else 0.0 for each in maps])
        walker, satellites, share_met = self._smallest(altitude, inclination, maps, shares)
        return Tried(
            altitude=altitude,
            inclination=inclination,
            walker=walker,
            satellites=satellites,
            share_met=share_met,
            shares=shares,
            maps=maps,
            refined=refined,
        )

    def shape(self, planes: int, altitude: float, inclination: float) -> WalkerSpec:
        """Return the Walker pattern of the file's shape with so many planes."""
        per_plane = max(1, round(self.search.per_plane_ratio * planes))
        return WalkerSpec.model_construct(
            total=planes * per_plane,
            planes=planes,
            phasing=self.search.phasing % planes,
            altitude=altitude,
            altitude_top=None,
            inclination=inclination,
            pattern="delta",
        )

    def enough(self, planes: Planes, maps: Sequence[tuple[ReachMap, ...]], shares: Vector) -> tuple[bool, float]:
        """Return whether a constellation meets the requirement, and at which share of times; hopeless ones are left
        at the first missile that they fail.
        """
        needed, requirement = self.needed, self.requirement
        counts: list[Counts] = []
        for index in np.argsort(shares).tolist():
            counts.append(count(self.interceptor, maps[index], planes, self.phases.turns, self.phases.slides))
            if requirement.over == "worst" and not met(counts, needed, requirement)[0]:
                break
        return met(counts, needed, requirement)

    def _smallest(
        self, altitude: float, inclination: float, maps: tuple[tuple[ReachMap, ...], ...], shares: Vector
    ) -> tuple[WalkerSpec | None, float, float]:
        worst = float(shares.min() if self.requirement.over == "worst" else shares.max())
        if self.blocked or worst <= 0.0:
            return None, math.inf, 0.0
        results: dict[int, tuple[bool, float]] = {}

        def enough(planes: int) -> bool:
            if planes not in results:
                shell = satellites_of([self.shape(planes, altitude, inclination)])
                results[planes] = self.enough(shell, maps, shares)
            return results[planes][0]

        ratio = self.search.per_plane_ratio
        high = max(1, math.floor(math.sqrt(self.needed / worst / ratio)))
        most = max(1, math.floor(math.sqrt(self.search.most / ratio)))
        while self.shape(most, altitude, inclination).total > self.search.most and most > 1:
            most -= 1
        low, high = 0, min(high, most)
        while not enough(high):
            if high == most:
                return None, math.inf, results[high][1]
            low, high = high, min(max(math.ceil(high * _GROWTH), high + 1), most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle) else (middle, high)
        walker = self.shape(high, altitude, inclination)
        return walker, self._between(low, high, results, altitude, inclination), results[high][1]

    def _between(
        self, low: int, high: int, results: dict[int, tuple[bool, float]], altitude: float, inclination: float
    ) -> float:
        """Return at which size the share of times would cross what is asked, on a line between two sizes."""
        above = self.shape(high, altitude, inclination).total
        if low == 0:
            return float(above)
        below = self.shape(low, altitude, inclination).total
        one, two = results[low][1], results[high][1]
        part = (self.requirement.probability - one) / (two - one) if two > one else 1.0
        return below + (above - below) * min(max(part, 0.0), 1.0)

    def _refined(self, tried: dict[tuple[float, float], Tried], best: Tried) -> Tried:
        heights, tilts = sorted(self.search.altitudes), sorted(self.search.inclinations)
        step_h, step_i = _least_step(heights), _least_step(tilts)
        for _ in range(_REFINEMENTS):
            step_h, step_i = 0.5 * step_h, 0.5 * step_i
            around = {
                (
                    min(max(best.altitude + a * step_h, heights[0]), heights[-1]),
                    min(max(best.inclination + b * step_i, tilts[0]), tilts[-1]),
                )
                for a in (-1, 0, 1)
                for b in (-1, 0, 1)
            }
            new = [point for point in sorted(around) if point not in tried]
            tried.update({(each.altitude, each.inclination): each for each in self._all(new, refined=True)})
            best = _smallest(tried.values()) or best
        return best

    def _mix(self, tried: Sequence[Tried]) -> Mix | None:
        """Return the mix of shells with the fewest satellites whose mean counts suffice (a linear programme), sized so
        that the requirement is met.
        """
        shares = np.array([each.shares for each in tried])
        reachable = shares.max(axis=0) > 0.0
        if self.blocked or not len(shares) or (self.requirement.over == "worst" and not reachable.all()):
            return None
        needed = float(self.needed)
        rows = shares.T[reachable]
        if self.requirement.over == "all":
            rows = shares.mean(axis=1)[None]
        found = linprog(np.ones(len(tried)), A_ub=-rows, b_ub=np.full(len(rows), -needed), method="highs")
        if found.status != 0:
            return None
        sizes = np.asarray(found.x)
        used = [k for k in range(len(tried)) if sizes[k] > 1e-3 * sizes.sum()]

        def scaled(factor: float) -> tuple[WalkerSpec, ...]:
            return tuple(self._sized(factor * float(sizes[k]), tried[k]) for k in used)

        maps = [tuple(m for k in used for m in tried[k].maps[j]) for j in range(len(self.targets))]
        totals = np.array([float(sum(sizes[k] * tried[k].shares[j] for k in used)) for j in range(len(self.targets))])

        def enough(factor: float) -> tuple[bool, float]:
            return self.enough(satellites_of(scaled(factor)), maps, totals)

        low, high = 0.5, 1.0
        while not enough(high)[0]:
            if high * sizes.sum() > self.search.most:
                return None
            low, high = high, high * _GROWTH
        while high - low > 0.01:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if enough(middle)[0] else (middle, high)
        return Mix(walkers=scaled(high), share_met=enough(high)[1])

    def _sized(self, satellites: float, like: Tried) -> WalkerSpec:
        planes = max(1, round(math.sqrt(satellites / self.search.per_plane_ratio)))
        per_plane = max(1, round(satellites / planes))
        walker = self.shape(planes, like.altitude, like.inclination)
        return walker.model_copy(update={"total": planes * per_plane})


def mean_of(maps: Sequence[tuple[ReachMap, ...]], planes: Planes) -> Vector:
    """Return the mean number in reach (m,) of each missile."""
    return np.array([mean_count(each, planes) if each else 0.0 for each in maps])


def _smallest(tried: Iterable[Tried]) -> Tried | None:
    sized = [each for each in tried if each.walker is not None]
    return min(sized, key=lambda each: (each.satellites, each.altitude, each.inclination), default=None)


def _least_step(values: Sequence[float]) -> float:
    return min((b - a for a, b in itertools.pairwise(values) if b > a), default=0.0)
