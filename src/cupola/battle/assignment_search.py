"""Shots of mixed kill probability at many tracks: marginal return, then exchanges that only ever improve.

A shooter has an inventory of alike units. A unit is at one candidate, that is at a track with a kill probability, or
idle (-1). What a track is worth after all shots at it is its value times its chance to live through them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cupola.core.kernel import kernel

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

PREFERENCE_WEIGHT = 1e-6
_LEAST_IMPROVEMENT = 1e-12  # of all value at stake: below it, rounding could exchange for ever


class Problem(NamedTuple):
    """Candidates (c,) twice: in the order of their shooters (s of them), and of their tracks (m of them)."""

    start: Integers
    """(s + 1,): the candidates of shooter s are start[s] to start[s + 1]"""
    track: Integers
    p: Numbers
    track_start: Integers
    """(m + 1,): in the order of the tracks, those of track t are track_start[t] to track_start[t + 1]"""
    candidate: Integers
    """(c,) in the order of the tracks, the place in the order of the shooters; also the next three"""
    shooter: Integers
    p_by_track: Numbers
    liked: Numbers
    """The kill probability, a trifle more where the shot is preferred"""
    weight: Numbers
    """(m,): the value of a track times its chance to live through the shots under way"""
    wanted: Integers
    first_unit: Integers
    """(s + 1,): the units of shooter s are first_unit[s] to first_unit[s + 1]"""


class Seats(NamedTuple):
    """Who is where: per unit (u,) its candidate, shooter, kill probability, and its track's worth without it."""

    at: Integers
    owner: Integers
    chance: Numbers
    bare: Numbers
    members: Integers
    seat: Integers
    """(m + 1,): the units at track t are members[seat[t] : seat[t] + taken[t]]"""
    taken: Integers
    left: Numbers
    """(m,): what each track is worth after all its shots"""


@kernel
def grouped(group: Integers, groups: int) -> tuple[Integers, Integers]:
    """Return ``start`` (groups + 1,) and the rows (c,) in the order of their group, as they stood within it."""
    start = np.zeros(groups + 1, dtype=np.int64)
    for g in group:
        start[g + 1] += 1
    for g in range(groups):
        start[g + 1] += start[g]
    free = start[:-1].copy()
    order = np.empty(len(group), dtype=np.int64)
    for row in range(len(group)):
        g = group[row]
        order[free[g]] = row
        free[g] += 1
    return start, order


@kernel
def numbered(inventory: Integers, wanted: Integers) -> Integers:
    """Return ``first_unit`` (s + 1,) of the inventories (s,), no more of each than all tracks together want."""
    most = np.sum(wanted)
    first_unit = np.zeros(len(inventory) + 1, dtype=np.int64)
    for s in range(len(inventory)):
        first_unit[s + 1] = first_unit[s] + min(inventory[s], most)
    return first_unit


@kernel
def in_order(problem: Problem, at: Integers) -> Integers:
    """Return the candidates that units are at, in the order of their tracks, the likeliest kill first."""
    chosen = at[at >= 0]
    return chosen[np.argsort(problem.track[chosen] - 0.5 * problem.p[chosen], kind="mergesort")]


@kernel
def laid_out(
    track: Integers,
    shooter: Integers,
    p: Numbers,
    preference: Numbers,
    weight: Numbers,
    wanted: Integers,
    first_unit: Integers,
) -> tuple[Problem, Integers]:
    """Return the problem and the rows (c,) of its candidates in the order of the shooters."""
    start, row = grouped(shooter, len(first_unit) - 1)
    track = track[row]
    track_start, candidate = grouped(track, len(weight))
    who = np.empty(len(row), dtype=np.int64)
    chance, liked = np.empty(len(row)), np.empty(len(row))
    for k in range(len(row)):
        i = row[candidate[k]]
        who[k], chance[k] = shooter[i], p[i]
        liked[k] = p[i] * (1.0 + PREFERENCE_WEIGHT * preference[i])
    return Problem(start, track, p[row], track_start, candidate, who, chance, liked, weight, wanted, first_unit), row


@kernel
def seated(problem: Problem, at: Integers) -> Seats:
    """Return the seats of units that are at the candidates ``at`` (u,)."""
    tracks, units = len(problem.weight), len(at)
    owner = np.empty(units, dtype=np.int64)
    for s in range(len(problem.start) - 1):
        owner[problem.first_unit[s] : problem.first_unit[s + 1]] = s
    seat = np.zeros(tracks + 1, dtype=np.int64)
    for t in range(tracks):
        seat[t + 1] = seat[t] + problem.wanted[t] + 1
    members = np.full(seat[tracks], -1, dtype=np.int64)
    chance, bare = np.zeros(units), np.zeros(units)
    seats = Seats(at, owner, chance, bare, members, seat, np.zeros(tracks, dtype=np.int64), problem.weight.copy())
    for u in range(units):
        if at[u] >= 0:
            t = problem.track[at[u]]
            members[seat[t] + seats.taken[t]] = u
            seats.taken[t] += 1
            chance[u] = problem.p[at[u]]
    for t in range(tracks):
        _weigh(problem, seats, t)
    return seats


