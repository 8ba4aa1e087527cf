"""How good a set of tracks is against the truth: OSPA, GOSPA, purity, swaps and breaks, at one time or over time.

For those who judge tracks afterwards; no tracker calls this.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from cupola.core.earth import Vector
from cupola.sensors.looks import Flags, Indices


class Ospa(NamedTuple):
    """``distance`` in the unit of the positions, and its parts: ``distance**p = localisation**p + cardinality**p``."""

    distance: float
    localisation: float
    cardinality: float


class Gospa(NamedTuple):
    """``distance`` in the unit of the positions; ``distance**p = localisation + missed + false``, p-th powers.

    ``missed_count`` objects have no track within the cut-off, ``false_count`` tracks no object; ``track`` (n,) is the
    index of each object's track, or -1.
    """

    distance: float
    localisation: float
    missed: float
    false: float
    missed_count: int
    false_count: int
    track: Indices


class Purity(NamedTuple):
    """For each track that took a report, in rising order of ``track`` (t,): the ``object`` (t,) that gave most of its
    reports and their ``share`` (t,); ``overall`` is the share over all reports.
    """

    track: Indices
    object: Indices
    share: Vector
    overall: float


class Continuity(NamedTuple):
    """Per object (n,): ``swaps``, how often another track took it over; ``breaks``, how often it lost its track and got
    one again; ``held``, the share of its steps with a track, NaN if it never existed.
    """

    swaps: Indices
    breaks: Indices
    held: Vector


def ospa(truth: Vector, tracks: Vector, *, cutoff: float, order: float = 2.0) -> Ospa:
    """Return the optimal sub-pattern assignment distance of ``truth`` (n, d) and ``tracks`` (m, d).

    Schuhmacher, Vo and Vo 2008, IEEE Trans. Signal Processing 56(8), eqs. 3 and 4: the mean error per object, where
    errors beyond ``cutoff`` c and objects too many or too few count c; ``order`` p >= 1. 0 for two empty sets.

    Raises ``ValueError`` for shapes that do not fit, a cut-off that is not positive or an order below 1.
    """
    powers = _powers(truth, tracks, cutoff, order)
    larger, smaller = max(powers.shape), min(powers.shape)
    if larger == 0:
        return Ospa(0.0, 0.0, 0.0)
    rows, columns = linear_sum_assignment(powers)
    error, cardinality = float(powers[rows, columns].sum()), cutoff**order * (larger - smaller)
    parts = ((error + cardinality) / larger, error / larger, cardinality / larger)
    return Ospa(*(part ** (1.0 / order) for part in parts))


def gospa(truth: Vector, tracks: Vector, *, cutoff: float, order: float = 2.0) -> Gospa:
    """Return the generalised OSPA distance of ``truth`` (n, d) and ``tracks`` (m, d) for alpha = 2.

    Rahmathullah, García-Fernández and Svensson 2017 (FUSION), proposition 1: the sum, not the mean, of the errors of
    the objects that have a track within ``cutoff`` c, and c^p / 2 for each missed object and each false track.

    Raises ``ValueError`` for shapes that do not fit, a cut-off that is not positive or an order below 1.
    """
    powers = _powers(truth, tracks, cutoff, order)
    n, m = powers.shape
    limit = cutoff**order
    rows, columns = linear_sum_assignment(powers)
    real = powers[rows, columns] < limit
    track = np.full(n, -1)
    track[rows[real]] = columns[real]
    localisation, paired = float(powers[rows[real], columns[real]].sum()), int(real.sum())
    missed, false = 0.5 * limit * (n - paired), 0.5 * limit * (m - paired)
    distance = (localisation + missed + false) ** (1.0 / order)
    return Gospa(distance, localisation, missed, false, n - paired, m - paired, track)


def gospa_over_time(
    truth: Vector, exists: Flags, tracks: Vector, tracked: Flags, *, cutoff: float, order: float = 2.0
) -> list[Gospa]:
    """Return the GOSPA at each of k times: ``truth`` (k, n, d) where it ``exists`` (k, n), ``tracks`` (k, m, d) where
    ``tracked`` (k, m). Each result's ``track`` (n,) holds indices of tracks as they are numbered here.
    """
    out = []
    for now, there, estimates, held in zip(truth, exists, tracks, tracked, strict=True):
        part = gospa(now[there], estimates[held], cutoff=cutoff, order=order)
        track = np.full(len(there), -1)
        track[there] = np.append(np.flatnonzero(held), -1)[part.track]
        out.append(part._replace(track=track))
    return out


def ospa_over_time(
    truth: Vector, exists: Flags, tracks: Vector, tracked: Flags, *, cutoff: float, order: float = 2.0
) -> list[Ospa]:
    """Return the OSPA at each of k times; arguments as of :func:`gospa_over_time`."""
    return [
        ospa(now[there], estimates[held], cutoff=cutoff, order=order)
        for now, there, estimates, held in zip(truth, exists, tracks, tracked, strict=True)
    ]


def time_average(time_s: Vector, values: Vector) -> float:
    """Return the mean over time of ``values`` (k,) at rising ``time_s`` (k,), straight lines in between.

    Raises ``ValueError`` for times that do not rise or arrays that do not fit.
    """
    time_s, values = np.asarray(time_s, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if time_s.ndim != 1 or time_s.shape != values.shape or len(time_s) == 0 or np.any(np.diff(time_s) <= 0.0):
        raise ValueError(f"got times {time_s.shape} and values {values.shape}, accepted are as many, times rising")
    if len(time_s) == 1:
        return float(values[0])
    return float(np.trapezoid(values, time_s) / (time_s[-1] - time_s[0]))


def purity(object_of_report: Indices, track_of_report: Indices) -> Purity:
    """Return how pure tracks are, from the true object (k,) of each report, -1 for clutter, and the track (k,) that
    took it, -1 for none; reports that no track took are left out.
    """
    taken = np.asarray(track_of_report) >= 0
    source, owner = np.asarray(object_of_report)[taken], np.asarray(track_of_report)[taken]
    track, row = np.unique(owner, return_inverse=True)
    objects, column = np.unique(source, return_inverse=True)
    if len(track) == 0:
        return Purity(track, track, np.zeros(0), np.nan)
    counts = np.zeros((len(track), len(objects)), np.int64)
    np.add.at(counts, (row, column), 1)
    most = counts.max(axis=1)
    return Purity(track, objects[counts.argmax(axis=1)], most / counts.sum(axis=1), float(most.sum() / counts.sum()))


def continuity(track_of_object: Indices, exists: Flags) -> Continuity:
    """Return how steadily objects are held, from the track (k, n) that holds each object at each of k times, -1 for
    none, such as the ``track`` of :func:`gospa_over_time`; ``exists`` (k, n).

    A swap is a change from one track to another, with or without a gap in between; a break is a gap between two steps
    with a track.
    """
    held = (np.asarray(track_of_object) >= 0) & exists
    n = held.shape[1]
    swaps, breaks = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for j in range(n):
        at = np.flatnonzero(held[:, j])
        swaps[j] = np.count_nonzero(np.diff(track_of_object[at, j]))
        breaks[j] = np.count_nonzero(np.diff(at) > 1)
    total = np.asarray(exists).sum(axis=0)
    share = np.divide(held.sum(axis=0), total, out=np.full(n, np.nan), where=total > 0)
    return Continuity(swaps, breaks, share)


def _powers(truth: Vector, tracks: Vector, cutoff: float, order: float) -> NDArray[np.float64]:
    """Return min(distance, cutoff)**order of every object (n,) and track (m,)."""
    a, b = np.asarray(truth, dtype=np.float64), np.asarray(tracks, dtype=np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ValueError(f"got truth {a.shape} and tracks {b.shape}, accepted are (n, d) and (m, d)")
    if not cutoff > 0.0 or not order >= 1.0:
        raise ValueError(f"got a cut-off of {cutoff} and an order of {order}, accepted are above 0 and 1 or more")
    distance = np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2))
    return np.asarray(np.minimum(distance, cutoff) ** order)
