"""Which models may follow which, and how fast: the Markov chain of a track, by altitude, speed and plume.

Above 120 km there is free fall, and thrust while a plume was seen lately or burnout is not yet due. Below it there is
re-entry, glide, and cruise where it is low and slow enough. A variable structure in the sense of Li and Bar-Shalom
(1996), Multiple-model estimation with variable structure, IEEE Trans. Automatic Control 41, 478.
"""

import math

from cupola.core.earth import ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude
from cupola.tracking.imm_mixing import BURNT_OUT, MODELS, Work, mixed
from cupola.tracking.motion import BOOST, COAST, CRUISE, DRAG_CEILING, GLIDE, REENTRY, N

CYCLE = 10.0  # s, longest time between two chances to switch
EARLY_BURNOUT = 2e-3  # 1/s, least rate of burning out: the missile is not of the assumed kind
UNKNOWN_BURNOUT = 1.0 / 150.0  # 1/s where nothing is believed about burnout
OVERDUE_RATE = 0.2  # 1/s, highest rate of burning out, long after the believed burnout
PLUME_MEMORY = 30.0  # s after its last plume report for which an object may still burn
OVERDUE_SIGMAS = 3.0  # past the believed burnout after which thrust is ruled out unless a plume is reported
RELIGHT_RATE = 2e-3  # 1/s at which thrust comes back while it is possible: a stage between two burns
# Assumed: most of what enters the air falls through it. The first few seconds of lift must be able to overrule that.
LIFT_RATE = 2e-3  # 1/s from re-entry to glide
DIVE_RATE = 1e-3  # 1/s from glide to re-entry
LEVEL_RATE = 1e-3  # 1/s between glide and cruise
CRUISE_CEILING = 40e3  # m
CRUISE_SPEED = 2500.0  # m/s, air-relative
LEAST_INFLOW = 1e-4  # weight below which a model is not started


@kernel
def may_burn(time_s: float, burnout_s: float, spread_s: float, last_plume_s: float) -> bool:
    """Return whether thrust is possible at a time: a plume was seen lately, or burnout is not long overdue."""
    return time_s - last_plume_s < PLUME_MEMORY or time_s < burnout_s + OVERDUE_SIGMAS * spread_s


@kernel
def burnout_probability(time_s: float, h: float, burnout_s: float, spread_s: float) -> float:
    """Return the probability that what burns at ``time_s`` stops within ``h`` seconds, the burnout being normal."""
    if not math.isfinite(burnout_s):
        return 1.0 - math.exp(-UNKNOWN_BURNOUT * h)
    root = spread_s * math.sqrt(2.0)
    before = math.erfc((time_s - burnout_s) / root)
    rate = OVERDUE_RATE
    if before > 1e-9:
        after = max(math.erfc((time_s + h - burnout_s) / root), 1e-300)
        rate = math.log(before / after) / h
    return 1.0 - math.exp(-min(max(rate, EARLY_BURNOUT), OVERDUE_RATE) * h)


@kernel
def time_above_air(x: Vector) -> float:
    """Return a time in s for which a falling object surely stays above the air; 0 within it.

    Its height obeys h'' > -10 m/s2.
    """
    height = radial_altitude(x[0], x[1], x[2]) - DRAG_CEILING
    if height <= 0.0:
        return 0.0
    climb = (x[0] * x[3] + x[1] * x[4] + x[2] * x[5]) / math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    return float(climb + math.sqrt(climb * climb + 20.0 * height)) / 10.0


@kernel
def cycle_length(
    xs: Vector, weight: Vector, time_s: float, burnout_s: float, last_plume_s: float, remaining: float
) -> float:
    """Return how far in s the models of a track may be carried before they get a chance to switch."""
    if weight[COAST - 1] >= 1.0 and time_s >= burnout_s and time_s - last_plume_s >= PLUME_MEMORY:
        return min(remaining, max(time_above_air(xs[COAST - 1]), 1.0))
    return min(remaining, CYCLE)


