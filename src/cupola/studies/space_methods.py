"""How published sizes and costs of space-based interceptors are played."""

from collections.abc import Callable

from cupola.core.units import parse_quantity
from cupola.economics.money import millions_of_dollars
from cupola.economics.space_layer import roll_up
from cupola.studies.reproduce_case import Found, Inputs
from cupola.studies.reproduce_quantities import Quantity

# Quantity -> (key of size_aei, its worth in what methods return: SI, millions of dollars).
_AEI = {
    "shots_per_threat": ("shots_per_threat", 1.0),
    "interceptor_mass": ("interceptor_mass_kg", 1.0),
    "burn_time": ("burn_time_s", 1.0),
    "flyout_range": ("flyout_range_km", 1e3),
    "coverage_radius": ("coverage_radius_km", 1e3),
    "absentee_ratio": ("absentee_ratio", 1.0),
    "satellites": ("satellites", 1.0),
    "per_launch": ("satellites_per_launch", 1.0),
    "launches": ("launches", 1.0),
    "mean_unit_cost": ("mean_unit_cost_musd", 1.0),
    "mean_launch_cost": ("mean_launch_cost_musd", 1.0),
    "procurement": ("procurement_busd", 1e3),
    "launch_cost": ("launch_busd", 1e3),
    "operations": ("operations_busd", 1e3),
    "total_cost": ("total_busd", 1e3),
}


def _aei(inputs: Inputs) -> Found:
    """Return AEI's figures; inputs are its inputs."""
    from cupola.studies.aei import size_aei

    answer = size_aei(inputs)
    return {name: answer[key] * worth for name, (key, worth) in _AEI.items()}


def _replacement_rate(inputs: Inputs) -> Found:
    """Return how many satellites wear out in a year."""
    return {"replaced_per_year": float(inputs["satellites"]) / float(inputs["lifetime_years"])}


def _cost_roll_up(inputs: Inputs) -> Found:
    """Return the cost of a layer from a mean unit cost and a price by the kilogram, all generations bought alike."""
    years = float(inputs["years"])
    bought = years / float(inputs["lifetime_years"])
    acquisition = millions_of_dollars(inputs.get("development", "$0")) + roll_up(
        float(inputs["satellites"]),
        millions_of_dollars(inputs["unit_cost"]),
        parse_quantity(inputs["interceptor_mass"], "mass"),
        1e6 * millions_of_dollars(inputs["launch_price_per_kg"]),
        bought,
    )
    return {
        "acquisition": acquisition,
        "total_cost": acquisition + years * millions_of_dollars(inputs.get("operations_per_year", "$0")),
    }


def _cheaper_launch(inputs: Inputs) -> Found:
    """Return a cost after launch alone became cheaper: what is not launch stays."""
    before, share = millions_of_dollars(inputs["cost_before"]), float(inputs["launch_share"])
    return {"total_cost": before * (1.0 - share * (1.0 - float(inputs["price_left"])))}


QUANTITIES: dict[str, Quantity] = {
    "shots_per_threat": Quantity("dimensionless", "", 0),
    "interceptor_mass": Quantity("mass", "kg", 2),
    "burn_time": Quantity("time", "s", 2),
    "flyout_range": Quantity("length", "km", 2),
    "coverage_radius": Quantity("length", "km", 2),
    "absentee_ratio": Quantity("dimensionless", "", 2),
    "satellites": Quantity("dimensionless", "", 0),
    "per_launch": Quantity("dimensionless", "", 0),
    "launches": Quantity("dimensionless", "", 0),
    "mean_unit_cost": Quantity("money", "M$", 2),
    "mean_launch_cost": Quantity("money", "M$", 2),
    "procurement": Quantity("money", "B$", 2),
    "launch_cost": Quantity("money", "B$", 2),
    "operations": Quantity("money", "B$", 2),
    "acquisition": Quantity("money", "B$", 1),
    "total_cost": Quantity("money", "B$", 2),
    "replaced_per_year": Quantity("dimensionless", "", 0),
}

METHODS: dict[str, Callable[[Inputs], Found]] = {
    "aei": _aei,
    "replacement-rate": _replacement_rate,
    "cost-roll-up": _cost_roll_up,
    "cheaper-launch": _cheaper_launch,
}
