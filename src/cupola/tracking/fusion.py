"""Joining the tracks of several trackers: whether they are of one object, and one estimate from them.

Tracks of one object share its process noise, and perhaps reports, so their errors are correlated, by how much nobody
knows. Covariance intersection stays conservative whatever the correlation is; adding up informations would be sharper,
and right only where errors are independent.
"""

import math
from typing import Literal, NamedTuple

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.association import chi_square_gate, distance_and_log_likelihood, nearest_neighbour

STEPS = 60  # of the search for a weight along one line
LEVEL = 1e-10  # of the gradient over the simplex, relative to its size, at which weights are the best
ROUNDS = 1_000


class Fused(NamedTuple):
    """State ``x`` (n,) and covariance ``p`` (n, n), with the weight ``omega`` (k,) that each track got."""

    x: Vector
    p: Vector
    omega: Vector


def covariance_intersection(
    x: Vector,
    p: Vector,
    *,
    criterion: Literal["determinant", "trace"] = "determinant",
    scale: Vector | None = None,
    level: float = LEVEL,
) -> Fused:
    """Return the covariance intersection of k tracks, states ``x`` (k, n) and covariances ``p`` (k, n, n).

    P^-1 = sum omega_i P_i^-1, the weights adding up to 1 (Julier and Uhlmann 1997, American Control Conference, eqs. 6
    and 7; several tracks: Niehsen 2002, FUSION). Weights minimise the determinant of P, which needs no common unit, or
    the trace of P with each state divided by its ``scale`` (n,), by default as it stands. Equal tracks share evenly.
    The result is conservative whatever the weights are: ``level`` says how exactly they are sought, as a share of the
    criterion's gradient.

    Raises ``ValueError`` for shapes that do not fit, a covariance that is not positive definite, or an unknown
    criterion.
    """
    x, p = np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(p, dtype=np.float64)
    if x.ndim != 2 or len(x) == 0 or p.shape != (*x.shape, x.shape[1]):
        raise ValueError(f"got states {x.shape} and covariances {p.shape}, accepted are (k, n) and (k, n, n), k >= 1")
    if criterion not in ("determinant", "trace"):
        raise ValueError(f"got the criterion {criterion!r}, accepted are 'determinant' and 'trace'")
    n = x.shape[1]
    unit = np.ones(n) if scale is None else np.asarray(scale, dtype=np.float64)
    omega, state, joined = np.empty(len(x)), np.empty(n), np.empty((n, n))
    if not _intersect(x, p, unit, criterion == "trace", level, omega, state, joined):
        raise ValueError("got a covariance that is not positive definite; has a filter lost its digits?")
    return Fused(state, joined, omega)


@kernel
def track_distance(x_a: Vector, p_a: Vector, x_b: Vector, p_b: Vector) -> tuple[Vector, Vector]:
    """Return the squared distance (A, B) and log-likelihood (A, B) that tracks of two trackers are of one object.

    ``x_a`` (A, n), ``p_a`` (A, n, n), ``x_b`` (B, n), ``p_b`` (B, n, n) at one time, contiguous. The difference is
    measured against the sum of covariances, as if errors were independent (Singer and Kanyuck 1971, Automatica 7(4));
    common process noise makes the true difference smaller (Bar-Shalom 1981, IEEE TAC 26(2)), so that the test keeps
    rather too many pairs than too few.
    """
    a, b, n = x_a.shape[0], x_b.shape[0], x_a.shape[1]
    distance, log_likelihood = np.empty((a, b)), np.empty((a, b))
    factor = np.empty((n, n + 1))
    for i in range(a):
        for j in range(b):
            distance[i, j], log_likelihood[i, j] = distance_and_log_likelihood(
                x_a[i] - x_b[j], p_a[i] + p_b[j], n, factor
            )
    return distance, log_likelihood


def same_objects(
    x_a: Vector,
    p_a: Vector,
    x_b: Vector,
    p_b: Vector,
    *,
    probability: float = 0.999,
    allowed: Flags | None = None,
) -> Indices:
    """Return for each track of the first tracker (A,) the index of the second's track of the same object, or -1.

    Arguments as of :func:`track_distance`. Pairs whose distance passes the chi-square test, in which a share
    ``probability`` of true pairs passes, are assigned so that as many as pass together are joined at the greatest
    likelihood. ``allowed`` (A, B) may rule pairs out beforehand.
    """
    x_a, p_a, x_b, p_b = (np.ascontiguousarray(array, dtype=np.float64) for array in (x_a, p_a, x_b, p_b))
    distance, log_likelihood = track_distance(x_a, p_a, x_b, p_b)
    passed = distance < chi_square_gate(probability, x_a.shape[1])
    if allowed is not None:
        passed &= allowed
    if not passed.any():
        return np.full(len(x_a), -1)
    # A miss that costs more than all pairs differ together: no pair is given up to make another one likelier.
    spread = float(np.ptp(log_likelihood[passed]))
    miss_cost = (1.0 + spread) * (1.0 + min(passed.shape)) - float(log_likelihood[passed].min())
    return nearest_neighbour(-log_likelihood, passed, miss_cost=miss_cost)


