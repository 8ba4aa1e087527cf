"""What it is worth to hold shots for another look: dynamic programming over live targets, shots and looks left."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector

Aim = Literal["fewest leakers", "no leaker"]
MOST_TARGETS, MOST_SHOTS = 60, 400


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The best firing plan of every state (n targets alive, s shots left) with so many salvos to go.

    ``value`` (targets + 1, shots + 1): expected leakers, or the chance of none; ``salvo``: how many to fire now.
    """

    value: Vector
    salvo: NDArray[np.int64]


def best_salvos(
    kill: float, targets: int, shots: int, salvos: int, *, aim: Aim = "fewest leakers"
) -> tuple[Looks, ...]:
    """Return the best plan with 1, 2, ... ``salvos`` to go, a perfect look between every two.

    All shots kill with ``kill`` and all targets are worth the same, so that a salvo is best spread evenly (den Broeder,
    Ellison and Emerling 1959); how large it should be, with the rest held for the survivors, is Bellman's recursion
    V(n, s, l) = best over m of E[V(survivors of m shots at n, s - m, l - 1)] (Hosein, Walton and Athans 1988; Eckler
    and Burr 1972). Of salvos of equal value the smallest is fired. Raises ``ValueError`` for what is out of range.
    """
    _check(kill, targets, shots, salvos)
    alive = np.arange(targets + 1)
    value = np.repeat((alive if aim == "fewest leakers" else alive == 0).astype(np.float64)[:, None], shots + 1, axis=1)
    sense = -1.0 if aim == "fewest leakers" else 1.0
    outcome = [_survivors(kill, n, shots) for n in range(targets + 1)]
    plans: list[Looks] = []
    for to_go in range(1, salvos + 1):
        salvo = np.zeros((targets + 1, shots + 1), dtype=np.int64)
        new = value.copy()
        for n in range(1, targets + 1):
            after = outcome[n] @ value[: n + 1]
            for s in range(shots + 1):
                fired = np.arange(s, s + 1) if to_go == 1 else np.arange(s + 1)
                worth = sense * after[fired, s - fired]
                best = int(np.flatnonzero(worth >= worth.max() - 1e-12)[0])
                new[n, s], salvo[n, s] = after[fired[best], s - fired[best]], fired[best]
        value = new
        plans.append(Looks(value=value, salvo=salvo))
    return tuple(plans)


def value_of_holding(kill: float, targets: int, shots: int, salvos: int = 2) -> tuple[float, int]:
    """Return how many leakers fewer are expected with ``salvos`` and looks between them than with all shots at once.

    The second is the number of shots to fire now; the others are held.
    """
    plans = best_salvos(kill, targets, shots, salvos)
    saved = plans[0].value[targets, shots] - plans[-1].value[targets, shots]
    return float(saved), int(plans[-1].salvo[targets, shots])


def _survivors(kill: float, targets: int, shots: int) -> Vector:
    """Return the chances (shots + 1, targets + 1) of so many survivors of 0, 1, ... shots spread evenly."""
    chance = np.zeros((shots + 1, targets + 1))
    for fired in range(shots + 1):
        each, extra = divmod(fired, targets) if targets else (0, 0)
        lives = np.array([1.0])
        for i in range(targets):
            p = (1.0 - kill) ** (each + (i < extra))
            lives = np.convolve(lives, [1.0 - p, p])
        chance[fired] = lives
    return chance


def _check(kill: float, targets: int, shots: int, salvos: int) -> None:
    if not 0.0 < kill <= 1.0:
        raise ValueError(f"kill: got {kill:g}, accepted is more than 0 and at most 1")
    for name, count, least, most in (
        ("targets", targets, 0, MOST_TARGETS),
        ("shots", shots, 0, MOST_SHOTS),
        ("salvos", salvos, 1, 20),
    ):
        if not least <= count <= most:
            raise ValueError(f"{name}: got {count}, accepted is {least} to {most}")
