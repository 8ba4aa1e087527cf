"""An upper bound of what any assignment can destroy, and the assignment that its prices suggest.

Every shooter's unit is given a price. Each track then buys the shots that are worth most to it, whoever else wants
them, and what the tracks gain together, and the prices, exceed what any lawful assignment destroys (Lagrangian
relaxation; Fisher 1981, Management Science 27, 1-18). Prices move by subgradients so that the bound falls. The bound
is that of a linear program over all sets of shots at each track, so it is never above the relaxation by marginal
returns and closes where that leaves a gap.
"""

import numpy as np

from cupola.battle.assignment_search import (
    Integers,
    Numbers,
    Problem,
    damage,
    exchange,
    in_order,
    laid_out,
    marginal_return,
    numbered,
    seated,
)
from cupola.core.kernel import kernel

_NODES = 400  # of one track's search before it settles for a bound
_ITEMS = 48  # that a track's search looks at one by one


@kernel
def first_prices(problem: Problem, at: Integers) -> Numbers:
    """Return for every shooter (s,) what one more unit would bring at the best track with room it is not at."""
    seats = seated(problem, at)
    price = np.zeros(len(problem.start) - 1)
    for s in range(len(price)):
        for c in range(problem.start[s], problem.start[s + 1]):
            t = problem.track[c]
            gain = seats.left[t] * problem.p[c]
            if gain > price[s] and seats.taken[t] < problem.wanted[t]:
                here = False
                for u in range(problem.first_unit[s], problem.first_unit[s + 1]):
                    here |= at[u] >= 0 and problem.track[at[u]] == t
                if not here:
                    price[s] = gain
    return price


@kernel
def limit(room: int, alive: float, best_p: float, least_price: float) -> float:
    """Return the most that up to ``room`` shots of at best ``best_p``, at least ``least_price`` each, can bring."""
    total = 0.0
    for _ in range(room):
        gain = alive * best_p - least_price
        if gain <= 0.0:
            break
        total += gain
        alive *= 1.0 - best_p
    return total


@kernel
def _limit_in_parts(alive: float, ratio: float) -> float:
    """Return max over a >= 0 of alive (1 - exp(-a)) - ratio a: the most that any shots, also parts of one, can bring.

    ``ratio`` is the least price for the logarithm of the miss probability.
    """
    if ratio >= alive:
        return 0.0
    return alive - ratio - ratio * np.log(alive / ratio) if ratio > 0.0 else alive


@kernel
def _buy(
    p: Numbers,
    price: Numbers,
    follow: Integers,
    weight: float,
    room: int,
    rest_p: float,
    rest_price: float,
    rest_ratio: float,
    chosen: Integers,
) -> tuple[float, int]:
    """Return a bound of max over sets of weight [1 - prod (1 - p)] - sum of prices, and the size of the set found.

    Items (n,) stand in falling order of weight p - price; ``follow`` (n,) is the next item that is not a copy. What
    was left out is known by its best p and least price. Depth first, with the best first; the bound is exact unless
    the search runs out of nodes or what was left out might be better.
    """
    n = len(p)
    best_p, least_price = np.empty(n + 1), np.empty(n + 1)
    ratio = np.empty(n + 1)
    best_p[n], least_price[n], ratio[n] = rest_p, rest_price, rest_ratio
    for i in range(n - 1, -1, -1):
        best_p[i], least_price[i] = max(best_p[i + 1], p[i]), min(least_price[i + 1], price[i])
        ratio[i] = min(ratio[i + 1], -price[i] / np.log1p(-p[i])) if p[i] < 1.0 else 0.0
    item, size = np.empty(n + 2, dtype=np.int64), np.empty(n + 2, dtype=np.int64)
    last = np.empty(n + 2, dtype=np.int64)
    alive, worth = np.empty(n + 2), np.empty(n + 2)
    path = np.empty(room + 1, dtype=np.int64)
    item[0], size[0], last[0], alive[0], worth[0] = 0, 0, -1, weight, 0.0
    height, nodes, best, bound, found = 1, 0, 0.0, 0.0, 0
    while height > 0:
        height -= 1
        i, k, left, value = item[height], size[height], alive[height], worth[height]
        if last[height] >= 0:
            path[k - 1] = last[height]
        if value > best:
            best, found = value, k
            for j in range(k):
                chosen[j] = path[j]
        if k >= room:
            continue
        most = min(limit(room - k, left, best_p[i], least_price[i]), _limit_in_parts(left, ratio[i]))
        if n - i <= 24:
            total = limit(room - k, left, rest_p, rest_price)
            for j in range(i, n):
                total += max(left * p[j] - price[j], 0.0)
            most = min(most, total)
        if value + most <= best + 1e-15 * weight:
            continue
        nodes += 1
        if i >= n or nodes > _NODES:
            bound = max(bound, value + most)
            continue
        item[height], size[height], last[height], alive[height], worth[height] = follow[i], k, -1, left, value
        height += 1
        gain = left * p[i] - price[i]
        if gain > 0.0:
            item[height], size[height], last[height] = i + 1, k + 1, i
            alive[height], worth[height] = left * (1.0 - p[i]), value + gain
            height += 1
    return max(bound, best), found


