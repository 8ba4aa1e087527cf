"""The proven best assignment: an integer program over the few sets of shots that can be part of it.

At the prices of the Lagrangian bound, a set of shots at a track falls short of the best such set by some amount, and
the shortfalls of an assignment add up to at least the bound less what it destroys. What is known to be reachable
therefore rules out every set that alone falls short by more than the gap; the others are the columns of a set packing,
which HiGHS solves to the end.
"""

import numpy as np
from numpy.typing import NDArray

from cupola.battle.assignment import Pairing, expected_damage
from cupola.battle.assignment_bound import bounded, limit, market
from cupola.battle.assignment_search import (
    Integers,
    Numbers,
    Problem,
    in_order,
    laid_out,
    marginal_return,
    numbered,
)
from cupola.core.earth import Vector
from cupola.core.kernel import kernel

MOST_COLUMNS = 50_000
_ROUNDS = 150
_MOST_NODES = 2_000_000


def assign_exactly(
    track: NDArray[np.int64],
    shooter: NDArray[np.int64],
    kill_probability: Vector,
    weight: Vector,
    wanted: NDArray[np.int64],
    inventory: NDArray[np.int64],
) -> Pairing | None:
    """Return the assignment that destroys most, proven, or None where too many sets of shots remain possible.

    Candidates (c,) as in :func:`~cupola.battle.assignment.assign`, of shooters 0 to s - 1 with ``inventory`` (s,)
    units; ``weight`` (m,) is what each track is worth now. The integer program ends at a relative gap of 1e-9.
    """
    first_unit = numbered(inventory, wanted)
    none = np.zeros(len(track))
    problem, row = laid_out(track, shooter, kill_probability, none, weight, wanted, first_unit)
    at = np.full(first_unit[-1], -1, dtype=np.int64)
    marginal_return(problem, at)
    lower, upper, price = bounded(problem, at, _ROUNDS, 1e-12)
    chosen = in_order(problem, at)
    if upper - lower > 1e-12 * upper:
        found = _best_packing(problem, price, lower, inventory)
        if found is None:
            return None
        if len(found) and _worth(problem, found) > lower:
            chosen = found
    rows = row[chosen]
    expected = expected_damage(rows, track, kill_probability, weight)
    return Pairing(chosen=rows, expected_value=expected, upper_bound=expected)


def _worth(problem: Problem, chosen: Integers) -> float:
    return expected_damage(chosen, problem.track, problem.p, problem.weight)


def _best_packing(problem: Problem, price: Numbers, lower: float, inventory: Integers) -> Integers | None:
    """Return the candidates of the best packing of columns, none where none beats ``lower``; None: too many columns."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    tracks, shooters = len(problem.weight), len(inventory)
    sold, at = np.zeros(shooters, dtype=np.int64), np.full(problem.first_unit[-1], -1, dtype=np.int64)
    each = np.zeros(tracks)
    gap = market(problem, price, sold, at, each) - lower + 1e-9 * lower
    of, begin, member, value = columns(problem, price, each - gap)
    if len(of) == 0:
        return None
    length = np.diff(begin)
    column = np.repeat(np.arange(len(of)), length)
    shooter_of = np.searchsorted(problem.start, member, side="right") - 1
    rows = np.concatenate([of, tracks + shooter_of])
    entries = coo_array(
        (np.ones(len(rows)), (rows, np.concatenate([np.arange(len(of)), column]))), shape=(tracks + shooters, len(of))
    )
    room = np.concatenate([np.ones(tracks), inventory])
    answer = milp(
        -value,
        integrality=np.ones(len(of)),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(entries.tocsc(), -np.inf, room),
        options={"mip_rel_gap": 1e-9},
    )
    if answer.status != 0:
        return np.empty(0, dtype=np.int64) if answer.status == 2 else None
    taken = answer.x > 0.5
    return np.asarray(member[np.repeat(taken, length)], dtype=np.int64)


@kernel
def columns(problem: Problem, price: Numbers, need: Numbers) -> tuple[Integers, Integers, Integers, Numbers]:
    """Return every set of shots that brings its track at least ``need`` (m,) over its prices, and its value.

    Track of each set (n,), where its members begin (n + 1,), the candidates that are its members, its value (n,). The
    empty set needs no column. All are empty where there are too many sets, or their search takes too long.
    """
    of, begin = np.empty(MOST_COLUMNS, dtype=np.int64), np.zeros(MOST_COLUMNS + 1, dtype=np.int64)
    value, member = np.empty(MOST_COLUMNS), np.empty(8 * MOST_COLUMNS, dtype=np.int64)
    number, nodes = 0, 0
    for t in range(len(problem.weight)):
        if problem.wanted[t] > 0 and problem.weight[t] > 0.0:
            number, nodes = _sets_of(problem, price, t, need[t], number, nodes, of, begin, member, value)
            if number < 0:
                return of[:0], begin[:1], member[:0], value[:0]
    return of[:number], begin[: number + 1], member[: begin[number]], value[:number]


@kernel
def _sets_of(
    problem: Problem,
    price: Numbers,
    t: int,
    need: float,
    number: int,
    nodes: int,
    of: Integers,
    begin: Integers,
    member: Integers,
    value: Numbers,
) -> tuple[int, int]:
    """Append the sets of track t and return how many there are now, -1 if too many, and the nodes searched."""
    room, weight = problem.wanted[t], problem.weight[t]
    first, past = problem.track_start[t], problem.track_start[t + 1]
    gain = price[problem.shooter[first:past]] - weight * problem.p_by_track[first:past]
    order = first + np.argsort(gain, kind="mergesort")
    n = len(order)
    p, cost, who = problem.p_by_track[order], price[problem.shooter[order]], problem.shooter[order]
    best_p, least_cost = np.zeros(n + 1), np.full(n + 1, np.inf)
    for i in range(n - 1, -1, -1):
        best_p[i], least_cost[i] = max(best_p[i + 1], p[i]), min(least_cost[i + 1], cost[i])
    depth = n + room + 2
    item, size, last = np.zeros(depth, np.int64), np.zeros(depth, np.int64), np.full(depth, -1)
    alive, net, path = np.full(depth, weight), np.zeros(depth), np.empty(room + 1, dtype=np.int64)
    height = 1
    while height > 0:
        height -= 1
        nodes += 1
        i, k, left, worth = item[height], size[height], alive[height], net[height]
        if last[height] >= 0:
            path[k - 1] = last[height]
            if worth >= need:
                if number >= len(of) or begin[number] + k > len(member):
                    return -1, nodes
                of[number], value[number], begin[number + 1] = t, weight - left, begin[number] + k
                member[begin[number] : begin[number + 1]] = problem.candidate[order[path[:k]]]
                number += 1
        if nodes > _MOST_NODES:
            return -1, nodes
        if i >= n or k >= room or worth + limit(room - k, left, best_p[i], least_cost[i]) < need:
            continue
        item[height], size[height], last[height], alive[height], net[height] = i + 1, k, -1, left, worth
        height += 1
        if np.sum(path[:k] == i) < problem.first_unit[who[i] + 1] - problem.first_unit[who[i]]:
            item[height], size[height], last[height] = i, k + 1, i
            alive[height], net[height] = left * (1.0 - p[i]), worth + left * p[i] - cost[i]
            height += 1
    return number, nodes
