"""Interacting multiple models: five filters per track, their weights, and what a report says about them.

Blom and Bar-Shalom (1988), IEEE Trans. Automatic Control 33, 780; Bar-Shalom, Li and Kirubarajan (2001), Estimation
with Applications to Tracking and Navigation, sec. 11.6. Which models take part follows from altitude, speed and plume
(variable structure, :mod:`cupola.tracking.imm_switch`). All kernels change row i of :class:`Tracks` in place.
"""

import math

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.filter import SURPRISE, widen
from cupola.tracking.filter_choice import innovation, propagate, surprise, update
from cupola.tracking.imm_mixing import MODELS, Work, new_work
from cupola.tracking.imm_switch import cycle_length, switching
from cupola.tracking.imm_tracks import (
    Tracks,
    bias_columns,
    combined,
    drop_light,
    find_slot,
    new_tracks,
    place,
    relight,
    spawn,
    take_slot,
)
from cupola.tracking.motion import BOOST
from cupola.tracking.motion_linear import shake
from cupola.tracking.reports import ROWS, Reports

__all__ = [
    "Tracks",
    "Work",
    "absorb",
    "advance",
    "combined",
    "gate",
    "new_tracks",
    "new_work",
    "place",
    "spawn",
]

BURNING_IF_BOOST = 0.95  # chance that a report says burning of what burns, given that the sensor sees plumes
BURNING_ELSE = 0.02  # of what does not: fuel dumps, a glowing glider, the neighbour's plume
QUIET_IF_BOOST = 0.1  # chance of a plume-less report of what burns from a sensor that sees plumes: a faint upper stage
QUIET_ELSE = 0.98
RELEASE_TIME = 40.0  # s after its last plume within which a missile lets its payload go (assumed)
RELEASE_NOISE = 0.1  # m2/s3 until then: pushes of 2 m/s in all, thrust that tails off (assumed)


@kernel
def advance(t: Tracks, i: int, time_s: float, work: Work) -> None:
    """Carry track i forward to ``time_s``, its models switching on the way; nothing happens where it is there already.

    Long times are cut into cycles of at most some 10 s where models may switch. What has just burnt out may be let go
    with a push, or be a cluster whose middle moves on otherwise than the missile did.
    """
    columns = bias_columns(t, i)
    remaining = time_s - t.time_s[i]
    while remaining > 1e-9:
        h = cycle_length(t.x[i], t.weight[i], t.time_s[i], t.burnout_s[i], t.last_plume_s[i], remaining)
        switching(
            t.x[i],
            t.p[i],
            t.c[i],
            t.weight[i],
            columns,
            h,
            t.time_s[i],
            t.burnout_s[i],
            t.burnout_spread_s[i],
            t.last_plume_s[i],
            work,
        )
        for m in range(MODELS):
            if t.weight[i, m] > 0.0:
                propagate(work.kind, m + 1, t.x[i, m], t.p[i, m], t.c[i, m], columns, h, work.filter)
                if m != BOOST - 1 and t.time_s[i] - t.last_plume_s[i] < RELEASE_TIME:
                    shake(t.p[i, m], RELEASE_NOISE, h)
        t.time_s[i] += h
        remaining = time_s - t.time_s[i]


@kernel
def gate(t: Tracks, i: int, reports: Reports, row: int, z: Vector, s: Vector, work: Work) -> int:
    """Write the residual z (4,) of a report against track i and its covariance s (4, 4), moments of the mixture of all
    models with the sensor's bias in them; return how many rows count: two angles, range and range rate where given.
    """
    columns = bias_columns(t, i)
    slot = find_slot(t, i, reports.sensor[row])
    zs, ss = work.z, work.s
    k = 0
    for a in range(ROWS):
        z[a] = 0.0
        for b in range(ROWS):
            s[a, b] = 0.0
    for m in range(MODELS):
        if t.weight[i, m] <= 0.0:
            continue
        k = innovation(work.kind, t.x[i, m], t.p[i, m], t.c[i, m], columns, slot, reports, row, zs, ss, work.filter)
        for a in range(k):
            z[a] += t.weight[i, m] * zs[a]
            for b in range(k):
                s[a, b] += t.weight[i, m] * (ss[a, b] + zs[a] * zs[b])
    for a in range(k):
        for b in range(k):
            s[a, b] -= z[a] * z[b]
    return k


@kernel
def plume_evidence(m: int, burning: bool, sees_plumes: bool) -> float:
    """Return the log of the chance that model m's object is reported as ``burning`` or not by such a sensor."""
    if burning:
        return math.log(BURNING_IF_BOOST if m == BOOST - 1 else BURNING_ELSE)
    if sees_plumes:
        return math.log(QUIET_IF_BOOST if m == BOOST - 1 else QUIET_ELSE)
    return 0.0


@kernel
def correct_model(
    m: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, row: int, work: Work
) -> float:
    """Update one model's x, p, c by one report; return its log likelihood, plume evidence in it."""
    value = update(work.kind, m + 1, x, p, c, columns, slot, reports, row, work.filter)
    return value + plume_evidence(m, reports.burning[row], reports.sees_plumes[row])


@kernel
def _widen_where_none_explains(
    t: Tracks, i: int, columns: int, slot: int, reports: Reports, row: int, work: Work
) -> None:
    """Widen all models where even the least surprised one finds the report beyond five sigma.

    While one model explains the report, the weights settle the matter.
    """
    least = np.inf
    for m in range(MODELS):
        if t.weight[i, m] <= 0.0:
            continue
        x, p, c = t.x[i, m], t.p[i, m], t.c[i, m]
        work.mu[m] = surprise(work.kind, m + 1, x, p, c, columns, slot, reports, row, work.z, work.s, work.filter)
        least = min(least, work.mu[m])
        if least <= SURPRISE:
            return
    for m in range(MODELS):
        if t.weight[i, m] > 0.0:
            widen(t.p[i, m], t.c[i, m], columns, work.mu[m])


@kernel
def absorb(t: Tracks, i: int, reports: Reports, row: int, work: Work) -> float:
    """Take one report, known to be of track i and of its time, into all models and the weights; return its log
    likelihood.
    """
    slot = take_slot(t, i, reports.sensor[row], reports.time_s[row])
    columns = bias_columns(t, i)
    if reports.burning[row]:
        t.last_plume_s[i] = max(t.last_plume_s[i], reports.time_s[row])
        relight(t, i, columns)
    _widen_where_none_explains(t, i, columns, slot, reports, row, work)
    best = -np.inf
    for m in range(MODELS):
        if t.weight[i, m] > 0.0:
            value = correct_model(m, t.x[i, m], t.p[i, m], t.c[i, m], columns, slot, reports, row, work)
            work.mu[m] = math.log(t.weight[i, m]) + value
            best = max(best, work.mu[m])
    total = 0.0
    for m in range(MODELS):
        if t.weight[i, m] > 0.0:
            t.weight[i, m] = math.exp(work.mu[m] - best)
            total += t.weight[i, m]
    for m in range(MODELS):
        t.weight[i, m] /= total
    drop_light(t.weight[i])
    return best + math.log(total)
