"""The filter of one object under one motion model: extended Kalman, Joseph form, with the sensors' constant biases
considered but not estimated.

A sensor's bias does not average out over its looks, so treating it as noise would make the covariance too small. Each
track keeps the cross-covariance c (9, 3 x SLOTS) of its error with the biases of the sensors that reported it last
(three unit normal biases per sensor: two angles and range) and updates it as in Schmidt's consider filter: Schmidt
(1966), Advances in Control Systems 3; Jazwinski (1970), Stochastic Processes and Filtering Theory, sec. 8.4.
"""

import math

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.association import LOG_TWO_PI
from cupola.tracking.motion import dimension, step, step_length
from cupola.tracking.motion_linear import add_noise, carry, carry_cross, transition
from cupola.tracking.reports import ROWS, Reports, measured

SLOTS = 16
SURPRISE = 25.0  # squared innovation over its variance beyond which the prior itself is in doubt
SURPRISE_TARGET = 9.0  # what a doubtful prior is widened to


@kernel
def propagate(mode: int, x: Vector, p: Vector, c: Vector, columns: int, seconds: float, work: Vector) -> bool:
    """Carry state x (9,), covariance p (9, 9) and the first ``columns`` of c forward in place; work is (4, 9, 9).

    Returns False when the object met the ground on the way, where it then stays.
    """
    f, w, a, middle = work[0], work[1], work[2], work[3, 0]
    n = dimension(mode)
    remaining = seconds
    while remaining > 1e-9:
        h = step_length(mode, x, remaining)
        if h <= 0.0:
            return False
        for i in range(9):
            middle[i] = 0.5 * x[i]
        step(mode, x, h)
        for i in range(9):
            middle[i] += 0.5 * x[i]
        transition(mode, middle, h, a, f)
        carry(n, f, p, w)
        add_noise(mode, middle, h, a, p)
        carry_cross(n, f, c, columns, w)
        remaining -= h
    return True


