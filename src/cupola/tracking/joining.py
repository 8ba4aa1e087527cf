"""One estimate from the tracks that several trackers hold of one object, whose models may differ."""

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.association import distance_and_log_likelihood
from cupola.tracking.fusion import inverse
from cupola.tracking.imm import Tracks, Work, advance, combined
from cupola.tracking.motion import NONE, N, dimension
from cupola.tracking.upkeep import free_fall

KINEMATIC = 6  # position and velocity, which mean the same under every model
ROOM = 6.0  # sigmas allowed before the exact test
MANOEUVRE = 50.0  # m/s2 that an object may do unforeseen since its track's last estimate
LONG_AGO = 60.0  # s; an older estimate is not ruled out by plain gravity


@kernel
def carried(t: Tracks, i: int, time_s: float, spare: Tracks, work: Work, x: Vector, p: Vector, weight: Vector) -> int:
    """Write estimate x (9,), p (9, 9) and model weights (5,) of track i at ``time_s``, its models switching on the way,
    and return its mode there; the track itself stays as it is.

    ``spare`` is one track's room. NONE for a covariance of position and velocity that is not positive definite.
    """
    spare.x[0], spare.p[0], spare.c[0] = t.x[i], t.p[i], t.c[i]
    spare.weight[0], spare.time_s[0] = t.weight[i], t.time_s[i]
    spare.slot_sensor[0], spare.slot_time[0] = t.slot_sensor[i], t.slot_time[i]
    spare.burnout_s[0], spare.burnout_spread_s[0] = t.burnout_s[i], t.burnout_spread_s[i]
    spare.last_plume_s[0] = t.last_plume_s[i]
    advance(spare, 0, time_s, work)
    weight[:] = spare.weight[0]
    mode = combined(spare, 0, x, p, work)
    factor = np.empty((KINEMATIC, KINEMATIC + 1))
    distance, _ = distance_and_log_likelihood(np.zeros(KINEMATIC), p, KINEMATIC, factor)
    return mode if distance < np.inf else NONE


@kernel
def with_parameters(xs: Vector, ps: Vector, modes: Indices, omega: Vector, x: Vector, p: Vector) -> int:
    """Write the joined state x (9,) and covariance p (9, 9) of k tracks xs (k, 9), ps (k, 9, 9), ``modes`` (k,), whose
    covariance intersection has the weights ``omega`` (k,); return which of them leads.

    The track of the largest weight leads: the joined state is of its model. A track of another model says nothing of
    that model's parameters, so its information about them is zero, P^-1 = sum omega_i (P_i^-1 or its position-velocity
    block). That is a covariance intersection too, conservative and positive definite; where no other track shares the
    leader's model, the block is that of the six states alone, and the leader's parameters follow it by regression with
    a residual variance of 1 / omega times their own.
    """
    lead = int(np.argmax(omega))
    n = dimension(modes[lead])
    size = np.empty(N)
    for i in range(n):
        size[i] = np.sqrt(ps[lead, i, i])
        if not size[i] > 0.0:
            n = KINEMATIC
            break
    total, pull = np.zeros((n, n)), np.zeros(n)
    scaled, inner, lower = np.empty((N, N)), np.empty((N, N)), np.empty((N, N))
    for a in range(len(omega)):
        if omega[a] <= 0.0:
            continue
        m = n if modes[a] == modes[lead] else KINEMATIC
        for i in range(m):
            for j in range(m):
                scaled[i, j] = ps[a, i, j] / (size[i] * size[j])
        if not inverse(scaled[:m, :m], inner[:m, :m], lower[:m, :m]):
            continue
        for i in range(m):
            for j in range(m):
                total[i, j] += omega[a] * inner[i, j]
                pull[i] += omega[a] * inner[i, j] * (xs[a, j] - xs[lead, j]) / size[j]
    x[:], p[:] = xs[lead], ps[lead]
    if inverse(total, inner[:n, :n], lower[:n, :n]):
        for i in range(n):
            for j in range(n):
                x[i] += size[i] * inner[i, j] * pull[j]
                p[i, j] = size[i] * size[j] * inner[i, j]
    return lead


@kernel
def near(x: Vector, p: Vector, at_s: Vector, rows: Indices, y: Vector, q: Vector, y_at_s: float) -> Flags:
    """Return which of ``rows`` (m,) of the estimates x (n, 9), p (n, 9, 9) at ``at_s`` (n,) may be of the object with
    state y (9,) and covariance q (9, 9) at ``y_at_s``: a coarse test before the exact one.
    """
    out = np.zeros(rows.shape[0], np.bool_)
    for a in range(rows.shape[0]):
        i = rows[a]
        time_s = max(at_s[i], y_at_s)
        mine, theirs = free_fall(x[i], time_s - at_s[i]), free_fall(y, time_s - y_at_s)
        seconds, squared = abs(at_s[i] - y_at_s), 0.0
        for c in range(3):
            squared += (mine[c] - theirs[c]) ** 2
        place = np.sqrt(p[i, 0, 0] + p[i, 1, 1] + p[i, 2, 2]) + np.sqrt(q[0, 0] + q[1, 1] + q[2, 2])
        speed = np.sqrt(p[i, 3, 3] + p[i, 4, 4] + p[i, 5, 5]) + np.sqrt(q[3, 3] + q[4, 4] + q[5, 5])
        room = ROOM * (place + speed * seconds) + MANOEUVRE * seconds * seconds
        out[a] = seconds > LONG_AGO or squared < room * room
    return out
