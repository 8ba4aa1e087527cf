"""The filter of one object under one motion model, unscented: the kernels of :mod:`cupola.tracking.filter` once more,
with sigma points in the place of derivatives.

A bias that is considered and not estimated (:mod:`cupola.tracking.filter`) needs a linear motion and a linear row.
Statistical linear regression gives both: of all linear functions of the state, A = P_yx P^-1 fits the moved sigma
points best, and what it leaves, P_yy - A P A^T, is uncorrelated with the state and adds to the noise. Lefebvre,
Bruyninckx and De Schutter (2002), IEEE Trans. Automatic Control 47, 1406; Arasaratnam, Haykin and Elliott (2007), Proc.
IEEE 95, 953. With P = S S^T and points at x +- d S_j, A S has the columns (y_j+ - y_j-) / 2 d: A c needs S^-1 c alone,
whose columns are no longer than one where c is a cross-covariance. The moved covariance is a sum of squares, as no
weight of it is negative for up to nine states (:class:`cupola.tracking.unscented.Spread` as it stands).

Where P has no factor, is wider than ``WIDEST``, or a point comes to no number, the extended filter takes the step or
the row. Work space is (``SPACE``, 9, 9).
"""

import math

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking import filter as extended
from cupola.tracking.filter import correct, innovation_variance, join_row, linearise
from cupola.tracking.linear import cholesky
from cupola.tracking.motion import N, dimension, step, step_length
from cupola.tracking.motion_linear import add_noise, gradient
from cupola.tracking.reports import ROWS, Reports, measured
from cupola.tracking.unscented import Spread, sigma_points

SPACE = 8
WIDEST = 500e3
"""Position sigma in m, three axes together, of the widest prior that sigma points are drawn from: more than a track may
have, less than the stand-in for "anywhere" that a first fix begins with and that is no distribution
"""
WEIGHTS = tuple(Spread().weights(n) for n in range(N + 1))
LOWER, POINTS = 4, 5  # where in the work space the factor and the sigma points lie


@kernel
def _factor(n: int, p: Vector, lower: Vector) -> bool:
    """Write the factor of the leading (n, n) of p into lower; return False where no sigma points may be drawn."""
    width = p[0, 0] + p[1, 1] + p[2, 2]
    return width <= WIDEST * WIDEST and cholesky(p[:n, :n], lower[:n, :n])


@kernel
def propagate(mode: int, x: Vector, p: Vector, c: Vector, columns: int, seconds: float, work: Vector) -> bool:
    """Carry state x (9,), covariance p (9, 9) and the first ``columns`` of c forward in place.

    Points are drawn anew at every step. Returns False when the object met the ground on the way, where it then stays.
    """
    n = dimension(mode)
    remaining = seconds
    while remaining > 1e-9:
        h = step_length(mode, x, remaining)
        if h <= 0.0:
            return False
        moved = 0.0
        if _factor(n, p, work[LOWER]):
            moved = _move(mode, n, x, p, c, columns, h, work)
        if moved == 0.0:
            extended.propagate(mode, x, p, c, columns, h, work)
            moved = h
        remaining -= moved
    return True


@kernel
def _move(mode: int, n: int, x: Vector, p: Vector, c: Vector, columns: int, longest: float, work: Vector) -> float:
    """Carry x, p and c one step, as short as the most hurried sigma point needs; return its length in s, 0 where
    a point came to no number and nothing was changed.
    """
    mean, shift, middle, z = work[3, 0], work[3, 1], work[3, 2], work[3, 3]
    lower, points = work[LOWER], work[POINTS:SPACE].reshape((27, 9))
    distance, centre, weight = WEIGHTS[n]
    sigma_points(x[:n], lower[:n, :n], distance, points)
    h = longest
    for i in range(2 * n + 1):
        for j in range(n, N):
            points[i, j] = x[j]
        own = step_length(mode, points[i], longest)
        if own > 0.0:
            h = min(h, own)
    for i in range(2 * n + 1):
        step(mode, points[i], h)
    _halve(n, n, points)
    check = 0.0
    for j in range(n):
        total = 0.0
        for i in range(n):
            total += points[1 + n + i, j]
            check += points[1 + i, j]
        shift[j] = 2.0 * weight * total
        mean[j] = points[0, j] + shift[j]
        check += mean[j]
    if not math.isfinite(check):
        return 0.0
    for j in range(N):
        middle[j] = 0.5 * (x[j] + mean[j]) if j < n else x[j]
    for i in range(n):
        x[i] = mean[i]
        for j in range(i + 1):
            total = 0.0
            for k in range(n):
                bent = (points[1 + n + k, i] - shift[i]) * (points[1 + n + k, j] - shift[j])
                total += points[1 + k, i] * points[1 + k, j] + bent
            p[i, j] = 2.0 * weight * total + centre * shift[i] * shift[j]
            p[j, i] = p[i, j]
    for k in range(columns):
        _solve(n, lower, c, k, z)
        for i in range(n):
            total = 0.0
            for j in range(n):
                total += points[1 + j, i] * z[j]
            c[i, k] = total / distance
    gradient(mode, middle, work[0])
    add_noise(mode, middle, h, work[0], p)
    return h


@kernel
def _halve(n: int, columns: int, points: Vector) -> None:
    """Replace each pair of moved points (2 n + 1, ``columns``) by half its difference and by its mean less the
    centre.
    """
    for i in range(n):
        for j in range(columns):
            plus, minus = points[1 + i, j], points[1 + n + i, j]
            points[1 + i, j] = 0.5 * (plus - minus)
            points[1 + n + i, j] = 0.5 * ((plus - points[0, j]) + (minus - points[0, j]))


