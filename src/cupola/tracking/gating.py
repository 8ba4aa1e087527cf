"""Which reports may belong to which tracks: predicted residuals against their own covariance."""

import math

import numpy as np

from cupola.core.earth import MU, Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.association import MEASURES, distance_and_log_likelihood
from cupola.tracking.imm import Tracks, Work, absorb, advance, combined, gate
from cupola.tracking.lifecycle import ascending
from cupola.tracking.motion import BOOST, NONE
from cupola.tracking.reports import Reports

OUTSIDE = -math.inf
NOBODY = -1
CONTESTED = -3
"""Owner of a report that one test does not settle: it or its sensor's other reports lie in several gates"""
LONG_AGO = 45.0  # s, after which a track is carried forward in full before anything is said of where it is
BURNING_ACCELERATION = 100.0  # m/s2 that a burning object may do unforeseen
QUIET_ACCELERATION = 30.0  # m/s2 that an unpowered one may
ROOM = 6.0  # sigmas allowed before the exact test


@kernel
def _off(x: Vector, p: Vector, seconds: float, slack: float, reports: Reports, row: int) -> bool:
    """Say whether a report is far from where a track would be after ``seconds`` by its last state and plain gravity."""
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    pull = -0.5 * MU / (r2 * math.sqrt(r2)) * seconds * seconds
    dx = x[0] * (1.0 + pull) + x[3] * seconds - reports.r_sensor[row, 0]
    dy = x[1] * (1.0 + pull) + x[4] * seconds - reports.r_sensor[row, 1]
    dz = x[2] * (1.0 + pull) + x[5] * seconds - reports.r_sensor[row, 2]
    ux, uy, uz = reports.u[row, 0], reports.u[row, 1], reports.u[row, 2]
    along = dx * ux + dy * uy + dz * uz
    across2 = dx * dx + dy * dy + dz * dz - along * along
    place = math.sqrt(p[0, 0] + p[1, 1] + p[2, 2])
    speed = math.sqrt(p[3, 3] + p[4, 4] + p[5, 5])
    angle = max(reports.sigma_angle[row, 0], reports.sigma_angle[row, 1]) + reports.bias_angle[row]
    room = ROOM * (place + speed * abs(seconds) + angle * abs(along)) + slack * seconds * seconds
    return bool(along < -room or across2 > room * room)


@kernel
def gates(
    t: Tracks,
    rows: Indices,
    x: Vector,
    p: Vector,
    mode: Indices,
    reports: Reports,
    limits: Vector,
    time_s: float,
    work: Work,
    out: Vector,
) -> None:
    """Write the log density (m, k) of every report (k,) under every track of ``rows`` (m,), -inf outside its gate.

    ``x`` (n, 9), ``p`` (n, 9, 9), ``mode`` (n,) are the combined estimates at the tracks' times; ``limits`` (5,) the
    gate's squared distance by the number of components. The tracks are carried forward to ``time_s``.
    """
    z, s, factor = np.empty(MEASURES), np.empty((MEASURES, MEASURES)), np.empty((MEASURES, MEASURES + 1))
    for a in range(rows.shape[0]):
        i = rows[a]
        seconds = max(time_s - t.time_s[i], 0.0)
        slack = BURNING_ACCELERATION if mode[i] == BOOST else QUIET_ACCELERATION
        advance(t, i, time_s, work)
        for row in range(reports.u.shape[0]):
            out[a, row] = OUTSIDE
            if seconds < LONG_AGO and _off(x[i], p[i], seconds, slack, reports, row):
                continue
            k = gate(t, i, reports, row, z, s, work)
            distance, density = distance_and_log_likelihood(z, s, k, factor)
            if distance <= limits[k]:
                out[a, row] = density
        combined(t, i, x[i], p[i], work)


