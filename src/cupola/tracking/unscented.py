"""The unscented filter in square-root form, for any number of states: sigma points out, sigma points back.

The covariance exists only as its triangular factor S (S S^T = P), got by orthogonal triangularisation of weighted
deviations, so it cannot lose its positive definiteness: Julier and Uhlmann (1997), Proc. SPIE 3068, eqs. 12 to 15;
square-root form van der Merwe and Wan (2001), Proc. ICASSP, alg. 3.1, here with the update of mean and factor in one
triangularisation of the joint array of measurement and state (Kailath, Sayed and Hassibi 2000, Linear Estimation,
sec. 12.3).
The motion and measurement themselves are the caller's: a kernel draws points, moves or measures each, and hands them
back.
"""

import math
from dataclasses import dataclass

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.linear import downdate, triangularise


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How far sigma points lie from the mean, and what the centre weighs (Wan and van der Merwe 2000, eq. 15)."""

    alpha: float = 1.0
    beta: float = 2.0
    kappa: float | None = None
    """None is 3 - n, which matches the fourth moment of a normal distribution along each axis."""

    def weights(self, states: int) -> tuple[float, float, float]:
        """Return (distance in standard deviations, centre's weight in the covariance, the other points' weight).

        The centre's weight in the mean is what the others leave of one. Raises ``ValueError`` where points would not
        lie apart.
        """
        kappa = 3.0 - states if self.kappa is None else self.kappa
        total = self.alpha * self.alpha * (states + kappa)
        if not (math.isfinite(total) and total > 0.0):
            raise ValueError(
                f"got alpha {self.alpha}, kappa {kappa} for {states} states, accepted are alpha > 0 and kappa > "
                f"{-states}; leave kappa out for 3 - n"
            )
        centre = (total - states) / total
        return math.sqrt(total), centre + 1.0 - self.alpha * self.alpha + self.beta, 0.5 / total


@kernel
def sigma_points(x: Vector, lower: Vector, distance: float, points: Vector) -> None:
    """Write the sigma points (2 n + 1, n) of mean x (n,) and factor lower (n, n): the mean, then + and - each
    column.
    """
    n = x.shape[0]
    for j in range(n):
        points[0, j] = x[j]
    for i in range(n):
        for j in range(n):
            step = distance * lower[j, i]
            points[1 + i, j] = x[j] + step
            points[1 + n + i, j] = x[j] - step


@kernel
def _centre(points: Vector, columns: int, weight: float, mean: Vector) -> None:
    """Write the weighted mean of the points (k, columns) and leave their deviations from it in their place."""
    count = points.shape[0]
    for j in range(columns):
        # Summed as differences from the centre: the weights add up to one, and digits are kept.
        total = 0.0
        for i in range(1, count):
            total += points[i, j] - points[0, j]
        mean[j] = points[0, j] + weight * total
    for i in range(count):
        for j in range(columns):
            points[i, j] -= mean[j]


@kernel
def gather(
    points: Vector,
    noise: Vector,
    centre_covariance: float,
    weight: float,
    x: Vector,
    lower: Vector,
    work: Vector,
) -> bool:
    """Write mean x (n,) and factor lower (n, n) of moved sigma points (2 n + 1, n) plus noise given by its factor (n,
    n).

    The points are used up; work is at least (n, 3 n + 1). Returns False where a negative centre weight leaves no
    positive definite covariance.
    """
    n = x.shape[0]
    _centre(points, n, weight, x)
    root = math.sqrt(weight)
    head = math.sqrt(max(centre_covariance, 0.0))
    for j in range(n):
        for i in range(2 * n):
            work[j, i] = root * points[1 + i, j]
        for i in range(n):
            work[j, 2 * n + i] = noise[j, i]
        work[j, 3 * n] = head * points[0, j]
    triangularise(work, n, 3 * n + 1)
    for i in range(n):
        for j in range(n):
            lower[i, j] = work[i, j] if j <= i else 0.0
    if centre_covariance >= 0.0:
        return True
    size = math.sqrt(-centre_covariance)
    for j in range(n):
        points[0, j] *= size
    return downdate(lower, points[0], n)


@kernel
def correct(
    points: Vector,
    seen: Vector,
    noise: Vector,
    innovation: Vector,
    centre_covariance: float,
    weight: float,
    x: Vector,
    lower: Vector,
    work: Vector,
) -> float:
    """Correct mean x (n,) and factor lower (n, n) by a measurement of m quantities.

    ``points`` (2 n + 1, n) are sigma points of (x, lower), ``seen`` (2 n + 1, m) what each would measure as a
    difference from what the first measures (angles wrapped), ``innovation`` (m,) the measurement less what the first
    measures, ``noise`` (m,) standard deviations. All but x and lower are used up; work is (m + n + 1, 2 n + 1 + m)
    at least. Returns the normalised innovation squared, NaN where a negative centre weight leaves no positive definite
    covariance: x and lower are then left alone.
    """
    n, m = x.shape[0], innovation.shape[0]
    count = 2 * n + 1
    columns = count + m
    root, head = math.sqrt(weight), math.sqrt(max(centre_covariance, 0.0))
    for j in range(m):
        mean = 0.0
        for i in range(1, count):
            mean += weight * seen[i, j]
        innovation[j] -= mean
        for i in range(count):
            seen[i, j] -= mean
            work[j, i] = (head if i == 0 else root) * seen[i, j]
        for i in range(m):
            work[j, count + i] = noise[j] if i == j else 0.0
    for j in range(n):
        work[m + j, 0] = 0.0
        for i in range(1, count):
            work[m + j, i] = root * (points[i, j] - x[j])
        for i in range(m):
            work[m + j, count + i] = 0.0
    triangularise(work, m + n, columns)
    if centre_covariance < 0.0:
        size = math.sqrt(-centre_covariance)
        for j in range(m + n):
            work[m + n, j] = size * seen[0, j] if j < m else 0.0
        if not downdate(work, work[m + n], m + n):
            return math.nan
    squared = 0.0
    for j in range(m):
        total = innovation[j]
        for k in range(j):
            total -= work[j, k] * innovation[k]
        innovation[j] = total / work[j, j]
        squared += innovation[j] * innovation[j]
    for j in range(n):
        for k in range(m):
            x[j] += work[m + j, k] * innovation[k]
        for k in range(n):
            lower[j, k] = work[m + j, m + k] if k <= j else 0.0
    return squared
