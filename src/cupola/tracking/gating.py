"""Which reports may belong to which tracks: predicted residuals against their own covariance."""

import math

import numpy as np
from numba import njit

from cupola.core.earth import MU, Vector
from cupola.sensors.looks import Indices
from cupola.tracking.imm import Reports, Tracks, absorb, advance, combined, gate

OUTSIDE = -math.inf
LONG_AGO = 45.0  # s, after which a track is carried forward in full before anything is said of where it is
MANOEUVRE = {True: 100.0, False: 30.0}  # m/s2 that a burning, an unpowered object may do unforeseen
BURNING_ACCELERATION, QUIET_ACCELERATION = MANOEUVRE[True], MANOEUVRE[False]
ROOM = 6.0  # sigmas allowed before the exact test


@njit(cache=True, error_model="numpy", nogil=True)
def log_density(z: Vector, s: Vector, k: int) -> tuple[float, float]:
    """Return squared statistical distance and log of the Gaussian density of a residual z (k,) of covariance s (k, k).

    Cholesky; s is overwritten. Returns infinite distance where s is not positive definite.
    """
    distance, log_det = 0.0, 0.0
    for i in range(k):
        for j in range(i + 1):
            total = s[i, j]
            for m in range(j):
                total -= s[i, m] * s[j, m]
            if i == j:
                if total <= 0.0:
                    return math.inf, OUTSIDE
                s[i, i] = math.sqrt(total)
            else:
                s[i, j] = total / s[j, j]
        y = z[i]
        for m in range(i):
            y -= s[i, m] * z[m]
        y /= s[i, i]
        z[i] = y
        distance += y * y
        log_det += 2.0 * math.log(s[i, i])
    return distance, -0.5 * (distance + log_det + k * math.log(math.tau))


@njit(cache=True, error_model="numpy", nogil=True)
def _off(x: Vector, p: Vector, seconds: float, slack: float, reports: Reports, row: int) -> bool:
    """Say whether a report is far from where a track would be after ``seconds`` by its last state and plain gravity."""
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    pull = -0.5 * MU / (r2 * math.sqrt(r2)) * seconds * seconds
    sx, sy, sz = reports.r_sensor[row, 0], reports.r_sensor[row, 1], reports.r_sensor[row, 2]
    dx = x[0] * (1.0 + pull) + x[3] * seconds - sx
    dy = x[1] * (1.0 + pull) + x[4] * seconds - sy
    dz = x[2] * (1.0 + pull) + x[5] * seconds - sz
    ux, uy, uz = reports.u[row, 0], reports.u[row, 1], reports.u[row, 2]
    along = dx * ux + dy * uy + dz * uz
    across2 = dx * dx + dy * dy + dz * dz - along * along
    place = math.sqrt(p[0, 0] + p[1, 1] + p[2, 2])
    speed = math.sqrt(p[3, 3] + p[4, 4] + p[5, 5])
    angle = max(reports.sigma_angle[row, 0], reports.sigma_angle[row, 1]) + reports.bias_angle[row]
    room = ROOM * (place + speed * seconds + angle * abs(along)) + slack * seconds * seconds
    return along < -room or across2 > room * room


@njit(cache=True, error_model="numpy", nogil=True)
def gates(
    t: Tracks,
    rows: Indices,
    x: Vector,
    p: Vector,
    burning: Vector,
    reports: Reports,
    limits: Vector,
    time_s: float,
    work: Vector,
    out: Vector,
) -> None:
    """Write the log density (m, k) of every report (k,) under every track of ``rows`` (m,), -inf outside its gate.

    ``x`` (n, 9), ``p`` (n, 9, 9) are the combined estimates at the tracks' times, ``burning`` (n,) tells which are
    thought to thrust; ``limits`` (5,) the gate's squared distance by the number of components. Tracks with a report
    near them are carried forward to ``time_s``.
    """
    z, s = np.empty(4), np.empty((4, 4))
    count = reports.u.shape[0]
    for a in range(rows.shape[0]):
        i = rows[a]
        seconds = max(time_s - t.time_s[i], 0.0)
        slack = BURNING_ACCELERATION if burning[i] else QUIET_ACCELERATION
        ready = seconds <= 0.0
        for row in range(count):
            out[a, row] = OUTSIDE
            if seconds < LONG_AGO and _off(x[i], p[i], seconds, slack, reports, row):
                continue
            if not ready:
                advance(t, i, time_s, work)
                ready = True
            k = gate(t, i, reports, row, z, s)
            distance, density = log_density(z, s, k)
            if distance <= limits[k]:
                out[a, row] = density


@njit(cache=True, error_model="numpy", nogil=True)
def absorb_pairs(
    t: Tracks, tracks: Indices, reports: Reports, rows: Indices, time_s: float, work: Vector, x: Vector, p: Vector
) -> None:
    """Give each track of ``tracks`` (k,) its report ``rows`` (k,), one after the other, and renew x and p, (n, 9) and
    (n, 9, 9).
    """
    for a in range(tracks.shape[0]):
        advance(t, tracks[a], time_s, work)
        absorb(t, tracks[a], reports, rows[a], work)
    for a in range(tracks.shape[0]):
        combined(t, tracks[a], x[tracks[a]], p[tracks[a]])