@kernel
def linearise(
    row: int,
    x: Vector,
    reports: Reports,
    k: int,
    ax: float,
    ay: float,
    az: float,
    h: Vector,
) -> float:
    """Write h (6,) and return the prediction from x of one row of report k: the component of the direction along the
    unit axis a for rows 0 and 1, the distance for row 2, its rate for row 3.
    """
    sensor, v_sensor = reports.r_sensor[k], reports.v_sensor[k]
    dx, dy, dz = x[0] - sensor[0], x[1] - sensor[1], x[2] - sensor[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    dx, dy, dz = dx / distance, dy / distance, dz / distance
    if row == 2:
        h[0], h[1], h[2] = dx, dy, dz
        return distance
    if row == 3:
        ax, ay, az = x[3] - v_sensor[0], x[4] - v_sensor[1], x[5] - v_sensor[2]
        h[3], h[4], h[5] = dx, dy, dz
    along = ax * dx + ay * dy + az * dz
    h[0] = (ax - along * dx) / distance
    h[1] = (ay - along * dy) / distance
    h[2] = (az - along * dz) / distance
    return float(along)


@kernel
def innovation_variance(
    n: int,
    reach: int,
    p: Vector,
    c: Vector,
    column: int,
    h: Vector,
    noise: float,
    bias: float,
    direct: Vector,
    cross: Vector,
) -> float:
    """Fill direct (n,) = P h and cross (n,) = C g; return the variance of the innovation. h has ``reach`` elements; a
    negative column is a sensor whose bias the track has not met.
    """
    variance = noise * noise + bias * bias
    for i in range(n):
        total = p[i, 0] * h[0] + p[i, 1] * h[1] + p[i, 2] * h[2]
        if reach > 3:
            total += p[i, 3] * h[3] + p[i, 4] * h[4] + p[i, 5] * h[5]
        direct[i] = total
        cross[i] = bias * c[i, column] if column >= 0 else 0.0
    for i in range(reach):
        variance += h[i] * (direct[i] + 2.0 * cross[i])
    return variance


@kernel(inline=True)
def _scalar_update(n, reach, x, p, c, columns, column, h, residual, noise, bias, work):  # type: ignore[no-untyped-def]
    direct, cross, gain, left = work[3, 0], work[3, 1], work[3, 2], work[3, 3]
    m = work[0]
    variance = innovation_variance(n, reach, p, c, column, h, noise, bias, direct, cross)
    h_cross = 0.0
    for i in range(reach):
        h_cross += h[i] * cross[i]
    for i in range(n):
        gain[i] = (direct[i] + cross[i]) / variance
        x[i] += gain[i] * residual
    for i in range(n):
        for j in range(n):
            m[i, j] = p[i, j] - gain[i] * direct[j]
    for i in range(n):
        # (I - K h) P h, less the bias's cross terms: what Joseph's form has beside the first product.
        total = m[i, 0] * h[0] + m[i, 1] * h[1] + m[i, 2] * h[2]
        if reach > 3:
            total += m[i, 3] * h[3] + m[i, 4] * h[4] + m[i, 5] * h[5]
        left[i] = total + cross[i] - gain[i] * h_cross
    own = noise * noise + bias * bias
    for i in range(n):
        for j in range(i + 1):
            value = m[i, j] - left[i] * gain[j] - gain[i] * (cross[j] - gain[j] * h_cross) + own * gain[i] * gain[j]
            p[i, j] = value
            p[j, i] = value
    for k in range(columns):
        seen = h[0] * c[0, k] + h[1] * c[1, k] + h[2] * c[2, k]
        if reach > 3:
            seen += h[3] * c[3, k] + h[4] * c[4, k] + h[5] * c[5, k]
        if k == column:
            seen += bias
        for i in range(n):
            c[i, k] -= gain[i] * seen
    return -0.5 * (LOG_TWO_PI + math.log(variance) + residual * residual / variance)


@kernel
def correct(
    n: int,
    reach: int,
    x: Vector,
    p: Vector,
    c: Vector,
    columns: int,
    column: int,
    h: Vector,
    residual: float,
    noise: float,
    bias: float,
    work: Vector,
) -> float:
    """Take one scalar measurement, residual = h . dx + bias x b + noise, in place; return its log likelihood."""
    # Known lengths make the loops twice as fast.
    if reach > 3:
        return float(_scalar_update(n, 6, x, p, c, columns, column, h, residual, noise, bias, work))
    if n == 6:
        return float(_scalar_update(6, 3, x, p, c, columns, column, h, residual, noise, bias, work))
    if n == 7:
        return float(_scalar_update(7, 3, x, p, c, columns, column, h, residual, noise, bias, work))
    return float(_scalar_update(9, 3, x, p, c, columns, column, h, residual, noise, bias, work))


@kernel
def update(
    mode: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, k: int, work: Vector
) -> float:
    """Take report k in place, row by row, each linearised where the one before left the state; return the log
    likelihood of the report. ``work`` is (4, 9, 9).
    """
    n, h, total = dimension(mode), work[1, 1], 0.0
    # In a loop, because every literal argument would have a kernel compiled for itself.
    for row in range(ROWS):
        value, noise, bias, ax, ay, az = measured(row, reports, k)
        if math.isnan(value):
            continue
        residual = value - linearise(row, x, reports, k, ax, ay, az, h)
        column, reach = (3 * slot + row, 3) if row < 3 else (-1, 6)
        total += correct(n, reach, x, p, c, columns, column, h, residual, noise, bias, work)
    return total


@kernel
def surprise(mode: int, x: Vector, p: Vector, c: Vector, slot: int, reports: Reports, k: int, work: Vector) -> float:
    """Return the largest squared residual over its variance among the rows of report k, without taking it."""
    n, h, direct, cross = dimension(mode), work[1, 1], work[3, 0], work[3, 1]
    worst = 0.0
    for row in range(ROWS):
        value, noise, bias, ax, ay, az = measured(row, reports, k)
        if math.isnan(value):
            continue
        residual = value - linearise(row, x, reports, k, ax, ay, az, h)
        column, reach = (3 * slot + row, 3) if row < 3 else (-1, 6)
        variance = innovation_variance(n, reach, p, c, column, h, noise, bias, direct, cross)
        worst = max(worst, residual * residual / variance)
    return worst


@kernel
def widen(p: Vector, c: Vector, columns: int, worst: float) -> None:
    """Widen a prior that a report contradicts beyond five sigma, ``worst`` being its :func:`surprise`: the object
    manoeuvred in a way that no model here has.
    """
    if worst <= SURPRISE:
        return
    factor = worst / SURPRISE_TARGET
    root = math.sqrt(factor)
    for i in range(9):
        for j in range(9):
            p[i, j] *= factor
        for k in range(columns):
            c[i, k] *= root


@kernel
def innovation(
    x: Vector,
    p: Vector,
    c: Vector,
    columns: int,
    slot: int,
    reports: Reports,
    k: int,
    z: Vector,
    s: Vector,
    work: Vector,
) -> int:
    """Write the joint residual z (4,) and its covariance s (4, 4), biases in it, of report k; return how many rows it
    has, 2 to 4.

    A negative ``slot`` stands for a sensor that the track has not met. Every row is linearised at x.
    """
    h, direct = work[1], work[3]
    known = slot >= 0 and 3 * slot < columns
    m = 0
    for row in range(ROWS):
        value, noise, bias, ax, ay, az = measured(row, reports, k)
        if math.isnan(value):
            continue
        for i in range(6):
            h[m, i] = 0.0
        z[m] = value - linearise(row, x, reports, k, ax, ay, az, h[m])
        column = 3 * slot + row if known and row < 3 else -1
        innovation_variance(6, 6, p, c, column, h[m], noise, bias, direct[m], direct[ROWS + m])
        join_row(m, h, direct, noise * noise + bias * bias, s)
        m += 1
    return m


@kernel
def join_row(k: int, h: Vector, direct: Vector, own: float, s: Vector) -> None:
    """Fill row and column k of the joint innovation covariance s (4, 4) as far as k.

    ``h`` (4, >= 6) are the rows, ``direct`` (8, >= 6) P h of each and, behind the fourth, C g; ``own`` is the variance
    of the row's noise and bias.
    """
    for j in range(k + 1):
        total = own if j == k else 0.0
        for i in range(6):
            total += h[j, i] * (direct[k, i] + direct[ROWS + k, i]) + h[k, i] * direct[ROWS + j, i]
        s[k, j] = total
        s[j, k] = total
