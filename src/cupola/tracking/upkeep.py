"""Which tracks to give up: what has met the ground, and what tracks the same object as another."""

import numpy as np
from numba import njit

from cupola.core.earth import MU, Vector
from cupola.core.sight import radial_altitude
from cupola.sensors.looks import Flags, Indices

TWIN_DISTANCE = 20.0  # squared distance of two whole states (6 degrees of freedom, 99.7 %) below which they are one
TWIN_SILENCE = 15.0  # s without a report, while the other track has them, that make a twin
TWIN_ERROR = 30e3  # m; a coarser track is no twin of anything: every track lies in its ellipse
TWIN_SPAN = 120.0  # s; an older state is not compared, gravity alone no longer carries it well enough
DEPTH = -2e3  # m, below which the free path has met the ground beyond doubt


@njit(cache=True, error_model="numpy", nogil=True)
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


@njit(cache=True, error_model="numpy", nogil=True)
def grounded(x: Vector, seconds: Vector) -> Flags:
    """Return which of the states x (m, >= 6), each ``seconds`` (m,) old, have met the ground since."""
    out = np.zeros(x.shape[0], np.bool_)
    for i in range(x.shape[0]):
        # Gravity changes along a long path: some 100 s are as far as the second order is good for.
        a, b, c, _, _, _ = free_fall(x[i], min(max(seconds[i], 0.0), 100.0))
        out[i] = radial_altitude(a, b, c) < DEPTH
    return out


def twins(x: Vector, p: Vector, at_s: Vector, last_report_s: Vector, live: Indices, time_s: float) -> Indices:
    """Return those of the tracks ``live`` (m,) that nobody reports any more and that lie on one that is reported.

    ``x`` (n, 9), ``p`` (n, 9, 9) estimates at times ``at_s`` (n,). Closely spaced objects do not become twins while
    both are reported.
    """
    sigma2 = p[live][:, range(3), range(3)].sum(axis=1)
    good = (sigma2 < TWIN_ERROR**2) & (time_s - at_s[live] < TWIN_SPAN)
    silent = live[good & (time_s - last_report_s[live] > TWIN_SILENCE)]
    heard = live[good & (time_s - last_report_s[live] <= TWIN_SILENCE)]
    if len(silent) == 0 or len(heard) == 0:
        return np.empty(0, np.int64)
    return np.asarray(silent[_near(x, p, at_s, silent, heard, time_s)])


@njit(cache=True, error_model="numpy", nogil=True)
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


@njit(cache=True, error_model="numpy", nogil=True)
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