@kernel
def _bargains(problem: Problem, t: int, price: Numbers, most: int) -> tuple[Integers, float, float, float]:
    """Return what track t might buy (n,), in the order of the tracks, and best p, least price and ratio of the rest.

    Where more than ``most`` are worth their price singly, the half with the greatest gains and the half with the lowest
    prices for their share of the miss probability's logarithm: the first are bought by few shots, the second by many.
    """
    weight = problem.weight[t]
    begin, end = problem.track_start[t], problem.track_start[t + 1]
    number = 0
    for k in range(begin, end):
        if weight * problem.p_by_track[k] > price[problem.shooter[k]]:
            number += 1
    items = np.empty(number, dtype=np.int64)
    gain, dear = np.empty(number), np.empty(number)
    number = 0
    for k in range(begin, end):
        p, cost = problem.p_by_track[k], price[problem.shooter[k]]
        if weight * p > cost:
            items[number], gain[number] = k, weight * p - cost
            dear[number] = (cost + 1e-9 * weight) * (1.0 / p - 0.5)  # 1 / -log(1 - p), nearly
            number += 1
    if number <= most:
        return items, 0.0, np.inf, np.inf
    least_gain = -_least_of(-gain, most // 2)
    most_dear = _least_of(dear, most // 2)
    kept = np.empty(number, dtype=np.int64)
    count, best_p, least_price, ratio = 0, 0.0, np.inf, np.inf
    for i in range(number):
        if (gain[i] >= least_gain or dear[i] <= most_dear) and count < 2 * most:
            kept[count] = items[i]
            count += 1
        else:
            p, cost = problem.p_by_track[items[i]], price[problem.shooter[items[i]]]
            best_p, least_price = max(best_p, p), min(least_price, cost)
            ratio = min(ratio, cost * np.sqrt(max(1.0 - p, 0.0)) / p)  # -log(1 - p) <= p / sqrt(1 - p)
    return kept[:count], best_p, least_price, ratio


@kernel
def _least_of(values: Numbers, count: int) -> float:
    """Return the ``count``-th least of the values."""
    kept = np.full(count, np.inf)
    for value in values:
        if value < kept[count - 1]:
            i = count - 1
            while i > 0 and kept[i - 1] > value:
                kept[i] = kept[i - 1]
                i -= 1
            kept[i] = value
    return float(kept[count - 1])


@kernel
def _best_first(problem: Problem, t: int, price: Numbers, items: Integers) -> Integers:
    """Return the items with as many copies as their shooters have units, the greatest gain first, copies together."""
    room = problem.wanted[t]
    number = 0
    for k in items:
        s = problem.shooter[k]
        number += min(problem.first_unit[s + 1] - problem.first_unit[s], room)
    copies, gain = np.empty(number, dtype=np.int64), np.empty(number)
    number = 0
    for k in items:
        s = problem.shooter[k]
        for _ in range(min(problem.first_unit[s + 1] - problem.first_unit[s], room)):
            copies[number], gain[number] = k, price[s] - problem.weight[t] * problem.p_by_track[k]
            number += 1
    return copies[np.argsort(gain, kind="mergesort")]


@kernel
def market(problem: Problem, price: Numbers, sold: Integers, at: Integers, each: Numbers) -> float:
    """Return the bound at these prices, and write what they lead to.

    ``sold``: units of each shooter (s,) bought; ``at``: the lawful part of it (u,); ``each``: a bound of what each
    track gains (m,) over the prices it pays.
    """
    sold[:], at[:], each[:] = 0, -1, 0.0
    total = 0.0
    for s in range(len(price)):
        total += price[s] * (problem.first_unit[s + 1] - problem.first_unit[s])
    for t in range(len(problem.weight)):
        room, weight = problem.wanted[t], problem.weight[t]
        if room <= 0 or weight <= 0.0:
            continue
        items, best_p, least_price, ratio = _bargains(problem, t, price, _ITEMS)
        items = _best_first(problem, t, price, items)
        number = len(items)
        if number == 0:
            continue
        follow = np.full(number, number, dtype=np.int64)
        for i in range(number - 2, -1, -1):
            follow[i] = i + 1 if items[i] != items[i + 1] else follow[i + 1]
        chosen = np.empty(room, dtype=np.int64)
        each[t], found = _buy(
            problem.p_by_track[items],
            price[problem.shooter[items]],
            follow,
            weight,
            room,
            best_p,
            least_price,
            ratio,
            chosen,
        )
        total += each[t]
        for j in range(found):
            s = problem.shooter[items[chosen[j]]]
            u = problem.first_unit[s] + sold[s]
            sold[s] += 1
            if u < problem.first_unit[s + 1]:
                at[u] = problem.candidate[items[chosen[j]]]
    return total


@kernel
def _reprice(problem: Problem, price: Numbers, sold: Integers, excess: float) -> bool:
    """Move the prices (s,) along the subgradient, by ``excess`` of the bound; False where there is no way down."""
    norm = 0.0
    for s in range(len(price)):
        over = sold[s] - (problem.first_unit[s + 1] - problem.first_unit[s])
        if over > 0 or price[s] > 0.0:
            norm += float(over * over)
    if norm == 0.0:
        return False
    for s in range(len(price)):
        over = sold[s] - (problem.first_unit[s + 1] - problem.first_unit[s])
        price[s] = max(price[s] + excess / norm * over, 0.0)
    return True


@kernel
def bounded(problem: Problem, at: Integers, rounds: int, tolerance: float) -> tuple[float, float, Numbers]:
    """Return what ``at`` (u,) destroys, an upper bound for any assignment, and its prices; improves ``at`` in place.

    Stops when the two are within ``tolerance`` of the bound, or after ``rounds``. Every few rounds the lawful part of
    what the best prices sell is completed by marginal return and exchanges, and kept if it destroys more.
    """
    lower = damage(problem, at)
    price = first_prices(problem, at)
    sold = np.zeros(len(price), dtype=np.int64)
    now, hint, best_price, each = at.copy(), at.copy(), price.copy(), np.empty(len(problem.weight))
    upper, pace, since, fresh = np.inf, 1.0, 0, False
    for turn in range(rounds):
        bound = market(problem, price, sold, now, each)
        since += 1
        if bound < upper:
            since = 0 if bound < upper - 1e-3 * (upper - lower) else since - 1
            upper, fresh = bound, True
            hint[:], best_price[:] = now, price
        if upper - lower <= tolerance * upper:
            break
        if turn == 0:
            exchange(problem, at, 8)
            lower = damage(problem, at)
        if since >= 4:
            pace, since = 0.5 * pace, 0
        settled = not _reprice(problem, price, sold, pace * (bound - lower))
        if fresh and (settled or turn % 8 == 3 or turn == rounds - 1):
            fresh = False
            marginal_return(problem, hint)
            exchange(problem, hint, 8)
            found = damage(problem, hint)
            if found > lower:
                lower = found
                at[:] = hint
        if settled or upper - lower <= tolerance * upper:
            break
    return lower, max(min(upper, float(np.sum(problem.weight))), lower), best_price


@kernel
def solve(
    track: Integers,
    shooter: Integers,
    p: Numbers,
    preference: Numbers,
    weight: Numbers,
    wanted: Integers,
    inventory: Integers,
    rounds: int,
    tolerance: float,
) -> tuple[Integers, float, float]:
    """Return the rows chosen, one per shot in the order of the tracks, the value they destroy, and an upper bound.

    With an infinite ``tolerance`` it is marginal return alone.
    """
    first_unit = numbered(inventory, wanted)
    problem, row = laid_out(track, shooter, p, preference, weight, wanted, first_unit)
    at = np.full(first_unit[-1], -1, dtype=np.int64)
    marginal_return(problem, at)
    value, bound, _ = bounded(problem, at, rounds, tolerance)
    return row[in_order(problem, at)], value, bound
