"""Which report belongs to which track: statistical distances, gates, and the assignment of greatest likelihood.

A pair is scored by the logarithm of its likelihood ratio (Blackman 2004, IEEE AES Magazine 19(1), section II): that
the report came from the track, against that it is clutter or something new. Unlike the bare distance, the score also
weighs how wide the gate of a track is, so that a vague track does not take the reports of a sharp one.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import gammaincinv

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags, Indices

MEASURES = 4  # two angles, range, range rate: the most that one report holds
LOG_TWO_PI = math.log(2.0 * math.pi)


def chi_square_gate(probability: float, dimension: int | Indices) -> Vector:
    """Return the squared statistical distance below which a share ``probability`` of true reports of ``dimension``
    measures lies: the inverse chi-square distribution, shape of ``dimension``.

    Raises ``ValueError`` for a probability outside (0, 1) or a dimension below 1.
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"got a gate probability of {probability}, accepted is 0 to 1, both excluded; 0.999 is usual")
    k = np.asarray(dimension, dtype=np.float64)
    if np.any(k < 1.0):
        raise ValueError(f"got {dimension} measures, accepted is 1 or more")
    return np.asarray(2.0 * gammaincinv(0.5 * k, probability))


@kernel
def distance_and_log_likelihood(z: Vector, s: Vector, k: int, factor: Vector) -> tuple[float, float]:
    """Return the squared distance and log-likelihood of one pair; ``factor`` (n, n + 1) is scratch."""
    total, log_determinant = 0.0, 0.0
    last = factor.shape[1] - 1
    for i in range(k):
        # Row i of the Cholesky factor L, and with it element i of L^-1 z, kept in the last column.
        for j in range(i + 1):
            value = s[i, j]
            for m in range(j):
                value -= factor[i, m] * factor[j, m]
            if i == j:
                if not value > 0.0:
                    return np.inf, -np.inf
                factor[i, i] = math.sqrt(value)
            else:
                factor[i, j] = value / factor[j, j]
        residual = z[i]
        for m in range(i):
            residual -= factor[i, m] * factor[m, last]
        residual /= factor[i, i]
        factor[i, last] = residual
        total += residual * residual
        log_determinant += math.log(factor[i, i])
    if not total < np.inf:
        return np.inf, -np.inf
    return total, -0.5 * (total + k * LOG_TWO_PI) - log_determinant


@kernel
def statistical_distance(z: Vector, s: Vector, k: Indices) -> tuple[Vector, Vector]:
    """Return the squared Mahalanobis distance (T, R) and Gaussian log-likelihood (T, R) of T tracks and R reports.

    ``z`` (T, R, 4) are the innovations (report less prediction) and ``s`` (T, R, 4, 4) their covariances, of which
    report j fills the leading ``k[j]`` measures; the rest is not read. The likelihood is a density over those measures,
    in the inverse of their units. A pair whose covariance is not positive definite, or that holds NaN, gets a distance
    of inf and a log-likelihood of -inf; so does a report of no measures.
    """
    tracks, reports = z.shape[0], z.shape[1]
    distance, log_likelihood = np.empty((tracks, reports)), np.empty((tracks, reports))
    factor = np.empty((MEASURES, MEASURES + 1))
    for i in range(tracks):
        for j in range(reports):
            if k[j] < 1:
                distance[i, j], log_likelihood[i, j] = np.inf, -np.inf
            else:
                distance[i, j], log_likelihood[i, j] = distance_and_log_likelihood(z[i, j], s[i, j], k[j], factor)
    return distance, log_likelihood


def assignment_cost(
    log_likelihood: Vector, *, detection_probability: float | Vector, extraneous_density: float | Vector
) -> tuple[Vector, Vector]:
    """Return the cost (T, R) of giving a report to a track and the cost (T,) of giving a track none, both the negative
    logarithm of a likelihood ratio against the report being extraneous.

    ``log_likelihood`` (T, R); ``detection_probability`` (scalar or (T,)) that the track, if it is where it is believed
    to be, gives a report that falls into its gate; ``extraneous_density`` (scalar or (R,)) of clutter and new objects
    together, per unit of the measures of that report. A report that no track takes costs nothing.

    Raises ``ValueError`` for a probability outside (0, 1) or a density that is not positive.
    """
    tracks = len(log_likelihood)
    detection = np.broadcast_to(np.asarray(detection_probability, dtype=np.float64), (tracks,))
    density = np.asarray(extraneous_density, dtype=np.float64)
    if not np.all((detection > 0.0) & (detection < 1.0)):
        raise ValueError(f"got detection probabilities of {detection_probability}, accepted is 0 to 1, both excluded")
    if not np.all(density > 0.0):
        raise ValueError(f"got an extraneous density of {extraneous_density}, accepted are positive values")
    return np.log(density) - log_likelihood - np.log(detection)[:, None], -np.log1p(-detection)


