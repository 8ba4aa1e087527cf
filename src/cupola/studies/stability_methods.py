"""How published forms of strategic stability are played."""

from collections.abc import Callable

from cupola.studies.reproduce_case import Found, Inputs
from cupola.studies.reproduce_quantities import Quantity


def _cost(inputs: Inputs) -> Found:
    """Return what an exchange costs a side."""
    from cupola.stability.kent_thaler import cost

    return {"cost_of_exchange": cost(float(inputs["damage"]), float(inputs["damage_to_other"]))}


def _index(inputs: Inputs) -> Found:
    """Return the index of two sides alike: struck first a side has the damage that the other has when it strikes."""
    from cupola.stability.kent_thaler import cost, index

    better, worse = float(inputs["damage_striking"]), float(inputs["damage_struck"])
    first, second = cost(better, worse), cost(worse, better)
    return {"stability_index": index(first, second, first, second)}


def _race(inputs: Inputs) -> Found:
    """Return where an arms race settles."""
    from cupola.stability.richardson import Race

    def pair(name: str) -> tuple[float, float]:
        one, other = (float(part) for part in inputs[name].split(","))
        return one, other

    race = Race(reaction=pair("reaction"), fatigue=pair("fatigue"), grievance=pair("grievance"))
    x, y = race.equilibrium()
    return {"arms_x": x, "arms_y": y, "verdict": "stable" if race.stable else "runs away"}


QUANTITIES: dict[str, Quantity] = {
    "cost_of_exchange": Quantity("dimensionless", "", 4),
    "stability_index": Quantity("dimensionless", "", 4),
    "arms_x": Quantity("dimensionless", "", 2),
    "arms_y": Quantity("dimensionless", "", 2),
}

METHODS: dict[str, Callable[[Inputs], Found]] = {
    "exchange-cost": _cost,
    "stability-index": _index,
    "arms-race": _race,
}
