"""What a scenario's defense costs: its groups beside the catalogue's price list, and what that list does not hold."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from cupola.campaign.statistics import Interval
from cupola.core.spec import Spec, Time
from cupola.economics.cost import YEAR_S, Holding, HoldingCost, PriceSpec, Spread, cost_of
from cupola.orbits.constellation import of
from cupola.scenario.catalogue import cited, entry, names
from cupola.scenario.errors import ScenarioError, did_you_mean
from cupola.scenario.schema import InterceptorGroup, Scenario, SensorGroup

_BILLION = 1e3


class CostTerms(Spec):
    """For how long a defense is paid, and what of it is there already."""

    period: Time = Field(default="20 year", gt=0.0, description="Years of purchase, replacement and operations")
    already_paid: tuple[str, ...] = Field(
        default=(), description="Groups or models whose first purchase is sunk; replacements and operations are paid"
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One group of a scenario and what it costs; ``price`` names the catalogue's entry."""

    name: str
    price: str
    units: int
    cost: HoldingCost


@dataclass(frozen=True, kw_only=True)
class ScenarioCost:
    """What a scenario costs over ``years``, in millions of 2026 dollars; ``not_priced`` names what is left out."""

    years: float
    lines: tuple[Line, ...]
    not_priced: tuple[str, ...]

    @property
    def total(self) -> Spread:
        """Return the sum of all that has a price."""
        return sum((line.cost.total for line in self.lines), Spread())

    def billions(self) -> Interval:
        """Return the total in billions of dollars; the limits are the range of the sources."""
        total = self.total
        return Interval(mean=total.best / _BILLION, low=total.low / _BILLION, high=total.high / _BILLION)


@functools.cache
def price_list() -> Mapping[str, tuple[str, PriceSpec]]:
    """Return catalogue model -> (entry, price). Raises :class:`ScenarioError` when two entries price a model."""
    found: dict[str, tuple[str, PriceSpec]] = {}
    for name in names("costs"):
        price: PriceSpec = entry("costs", name).spec
        for model in price.models:
            if model in found:
                raise ScenarioError(f"the catalogue prices {model!r} twice: {found[model][0]} and {name}")
            found[model] = (name, price)
    return found


def scenario_cost(scenario: Scenario, terms: CostTerms) -> ScenarioCost:
    """Return what a scenario's sensors and interceptors cost. Raises :class:`ScenarioError` for an unknown group."""
    groups: tuple[InterceptorGroup | SensorGroup, ...] = (*scenario.interceptors, *scenario.sensors)
    known = sorted({word for group in groups for word in (group.name, group.model)})
    for word in terms.already_paid:
        if word not in known:
            raise ScenarioError(
                f"already_paid: there is no {word!r} in the scenario; accepted are {', '.join(known)}"
                f"{did_you_mean(word, known)}"
            )
    years = float(terms.period) / YEAR_S
    covered = _covered(scenario)
    lines: list[Line] = []
    missing: list[str] = []
    for group in groups:
        units, sites = _size(group, covered)
        if units == 0:
            continue
        if group.model not in price_list():
            missing.append(group.model)
            continue
        name, price = price_list()[group.model]
        paid = bool({group.name, group.model} & set(terms.already_paid))
        cost = cost_of(Holding(units=units, sites=sites, already_paid=paid), price, years)
        lines.append(Line(name=group.name, price=name, units=units, cost=cost))
        missing += [f"{gap} of {group.model}" for gap in cost.not_priced]
    return ScenarioCost(years=years, lines=tuple(lines), not_priced=tuple(dict.fromkeys(missing)))


def _size(group: InterceptorGroup | SensorGroup, covered: set[tuple[str, str]]) -> tuple[int, int]:
    """Return a group's units and sites; sensors that a site's price includes are none."""
    if isinstance(group, InterceptorGroup):
        return group.inventory, 0 if group.constellation is not None else 1
    if group.constellation is not None:
        return of(group.constellation).count, 0
    alone = sum((group.model, site.name) not in covered for site in group.sites)
    return alone, alone


def _covered(scenario: Scenario) -> set[tuple[str, str]]:
    """Return (sensor, site) wherever an interceptor's site there is sold with that sensor."""
    found = set()
    for group in scenario.interceptors:
        if group.site is not None and group.inventory and group.model in price_list():
            _, price = price_list()[group.model]
            found |= {(sensor, group.site.name) for sensor in price.covers}
    return found


def cost_document(cost: ScenarioCost) -> dict[str, object]:
    """Return a cost as summaries hold it, in billions of dollars."""

    def billions(spread: Spread) -> dict[str, float]:
        return {"mean": spread.best / _BILLION, "low": spread.low / _BILLION, "high": spread.high / _BILLION}

    sources = {value.source for line in cost.lines for value in entry("costs", line.price).values}
    return {
        "unit": "billions of 2026 dollars",
        "years": cost.years,
        "total": billions(cost.total),
        "lines": [
            {
                "name": line.name,
                "price": line.price,
                "units": line.units,
                "acquisition": billions(line.cost.acquisition),
                "launch": billions(line.cost.launch),
                "operations": billions(line.cost.operations),
                "total": billions(line.cost.total),
            }
            for line in cost.lines
        ],
        "not_priced": list(cost.not_priced),
        "sources": [f"{r.authors} ({r.year}). {r.title}. {r.where}" for r in cited(sources)],
    }
