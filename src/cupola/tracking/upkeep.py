"""Which tracks to believe and which to give up: by silence, error, the ground, and another track of the same object."""

import numpy as np

from cupola.core.earth import MU, Vector
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.motion import NONE

TWIN_DISTANCE = 20.0  # squared distance of two whole states (6 degrees of freedom, 99.7 %) below which they are one
TWIN_SILENCE = 15.0  # s without a report, while the other track has them, that make a twin
TWIN_ERROR = 30e3  # m; a coarser track is no twin of anything: every track lies in its ellipse
TWIN_SPAN = 120.0  # s; an older state is not compared, gravity alone no longer carries it well enough
DEPTH = -2e3  # m, below which the free path has met the ground beyond doubt


@kernel
def free_fall(x: Vector, seconds: float) -> tuple[float, float, float, float, float, float]:
    """Return a state (>= 6,) after ``seconds`` of a point-mass gravity that is taken to second order."""
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    pull = -MU / (r2 * np.sqrt(r2))
    half = 0.5 * pull * seconds * seconds
    return (
        x[0] * (1.0 + half) + x[3] * seconds,
        x[1] * (1.0 + half) + x[4] * seconds,
        x[2] * (1.0 + half) + x[5] * seconds,
        x[3] + pull * seconds * x[0],
        x[4] + pull * seconds * x[1],
        x[5] + pull * seconds * x[2],
    )


@kernel
def position_variance(p: Vector) -> float:
    """Return the trace in m2 of the position block of a covariance (9, 9)."""
    return float(p[0, 0] + p[1, 1] + p[2, 2])


@kernel
def hopeless(
    x: Vector,
    p: Vector,
    mode: Indices,
    at_s: Vector,
    last_report_s: Vector,
    count: int,
    time_s: float,
    silence_s: float,
    variance_m2: float,
) -> Indices:
    """Return those living of the first ``count`` tracks that nobody has reported for ``silence_s``, whose position has
    more than ``variance_m2``, or that have met the ground since their last report.

    ``x`` (n, 9), ``p`` (n, 9, 9) estimates at times ``at_s`` (n,).
    """
    out = np.empty(count, np.int64)
    found = 0
    for i in range(count):
        if mode[i] == NONE:
            continue
        silence = time_s - last_report_s[i]
        lost = silence > silence_s or not position_variance(p[i]) <= variance_m2
        if lost or (silence > 0.0 and _grounded(x[i], time_s - at_s[i])):
            out[found] = i
            found += 1
    return out[:found]


@kernel
def _grounded(x: Vector, seconds: float) -> bool:
    # Gravity changes along a long path: some 100 s are as far as the second order is good for.
    a, b, c, _, _, _ = free_fall(x, min(max(seconds, 0.0), 100.0))
    return bool(radial_altitude(a, b, c) < DEPTH)


@kernel
def coarser(p: Vector, first: int, count: int, variance_m2: float) -> Indices:
    """Return the tracks from ``first`` to below ``count`` whose position has more than ``variance_m2``."""
    out = np.empty(count - first, np.int64)
    found = 0
    for i in range(first, count):
        if position_variance(p[i]) > variance_m2:
            out[found] = i
            found += 1
    return out[:found]


@kernel
def firm_tracks(
    p: Vector, mode: Indices, updates: Indices, confirmed: Flags, minimum_updates: int, variance_m2: float
) -> Flags:
    """Return which tracks (n,) live, are ``confirmed`` (n,), have enough updates and a position known better than
    ``variance_m2``.
    """
    out = np.zeros(mode.shape[0], np.bool_)
    for i in range(mode.shape[0]):
        if confirmed[i] and mode[i] != NONE and updates[i] >= minimum_updates:
            out[i] = position_variance(p[i]) < variance_m2
    return out


@kernel
def unheard(groups: Indices, tentative: Flags, seen: Indices, bit: int, count: int) -> Indices:
    """Return those ``tentative`` (n,) of the first ``count`` tracks that the sensor group ``bit`` of ``groups`` (n,)
    has reported before and that are not among those ``seen`` (k,) now, which ascend.
    """
    out = np.empty(count, np.int64)
    found, at = 0, 0
    for i in range(count):
        while at < seen.shape[0] and seen[at] < i:
            at += 1
        if groups[i] & bit and tentative[i] and not (at < seen.shape[0] and seen[at] == i):
            out[found] = i
            found += 1
    return out[:found]


@kernel
def twins(
    x: Vector, p: Vector, mode: Indices, at_s: Vector, last_report_s: Vector, count: int, time_s: float
) -> Indices:
    """Return those living of the first ``count`` tracks that nobody reports any more and that lie on one that is
    reported.

    ``x`` (n, 9), ``p`` (n, 9, 9) estimates at times ``at_s`` (n,). Closely spaced objects do not become twins while
    both are reported.
    """
    silent, heard = np.empty(count, np.int64), np.empty(count, np.int64)
    quiet, loud = 0, 0
    for i in range(count):
        if mode[i] == NONE or not time_s - at_s[i] < TWIN_SPAN or not position_variance(p[i]) < TWIN_ERROR**2:
            continue
        if time_s - last_report_s[i] > TWIN_SILENCE:
            silent[quiet] = i
            quiet += 1
        else:
            heard[loud] = i
            loud += 1
    if quiet == 0 or loud == 0:
        return silent[:0]
    return silent[:quiet][_near(x, p, at_s, silent[:quiet], heard[:loud], time_s)]


@kernel
def _near(x: Vector, p: Vector, at_s: Vector, silent: Indices, heard: Indices, time_s: float) -> Flags:
    out = np.zeros(silent.shape[0], np.bool_)
    s, d = np.empty((6, 6)), np.empty(6)
    for a in range(silent.shape[0]):
        i = silent[a]
        mine = free_fall(x[i], time_s - at_s[i])
        for b in range(heard.shape[0]):
            j = heard[b]
            other = free_fall(x[j], time_s - at_s[j])
            for k in range(6):
                d[k] = mine[k] - other[k]
            if d[0] * d[0] + d[1] * d[1] + d[2] * d[2] > TWIN_DISTANCE * 2.0 * TWIN_ERROR * TWIN_ERROR:
                continue
            _summed(p[i], time_s - at_s[i], p[j], time_s - at_s[j], s)
            if d @ np.linalg.solve(s, d) < TWIN_DISTANCE:
                out[a] = True
                break
    return out


@kernel
def _summed(p: Vector, seconds: float, q: Vector, later: float, s: Vector) -> None:
    """Write the sum (6, 6) of two covariances, each carried ``seconds`` and ``later`` s along a straight line."""
    for i in range(6):
        for j in range(6):
            s[i, j] = p[i, j] + q[i, j]
    for i in range(3):
        for j in range(3):
            s[i, j] += seconds * (p[i, 3 + j] + p[3 + i, j]) + seconds * seconds * p[3 + i, 3 + j]
            s[i, j] += later * (q[i, 3 + j] + q[3 + i, j]) + later * later * q[3 + i, 3 + j]
            s[i, 3 + j] += seconds * p[3 + i, 3 + j] + later * q[3 + i, 3 + j]
            s[3 + i, j] += seconds * p[3 + i, 3 + j] + later * q[3 + i, 3 + j]