@kernel
def _solve(n: int, lower: Vector, c: Vector, k: int, z: Vector) -> None:
    """Write z (n,) = lower^-1 c[:, k]; a direction in which nothing is uncertain has no part in it."""
    for i in range(n):
        total = c[i, k]
        for j in range(i):
            total -= lower[i, j] * z[j]
        z[i] = total / lower[i, i] if lower[i, i] > 0.0 else 0.0


@kernel
def _regress(
    row: int,
    reach: int,
    points: Vector,
    lower: Vector,
    reports: Reports,
    k: int,
    ax: float,
    ay: float,
    az: float,
    h: Vector,
    bend: Vector,
) -> tuple[float, float]:
    """Write the regression h (reach,) of one row on the state and its ``bend`` (reach,), each axis's even part less the
    mean's shift; return what the centre measures and that shift.

    A row depends on the first ``reach`` states alone, 3 or 6, and the factor is triangular: the other points measure
    what the centre does. With d^2 = 3 they cancel out of every sum, so that the sigma points (2 reach + 1, 9) of the
    leading block give the moments of the whole.
    """
    distance, _, weight = WEIGHTS[reach]
    at = linearise(row, points[0], reports, k, ax, ay, az, h)
    total = 0.0
    for i in range(reach):
        plus = linearise(row, points[1 + i], reports, k, ax, ay, az, h)
        minus = linearise(row, points[1 + reach + i], reports, k, ax, ay, az, h)
        points[1 + i, 8] = 0.5 * (plus - minus) / distance
        bend[i] = 0.5 * ((plus - at) + (minus - at))
        total += bend[i]
    shift = 2.0 * weight * total
    for i in range(reach - 1, -1, -1):
        bend[i] -= shift
        slope = points[1 + i, 8]
        for j in range(i + 1, reach):
            slope -= lower[j, i] * h[j]
        h[i] = slope / lower[i, i] if lower[i, i] > 0.0 else 0.0
    return at, shift


@kernel
def _left(reach: int, bend: Vector, shift: float, other: Vector, other_shift: float) -> float:
    """Return the covariance of what the regressions of two rows leave, by their bends (reach,) and shifts."""
    _, centre, weight = WEIGHTS[reach]
    total = centre * shift * other_shift
    for i in range(reach):
        total += 2.0 * weight * bend[i] * other[i]
    return total


@kernel
def _take(
    row: int, n: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, k: int, work: Vector
) -> float:
    """Take one row of report k in place and return its log likelihood, 0 where the report has no such row."""
    h, bend, lower, points = work[1, 1], work[1, 2], work[LOWER], work[POINTS:SPACE].reshape((27, 9))
    value, noise, bias, ax, ay, az = measured(row, reports, k)
    if math.isnan(value):
        return 0.0
    column, reach = (3 * slot + row, 3) if row < 3 else (-1, 6)
    if _factor(reach, p, lower):
        sigma_points(x[:reach], lower[:reach, :reach], WEIGHTS[reach][0], points)
        at, shift = _regress(row, reach, points, lower, reports, k, ax, ay, az, h, bend)
        left = _left(reach, bend, shift, bend, shift)
        if math.isfinite(at + left):
            noise = math.sqrt(noise * noise + left)
            return correct(n, reach, x, p, c, columns, column, h, value - (at + shift), noise, bias, work)
    residual = value - linearise(row, x, reports, k, ax, ay, az, h)
    return correct(n, reach, x, p, c, columns, column, h, residual, noise, bias, work)


@kernel
def update(
    mode: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, k: int, work: Vector
) -> float:
    """Take report k in place, row by row, points drawn anew for each; return the log likelihood of the report."""
    n, total = dimension(mode), 0.0
    for row in range(ROWS):
        total += _take(row, n, x, p, c, columns, slot, reports, k, work)
    return total


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
    """Write the joint residual z (4,) and its covariance s (4, 4) of report k, as
    :func:`cupola.tracking.filter.innovation` does, with the means and the covariance that the sigma points have beyond
    the linear ones; return how many rows it has, 2 to 4.
    """
    h, bend, direct, shift = work[1], work[2], work[3], work[0, 0]
    lower, points = work[LOWER], work[POINTS:SPACE].reshape((27, 9))
    sound = _factor(6, p, lower)
    m, check = 0, 0.0
    if sound:
        sigma_points(x[:6], lower[:6, :6], WEIGHTS[6][0], points)
        known = slot >= 0 and 3 * slot < columns
        for row in range(ROWS):
            value, noise, bias, ax, ay, az = measured(row, reports, k)
            if math.isnan(value):
                continue
            at, shift[m] = _regress(row, 6, points, lower, reports, k, ax, ay, az, h[m], bend[m])
            z[m] = value - (at + shift[m])
            column = 3 * slot + row if known and row < 3 else -1
            innovation_variance(6, 6, p, c, column, h[m], noise, bias, direct[m], direct[ROWS + m])
            join_row(m, h, direct, noise * noise + bias * bias, s)
            for j in range(m + 1):
                s[m, j] += _left(6, bend[m], shift[m], bend[j], shift[j])
                s[j, m] = s[m, j]
            check += z[m] + s[m, m]
            m += 1
    if sound and math.isfinite(check):
        return m
    return int(extended.innovation(x, p, c, columns, slot, reports, k, z, s, work))