@kernel
def _weigh(problem: Problem, seats: Seats, t: int) -> None:
    """Work out anew what track t is worth after all its shots, and after all but each."""
    begin, end = seats.seat[t], seats.seat[t] + seats.taken[t]
    left = problem.weight[t]
    for k in range(begin, end):
        u = seats.members[k]
        left *= 1.0 - seats.chance[u]
        alive = problem.weight[t]
        for other in range(begin, end):
            if other != k:
                alive *= 1.0 - seats.chance[seats.members[other]]
        seats.bare[u] = alive
    seats.left[t] = left


@kernel
def _place(problem: Problem, seats: Seats, u: int, c: int) -> None:
    """Take unit u from where it is and put it at candidate c, or nowhere if c is negative."""
    at, members, seat, taken = seats.at, seats.members, seats.seat, seats.taken
    if at[u] >= 0:
        t = problem.track[at[u]]
        last = seat[t] + taken[t] - 1
        for k in range(seat[t], last):
            if members[k] == u:
                members[k] = members[last]
                break
        taken[t] -= 1
        at[u], seats.chance[u], seats.bare[u] = -1, 0.0, 0.0
        _weigh(problem, seats, t)
    if c >= 0:
        t = problem.track[c]
        members[seat[t] + taken[t]] = u
        taken[t] += 1
        at[u], seats.chance[u] = c, problem.p[c]
        _weigh(problem, seats, t)


@kernel
def damage(problem: Problem, at: Integers) -> float:
    """Return the expected value destroyed, sum over tracks of weight [1 - prod (1 - p)]."""
    left = problem.weight.copy()
    for c in at:
        if c >= 0:
            left[problem.track[c]] *= 1.0 - problem.p[c]
    return float(np.sum(problem.weight - left))


@kernel
def marginal_return(problem: Problem, at: Integers) -> None:
    """Send the idle units of ``at`` (u,), in place: again and again the shot of largest marginal return.

    Optimal where any shooter may take any track and the kill probability depends on the track alone (den Broeder,
    Ellison and Emerling 1959, Operations Research 7, 322-326). The best shooter of a track stays the best while it has
    units, so that a track is looked at anew only when they are spent.
    """
    seats = seated(problem, at)
    tracks, shooters = len(problem.weight), len(problem.start) - 1
    idle = np.zeros(shooters, dtype=np.int64)
    for u in range(len(at)):
        if at[u] < 0:
            idle[seats.owner[u]] += 1
    best = np.full(tracks, -1, dtype=np.int64)
    gain = np.zeros(tracks)
    for t in range(tracks):
        best[t], gain[t] = _best_shot(problem, seats, t, idle)
    while tracks > 0:
        t = int(np.argmax(gain))
        if gain[t] <= 0.0:
            break
        s = problem.shooter[best[t]]
        if idle[s] > 0:
            u = problem.first_unit[s]
            while at[u] >= 0:
                u += 1
            _place(problem, seats, u, problem.candidate[best[t]])
            idle[s] -= 1
        if idle[s] > 0 and seats.taken[t] < problem.wanted[t]:
            gain[t] = seats.left[t] * problem.liked[best[t]]
        else:
            best[t], gain[t] = _best_shot(problem, seats, t, idle)


@kernel
def _best_shot(problem: Problem, seats: Seats, t: int, idle: Integers) -> tuple[int, float]:
    """Return the best shot at track t of the shooters that have units ``idle`` (s,), and its gain; -1 if none."""
    most, chosen = 0.0, -1
    if seats.taken[t] < problem.wanted[t]:
        for k in range(problem.track_start[t], problem.track_start[t + 1]):
            if problem.liked[k] > most and idle[problem.shooter[k]] > 0:
                most, chosen = problem.liked[k], k
    return chosen, most * seats.left[t]


@kernel
def _elsewhere(problem: Problem, seats: Seats, u: int, shunned: int) -> tuple[float, int]:
    """Return what unit u gains most at a track with room, not its own nor ``shunned``, and the candidate."""
    s = seats.owner[u]
    here = problem.track[seats.at[u]] if seats.at[u] >= 0 else -1
    most, chosen = 0.0, -1
    for c in range(problem.start[s], problem.start[s + 1]):
        t = problem.track[c]
        gain = seats.left[t] * problem.p[c]
        if gain > most and t != here and t != shunned and seats.taken[t] < problem.wanted[t]:
            most, chosen = gain, c
    return most, chosen


