"""Learning curves: each doubling of the number made multiplies the cost of a unit by the learning rate.

Unit n costs F n^b with b = log2(learning), F the first unit's cost (Wright 1936, J. Aeronautical Sciences 3, 122-128).
"""

import math

# Below this count terms are added one by one; above, Euler and Maclaurin's correction is exact to rounding.
_ADDED = 32


def exponent(learning: float) -> float:
    """Return b = log2(learning), 0 without learning, negative with it.

    Raises ``ValueError`` unless 0.5 < learning <= 1: at one half the total cost would hardly grow with the number.
    """
    if not 0.5 < learning <= 1.0:
        raise ValueError(f"got a learning rate of {learning:g}, accepted is more than 0.5 and at most 1, e.g. 0.85")
    return math.log2(learning)


def mean_cost(first: float, learning: float, count: int) -> float:
    """Return the mean cost of units 1 to ``count``, in the unit of ``first``: F / n times the sum of k^b.

    Exact to rounding for any count. Raises ``ValueError`` for a learning rate or a count that is not accepted.
    """
    b = exponent(learning)
    _check(count)
    return first * _sum_of_powers(count, b) / count


def mean_cost_by_integral(first: float, learning: float, count: float) -> float:
    """Return F (n^(1+b) + 1) / (n (1 + b)), which Harrison (2025) takes for the mean cost of n units.

    It is about the integral of F k^b from 0 to n, and too high where n is small: twice F and more for a single unit.
    :func:`mean_cost` is the sum itself. Raises ``ValueError`` as that does.
    """
    b = exponent(learning)
    _check(count)
    return float(first * (count ** (1.0 + b) + 1.0) / (count * (1.0 + b)))


def _check(count: float) -> None:
    if not count >= 1:
        raise ValueError(f"got {count:g} units, accepted is at least 1")


def _sum_of_powers(count: int, b: float) -> float:
    """Return the sum of k^b for k = 1 to count (Abramowitz and Stegun, 23.1.30, from k = 32 on)."""
    if count <= _ADDED:
        return math.fsum(k**b for k in range(1, count + 1))
    low, high = float(_ADDED), float(count)
    total = math.fsum(k**b for k in range(1, _ADDED))
    total += (high ** (b + 1.0) - low ** (b + 1.0)) / (b + 1.0) + 0.5 * (low**b + high**b)
    total += b / 12.0 * (high ** (b - 1.0) - low ** (b - 1.0))
    return float(total - b * (b - 1.0) * (b - 2.0) / 720.0 * (high ** (b - 3.0) - low ** (b - 3.0)))
