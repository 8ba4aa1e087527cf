"""Joining the tracks of several trackers: whether they are of one object, and one estimate from them.

Tracks of one object share its process noise, and perhaps reports, so their errors are correlated, by how much nobody
knows. Covariance intersection stays conservative whatever the correlation is; plain information fusion is sharper, and
right only where errors are independent.
"""

from typing import Literal, NamedTuple

import numpy as np
from numba import njit

from cupola.core.earth import Vector
from cupola.sensors.looks import Indices
from cupola.tracking.association import chi_square_gate, distance_and_log_likelihood, nearest_neighbour

HALVINGS = 60  # of the bracket of a weight
LEVEL = 1e-10  # of the gradient over the simplex, relative to its size, at which weights are the best
ROUNDS = 1_000


class Fused(NamedTuple):
    """State ``x`` (n,) and covariance ``p`` (n, n), with the weight ``omega`` (k,) that each track got."""

    x: Vector
    p: Vector
    omega: Vector


def covariance_intersection(
    x: Vector, p: Vector, *, criterion: Literal["determinant", "trace"] = "determinant", scale: Vector | None = None
) -> Fused:
    """Return the covariance intersection of k tracks, states ``x`` (k, n) and covariances ``p`` (k, n, n).

    P^-1 = sum omega_i P_i^-1, the weights adding up to 1 (Julier and Uhlmann 1997, American Control Conference, eqs. 6
    and 7; several tracks: Niehsen 2002, FUSION). Weights minimise the determinant of P, which needs no common unit, or
    the trace of P with each state divided by its ``scale`` (n,), by default as it stands. Equal tracks share evenly.

    Raises ``ValueError`` for shapes that do not fit, a covariance that is not positive definite, or an unknown
    criterion.
    """
    x, p = _checked(x, p)
    n = x.shape[1]
    if criterion not in ("determinant", "trace"):
        raise ValueError(f"got the criterion {criterion!r}, accepted are 'determinant' and 'trace'")
    # The search works on states divided by their common size: positions in m beside parameters cost digits otherwise.
    size = np.sqrt(np.diagonal(p, axis1=1, axis2=2).mean(axis=0))
    weight = (size / (np.ones(n) if scale is None else np.asarray(scale, dtype=np.float64))) ** 2
    information = np.asarray(np.linalg.inv(p / np.outer(size, size)), dtype=np.float64)
    omega = _best_weights(information, weight / weight.max(), criterion == "trace")
    joined = np.linalg.inv(np.einsum("k,kij->ij", omega, information))
    state = joined @ np.einsum("k,kij,kj->i", omega, information, x / size)
    return Fused(state * size, 0.5 * (joined + joined.T) * np.outer(size, size), omega)


def information_fusion(x: Vector, p: Vector) -> Fused:
    """Return the estimate of least variance from k tracks with independent errors, ``x`` (k, n) and ``p`` (k, n, n).

    P^-1 = sum P_i^-1. Overconfident where errors are correlated; then use :func:`covariance_intersection`.

    Raises ``ValueError`` for shapes that do not fit or a covariance that is not positive definite.
    """
    x, p = _checked(x, p)
    size = np.sqrt(np.diagonal(p, axis1=1, axis2=2).mean(axis=0))
    information = np.linalg.inv(p / np.outer(size, size))
    joined = np.linalg.inv(information.sum(axis=0))
    state = joined @ np.einsum("kij,kj->i", information, x / size)
    return Fused(state * size, 0.5 * (joined + joined.T) * np.outer(size, size), np.ones(len(x)))


@njit(cache=True, error_model="numpy", nogil=True)
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