@kernel
def _leave(
    mode: int,
    x: Vector,
    h: float,
    time_s: float,
    burnout_s: float,
    spread_s: float,
    last_plume_s: float,
    row: Vector,
) -> None:
    """Write row (5,): the probabilities that an object in ``mode`` is in each mode ``h`` seconds later."""
    row[:] = 0.0
    altitude = radial_altitude(x[0], x[1], x[2])
    air = altitude < DRAG_CEILING
    burn = may_burn(time_s, burnout_s, spread_s, last_plume_s)
    if mode == BOOST:
        ends = burnout_probability(time_s, h, burnout_s, spread_s) if burn else 1.0
        row[BOOST - 1] = 1.0 - ends
        row[REENTRY - 1 if air else COAST - 1] = ends
        return
    relit = 1.0 - math.exp(-RELIGHT_RATE * h) if burn else 0.0
    if not air:
        row[BOOST - 1], row[COAST - 1] = relit, 1.0 - relit
        return
    wx, wy = x[3] + ROTATION_RATE * x[1], x[4] - ROTATION_RATE * x[0]
    slow = wx * wx + wy * wy + x[5] * x[5] < CRUISE_SPEED * CRUISE_SPEED and altitude < CRUISE_CEILING
    if mode == CRUISE:
        moved = 1.0 - math.exp(-LEVEL_RATE * h) if slow else 1.0
        row[GLIDE - 1], row[CRUISE - 1] = moved, 1.0 - moved
    elif mode == GLIDE:
        row[REENTRY - 1] = 1.0 - math.exp(-DIVE_RATE * h)
        row[CRUISE - 1] = 1.0 - math.exp(-LEVEL_RATE * h) if slow else 0.0
        row[GLIDE - 1] = 1.0 - row[REENTRY - 1] - row[CRUISE - 1]
    else:
        row[BOOST - 1] = relit
        row[GLIDE - 1] = 1.0 - math.exp(-LIFT_RATE * h)
        row[REENTRY - 1] = 1.0 - relit - row[GLIDE - 1]


@kernel
def burn_out(x: Vector, p: Vector, h: float) -> None:
    """Turn a boosting state into what coasts over the next ``h`` seconds as if the motor stopped somewhere within them,
    at a uniform time u: dv = a u and dr = -a u^2 / 2 along the flight, in mean and covariance.
    """
    wx, wy, wz = x[3] + ROTATION_RATE * x[1], x[4] - ROTATION_RATE * x[0], x[5]
    w = max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    direction = (wx / w, wy / w, wz / w)
    thrust, second = x[6], x[6] * x[6] + p[6, 6]
    h2 = h * h
    vv = second * h2 / 3.0 - thrust * thrust * h2 / 4.0
    rv = -(second * h2 * h / 8.0 - thrust * thrust * h2 * h / 12.0)
    rr = second * h2 * h2 / 20.0 - thrust * thrust * h2 * h2 / 36.0
    for i in range(3):
        x[i] -= thrust * h2 / 6.0 * direction[i]
        x[3 + i] += 0.5 * thrust * h * direction[i]
        for j in range(3):
            d = direction[i] * direction[j]
            p[i, j] += rr * d
            p[i, 3 + j] += rv * d
            p[3 + i, j] += rv * d
            p[3 + i, 3 + j] += vv * d


@kernel
def switching(
    xs: Vector,
    ps: Vector,
    cs: Vector,
    weight: Vector,
    columns: int,
    h: float,
    time_s: float,
    burnout_s: float,
    spread_s: float,
    last_plume_s: float,
    work: Work,
) -> None:
    """Mix the models of one track (xs (5, 9), ps, cs, weight (5,)) in place for the switches of the next ``h`` s."""
    rates, moves = work.rates, False
    for m in range(MODELS):
        if weight[m] > 0.0:
            _leave(m + 1, xs[m], h, time_s, burnout_s, spread_s, last_plume_s, rates[m])
            moves = moves or rates[m, m] < 1.0
        else:
            rates[m, :] = 0.0
    if not moves:
        return
    _keep(xs, ps, cs, weight, columns, h, work)
    total = 0.0
    for target in range(MODELS):
        inflow = 0.0
        for m in range(MODELS):
            inflow += rates[m, target] * work.weight[m]
        weight[target] = inflow if inflow >= LEAST_INFLOW else 0.0
        total += weight[target]
    for target in range(MODELS):
        if weight[target] == 0.0:
            continue
        own = work.weight[target] > 0.0
        for m in range(MODELS):
            work.mu[m] = rates[m, target] * work.weight[m] / weight[target]
        work.mu[BURNT_OUT] = 0.0
        if target != BOOST - 1:
            work.mu[BURNT_OUT], work.mu[BOOST - 1] = work.mu[BOOST - 1], 0.0
        if work.mu[target] < 1.0:
            mixed(work.x, work.p, work.c, columns, work.mu, target + 1, own, xs[target], ps[target], cs[target], work)
        weight[target] /= total


@kernel
def _keep(xs: Vector, ps: Vector, cs: Vector, weight: Vector, columns: int, h: float, work: Work) -> None:
    """Copy the models that have weight to the working space, BOOST burnt out as well."""
    for m in range(MODELS):
        work.weight[m] = weight[m]
        if weight[m] <= 0.0:
            continue
        work.x[m] = xs[m]
        work.p[m] = ps[m]
        for i in range(N):
            for k in range(columns):
                work.c[m, i, k] = cs[m, i, k]
    if weight[BOOST - 1] > 0.0:
        work.x[BURNT_OUT] = xs[BOOST - 1]
        work.p[BURNT_OUT] = ps[BOOST - 1]
        for i in range(N):
            for k in range(columns):
                work.c[BURNT_OUT, i, k] = cs[BOOST - 1, i, k]
        burn_out(work.x[BURNT_OUT], work.p[BURNT_OUT], h)
