"""Which speeds of an interceptor, with which delays to its release, would make a published number true.

A claim such as 780 interceptors for each missile says nothing of speed or delay, but ties them to each other: a
constellation of which one in 780 is in reach. Every pair on that curve would give the claim; the reader judges which
are believable.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector
from cupola.interceptors.orbit_count import Planes
from cupola.studies.orbital_profiles import mean_at
from cupola.studies.orbital_spec import PairsSpec, Question
from cupola.studies.orbital_threats import Missile, target


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Interceptors that must be in orbit for each one in reach, by group of flights: ``ratio`` (g, v, d), infinite
    where none is ever in reach, at ``speeds`` (v,) m/s and ``delays`` (d,) s from launch to release. ``curves``
    (group, shots) -> the delay (v,) at which each speed gives the number asked for, NaN where none does.
    """

    groups: tuple[str, ...]
    burnout_s: tuple[float, ...]
    speeds: Vector
    delays: Vector
    ratio: Vector
    curves: dict[tuple[str, int], Vector]


def pairs_of(
    question: Question,
    asked: PairsSpec,
    planes: Planes,
    missiles: Sequence[Missile],
    step: Callable[[int, int], None] = lambda done, total: None,
) -> Pairs:
    """Return what every pair of speed and delay gives, for the constellation and the flights of a file."""
    groups = tuple(dict.fromkeys(missile.group for missile in missiles))
    speeds, delays = np.array(asked.speeds), np.array(asked.delays)
    points = [(g, v, d) for g in range(len(groups)) for v in range(len(speeds)) for d in range(len(delays))]
    interceptors = [question.interceptor.model_copy(update={"speed": float(speed)}) for speed in speeds]

    def share(point: tuple[int, int, int]) -> float:
        g, v, d = point
        means = [
            mean_at(interceptors[v], planes, target(each, interceptors[v], later_s=float(delays[d]) - each.release_s))
            for each in missiles
            if each.group == groups[g]
        ]
        return float(np.mean(means)) / len(planes.argument)

    ratio = np.full((len(groups), len(speeds), len(delays)), np.inf)
    with ThreadPoolExecutor() as pool:
        for done, (point, found) in enumerate(zip(points, pool.map(share, points), strict=True)):
            ratio[point] = 1.0 / found if found > 0.0 else np.inf
            step(done + 1, len(points))
    curves = {
        (group, shots): np.array([crossing(delays, shots * row, asked.per_missile) for row in ratio[g]])
        for g, group in enumerate(groups)
        for shots in asked.shots
    }
    burnout = tuple(float(np.mean([m.burnout_s for m in missiles if m.group == group])) for group in groups)
    return Pairs(groups=groups, burnout_s=burnout, speeds=speeds, delays=delays, ratio=ratio, curves=curves)


def crossing(delays: Vector, numbers: Vector, wanted: float) -> float:
    """Return the delay at which rising ``numbers`` (d,) reach what is wanted: a straight line in 1 / number, which is
    what is in reach; NaN where they never do.
    """
    share, asked = 1.0 / numbers, 1.0 / wanted
    below = np.flatnonzero(share <= asked)
    if not len(below) or below[0] == 0:
        return float(delays[0]) if len(below) and share[0] == asked else float("nan")
    k = int(below[0])
    part = (share[k - 1] - asked) / (share[k - 1] - share[k])
    return float(delays[k - 1] + part * (delays[k] - delays[k - 1]))
