"""A track's update where it is not sure which of several reports is its own: probabilistic data association.

Bar-Shalom and Tse (1975), Automatica 11, 451; with interacting models Bar-Shalom, Li and Kirubarajan (2001),
Estimation with Applications to Tracking and Navigation, sec. 11.6 and 6.4.
"""

import math

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Indices
from cupola.tracking.association import MEASURES, distance_and_log_likelihood
from cupola.tracking.filter_choice import innovation
from cupola.tracking.imm import correct_model, plume_evidence
from cupola.tracking.imm_mixing import MODELS, Work
from cupola.tracking.imm_tracks import Tracks, bias_columns, drop_light, relight, take_slot
from cupola.tracking.motion import N, dimension
from cupola.tracking.reports import Reports

RELIT_BY = 0.1  # association probability from which a burning report lets a track burn
PLUME_BY = 0.5  # and from which it counts as the track's last plume


@kernel
def absorb_weighted(t: Tracks, i: int, reports: Reports, rows: Indices, betas: Vector, work: Work) -> None:
    """Take reports ``rows`` (k,) of one time into track i, of which ``betas[1 + j]`` is the probability that the j-th
    is the track's own and ``betas[0]`` that none is; they sum to one.

    The betas come from the mixture of the models (:func:`cupola.tracking.imm.gate`); each model's own follow by Bayes'
    rule. Where only one report is certain this is :func:`cupola.tracking.imm.absorb` without its widening.
    """
    count = len(rows)
    slots = np.empty(count, np.int64)
    for j in range(count):
        slots[j] = take_slot(t, i, reports.sensor[rows[j]], reports.time_s[rows[j]])
    columns = bias_columns(t, i)
    for j in range(count):
        if reports.burning[rows[j]] and betas[1 + j] > RELIT_BY:
            relight(t, i, columns)
            if betas[1 + j] > PLUME_BY:
                t.last_plume_s[i] = max(t.last_plume_s[i], reports.time_s[rows[j]])
    joint = _joint(t, i, reports, rows, slots, betas, columns, work)
    for m in range(MODELS):
        own = joint[m].sum()
        if t.weight[i, m] > 0.0 and own > 0.0:
            _mix_reports(t, i, m, reports, rows, slots, joint[m] / own, columns, work)
        t.weight[i, m] = own
    drop_light(t.weight[i])


@kernel
def _joint(
    t: Tracks, i: int, reports: Reports, rows: Indices, slots: Indices, betas: Vector, columns: int, work: Work
) -> Vector:
    """Return (5, 1 + k) joint probabilities of model and own report, none in the first column."""
    joint = np.zeros((MODELS, len(betas)))
    factor = np.empty((MEASURES, MEASURES + 1))
    for j in range(len(rows)):
        best = -np.inf
        for m in range(MODELS):
            if t.weight[i, m] <= 0.0:
                joint[m, 1 + j] = -np.inf
                continue
            x, p, c = t.x[i, m], t.p[i, m], t.c[i, m]
            k = innovation(work.kind, x, p, c, columns, slots[j], reports, rows[j], work.z, work.s, work.filter)
            _, value = distance_and_log_likelihood(work.z, work.s, k, factor)
            value += plume_evidence(m, reports.burning[rows[j]], reports.sees_plumes[rows[j]])
            joint[m, 1 + j] = math.log(t.weight[i, m]) + value
            best = max(best, joint[m, 1 + j])
        total = 0.0
        for m in range(MODELS):
            joint[m, 1 + j] = math.exp(joint[m, 1 + j] - best)
            total += joint[m, 1 + j]
        for m in range(MODELS):
            joint[m, 1 + j] *= betas[1 + j] / total
    for m in range(MODELS):
        joint[m, 0] = betas[0] * t.weight[i, m]
    return joint


@kernel
def _mix_reports(
    t: Tracks,
    i: int,
    m: int,
    reports: Reports,
    rows: Indices,
    slots: Indices,
    share: Vector,
    columns: int,
    work: Work,
) -> None:
    """Replace one model by the mixture of its updates with every report and with none, ``share`` (1 + k,) each.

    Deviations are taken from the prior: squares of whole positions would run out of digits.
    """
    n = dimension(m + 1)
    shift, p, c = work.x_mixed, work.p_mixed, work.c_mixed
    shift[:] = 0.0
    for a in range(N):
        for b in range(N):
            p[a, b] = share[0] * t.p[i, m, a, b]
        for k in range(columns):
            c[a, k] = share[0] * t.c[i, m, a, k]
    for j in range(len(rows)):
        weight = share[1 + j]
        if weight <= 0.0:
            continue
        work.x_try[:] = t.x[i, m]
        work.p_try[:] = t.p[i, m]
        for a in range(N):
            for k in range(columns):
                work.c_try[a, k] = t.c[i, m, a, k]
        correct_model(m, work.x_try, work.p_try, work.c_try, columns, slots[j], reports, rows[j], work)
        for a in range(n):
            work.deviation[a] = work.x_try[a] - t.x[i, m, a]
            shift[a] += weight * work.deviation[a]
        for a in range(n):
            for b in range(n):
                p[a, b] += weight * (work.p_try[a, b] + work.deviation[a] * work.deviation[b])
            for k in range(columns):
                c[a, k] += weight * work.c_try[a, k]
    for a in range(n):
        t.x[i, m, a] += shift[a]
        for b in range(n):
            t.p[i, m, a, b] = p[a, b] - shift[a] * shift[b]
        for k in range(columns):
            t.c[i, m, a, k] = c[a, k]