@kernel
def _best_move(
    problem: Problem, seats: Seats, u: int, t: int, column: Numbers, spare: Numbers, changed: Integers, seen: int
) -> tuple[float, int, int, bool]:
    """Return the gain of the best move of unit u at track t (-1: idle), its new candidate, whom it ousts (-1: nobody).

    The last says that the one ousted takes its place rather than what it finds elsewhere. Only what ``changed`` at the
    one track or the other since ``seen`` is looked at.
    """
    bare, s = seats.bare[u], seats.owner[u]
    loss = bare * seats.chance[u]
    moved = t >= 0 and changed[t] > seen
    most, chosen, ousted, swapped = 0.0, -1, -1, False
    for c in range(problem.start[s], problem.start[s + 1]):
        there, p = problem.track[c], problem.p[c]
        if there == t or not (moved or changed[there] > seen):
            continue
        if seats.taken[there] < problem.wanted[there]:
            gain = seats.left[there] * p - loss
            if gain > most:
                most, chosen, ousted = gain, c, -1
        for k in range(seats.seat[there], seats.seat[there] + seats.taken[there]):
            v = seats.members[k]
            back = bare * column[seats.owner[v]]
            gain = seats.bare[v] * (p - seats.chance[v]) - loss + max(back, spare[v])
            if gain > most and seats.owner[v] != s:
                most, chosen, ousted, swapped = gain, c, v, back >= spare[v]
    return most, chosen, ousted, swapped


@kernel
def exchange(problem: Problem, at: Integers, passes: int) -> None:
    """Improve ``at`` (u,) in place until no unit does better elsewhere and no two by changing places.

    A unit moves to a track with room, or takes the place of another, which takes its own in turn, or goes to its next
    best track, or stays idle: the shortest of the cyclic and path exchanges of Ahuja, Kumar, Jha and Orlin (2007),
    Operations Research 55, 1136-1146.
    """
    seats = seated(problem, at)
    tracks, units = len(problem.weight), len(at)
    changed, checked = np.ones(tracks, dtype=np.int64), np.zeros(units, dtype=np.int64)
    column, spare = np.zeros(len(problem.start) - 1), np.zeros(units)
    least = _LEAST_IMPROVEMENT * float(np.sum(problem.weight))
    queue = np.empty(units, dtype=np.int64)
    clock = 1
    for _ in range(passes):
        before = clock
        for u in range(units):
            spare[u] = _elsewhere(problem, seats, u, -1)[0] if at[u] >= 0 else 0.0
        for t in range(-1, tracks):
            waiting = _units_at(seats, t, queue)
            if waiting and t >= 0:
                for k in range(problem.track_start[t], problem.track_start[t + 1]):
                    column[problem.shooter[k]] = max(column[problem.shooter[k]], problem.p_by_track[k])
            for i in range(waiting):
                u = queue[i]
                if (problem.track[at[u]] if at[u] >= 0 else -1) != t:
                    continue
                gain, c, v, swapped = _best_move(problem, seats, u, t, column, spare, changed, checked[u])
                checked[u] = clock
                if gain > least and _carry_out(problem, seats, u, t, c, v, swapped, least, changed, clock + 1):
                    clock += 1
            if waiting and t >= 0:
                for k in range(problem.track_start[t], problem.track_start[t + 1]):
                    column[problem.shooter[k]] = 0.0
        if clock == before:
            break


@kernel
def _carry_out(
    problem: Problem,
    seats: Seats,
    u: int,
    t: int,
    c: int,
    v: int,
    swapped: bool,
    least: float,
    changed: Integers,
    clock: int,
) -> bool:
    """Make a move if it still gains: what the one ousted finds elsewhere may have filled up since it was noted."""
    there, back = problem.track[c], -1
    if v >= 0 and swapped and t >= 0:
        s = seats.owner[v]
        for j in range(problem.start[s], problem.start[s + 1]):
            if problem.track[j] == t and (back < 0 or problem.p[j] > problem.p[back]):
                back = j
    elif v >= 0:
        gain, back = _elsewhere(problem, seats, v, t)
        gain += seats.bare[v] * (problem.p[c] - seats.chance[v]) - seats.bare[u] * seats.chance[u]
        if gain <= least:
            return False
    if v >= 0:
        _place(problem, seats, v, -1)
    _place(problem, seats, u, c)
    if back >= 0:
        _place(problem, seats, v, back)
        changed[problem.track[back]] = clock
    changed[there] = clock
    if t >= 0:
        changed[t] = clock
    return True


@kernel
def _units_at(seats: Seats, t: int, out: Integers) -> int:
    """Write the units at track t, or the idle ones if it is negative, and return their number."""
    number = 0
    if t >= 0:
        for k in range(seats.seat[t], seats.seat[t] + seats.taken[t]):
            out[number] = seats.members[k]
            number += 1
    else:
        for u in range(len(seats.at)):
            if seats.at[u] < 0:
                out[number] = u
                number += 1
    return number
