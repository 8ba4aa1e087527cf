"""What a layer of satellites costs over the years: units, launches, replacements, operations and development.

Money is in millions of dollars of one year (constant dollars, nothing discounted) unless a name says otherwise.
"""

import math
from dataclasses import dataclass

from cupola.economics.learning import mean_cost_by_integral

# Counts that are whole but for rounding stay whole: 20 / 5 are four generations and not 3.999...
_WHOLE = 1e-12


@dataclass(frozen=True, kw_only=True)
class Launcher:
    """A launch vehicle: ``capacity_kg`` to orbit, ``first_cost`` of its first flight, ``learning`` rate after that."""

    capacity_kg: float
    first_cost: float
    learning: float

    def per_launch(self, mass_kg: float) -> int:
        """Return how many satellites of a mass one launch carries; 0 where one is too heavy."""
        return floor(self.capacity_kg / mass_kg)


@dataclass(frozen=True, kw_only=True)
class Programme:
    """What is bought, for how long: one generation is the whole constellation, replaced every ``lifetime_yr``."""

    first_unit: float
    unit_learning: float
    lifetime_yr: float
    period_yr: float
    operations_per_year: float
    development: float

    @property
    def generations(self) -> int:
        """Return how many times the constellation is bought: max(1, floor(period / lifetime))."""
        return max(1, floor(self.period_yr / self.lifetime_yr))


@dataclass(frozen=True, kw_only=True)
class LayerCost:
    """Life-cycle cost: mean costs of one unit and one launch, and totals over the period, in millions of dollars."""

    per_launch: int
    launches: int
    generations: int
    mean_unit: float
    mean_launch: float
    procurement: float
    launch: float
    operations: float
    development: float

    @property
    def total(self) -> float:
        """Return the sum of procurement, launch, operations and development."""
        return self.procurement + self.launch + self.operations + self.development


def life_cycle_cost(satellites: int, mass_kg: float, launcher: Launcher, programme: Programme) -> LayerCost:
    """Return what ``satellites`` of ``mass_kg`` each cost over the programme's period (Harrison 2025).

    Units and launches ride their learning curves, which begin anew with every generation; development is paid once.
    Raises ``ValueError`` when the launcher does not lift one satellite, and for learning rates that are not accepted.
    """
    per_launch = launcher.per_launch(mass_kg)
    if per_launch < 1:
        raise ValueError(f"got a satellite of {mass_kg:,.1f} kg, but the launcher lifts {launcher.capacity_kg:,.1f} kg")
    launches = math.ceil(satellites / per_launch)
    mean_unit = mean_cost_by_integral(programme.first_unit, programme.unit_learning, satellites)
    mean_launch = mean_cost_by_integral(launcher.first_cost, launcher.learning, launches)
    return LayerCost(
        per_launch=per_launch,
        launches=launches,
        generations=programme.generations,
        mean_unit=mean_unit,
        mean_launch=mean_launch,
        procurement=mean_unit * satellites * programme.generations,
        launch=mean_launch * launches * programme.generations,
        operations=programme.operations_per_year * programme.period_yr,
        development=programme.development,
    )


def roll_up(
    satellites: float, unit_cost: float, mass_kg: float, launch_price_per_kg: float, replacements: float
) -> float:
    """Return acquisition in millions of dollars: satellites x replacements x (unit cost + mass x launch price).

    ``replacements`` counts the generations bought, the first included; ``launch_price_per_kg`` is in dollars. It is the
    sum that the Congressional Budget Office states in words (2025, 2026): a mean unit cost and a price by the kilogram.
    """
    return satellites * replacements * (unit_cost + mass_kg * launch_price_per_kg / 1e6)


def floor(value: float) -> int:
    """Return the floor of a ratio that rounding may have left just below a whole number."""
    return math.floor(value + _WHOLE * max(1.0, abs(value)))


def ceiling(value: float) -> int:
    """Return the ceiling of a ratio that rounding may have left just above a whole number."""
    return math.ceil(value - _WHOLE * max(1.0, abs(value)))