@kernel
def inverse(a: Vector, out: Vector, lower: Vector) -> bool:
    """Write the inverse of the symmetric a (n, n) into out (n, n); False where a is not positive definite.

    ``lower`` (n, n) is left with the inverse of a's Cholesky factor.
    """
    n = a.shape[0]
    for j in range(n):
        total = a[j, j]
        for k in range(j):
            total -= lower[j, k] * lower[j, k]
        if not (total > 0.0 and total < np.inf):
            return False
        lower[j, j] = math.sqrt(total)
        for i in range(j + 1, n):
            total = a[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            lower[i, j] = total / lower[j, j]
    for j in range(n):
        lower[j, j] = 1.0 / lower[j, j]
        for i in range(j + 1, n):
            total = 0.0
            for k in range(j, i):
                total -= lower[i, k] * lower[k, j]
            lower[i, j] = total / lower[i, i]
    for i in range(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, n):
                total += lower[k, i] * lower[k, j]
            out[i, j] = out[j, i] = total
    return True


@kernel
def _intersect(
    x: Vector, p: Vector, unit: Vector, trace: bool, level: float, omega: Vector, state: Vector, joined: Vector
) -> bool:
    """Write weights omega (k,), state (n,) and covariance joined (n, n); False where a covariance is none.

    The search works on states divided by their common size: positions in m beside parameters cost digits otherwise.
    """
    k, n = x.shape
    size, weight = np.empty(n), np.empty(n)
    for i in range(n):
        size[i] = math.sqrt(p[:, i, i].mean())
        weight[i] = (size[i] / unit[i]) ** 2
    weight /= weight.max()
    information, scaled, lower = np.empty((k, n, n)), np.empty((n, n)), np.empty((n, n))
    for a in range(k):
        for i in range(n):
            for j in range(n):
                scaled[i, j] = p[a, i, j] / (size[i] * size[j])
        if not inverse(scaled, information[a], lower):
            return False
    _best_weights(information, weight, trace, level, omega)
    total, pull = np.zeros((n, n)), np.zeros(n)
    for a in range(k):
        for i in range(n):
            for j in range(n):
                total[i, j] += omega[a] * information[a, i, j]
                pull[i] += omega[a] * information[a, i, j] * (x[a, j] - x[0, j]) / size[j]
    if not inverse(total, scaled, lower):
        return False
    for i in range(n):
        state[i] = x[0, i]
        for j in range(n):
            state[i] += scaled[i, j] * pull[j] * size[i]
            joined[i, j] = scaled[i, j] * size[i] * size[j]
    return True


@kernel
def _gradient(omega: Vector, information: Vector, weight: Vector, trace: bool, space: Vector, out: Vector) -> None:
    """Write the derivative (k,) of log det P, or of trace(weight P), after each weight.

    With M = sum omega_i I_i and P = M^-1 these are -tr(P I_i) and -tr(P W P I_i); space is (4, n, n).
    """
    k, n = len(omega), len(weight)
    total, p, inner = space[0], space[1], space[1]
    total[:] = 0.0
    for a in range(k):
        if omega[a] > 0.0:
            for i in range(n):
                for j in range(n):
                    total[i, j] += omega[a] * information[a, i, j]
    inverse(total, p, space[2])
    if trace:
        inner = space[3]
        for i in range(n):
            for j in range(n):
                inner[i, j] = 0.0
                for m in range(n):
                    inner[i, j] += p[i, m] * weight[m] * p[m, j]
    for a in range(k):
        out[a] = 0.0
        for i in range(n):
            for j in range(n):
                out[a] -= inner[i, j] * information[a, j, i]


@kernel
def _best_weights(information: Vector, weight: Vector, trace: bool, level: float, omega: Vector) -> None:
    """Write the weights omega (k,) on the simplex that minimise a convex criterion.

    Weight is moved from the track that helps least to the one that helps most, until all tracks that carry weight help
    alike (Karush-Kuhn-Tucker). Two tracks need one such step, whose length is sought by the Illinois variant of false
    position (Dowell and Jarratt 1971, BIT 11, 168).
    """
    k, n = information.shape[0], information.shape[1]
    space, slope = np.empty((4, n, n)), np.empty(k)
    omega[:] = 1.0 / k
    for _ in range(ROUNDS):
        _gradient(omega, information, weight, trace, space, slope)
        gain, loss = 0, -1
        for i in range(k):
            if slope[i] < slope[gain]:
                gain = i
            if omega[i] > 0.0 and (loss < 0 or slope[i] > slope[loss]):
                loss = i
        limit = level * abs(slope[gain])
        if slope[loss] - slope[gain] <= limit:
            break
        start_gain, start_loss = omega[gain], omega[loss]
        low, high, f_low = 0.0, start_loss, slope[gain] - slope[loss]
        omega[gain], omega[loss] = start_gain + high, 0.0
        _gradient(omega, information, weight, trace, space, slope)
        f_high = slope[gain] - slope[loss]
        if f_high <= 0.0:
            continue
        side = 0
        for _ in range(STEPS):
            step = (low * f_high - high * f_low) / (f_high - f_low)
            omega[gain], omega[loss] = start_gain + step, start_loss - step
            _gradient(omega, information, weight, trace, space, slope)
            f = slope[gain] - slope[loss]
            if abs(f) <= 0.5 * limit:
                break
            if f < 0.0:
                low, f_low = step, f
                f_high *= 0.5 if side < 0 else 1.0
                side = -1
            else:
                high, f_high = step, f
                f_low *= 0.5 if side > 0 else 1.0
                side = 1
