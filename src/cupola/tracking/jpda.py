"""Joint probabilistic data association: how probably each report came from each track, over all joint events.

A joint event gives every track one report of its gate or none, and no report to two tracks; its probability is the
product over tracks of ``P_D g(report) / clutter density``, or ``1 - P_D P_G`` without report (Fortmann, Bar-Shalom and
Scheffe 1983, IEEE J. Oceanic Engineering 8(3), eq. 5.8, in its parametric form).

Events are not listed one by one. Tracks are taken in turn, and what the past says to the future is only which reports,
of those that later tracks may still want, are used up (the idea of Maskell, Briers and Wright 2004, "Fast mutual
exclusion"): a forward and a backward pass over these sets give every marginal exactly. Where even that grows beyond a
cap, about twelve tracks that all gate the same reports, the cluster is approximated by loopy belief propagation
(Williams and Lau 2014, IEEE TAES 50(4)): in random crowds 0.004 off in the mean, in one probability of some up to 0.2.
"""

import math
from typing import NamedTuple

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.association import clusters

CAP = 100_000  # steps of the exact recursion in one cluster: some 2 ms
WIDEST = 62  # reports that tracks may be waiting for at once, one bit of an integer each
LEAST_LOG = -300.0  # natural logarithm of the smallest weight beside the best of its track
ITERATIONS = 5_000
CONVERGED = 1e-9  # largest relative change of a message


class JointAssociation(NamedTuple):
    """``probabilities`` (T, R + 1) of each track's reports, the last column being none of them; ``exact`` (T,) says for
    which tracks they are exact.
    """

    probabilities: Vector
    exact: Flags


def joint_association(
    log_likelihood: Vector,
    mask: Flags,
    *,
    detection_probability: float | Vector,
    clutter_density: float | Vector,
    gate_probability: float = 1.0,
    cap: int = CAP,
) -> JointAssociation:
    """Return the marginal probabilities of association of T tracks and R reports of one scan of one sensor.

    ``log_likelihood`` (T, R) of :func:`cupola.tracking.association.statistical_distance`, read where the gate ``mask``
    (T, R) is set; ``detection_probability`` scalar or (T,); ``clutter_density`` scalar or (R,), of false and new
    reports, per unit of the measures of each report; ``gate_probability`` that a true report falls into its gate;
    ``cap`` on the steps of the exact recursion in one cluster, 0 to approximate every cluster.

    Raises ``ValueError`` where shapes do not fit, a probability is outside (0, 1), a density is not positive or a
    likelihood within the gate is no number.
    """
    tracks, reports = mask.shape
    log_likelihood = np.asarray(log_likelihood, dtype=np.float64)
    if log_likelihood.shape != mask.shape:
        raise ValueError(f"got likelihoods {log_likelihood.shape} and a gate {mask.shape}, accepted are equal (T, R)")
    detection = np.broadcast_to(np.asarray(detection_probability, dtype=np.float64), (tracks,))
    density = np.broadcast_to(np.asarray(clutter_density, dtype=np.float64), (reports,))
    if not np.all((detection > 0.0) & (detection < 1.0)):
        raise ValueError(f"got detection probabilities of {detection_probability}, accepted is 0 to 1, both excluded")
    if not 0.0 < gate_probability <= 1.0:
        raise ValueError(f"got a gate probability of {gate_probability}, accepted is above 0, up to 1")
    if not np.all(density > 0.0):
        raise ValueError(f"got a clutter density of {clutter_density}, accepted are positive values")
    if not np.all(np.isfinite(log_likelihood[mask])):
        raise ValueError("got likelihoods that are no numbers within the gate; is a covariance singular?")
    weights = np.full((tracks, reports + 1), -np.inf)
    weights[:, :reports][mask] = (np.log(detection)[:, None] + log_likelihood - np.log(density))[mask]
    weights[:, reports] = np.log1p(-detection * gate_probability)
    mask = np.ascontiguousarray(mask)
    of_track, of_report = clusters(mask)
    return JointAssociation(*_solve(weights, mask, of_track, of_report, cap))


def joint_probabilities(
    log_likelihood: Vector,
    mask: Flags,
    *,
    detection_probability: float | Vector,
    clutter_density: float | Vector,
    gate_probability: float = 1.0,
    cap: int = CAP,
) -> Vector:
    """Return the probabilities (T, R + 1) of :func:`joint_association` alone: column j is report j, the last none."""
    return joint_association(
        log_likelihood,
        mask,
        detection_probability=detection_probability,
        clutter_density=clutter_density,
        gate_probability=gate_probability,
        cap=cap,
    ).probabilities