@kernel
def close_and_young(
    x: Vector, p: Vector, mode: Indices, at_s: Vector, count: int, reports: Reports, time_s: float
) -> tuple[Indices, Indices]:
    """Return those living of the first ``count`` tracks that have a report near enough for an exact test, and those
    that began after ``time_s``; by their last states x (n, 9), p (n, 9, 9) and ``mode`` (n,) of ``at_s`` (n,).
    """
    near, young = np.empty(count, np.int64), np.empty(count, np.int64)
    found, late = 0, 0
    for i in range(count):
        if mode[i] == NONE:
            continue
        if at_s[i] > time_s:
            young[late] = i
            late += 1
            continue
        seconds = time_s - at_s[i]
        slack = BURNING_ACCELERATION if mode[i] == BOOST else QUIET_ACCELERATION
        for row in range(reports.u.shape[0]):
            if seconds >= LONG_AGO or not _off(x[i], p[i], seconds, slack, reports, row):
                near[found] = i
                found += 1
                break
    return near[:found], young[:late]


@kernel
def one_to_one(density: Vector, tracks: Indices, sensor: Indices, owner: Indices) -> bool:
    """Write the track (k,) that each report goes to where the reports of its ``sensor`` (k,) and their tracks pair off
    by their gates alone, NOBODY outside all gates, CONTESTED elsewhere; return whether any is contested.

    ``density`` (m, k) of the reports under ``tracks`` (m,), as of :func:`gates`.
    """
    m, k = density.shape
    contested = False
    for j in range(k):
        owner[j] = NOBODY
    for a in range(m):
        for j in range(k):
            if not density[a, j] > OUTSIDE:
                continue
            twice = owner[j] != NOBODY
            for other in range(j):
                twice |= sensor[other] == sensor[j] and density[a, other] > OUTSIDE
            owner[j] = CONTESTED if twice else tracks[a]
            contested |= twice
    if contested:
        _spread(sensor, owner)
    return contested


@kernel
def _spread(sensor: Indices, owner: Indices) -> None:
    """Make all claimed reports of a sensor contested where one is."""
    for j in range(owner.shape[0]):
        if owner[j] != CONTESTED:
            continue
        for other in range(owner.shape[0]):
            if sensor[other] == sensor[j] and owner[other] != NOBODY:
                owner[other] = CONTESTED


@kernel
def absorb_pairs(
    t: Tracks,
    tracks: Indices,
    reports: Reports,
    rows: Indices,
    time_s: float,
    work: Work,
    x: Vector,
    p: Vector,
    mode: Indices,
) -> None:
    """Give each track of ``tracks`` (k,) its report ``rows`` (k,), one after the other, and renew x (n, 9), p (n, 9, 9)
    and mode (n,).
    """
    for a in range(tracks.shape[0]):
        advance(t, tracks[a], time_s, work)
        absorb(t, tracks[a], reports, rows[a], work)
    for a in range(tracks.shape[0]):
        mode[tracks[a]] = combined(t, tracks[a], x[tracks[a]], p[tracks[a]], work)


@kernel
def note_taken(
    tracks: Indices, time_s: float, x: Vector, p: Vector, updates: Indices, last_report_s: Vector
) -> Indices:
    """Count a report of ``time_s`` for each of ``tracks`` (k,), however often it is listed; return those whose x (n, 9)
    and p (n, 9, 9) are no estimate any more: a manoeuvre that no model has can break them.
    """
    out = ascending(tracks)
    count = 0
    for i in out:
        updates[i] += 1
        last_report_s[i] = max(last_report_s[i], time_s)
        sound = True
        for k in range(x.shape[1]):
            sound = sound and math.isfinite(x[i, k]) and math.isfinite(p[i, k, k]) and p[i, k, k] >= 0.0
        if not sound:
            out[count] = i
            count += 1
    return out[:count]


@kernel
def near_any(x: Vector, p: Vector, at_s: Vector, tracks: Indices, reports: Reports) -> Flags:
    """Return which reports (k,) lie near one of ``tracks`` (m,) with x (n, 9), p (n, 9, 9) at ``at_s`` (n,)."""
    out = np.zeros(reports.u.shape[0], np.bool_)
    for row in range(reports.u.shape[0]):
        for i in tracks:
            if not _off(x[i], p[i], reports.time_s[row] - at_s[i], BURNING_ACCELERATION, reports, row):
                out[row] = True
                break
    return out
