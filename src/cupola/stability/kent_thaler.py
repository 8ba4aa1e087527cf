"""First-strike stability after Kent and Thaler: what striking first costs beside what waiting costs.

Kent, G. A. and D. E. Thaler (1989), First-Strike Stability: A Methodology for Evaluating Strategic Forces, RAND R-3765.
A side counts the damage to itself, and as a smaller cost that the other side's value survives.
"""

EXPONENT = 0.75
"""How fast the cost grows with the share of value destroyed: the first strikes hurt most."""
WEIGHT = 0.3
"""What the other side's survival counts beside the side's own damage."""


def cost(damage: float, damage_to_other: float, *, exponent: float = EXPONENT, weight: float = WEIGHT) -> float:
    """Return what an exchange costs a side: C = D^e + w (1 - D_other^e).

    ``damage`` and ``damage_to_other`` are the shares (0 to 1) of either side's value that is destroyed. The cost is 0
    for a side that is unhurt with the other destroyed, and 1 + w the other way round.
    Raises ``ValueError`` for shares outside 0 to 1, an exponent that is not positive and a negative weight.
    """
    for name, share in (("damage", damage), ("damage_to_other", damage_to_other)):
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"{name}: got {share:g}, accepted is the share of value destroyed, 0 to 1")
    if not exponent > 0.0 or not weight >= 0.0:
        raise ValueError(f"got exponent {exponent:g} and weight {weight:g}, accepted are more than 0, and 0 or more")
    return float(damage**exponent + weight * (1.0 - damage_to_other**exponent))


def index(first_a: float, second_a: float, first_b: float, second_b: float) -> float:
    """Return the first-strike stability index (C1a / C2a) (C1b / C2b).

    ``first`` is what an exchange costs a side that strikes first, ``second`` what it costs the side when it is struck
    first. 1 is stable: neither side gains by going first; near 0 both would lose much by waiting.
    Raises ``ValueError`` where a cost is negative or being struck first costs nothing.
    """
    costs = (first_a, second_a, first_b, second_b)
    if not all(value >= 0.0 for value in costs) or not min(second_a, second_b) > 0.0:
        raise ValueError(f"got costs {costs}, accepted are no negative ones, and more than 0 for going second")
    return first_a / second_a * (first_b / second_b)
