"""Linear algebra of filters for any number of states: covariances carried and corrected, triangular factors.

Everything works in place on arrays that the caller owns, so that a filter's loop allocates nothing. n is the number of
states, m of measured quantities. ``lower`` is a lower triangular factor with lower lower^T = covariance.
"""

import math

from cupola.core.earth import Vector
from cupola.core.kernel import kernel


@kernel
def predict_covariance(f: Vector, p: Vector, q: Vector, work: Vector) -> None:
    """Replace the covariance p (n, n) by f p f^T + q, symmetric to the last bit; work is (n, n)."""
    n = p.shape[0]
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += f[i, k] * p[k, j]
            work[i, j] = total
    for i in range(n):
        for j in range(i + 1):
            total = q[i, j]
            for k in range(n):
                total += work[i, k] * f[j, k]
            p[i, j] = total
            p[j, i] = total


@kernel
def scalar_update(x: Vector, p: Vector, h: Vector, residual: float, variance: float, work: Vector) -> float:
    """Correct x (n,) and p (n, n) by one scalar, residual = h . dx + noise of ``variance``; work is (3, n).

    Joseph's form of the covariance (Bucy and Joseph 1968), (I - K h) P (I - K h)^T + K r K^T, which stays positive
    definite where the short form P - K h P loses it to rounding. Returns the innovation squared over its variance.
    """
    n = p.shape[0]
    direct, gain, left = work[0], work[1], work[2]
    own = variance
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += p[i, j] * h[j]
        direct[i] = total
        own += h[i] * total
    for i in range(n):
        gain[i] = direct[i] / own
        x[i] += gain[i] * residual
    for i in range(n):
        # Row i of (I - K h) P, times h.
        total = 0.0
        for j in range(n):
            total += (p[i, j] - gain[i] * direct[j]) * h[j]
        left[i] = total
    for i in range(n):
        for j in range(i + 1):
            value = p[i, j] - gain[i] * direct[j] - left[i] * gain[j] + variance * gain[i] * gain[j]
            p[i, j] = value
            p[j, i] = value
    return residual * residual / own


@kernel
def cholesky(a: Vector, lower: Vector) -> bool:
    """Write the Cholesky factor of the symmetric a (n, n) into lower (n, n), zero above the diagonal.

    A state that is known exactly (a zero row) keeps a zero row. Returns False where a is not positive semi-definite.
    """
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            lower[i, j] = 0.0
    for j in range(n):
        total = a[j, j]
        for k in range(j):
            total -= lower[j, k] * lower[j, k]
        if total < -1e-12 * abs(a[j, j]):
            return False
        if total <= 1e-300:
            continue
        root = math.sqrt(total)
        lower[j, j] = root
        for i in range(j + 1, n):
            total = a[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            lower[i, j] = total / root
    return True


@kernel
def forward_substitute(lower: Vector, b: Vector) -> None:
    """Replace b (n,) by the solution of lower y = b."""
    for i in range(b.shape[0]):
        total = b[i]
        for k in range(i):
            total -= lower[i, k] * b[k]
        b[i] = total / lower[i, i]


@kernel
def triangularise(a: Vector, rows: int, columns: int) -> None:
    """Turn the first ``rows`` x ``columns`` of a into (L 0) with the same a a^T, diagonal of L not negative.

    Householder reflections from the right (Golub and Van Loan 2013, Matrix Computations, alg. 5.2.1, transposed). Rows
    may not outnumber columns.
    """
    for i in range(rows):
        size = 0.0
        for k in range(i + 1, columns):
            size += a[i, k] * a[i, k]
        head = a[i, i]
        if size == 0.0:
            if head < 0.0:
                for r in range(i, rows):
                    a[r, i] = -a[r, i]
            continue
        length = math.sqrt(head * head + size)
        # The reflection that sends the row to +length, without cancellation (same book, alg. 5.1.1).
        first = head - length if head <= 0.0 else -size / (head + length)
        scale = 2.0 / (size + first * first)
        for r in range(i + 1, rows):
            total = a[r, i] * first
            for k in range(i + 1, columns):
                total += a[r, k] * a[i, k]
            total *= scale
            a[r, i] -= total * first
            for k in range(i + 1, columns):
                a[r, k] -= total * a[i, k]
        a[i, i] = length
        for k in range(i + 1, columns):
            a[i, k] = 0.0


@kernel
def downdate(lower: Vector, v: Vector, size: int) -> bool:
    """Replace the factor lower (size, size) by that of lower lower^T - v v^T; v (size,) is used up.

    Hyperbolic rotations in mixed form (Golub and Van Loan 2013, sec. 6.5.4). Returns False where the difference is not
    positive definite.
    """
    for j in range(size):
        before = lower[j, j]
        left = (before - v[j]) * (before + v[j])
        if left <= 0.0:
            return False
        after = math.sqrt(left)
        c, s = after / before, v[j] / before
        lower[j, j] = after
        for i in range(j + 1, size):
            lower[i, j] = (lower[i, j] - s * v[i]) / c
            v[i] = c * v[i] - s * lower[i, j]
    return True


@kernel
def multiply_transposed(lower: Vector, p: Vector) -> None:
    """Write lower lower^T into p (n, n)."""
    n = p.shape[0]
    for i in range(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(j + 1):
                total += lower[i, k] * lower[j, k]
            p[i, j] = total
            p[j, i] = total


@kernel
def error_squared(error: Vector, p: Vector, work: Vector) -> float:
    """Return the normalised error squared e^T p^-1 e of error (n,) under p (n, n); NaN where p is not positive
    definite.

    ``work`` is (n + 1, n).
    """
    n = error.shape[0]
    if not cholesky(p, work[:n]):
        return math.nan
    for i in range(n):
        work[n, i] = error[i]
    forward_substitute(work[:n], work[n])
    total = 0.0
    for i in range(n):
        total += work[n, i] * work[n, i]
    return total
