"""Pairs shooters with tracks so that the expected value destroyed is largest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """Chosen shots: candidate rows (one per shot) of the table handed in, and the expected value they destroy."""

    chosen: NDArray[np.int64]
    expected_value: float


def assign(
    track: NDArray[np.int64],
    shooter: NDArray[np.int64],
    kill_probability: Vector,
    value: Vector,
    preference: Vector,
    wanted: NDArray[np.int64],
    survive: Vector,
    *,
    optimal: bool,
) -> Pairing:
    """Choose at most one track per shooter and at most ``wanted[t]`` shooters per track.

    Candidates (c,) name a track row, a shooter and a kill probability; ``value``, ``wanted`` and ``survive``,
    the chance that the track survives the shots already under way, are per track (m,). The gain of the j-th shot at a
    track is value x survive x p x (1 - p)^(j-1): exact for shooters of equal p on a track, when linear assignment is
    optimal (den Broeder, Ellison and Emerling 1959, Operations Research 7); otherwise a lower bound of the joint gain.
    ``preference`` (c,) in [0, 1) breaks ties and never outweighs 1e-3 of a gain.
    """
    if len(track) == 0:
        return Pairing(chosen=np.empty(0, dtype=np.int64), expected_value=0.0)
    slot_track = np.repeat(np.arange(len(wanted)), wanted)
    slot_rank = (
        np.concatenate([np.arange(count) for count in wanted]) if len(slot_track) else np.empty(0, dtype=np.int64)
    )
    shooters, column = np.unique(shooter, return_inverse=True)
    best = np.full((len(wanted), len(shooters)), -1, dtype=np.int64)
    for row in np.argsort(kill_probability + 1e-3 * preference, kind="stable"):
        best[track[row], column[row]] = row
    candidate = best[slot_track]
    p = np.where(candidate >= 0, kill_probability[candidate], 0.0)
    weight = (value * survive)[slot_track][:, None]
    gain = (
        weight
        * p
        * (1.0 - p) ** slot_rank[:, None]
        * (1.0 + 1e-3 * np.where(candidate >= 0, preference[candidate], 0.0))
    )
    rows, columns = _linear(gain) if optimal else _greedy(gain)
    kept = candidate[rows, columns] >= 0
    rows, columns = rows[kept], columns[kept]
    return Pairing(chosen=candidate[rows, columns], expected_value=float(gain[rows, columns].sum()))


def _linear(gain: Vector) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(gain, maximize=True)
    return rows.astype(np.int64), columns.astype(np.int64)


def _greedy(gain: Vector) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Take the largest remaining gain again and again."""
    left = gain.copy()
    rows, columns = [], []
    for _ in range(min(gain.shape)):
        flat = int(np.argmax(left))
        row, column = divmod(flat, left.shape[1])
        if left[row, column] <= 0.0:
            break
        rows.append(row)
        columns.append(column)
        left[row, :] = 0.0
        left[:, column] = 0.0
    return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)