@kernel
def _root(parent: Indices, i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def clusters(mask: Flags) -> tuple[Indices, Indices]:
    """Return the cluster number of each track (T,) and of each report (R,) when pairs in ``mask`` (T, R) may belong
    together.

    Clusters share no pair, so each can be solved by itself. A track or report without any pair has -1. Clusters are
    numbered from 0 in the order of their first track.
    """
    tracks, reports = mask.shape
    parent = np.arange(tracks + reports)
    for i in range(tracks):
        for j in range(reports):
            if mask[i, j]:
                a, b = _root(parent, i), _root(parent, tracks + j)
                parent[max(a, b)] = min(a, b)
    number = np.full(tracks + reports, -1)
    count = 0
    of_track, of_report = np.full(tracks, -1), np.full(reports, -1)
    for j in range(reports):
        root = _root(parent, tracks + j)
        if root < tracks:
            of_report[j] = root
            number[root] = 0
    for i in range(tracks):
        if number[i] == 0:
            number[i] = count
            count += 1
    for i in range(tracks):
        of_track[i] = number[_root(parent, i)]
    for j in range(reports):
        if of_report[j] >= 0:
            of_report[j] = number[of_report[j]]
    return of_track, of_report


@kernel
def _gains(cost: Vector, mask: Flags, miss_cost: Vector) -> tuple[Vector, Flags]:
    """Return what a pair saves over missing the track, never above 0, and which pairs save anything."""
    tracks, reports = cost.shape
    gain, worth = np.zeros((tracks, reports)), np.zeros((tracks, reports), np.bool_)
    for i in range(tracks):
        for j in range(reports):
            if mask[i, j] and cost[i, j] < miss_cost[i]:
                gain[i, j] = cost[i, j] - miss_cost[i]
                worth[i, j] = True
    return gain, worth


@kernel
def _settle(gain: Vector, of_track: Indices, of_report: Indices) -> tuple[Indices, Indices, Indices]:
    """Return the assignment (T,) of clusters of one track or one report, and the tracks and reports of all others."""
    tracks, reports = gain.shape
    count = of_track.max() + 1 if tracks else 0
    tracks_in, reports_in = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for label in of_track:
        if label >= 0:
            tracks_in[label] += 1
    for label in of_report:
        if label >= 0:
            reports_in[label] += 1
    assignment = np.full(tracks, -1)
    best = np.full(count, 0.0)
    pair = np.full((count, 2), -1)
    for i in range(tracks):
        label = of_track[i]
        if label >= 0 and (tracks_in[label] == 1 or reports_in[label] == 1):
            for j in range(reports):
                if of_report[j] == label and gain[i, j] < best[label]:
                    best[label] = gain[i, j]
                    pair[label, 0], pair[label, 1] = i, j
    for label in range(count):
        if pair[label, 0] >= 0:
            assignment[pair[label, 0]] = pair[label, 1]
    hard = (tracks_in > 1) & (reports_in > 1)
    left = np.array([i for i in range(tracks) if of_track[i] >= 0 and hard[of_track[i]]], np.int64)
    right = np.array([j for j in range(reports) if of_report[j] >= 0 and hard[of_report[j]]], np.int64)
    return assignment, left, right


def nearest_neighbour(cost: Vector, mask: Flags, *, miss_cost: float | Vector) -> NDArray[np.int64]:
    """Return for each track (T,) the index of its report, or -1: the global nearest neighbour, which minimises the sum
    of the costs of all tracks, each report going to one track at most.

    ``cost`` (T, R) as of :func:`assignment_cost`, read only where the gate ``mask`` (T, R) is set; ``miss_cost``
    (scalar or (T,)) of a track without a report. Pairs that cost more than a miss can be in no best assignment; what
    remains falls into clusters, each solved exactly by shortest augmenting paths (Crouse 2016, IEEE TAES 52(4)).

    Raises ``ValueError`` where shapes do not fit or a cost within the gate is NaN or -inf.
    """
    cost, mask = np.ascontiguousarray(cost, dtype=np.float64), np.ascontiguousarray(mask)
    if cost.ndim != 2 or mask.shape != cost.shape:
        raise ValueError(f"got a cost of shape {cost.shape} and a gate of {mask.shape}, accepted are equal (T, R)")
    tracks, reports = cost.shape
    if tracks == 0 or reports == 0:
        return np.full(tracks, -1)
    if not np.all(cost[mask] > -np.inf):
        raise ValueError("got costs of NaN or -inf within the gate, accepted are numbers; is a covariance singular?")
    misses = np.array(np.broadcast_to(np.asarray(miss_cost, dtype=np.float64), (tracks,)))
    gain, worth = _gains(cost, mask, misses)
    of_track, of_report = clusters(worth)
    assignment, left, right = _settle(gain, of_track, of_report)
    for label in np.unique(of_track[left]):
        rows, columns = left[of_track[left] == label], right[of_report[right] == label]
        # A pair of gain 0 stands for "no report", so that the rectangular problem needs no further columns.
        chosen, taken = linear_sum_assignment(gain[np.ix_(rows, columns)])
        real = worth[rows[chosen], columns[taken]]
        assignment[rows[chosen[real]]] = columns[taken[real]]
    return assignment
