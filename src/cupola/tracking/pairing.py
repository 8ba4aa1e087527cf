"""Which sight lines of different satellites cross at one object: first fixes from reports that do not say whose they
are.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from cupola.core.earth import Vector
from cupola.core.sight import radial_altitude
from cupola.sensors.looks import Flags
from cupola.tracking.imm import Reports
from cupola.tracking.initiation import ALTITUDES, PARALLEL

GATE = 25.0
"""Squared miss distance of two lines over its variance, one degree of freedom: five sigma, biases among them"""
SPEED_BURNING, SPEED_COLD = 1500.0, 7000.0
"""m/s that a burning, a cold object may move between two lines that are not of one time"""
UNPAIRED = 1e6


@njit(cache=True, error_model="numpy", nogil=True)
def _miss(rows: Reports, a: int, b: int) -> float:
    """Return the squared distance at which lines a and b pass each other over its variance; infinite where they cannot
    be of one object.
    """
    w = rows.r_sensor[a] - rows.r_sensor[b]
    u, v = rows.u[a], rows.u[b]
    cosine = u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
    square = 1.0 - cosine * cosine
    if square < 2.0 * PARALLEL:
        return math.inf
    uw = u[0] * w[0] + u[1] * w[1] + u[2] * w[2]
    vw = v[0] * w[0] + v[1] * w[1] + v[2] * w[2]
    s, t = (cosine * vw - uw) / square, (vw - cosine * uw) / square
    if s <= 0.0 or t <= 0.0:
        return math.inf
    d2 = 0.0
    middle = np.empty(3)
    for i in range(3):
        gap = w[i] + s * u[i] - t * v[i]
        d2 += gap * gap
        middle[i] = 0.5 * (rows.r_sensor[a, i] + s * u[i] + rows.r_sensor[b, i] + t * v[i])
    altitude = radial_altitude(middle[0], middle[1], middle[2])
    if altitude < ALTITUDES[0] or altitude > ALTITUDES[1]:
        return math.inf
    speed = SPEED_BURNING if rows.burning[a] or rows.burning[b] else SPEED_COLD
    drift = speed * (rows.time_s[a] - rows.time_s[b])
    first = s * math.hypot(max(rows.sigma_angle[a, 0], rows.sigma_angle[a, 1]), rows.bias_angle[a])
    second = t * math.hypot(max(rows.sigma_angle[b, 0], rows.sigma_angle[b, 1]), rows.bias_angle[b])
    return float(d2 / (first * first + second * second + drift * drift))


@njit(cache=True, error_model="numpy", nogil=True)
def _misses(rows: Reports, fresh: Flags) -> Vector:
    n = rows.u.shape[0]
    out = np.full((n, n), np.inf)
    for a in range(n):
        for b in range(a + 1, n):
            # At least one line must be new, and a plume is never paired with a cold body by sensors that see plumes.
            if rows.sensor[a] == rows.sensor[b] or not (fresh[a] or fresh[b]):
                continue
            if rows.burning[a] != rows.burning[b] and rows.sees_plumes[a] and rows.sees_plumes[b]:
                continue
            out[a, b] = _miss(rows, a, b)
    return out


def sight_line_pairs(rows: Reports, fresh: Flags) -> list[tuple[int, int]]:
    """Return pairs of sight lines (k rows) that cross at one object each, every line in one pair at most.

    ``fresh`` (k,) marks the lines of this scan; two old ones are not tried again. Sensor pairs are taken by turns, the
    one with the most crossings first, each solved by optimal assignment on the squared miss distances, so that of many
    possible crossings the set that fits best is chosen. A wrong crossing (a ghost) may be among them when many objects
    lie in one plane with two satellites: what confirms tracks must weed it out.
    """
    misses = _misses(rows, fresh)
    good = misses < GATE
    free = np.ones(len(fresh), np.bool_)
    pairs: list[tuple[int, int]] = []
    combinations = _combinations(rows, good)
    for one, other in combinations:
        a = np.flatnonzero((rows.sensor == one) & free)
        b = np.flatnonzero((rows.sensor == other) & free)
        cost = np.minimum(misses[np.ix_(a, b)], misses[np.ix_(b, a)].T)
        chosen = linear_sum_assignment(np.where(cost < GATE, cost, UNPAIRED))
        for i, j in zip(*chosen, strict=True):
            if cost[i, j] < GATE:
                pairs.append((int(a[i]), int(b[j])))
                free[a[i]] = free[b[j]] = False
    return pairs


def _combinations(rows: Reports, good: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the pairs of sensors whose lines cross, those with the most crossings first."""
    a, b = np.nonzero(good)
    if len(a) == 0:
        return []
    one, other = rows.sensor[a], rows.sensor[b]
    ordered = np.sort(np.stack([one, other], axis=1), axis=1)
    found, count = np.unique(ordered, axis=0, return_counts=True)
    order = np.lexsort((found[:, 1], found[:, 0], -count))
    return [(int(found[k, 0]), int(found[k, 1])) for k in order]