@kernel
def _solve(weights: Vector, mask: Flags, of_track: Indices, of_report: Indices, cap: int) -> tuple[Vector, Flags]:
    """Return probabilities (T, R + 1) and exactness (T,), cluster by cluster, of log weights (T, R + 1)."""
    tracks, reports = mask.shape
    out, exact = np.zeros((tracks, reports + 1)), np.ones(tracks, np.bool_)
    for i in range(tracks):
        if of_track[i] < 0:
            out[i, reports] = 1.0
    for label in range(of_track.max() + 1 if tracks else 0):
        rows, columns = np.flatnonzero(of_track == label), np.flatnonzero(of_report == label)
        w, open_ = np.zeros((len(rows), len(columns) + 1)), np.zeros((len(rows), len(columns)), np.bool_)
        for a in range(len(rows)):
            best = weights[rows[a], :].max()
            for b in range(len(columns)):
                if mask[rows[a], columns[b]]:
                    open_[a, b] = True
                    w[a, b] = math.exp(max(weights[rows[a], columns[b]] - best, LEAST_LOG))
            w[a, -1] = math.exp(max(weights[rows[a], reports] - best, LEAST_LOG))
        marginal = np.zeros(w.shape)
        found = _exact(w, open_, cap, marginal)
        if not found:
            _loopy(w, open_, marginal)
        for a in range(len(rows)):
            exact[rows[a]] = found
            for b in range(len(columns)):
                out[rows[a], columns[b]] = marginal[a, b]
            out[rows[a], reports] = marginal[a, -1]
    return out, exact


@kernel
def _order(open_: Flags) -> Indices:
    """Return the tracks in an order that keeps few reports waiting: next comes the track that leaves fewest reports
    touched by both past and future ones.
    """
    tracks, reports = open_.shape
    future = open_.sum(axis=0)
    touched, done = np.zeros(reports, np.bool_), np.zeros(tracks, np.bool_)
    order = np.empty(tracks, np.int64)
    for position in range(tracks):
        best, fewest = -1, reports + 1
        for i in range(tracks):
            if done[i]:
                continue
            waiting = 0
            for j in range(reports):
                left = future[j] - open_[i, j]
                waiting += (touched[j] or open_[i, j]) and left > 0
            if waiting < fewest:
                best, fewest = i, waiting
        order[position] = best
        done[best] = True
        for j in range(reports):
            if open_[best, j]:
                touched[j] = True
                future[j] -= 1
    return order


@kernel
def _bits(open_: Flags, order: Indices) -> tuple[Indices, Indices]:
    """Return the bit (T, R) that marks a report as used while a track of ``order`` chooses, 0 where no later track
    wants it, and the bits (T,) that are still of use after that track; a ``keep`` of -1 says that bits ran out.
    """
    tracks, reports = open_.shape
    last = np.full(reports, -1)
    for position in range(tracks):
        for j in range(reports):
            if open_[order[position], j]:
                last[j] = position
    bit, keep = np.zeros((tracks, reports), np.int64), np.zeros(tracks, np.int64)
    held = np.zeros(reports, np.int64)
    used = 0
    for position in range(tracks):
        for j in range(reports):
            if open_[order[position], j] and held[j] == 0 and last[j] > position:
                slot = 0
                while slot < WIDEST and used >> slot & 1:
                    slot += 1
                if slot == WIDEST:
                    keep[position] = -1
                    return bit, keep
                held[j] = 1 << slot
                used |= held[j]
            bit[position, j] = held[j]
        for j in range(reports):
            if last[j] == position:
                used &= ~held[j]
                held[j] = 0
        keep[position] = used
    return bit, keep


@kernel
def _place(table: Indices, states: Indices, start: int, count: int, state: int) -> int:
    """Return the index of a state among the ``count`` from ``start`` on, adding it at the end where it is new.

    ``table`` is an open hash table of indices, its size a power of two.
    """
    size = len(table)
    key = (state ^ state >> 29) * 0x9E3779B1
    probe = (key ^ key >> 17) & size - 1
    while table[probe] >= 0:
        if states[start + table[probe]] == state:
            return int(table[probe])
        probe = probe + 1 & size - 1
    table[probe] = count
    states[start + count] = state
    return count


