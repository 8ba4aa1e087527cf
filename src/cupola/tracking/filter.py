"""The filter of one object: extended Kalman, Joseph form, with the sensors' constant biases considered but not
estimated.

A sensor's bias does not average out over its looks, so treating it as noise would make the covariance too small. Each
track keeps the cross-covariance c (7, 3 x SLOTS) of its error with the biases of the sensors that reported it last
(three unit normal biases per sensor: two angles and range) and updates it as in Schmidt's consider filter: Schmidt
(1966), Advances in Control Systems 3; Jazwinski (1970), Stochastic Processes and Filtering Theory, sec. 8.4.
"""

import math

from numba import njit

from cupola.core.earth import Vector
from cupola.core.sight import tangent_basis
from cupola.tracking.motion import add_noise, carry, step, step_length, transition

SLOTS = 8
SURPRISE = 25.0  # squared innovation over its variance beyond which the prior itself is in doubt
SURPRISE_TARGET = 9.0  # what a doubtful prior is widened to


@njit(cache=True, error_model="numpy", nogil=True)
def propagate(mode: int, x: Vector, p: Vector, c: Vector, columns: int, seconds: float, work: Vector) -> bool:
    """Carry state x (7,), covariance p (7, 7) and the first ``columns`` of c forward in place; work is (4, 7, 7).

    Returns False when the object met the ground on the way, where it then stays.
    """
    f, w, a, middle = work[0], work[1], work[2], work[3, 0]
    remaining = seconds
    while remaining > 1e-9:
        h = step_length(mode, x, remaining)
        if h <= 0.0:
            return False
        for i in range(7):
            middle[i] = 0.5 * x[i]
        step(mode, x, h)
        for i in range(7):
            middle[i] += 0.5 * x[i]
        transition(mode, middle, h, a, f)
        carry(f, p, w)
        add_noise(mode, middle, h, a, p)
        for k in range(columns):
            for i in range(7):
                total = 0.0
                for j in range(7):
                    total += f[i, j] * c[j, k]
                w[0, i] = total
            for i in range(7):
                c[i, k] = w[0, i]
        remaining -= h
    return True


@njit(cache=True, error_model="numpy", nogil=True)
def _innovation_variance(
    p: Vector, c: Vector, column: int, h: Vector, noise: float, bias: float, direct: Vector, cross: Vector
) -> float:
    """Fill direct (7,) = P h and cross (7,) = C g; return the variance of the innovation."""
    variance = noise * noise + bias * bias
    for i in range(7):
        direct[i] = p[i, 0] * h[0] + p[i, 1] * h[1] + p[i, 2] * h[2]
        cross[i] = bias * c[i, column]
    for i in range(3):
        variance += h[i] * (direct[i] + 2.0 * cross[i])
    return variance


@njit(cache=True, error_model="numpy", nogil=True)
def _correct(
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
) -> None:
    """Take one scalar measurement, residual = h . dr + bias x b + noise, in place."""
    direct, cross, gain, left = work[3, 0], work[3, 1], work[3, 2], work[3, 3]
    m = work[0]
    variance = _innovation_variance(p, c, column, h, noise, bias, direct, cross)
    h_cross = h[0] * cross[0] + h[1] * cross[1] + h[2] * cross[2]
    for i in range(7):
        gain[i] = (direct[i] + cross[i]) / variance
        x[i] += gain[i] * residual
    for i in range(7):
        for j in range(7):
            m[i, j] = p[i, j] - gain[i] * direct[j]
    for i in range(7):
        # (I - K h) P h, less the bias's cross terms: what Joseph's form has beside the first product.
        left[i] = m[i, 0] * h[0] + m[i, 1] * h[1] + m[i, 2] * h[2] + cross[i] - gain[i] * h_cross
    own = noise * noise + bias * bias
    for i in range(7):
        for j in range(i + 1):
            value = m[i, j] - left[i] * gain[j] - gain[i] * (cross[j] - gain[j] * h_cross) + own * gain[i] * gain[j]
            p[i, j] = value
            p[j, i] = value
    for k in range(columns):
        seen = h[0] * c[0, k] + h[1] * c[1, k] + h[2] * c[2, k]
        if k == column:
            seen += bias
        for i in range(7):
            c[i, k] -= gain[i] * seen


@njit(cache=True, error_model="numpy", nogil=True)
def _linearise(x: Vector, sensor: Vector, axis: Vector, h: Vector) -> float:
    """Write h (3,) and return the predicted component of the direction to x along the unit ``axis`` across the sight
    line.
    """
    dx, dy, dz = x[0] - sensor[0], x[1] - sensor[1], x[2] - sensor[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    dx, dy, dz = dx / distance, dy / distance, dz / distance
    along = axis[0] * dx + axis[1] * dy + axis[2] * dz
    h[0] = (axis[0] - along * dx) / distance
    h[1] = (axis[1] - along * dy) / distance
    h[2] = (axis[2] - along * dz) / distance
    return float(along)


@njit(cache=True, error_model="numpy", nogil=True)
def update(
    x: Vector,
    p: Vector,
    c: Vector,
    columns: int,
    slot: int,
    sensor: Vector,
    u: Vector,
    sigma_angle: Vector,
    bias_angle: float,
    distance: float,
    sigma_range: float,
    bias_range: float,
    work: Vector,
) -> None:
    """Take one report in place: a unit sight line u (3,) from ``sensor`` (3,) with ``sigma_angle`` (2,) along the two
    axes across it and, unless NaN, a range; SI units.

    The angle residual is taken in the tangent plane of the measured direction. A prior that the report contradicts
    beyond five sigma is widened first: the object manoeuvred in a way that no model here has.
    """
    axis, h, direct, cross = work[1, 0, :3], work[1, 1, :3], work[3, 0], work[3, 1]
    ex, ey, ez, fx, fy, fz = tangent_basis(u[0], u[1], u[2], sensor[0], sensor[1], sensor[2])
    for pass_ in range(2):
        worst = 0.0
        for component in range(3):
            if component == 2 and math.isnan(distance):
                continue
            noise, bias = sigma_angle[min(component, 1)], bias_angle
            if component == 0:
                axis[0], axis[1], axis[2] = ex, ey, ez
                residual = -_linearise(x, sensor, axis, h)
            elif component == 1:
                axis[0], axis[1], axis[2] = fx, fy, fz
                residual = -_linearise(x, sensor, axis, h)
            else:
                noise, bias = sigma_range, bias_range
                h[0], h[1], h[2] = x[0] - sensor[0], x[1] - sensor[1], x[2] - sensor[2]
                predicted = math.sqrt(h[0] * h[0] + h[1] * h[1] + h[2] * h[2])
                h[0], h[1], h[2] = h[0] / predicted, h[1] / predicted, h[2] / predicted
                residual = distance - predicted
            column = 3 * slot + component
            if pass_ == 0:
                variance = _innovation_variance(p, c, column, h, noise, bias, direct, cross)
                worst = max(worst, residual * residual / variance)
            else:
                _correct(x, p, c, columns, column, h, residual, noise, bias, work)
        if pass_ == 0 and worst > SURPRISE:
            factor = worst / SURPRISE_TARGET
            for i in range(7):
                for j in range(7):
                    p[i, j] *= factor
                for k in range(columns):
                    c[i, k] *= math.sqrt(factor)
