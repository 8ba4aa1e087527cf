"""Where to draw the line between warheads and the rest: the battle manager's choice, made with the tracker's odds."""

import numpy as np

from cupola.battle.picture import Flags
from cupola.core.earth import Vector


def threshold_of_least_cost(*, leak_worth: float, shots: float, kill_probability: float) -> float:
    """Return the lethal probability p from which a salvo costs less than it saves: p P_kill C_leak >= C_salvo.

    ``leak_worth`` is what a warhead let through costs, in interceptors; a salvo of ``shots`` kills what it is sent at
    with ``kill_probability``. At most 1: what surely is a warhead is engaged. The threshold of least expected cost
    (Green and Swets 1966, Signal Detection Theory and Psychophysics, ch. 1) does not depend on how many of either kind
    there are, because p has that in it.
    """
    if not leak_worth > 0.0 or not shots > 0.0 or not 0.0 <= kill_probability <= 1.0:
        raise ValueError(
            f"got a leak worth {leak_worth} interceptors, {shots} shots and a kill probability of {kill_probability}, "
            "accepted are a worth and shots above 0 and a probability"
        )
    saved = kill_probability * leak_worth
    return min(shots / saved, 1.0) if saved > 0.0 else 1.0


def likeliest(lethal: Vector, objects: int) -> Flags:
    """Return which (n,) are the ``objects`` most likely warheads by ``lethal`` (n,); of equals, the first ones."""
    if objects < 0:
        raise ValueError(f"got {objects} objects, accepted is 0 or more")
    chosen = np.zeros(len(lethal), dtype=np.bool_)
    chosen[np.argsort(-np.asarray(lethal, dtype=np.float64), kind="stable")[:objects]] = True
    return chosen
