"""What the parts of a defense cost over the years, from published prices; what has none is named, never taken as zero.

Money is in millions of constant dollars, nothing discounted. Ranges come from sources that differ; they are not
confidence intervals, and sums of them take all prices low together, or high together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from cupola.core.spec import Count, Mass, Spec, Time
from cupola.economics.money import millions_of_dollars
from cupola.economics.space_layer import roll_up

YEAR_S = 365.25 * 86_400.0


def _read(per: str) -> Callable[[object], float]:
    def parse(text: object) -> float:
        if not isinstance(text, str) or not text.strip().endswith(per):
            raise ValueError(f"got {text!r}, which is not a price; it is written like '$70 M{per}'")
        return millions_of_dollars(text.strip().removesuffix(per) if per else text)

    return parse


def _written(per: str) -> PlainSerializer:
    return PlainSerializer(lambda value: f"${value!r} M{per}", return_type=str, when_used="json")


Money = Annotated[float, BeforeValidator(_read("")), _written(""), Field(ge=0.0)]
MoneyPerYear = Annotated[float, BeforeValidator(_read("/yr")), _written("/yr"), Field(ge=0.0)]
MoneyPerMass = Annotated[float, BeforeValidator(_read("/kg")), _written("/kg"), Field(ge=0.0)]


class _Ranged(Spec):
    def three(self) -> tuple[float, float, float]:
        """Return the best value, the least and the most."""
        best: float = self.__dict__["best"]
        low, high = (self.__dict__[name] for name in ("low", "high"))
        return best, best if low is None else low, best if high is None else high

    @model_validator(mode="after")
    def _ordered(self) -> "_Ranged":
        best, low, high = self.three()
        if not low <= best <= high:
            raise ValueError(f"got {low:g} to {high:g} about {best:g}, accepted is a range that holds the best value")
        return self


class PriceRange(_Ranged):
    """A price, with the least and the most that sources give where they differ."""

    best: Money
    low: Money | None = None
    high: Money | None = None


class MassRange(_Ranged):
    """A mass, with the least and the most that sources give where they differ."""

    best: Mass
    low: Mass | None = None
    high: Mass | None = None


class PriceSpec(Spec):
    """What one kind of system costs: the price of a unit, of a site or battery, of launch, of a year's operations."""

    kind: Literal["price"] = Field(description="What the entry is")
    title: str = Field(description="One line for lists")
    models: tuple[str, ...] = Field(min_length=1, description="Catalogue sensors or interceptors that it prices")
    covers: tuple[str, ...] = Field(
        default=(), description="Sensors that the price of a site includes, where they stand at the same site"
    )
    dollars_of: Count = Field(description="Year of the dollars")
    unit: PriceRange | None = Field(default=None, description="One interceptor or satellite")
    life: Time | None = Field(default=None, gt=0.0, description="Life of a satellite; it is replaced after that")
    mass: MassRange | None = Field(default=None, description="Mass of one unit at launch")
    launch: MoneyPerMass | None = Field(default=None, description="Price of launch by mass")
    unit_operations: MoneyPerYear | None = Field(default=None, description="Operations and support of one unit")
    site: Money | None = Field(default=None, description="Building one site or battery")
    included: Count = Field(default=0, description="Interceptors that the price of a site includes")
    site_operations: MoneyPerYear | None = Field(default=None, description="Operations and support of one site")


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A cost with the least and the most that its sources give, in millions of dollars."""

    best: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def __add__(self, other: "Spread") -> "Spread":
        return Spread(best=self.best + other.best, low=self.low + other.low, high=self.high + other.high)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """So many units (satellites, or interceptors on the ground) at so many sites; none in space."""

    units: int
    sites: int
    already_paid: bool = False
    """Whether the first purchase is sunk; replacements and operations are still paid."""


@dataclass(frozen=True, kw_only=True)
class HoldingCost:
    """What a holding costs over the years, and what of it no source prices."""

    acquisition: Spread
    launch: Spread
    operations: Spread
    not_priced: tuple[str, ...]

    @property
    def total(self) -> Spread:
        """Return the sum."""
        return self.acquisition + self.launch + self.operations


def cost_of(holding: Holding, price: PriceSpec, years: float) -> HoldingCost:
    """Return what a holding costs over ``years``: purchase, replacements at the end of their lives, launch, operations.

    Satellites are bought years / life times, the first generation included (at least once), as they are replaced one
    by one. A site's price covers the interceptors that it includes; the rest are bought apart.
    """
    if holding.units == 0:
        return HoldingCost(acquisition=Spread(), launch=Spread(), operations=Spread(), not_priced=())
    generations = 1.0 if price.life is None else max(1.0, years * YEAR_S / float(price.life))
    bought = generations - (1.0 if holding.already_paid else 0.0)
    apart = max(0, holding.units - price.included * holding.sites)
    first_sites = 0 if holding.already_paid else holding.sites
    acquisition = _bought(apart, bought, price.unit) + _certain((price.site or 0.0) * first_sites)
    yearly = (price.unit_operations or 0.0) * holding.units + (price.site_operations or 0.0) * holding.sites
    return HoldingCost(
        acquisition=acquisition,
        launch=_launched(holding.units, bought, price),
        operations=_certain(yearly * years),
        not_priced=tuple(_gaps(holding, price, apart)),
    )


def _bought(units: int, times: float, price: PriceRange | None) -> Spread:
    if price is None:
        return Spread()
    return _spread([roll_up(units, each, 0.0, 0.0, times) for each in price.three()])


def _launched(units: int, times: float, price: PriceSpec) -> Spread:
    if price.mass is None or price.launch is None:
        return Spread()
    return _spread([roll_up(units, 0.0, mass, price.launch * 1e6, times) for mass in price.mass.three()])


def _spread(values: Sequence[float]) -> Spread:
    return Spread(best=values[0], low=values[1], high=values[2])


def _certain(value: float) -> Spread:
    return Spread(best=value, low=value, high=value)


def _gaps(holding: Holding, price: PriceSpec, apart: int) -> list[str]:
    gaps = []
    if price.unit is None and apart:
        gaps.append("units")
    if holding.sites:
        gaps += [
            name for name, known in (("sites", price.site), ("operations", price.site_operations)) if known is None
        ]
        return gaps
    if price.mass is None or price.launch is None:
        gaps.append("launch")
    if price.unit_operations is None:
        gaps.append("operations")
    return gaps