@kernel
def _exact(w: Vector, open_: Flags, cap: int, marginal: Vector) -> bool:
    """Fill ``marginal`` (T, R + 1) from weights ``w`` (T, R + 1), last column no report; False where ``cap`` or the
    bits do not suffice.
    """
    tracks, reports = open_.shape
    if cap < 1:
        return False
    order = _order(open_)
    bit, keep = _bits(open_, order)
    if keep.min() < 0:
        return False
    starts = np.zeros(tracks + 2, np.int64)  # of the states of each layer
    links = np.zeros(tracks + 1, np.int64)  # of the transitions out of each layer
    states, target = np.zeros(cap + 2, np.int64), np.empty(cap, np.int64)
    forward = np.zeros(cap + 2)
    starts[1], forward[0] = 1, 1.0
    for position in range(tracks):
        i = order[position]
        begin, end = starts[position], starts[position + 1]
        choices = open_[i].sum() + 1
        steps = (end - begin) * choices
        if links[position] + steps > cap:
            return False
        size = 4
        while size < 2 * steps:
            size *= 2
        table = np.full(size, -1)
        count, link, highest = 0, links[position], 0.0
        for s in range(begin, end):
            for j in range(reports + 1):
                if j < reports and not open_[i, j]:
                    continue
                flag = bit[position, j] if j < reports else 0
                if states[s] & flag:
                    target[link] = -1
                else:
                    place = _place(table, states, end, count, (states[s] | flag) & keep[position])
                    count = max(count, place + 1)
                    target[link] = end + place
                    forward[end + place] += forward[s] * w[i, j]
                link += 1
        for s in range(end, end + count):
            highest = max(highest, forward[s])
        for s in range(end, end + count):
            forward[s] /= highest
        links[position + 1], starts[position + 2] = link, end + count
    _backward(w, open_, order, starts, links, target, forward, marginal)
    return True


@kernel
def _backward(
    w: Vector,
    open_: Flags,
    order: Indices,
    starts: Indices,
    links: Indices,
    target: Indices,
    forward: Vector,
    marginal: Vector,
) -> None:
    """Go back over the layers that :func:`_exact` built and fill ``marginal`` (T, R + 1)."""
    tracks, reports = open_.shape
    backward = np.ones(len(forward))
    for position in range(tracks - 1, -1, -1):
        i = order[position]
        link, highest, total = links[position], 0.0, 0.0
        for s in range(starts[position], starts[position + 1]):
            ahead = 0.0
            for j in range(reports + 1):
                if j < reports and not open_[i, j]:
                    continue
                if target[link] >= 0:
                    share = w[i, j] * backward[target[link]]
                    ahead += share
                    marginal[i, j] += forward[s] * share
                link += 1
            backward[s] = ahead
            highest = max(highest, ahead)
        for s in range(starts[position], starts[position + 1]):
            backward[s] /= highest
        for j in range(reports + 1):
            total += marginal[i, j]
        for j in range(reports + 1):
            marginal[i, j] /= total


@kernel
def _loopy(w: Vector, open_: Flags, marginal: Vector) -> None:
    """Fill ``marginal`` (T, R + 1) by belief propagation between tracks and reports, which always converges (Williams
    and Lau 2014, theorem 1).
    """
    tracks, reports = open_.shape
    psi, nu = np.zeros((tracks, reports)), np.ones((tracks, reports))
    mu = np.zeros((tracks, reports))
    for i in range(tracks):
        for j in range(reports):
            if open_[i, j]:
                psi[i, j] = w[i, j] / w[i, reports]
    before, after = np.zeros(max(tracks, reports) + 1), np.zeros(max(tracks, reports) + 1)
    for _ in range(ITERATIONS):
        change = 0.0
        for i in range(tracks):
            # Sums of all but one term, from either side: subtracting the term from the total would cancel.
            for j in range(reports):
                before[j + 1] = before[j] + psi[i, j] * nu[i, j]
            after[reports] = 0.0
            for j in range(reports - 1, -1, -1):
                after[j] = after[j + 1] + psi[i, j] * nu[i, j]
            for j in range(reports):
                if open_[i, j]:
                    value = psi[i, j] / (1.0 + before[j] + after[j + 1])
                    change = max(change, abs(value - mu[i, j]) / value)
                    mu[i, j] = value
        for j in range(reports):
            for i in range(tracks):
                before[i + 1] = before[i] + mu[i, j]
            after[tracks] = 0.0
            for i in range(tracks - 1, -1, -1):
                after[i] = after[i + 1] + mu[i, j]
            for i in range(tracks):
                nu[i, j] = 1.0 / (1.0 + before[i] + after[i + 1])
        if change < CONVERGED:
            break
    for i in range(tracks):
        total = 1.0
        for j in range(reports):
            marginal[i, j] = psi[i, j] * nu[i, j]
            total += marginal[i, j]
        marginal[i, reports] = 1.0
        for j in range(reports + 1):
            marginal[i, j] /= total
