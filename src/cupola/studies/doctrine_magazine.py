"""A raid played out with a finite magazine of whole interceptors: the exact chance that no warhead leaks."""

import math

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]  # named here: the core's own brings its kernels, and this is asked for at a prompt

MOST_OBJECTS = 1000
_NEGLIGIBLE = 1e-15


def no_leak(
    interceptors: int,
    warheads: int,
    decoys: int,
    kill: float,
    *,
    first: int | None = None,
    false_kill: float = 0.0,
    missed_kill: float = 0.0,
) -> float:
    """Return the chance that no warhead leaks, all objects tracked, when ``interceptors`` are spread evenly.

    A barrage (``first`` None) spreads all of them over all objects. With a look, ``first`` go to every object (fewer if
    there are not so many) and the rest, evenly, to those the look takes for alive. All objects look alike: whoever
    gets one shot more is drawn by lot, so that the L objects left alive are a random set, which holds no warhead with
    C(D, L) / C(W + D, L).
    """
    objects = warheads + decoys
    if first is None or interceptors <= first * objects:
        return _clean(_spread(objects, interceptors, 1.0, kill, decoys), warheads, decoys)
    alive = (1.0 - kill) ** first
    again = alive * (1.0 - false_kill) + (1.0 - alive) * missed_kill
    live_if_again = alive * (1.0 - false_kill) / again if again > 0.0 else 0.0
    live_if_spared = alive * false_kill / (1.0 - again) if again < 1.0 else 0.0
    total = 0.0
    for shot_at, chance in enumerate(_binomial(objects, again, objects)):
        if chance < _NEGLIGIBLE:
            continue
        spared = _binomial(objects - shot_at, live_if_spared, decoys)
        rest = _spread(shot_at, interceptors - first * objects, live_if_again, kill, decoys)
        total += chance * _clean(np.convolve(spared, rest)[: decoys + 1], warheads, decoys)
    return float(total)


def least_magazine(
    warheads: int,
    decoys: int,
    goal: float,
    kill: float,
    *,
    first: int | None = None,
    false_kill: float = 0.0,
    missed_kill: float = 0.0,
) -> tuple[int, float] | None:
    """Return the fewest whole interceptors with :func:`no_leak` of at least ``goal``, and that chance.

    None when the look's errors keep any number of them below it.
    """

    def chance(interceptors: int) -> float:
        return no_leak(
            interceptors, warheads, decoys, kill, first=first, false_kill=false_kill, missed_kill=missed_kill
        )

    objects = warheads + decoys
    high, most = objects, 1 << 40
    while chance(high) < goal:
        high *= 2
        if high > most:
            return None
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) >= goal else (middle, high)
    return high, chance(high)


def _spread(objects: int, shots: int, alive: float, kill: float, most: int) -> Vector:
    """Return the chances (most + 1,) of 0, 1, ... survivors of shots spread evenly over objects ``alive`` so far."""
    if objects == 0:
        return np.array([1.0])
    each, extra = divmod(shots, objects)
    fewer = _binomial(objects - extra, alive * (1.0 - kill) ** each, most)
    more = _binomial(extra, alive * (1.0 - kill) ** (each + 1), most)
    return np.convolve(fewer, more)[: most + 1]


def _clean(survivors: Vector, warheads: int, decoys: int) -> float:
    """Return the chance that none of the survivors, (L + 1,) chances of their number, is a warhead."""
    left = np.arange(len(survivors) - 1)
    none = np.concatenate([[1.0], np.cumprod((decoys - left) / (warheads + decoys - left))])
    return float(survivors @ none)


def _binomial(trials: int, chance: float, most: int) -> Vector:
    """Return the chances (m + 1,) of 0, 1, ... successes, m the lesser of ``trials`` and ``most``, without the tail."""
    if chance <= 0.0 or trials == 0:
        return np.array([1.0])
    if chance >= 1.0:
        whole = np.zeros(min(trials, most) + 1)
        whole[trials:] = 1.0
        return whole
    width = 10.0 * math.sqrt(trials * chance * (1.0 - chance)) + 40.0
    count = np.arange(min(trials, most, int(trials * chance + width)) + 1)
    log = _LOG_FACTORIAL[trials] - _LOG_FACTORIAL[count] - _LOG_FACTORIAL[trials - count]
    return np.asarray(np.exp(log + count * math.log(chance) + (trials - count) * math.log1p(-chance)))


_LOG_FACTORIAL = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, MOST_OBJECTS + 1)))])