def same_objects(x_a: Vector, p_a: Vector, x_b: Vector, p_b: Vector, *, probability: float = 0.999) -> Indices:
    """Return for each track of the first tracker (A,) the index of the second's track of the same object, or -1.

    Arguments as of :func:`track_distance`. Pairs whose distance passes the chi-square test, in which a share
    ``probability`` of true pairs passes, are assigned so that as many as pass together are joined at the greatest
    likelihood.
    """
    x_a, p_a, x_b, p_b = (np.ascontiguousarray(array, dtype=np.float64) for array in (x_a, p_a, x_b, p_b))
    distance, log_likelihood = track_distance(x_a, p_a, x_b, p_b)
    passed = distance < chi_square_gate(probability, x_a.shape[1])
    if not passed.any():
        return np.full(len(x_a), -1)
    # A miss that costs more than all pairs differ together: no pair is given up to make another one likelier.
    spread = float(np.ptp(log_likelihood[passed]))
    miss_cost = (1.0 + spread) * (1.0 + min(passed.shape)) - float(log_likelihood[passed].min())
    return nearest_neighbour(-log_likelihood, passed, miss_cost=miss_cost)


def _checked(x: Vector, p: Vector) -> tuple[Vector, Vector]:
    x, p = np.asarray(x, dtype=np.float64), np.asarray(p, dtype=np.float64)
    if x.ndim != 2 or len(x) == 0 or p.shape != (*x.shape, x.shape[1]):
        raise ValueError(f"got states {x.shape} and covariances {p.shape}, accepted are (k, n) and (k, n, n), k >= 1")
    spread = np.sqrt(np.abs(np.diagonal(p, axis1=1, axis2=2)))
    try:
        np.linalg.cholesky(p / (spread[:, :, None] * spread[:, None, :]))
    except np.linalg.LinAlgError:
        raise ValueError("got a covariance that is not positive definite; has a filter lost its digits?") from None
    return x, p


@njit(cache=True, error_model="numpy", nogil=True)
def _gradient(omega: Vector, information: Vector, weight: Vector, trace: bool) -> Vector:
    """Return the derivative (k,) of log det P, or of trace(weight P), after each weight.

    With M = sum omega_i I_i and P = M^-1 these are -tr(P I_i) and -tr(W P I_i P).
    """
    k, n = len(omega), len(weight)
    total = np.zeros((n, n))
    for i in range(k):
        total += omega[i] * information[i]
    p = np.linalg.inv(total)
    inner = p
    if trace:
        scaled = np.empty((n, n))
        for row in range(n):
            for column in range(n):
                scaled[row, column] = weight[row] * p[row, column]
        inner = p @ scaled
    out = np.zeros(k)
    for i in range(k):
        for row in range(n):
            for column in range(n):
                out[i] -= inner[row, column] * information[i, column, row]
    return out


@njit(cache=True, error_model="numpy", nogil=True)
def _best_weights(information: Vector, weight: Vector, trace: bool) -> Vector:
    """Return the weights (k,) on the simplex that minimise a convex criterion.

    Weight is moved from the track that helps least to the one that helps most, by a bracketed search along that line,
    until all tracks that carry weight help alike (Karush-Kuhn-Tucker). Two tracks need one such step.
    """
    k = information.shape[0]
    omega = np.full(k, 1.0 / k)
    for _ in range(ROUNDS):
        slope = _gradient(omega, information, weight, trace)
        gain, loss = 0, -1
        for i in range(k):
            if slope[i] < slope[gain]:
                gain = i
            if omega[i] > 0.0 and (loss < 0 or slope[i] > slope[loss]):
                loss = i
        if slope[loss] - slope[gain] <= LEVEL * abs(slope[gain]):
            break
        start_gain, start_loss = omega[gain], omega[loss]
        low, high = 0.0, start_loss
        omega[gain], omega[loss] = start_gain + high, 0.0
        slope = _gradient(omega, information, weight, trace)
        if slope[gain] <= slope[loss]:
            continue
        for _ in range(HALVINGS):
            step = 0.5 * (low + high)
            omega[gain], omega[loss] = start_gain + step, start_loss - step
            slope = _gradient(omega, information, weight, trace)
            if slope[gain] < slope[loss]:
                low = step
            else:
                high = step
    return omega
