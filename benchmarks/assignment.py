"""Assigning shots of mixed kill probability to targets: gap first, then time, beside linear assignment and HiGHS.

Instances by the published recipe: values integer 1 to 100, probabilities uniform 0 to 1; and one of probabilities
0.3 to 0.9, as interceptors have. SciPy's linear assignment gives the j-th shot at a target value x p (1 - p)^(j-1);
HiGHS proves the optimum where it can. All are judged by the value that their shots destroy together.
Run: python -m benchmarks assignment
"""

import json
import time
from typing import Any

import numpy as np

from cupola.battle.assignment import Pairing, assign, expected_damage
from cupola.battle.assignment_exact import assign_exactly
from cupola.core.earth import Vector
from cupola.sensors.looks import Indices

SMALL = ((10, 10), (20, 10), (20, 20), (40, 20), (40, 40), (80, 40), (100, 100))
SEEDS = 10
REPEATS = 10


def instance(shots: int, targets: int, seed: int, low: float = 0.0, high: float = 1.0) -> tuple[Any, ...]:
    """Return track, shooter and probability of every pair, and the values of the targets."""
    rng = np.random.default_rng(seed)
    shooter, track = np.divmod(np.arange(shots * targets), targets)
    return track, shooter, rng.uniform(low, high, len(track)), rng.integers(1, 101, targets).astype(float)


def ours(track: Indices, shooter: Indices, p: Vector, value: Vector, most: int, **options: Any) -> Pairing:
    """Return our assignment, up to ``most`` shots at each target."""
    targets = len(value)
    return assign(
        track, shooter, p, value, np.zeros(len(p)), np.full(targets, most), np.ones(targets), optimal=True, **options
    )


def slots(track: Indices, shooter: Indices, p: Vector, value: Vector, most: int) -> float:
    """Return what linear assignment to slots destroys."""
    from scipy.optimize import linear_sum_assignment

    targets = len(value)
    table = np.zeros((int(shooter.max()) + 1, targets))
    table[shooter, track] = p
    slot, rank = np.repeat(np.arange(targets), most), np.tile(np.arange(most), targets)
    chance = table[:, slot]
    who, where = linear_sum_assignment(value[slot] * chance * (1.0 - chance) ** rank, maximize=True)
    return expected_damage(who * targets + slot[where], track, p, value)


def best_ms(work: Any, *arguments: Any, repeats: int = REPEATS, **options: Any) -> float:
    """Return the least processor time of one call in ms."""
    least = np.inf
    for _ in range(repeats):
        begin = time.process_time()
        work(*arguments, **options)
        least = min(least, time.process_time() - begin)
    return round(1e3 * float(least), 3)


def small(shots: int, targets: int) -> dict[str, Any]:
    """Return the gaps to the proven optimum over ten instances, and times."""
    most = max(-(-2 * shots // targets), 3)
    gaps: dict[str, list[float]] = {"ours": [], "ours, told": [], "ours, full work": [], "slots": []}
    proven, exact_ms = 0, []
    for seed in range(SEEDS):
        case = instance(shots, targets, seed)
        wanted, each = np.full(targets, most), np.ones(shots, dtype=np.int64)
        begin = time.process_time()
        exact = assign_exactly(*case, wanted, each)
        exact_ms.append(1e3 * (time.process_time() - begin))
        if exact is None:
            continue
        proven += 1
        best = exact.expected_value
        quick, full = ours(*case, most), ours(*case, most, tolerance=1e-9)
        gaps["ours"].append(1.0 - quick.expected_value / best)
        gaps["ours, told"].append(quick.gap)
        gaps["ours, full work"].append(1.0 - full.expected_value / best)
        gaps["slots"].append(1.0 - slots(*case, most) / best)
    case = instance(shots, targets, 0)
    return {
        "shots x targets": f"{shots} x {targets}",
        "proven": f"{proven} of {SEEDS}",
        "gap %, median and worst": {
            name: [round(100.0 * float(np.median(g)), 5), round(100.0 * max(g), 5)] for name, g in gaps.items() if g
        },
        "ms ours": best_ms(ours, *case, most),
        "ms slots": best_ms(slots, *case, most),
        "ms exact, median": round(float(np.median(exact_ms)), 1),
    }


def large(low: float, high: float) -> dict[str, Any]:
    """Return 1,000 shots at 300 targets: what is left to the bound, and times."""
    case = instance(1000, 300, 1, low, high)
    found = ours(*case, 6)
    return {
        "1,000 x 300, p": [low, high],
        "gap told, %": 100.0 * found.gap,
        "gap of slots to the same bound, %": 100.0 * (1.0 - slots(*case, 6) / found.upper_bound),
        "ms ours": best_ms(ours, *case, 6),
        "ms slots": best_ms(slots, *case, 6, repeats=2),
    }


def main() -> None:
    """Compare, then time, then print one JSON document."""
    ours(*instance(3, 3, 0), 2)
    assign_exactly(*instance(6, 6, 0), np.full(6, 3), np.ones(6, dtype=np.int64))
    rows = [small(*size) for size in SMALL] + [large(0.0, 1.0), large(0.3, 0.9)]
    print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
