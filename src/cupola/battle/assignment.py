"""Pairs shooters with tracks so that the expected value destroyed is largest, and says how much is left to gain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.battle.assignment_search import PREFERENCE_WEIGHT
from cupola.core.earth import Vector

TOLERANCE = 1e-3
_WORK = 400_000  # candidates looked at while the bound is made tighter
_LEAST_ROUNDS, _MOST_ROUNDS = 2, 100
_SMALL = 400  # candidates up to which the last of the gap is closed by an integer program
_MOST_SLOTS = 1_000_000  # cells of a linear assignment


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """Chosen shots: candidate rows of the table handed in, one per shot, in the order of the tracks.

    ``expected_value`` is what they destroy together, ``upper_bound`` what no assignment can exceed.
    """

    chosen: NDArray[np.int64]
    expected_value: float
    upper_bound: float

    @property
    def gap(self) -> float:
        """The share of the upper bound that a better assignment might still gain; 0 where this one is proven best."""
        return 1.0 - self.expected_value / self.upper_bound if self.upper_bound > 0.0 else 0.0


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
    inventory: NDArray[np.int64] | None = None,
    tolerance: float = TOLERANCE,
) -> Pairing:
    """Choose shots to maximise the sum over tracks of value x survive x [1 - prod (1 - p)].

    Candidates (c,) name a track row, a shooter and a kill probability p; ``value``, ``wanted``, the most shots at it,
    and ``survive``, the chance that it survives the shots already under way, are per track (m,). Every shooter is one
    interceptor, unless ``inventory`` (s,) gives the number of shooters 0 to s - 1. ``preference`` (c,) in [0, 1)
    breaks ties and never outweighs 1e-6 of a gain.

    Where p depends on the track alone, or no track wants two shots, linear assignment to slots, the j-th shot at a
    track worth value x survive x p (1 - p)^(j-1), is exact. Otherwise marginal return (den Broeder, Ellison and
    Emerling 1959) and exchanges, until the gap to a Lagrangian bound is at most ``tolerance`` or the work is up; small
    cases are then solved by an integer program. Without ``optimal`` it is marginal return alone.
    """
    track, shooter = (np.ascontiguousarray(column, dtype=np.int64) for column in (track, shooter))
    kill_probability, preference = (np.ascontiguousarray(column) for column in (kill_probability, preference))
    if len(track) == 0 or not wanted.any():
        return Pairing(chosen=np.empty(0, dtype=np.int64), expected_value=0.0, upper_bound=0.0)
    weight = value * survive
    if inventory is None:
        if shooter.min() < 0 or shooter.max() > 4 * len(shooter):
            shooter = np.unique(shooter, return_inverse=True)[1]
        if optimal and _is_linear(track, kill_probability, wanted):
            shooters = int(shooter.max()) + 1
            if shooters * int(wanted.sum()) <= _MOST_SLOTS:
                return _linear(track, shooter, shooters, kill_probability, weight, preference, wanted)
        inventory = (np.bincount(shooter) > 0).astype(np.int64)
    return _search(track, shooter, kill_probability, weight, preference, wanted, inventory, optimal, tolerance)


def expected_damage(chosen: NDArray[np.int64], track: NDArray[np.int64], p: Vector, weight: Vector) -> float:
    """Return the value that the rows ``chosen`` destroy of tracks worth ``weight`` (m,)."""
    left = weight.astype(np.float64)
    np.multiply.at(left, track[chosen], 1.0 - p[chosen])
    return float((weight - left).sum())


def _is_linear(track: NDArray[np.int64], p: Vector, wanted: NDArray[np.int64]) -> bool:
    """Say whether the gain of a shot does not depend on who else shoots at the track."""
    if wanted.max() <= 1:
        return True
    one = np.empty(len(wanted))
    one[track] = p
    return bool(((one[track] == p) | (wanted[track] <= 1)).all())


def _linear(
    track: NDArray[np.int64],
    shooter: NDArray[np.int64],
    shooters: int,
    p: Vector,
    weight: Vector,
    preference: Vector,
    wanted: NDArray[np.int64],
) -> Pairing:
    """Assign shooters to slots, the j-th of which is the j-th shot at its track."""
    from scipy.optimize import linear_sum_assignment

    slot_track = np.repeat(np.arange(len(wanted)), wanted)
    slot_rank = np.arange(len(slot_track)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    best = np.full((len(wanted), shooters), -1, dtype=np.int64)
    order = np.argsort(p + PREFERENCE_WEIGHT * preference, kind="stable")
    best[track[order], shooter[order]] = order
    candidate = best[slot_track]
    chance = np.where(candidate >= 0, p[candidate], 0.0)
    liking = 1.0 + PREFERENCE_WEIGHT * np.where(candidate >= 0, preference[candidate], 0.0)
    gain = weight[slot_track][:, None] * chance * (1.0 - chance) ** slot_rank[:, None] * liking
    rows, columns = linear_sum_assignment(gain, maximize=True)
    chosen = candidate[rows, columns]
    kept = chosen >= 0
    expected = expected_damage(chosen[kept], track, p, weight)
    bound = max(float(gain[rows, columns].sum()), expected)
    return Pairing(chosen=chosen[kept], expected_value=expected, upper_bound=bound)


def _search(
    track: NDArray[np.int64],
    shooter: NDArray[np.int64],
    p: Vector,
    weight: Vector,
    preference: Vector,
    wanted: NDArray[np.int64],
    inventory: NDArray[np.int64],
    optimal: bool,
    tolerance: float,
) -> Pairing:
    from cupola.battle.assignment_bound import solve

    rounds = min(max(_WORK // len(track), _LEAST_ROUNDS), _MOST_ROUNDS)
    reached = tolerance if optimal else np.inf
    chosen, expected, bound = solve(track, shooter, p, preference, weight, wanted, inventory, rounds, reached)
    found = Pairing(chosen=chosen, expected_value=expected, upper_bound=bound)
    if optimal and found.gap > tolerance and len(track) <= _SMALL:
        from cupola.battle.assignment_exact import assign_exactly

        return assign_exactly(track, shooter, p, weight, wanted, inventory) or found
    return found
