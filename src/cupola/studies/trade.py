"""Cost against leakage: which options are worth their price, and what one more warhead stopped costs along them."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Unpack

import pyarrow as pa
from pydantic import Field, model_validator

from cupola.campaign.plan import check_counts
from cupola.core.spec import Spec
from cupola.scenario.document import Document as Source
from cupola.scenario.errors import ScenarioError
from cupola.scenario.schema import Scenario
from cupola.studies.costing import CostTerms, cost_document, scenario_cost
from cupola.studies.outcomes import COST, label_of
from cupola.studies.points import MOST_POINTS, Played, Point
from cupola.studies.study import Document, Study, StudyResult, Ways, estimate, first_of, play, points_table
from cupola.studies.study_file import StudySpec, Value, base_of, changed, read_study, scenario_at

KIND = "trade"
LEAKED, SHOTS, NO_LEAK = "leaked", "shots", "no_leak"
_MEASURED = (COST, LEAKED, NO_LEAK, SHOTS)


class Option(Spec):
    """One architecture that is weighed."""

    name: str = Field(min_length=1, max_length=60, description="Name for figures and tables")
    scenario: str | None = Field(default=None, description="Scenario file of its own; none: the study's")
    set: dict[str, Value] = Field(default_factory=dict, description="Path -> value changed in it")


class TradeSpec(StudySpec):
    """A Cupola trade file."""

    kind: Literal["trade"] = Field(description="What this file asks")
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=MOST_POINTS)] = Field(
        description="Architectures against the same raid"
    )
    cost: CostTerms = Field(default_factory=CostTerms, description="For how long, and what is paid already")

    @model_validator(mode="after")
    def _names(self) -> "TradeSpec":
        names = [option.name for option in self.options]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"options: got two called {twice[0]!r}, accepted are options with names of their own")
        return self


def trade(path: str | Path, **ways: Unpack[Ways]) -> StudyResult:
    """Play every option of a trade file with common random numbers and weigh cost against leakage.

    Raises ``ScenarioError`` and ``BadCampaign`` on bad input, ``CampaignFailed`` on a fault while running, after which
    ``resume=True`` goes on.
    """
    spec, document = read_study(Path(path), TradeSpec, KIND)
    base = base_of(spec, document)
    seed, runs = first_of(ways.get("seed"), spec.seed, base.seed), first_of(ways.get("runs"), spec.runs, base.runs)
    check_counts(seed=seed, runs=runs)
    study = Study(
        kind=KIND,
        name=spec.name,
        description=spec.description,
        points=[_point(spec, index, base, document) for index in range(len(spec.options))],
        seed=seed,
        runs=runs,
        conclude=_concluded,
        terms=spec.cost,
    )
    return play(study, ways)


def _point(spec: TradeSpec, index: int, base: Scenario, document: Source) -> Point:
    option = spec.options[index]
    place = ("options", index)
    scenario = base
    if option.scenario is not None:
        own = scenario_at(option.scenario, document, (*place, "scenario"))
        scenario = changed(own, spec.set, document, ("set",))
    scenario = changed(scenario, option.set, document, (*place, "set"))
    try:
        scenario_cost(scenario, spec.cost)
    except ScenarioError as error:
        raise ScenarioError(document.problem(("cost",), f"option {option.name!r}: {error}")) from None
    return Point(name=option.name, scenario=scenario, settings={key: str(value) for key, value in option.set.items()})


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """One option's place: its cost in billions, the warheads that get through, and who beats it; none: on the front."""

    index: int
    cost: float
    leaked: float
    beaten_by: int | None


def front_of(costs: Sequence[float], leaked: Sequence[float]) -> list[Weighed]:
    """Return every option's place in order of cost. An option is beaten by one that is no dearer and leaks no more, and
    better in one of the two; of options that are alike in both the first stands. The front is Pareto's.
    """
    order = sorted(range(len(costs)), key=lambda i: (costs[i], leaked[i], i))
    weighed: list[Weighed] = []
    best: int | None = None
    for i in order:
        beaten = best if best is not None and leaked[best] <= leaked[i] else None
        if beaten is None:
            best = i
        weighed.append(Weighed(index=i, cost=costs[i], leaked=leaked[i], beaten_by=beaten))
    return weighed


def _concluded(played: Sequence[Played]) -> tuple[pa.Table, Document]:
    weighed = front_of([each.interval(COST).mean for each in played], [each.interval(LEAKED).mean for each in played])
    places = {each.index: each for each in weighed}
    options: list[Document] = []
    for index, each in enumerate(played):
        beaten = places[index].beaten_by
        options.append(
            {
                "name": each.point.name,
                "settings": dict(each.point.settings),
                "scenario": each.point.scenario.name,
                "folder": each.folder,
                "outcomes": {name: estimate(each.interval(name)) for name in _MEASURED},
                "cost": cost_document(each.cost),
                "on_front": beaten is None,
                "beaten_by": None if beaten is None else _beaten(each, played[beaten]),
            }
        )
    front = [played[each.index] for each in weighed if each.beaten_by is None]
    steps = [_step(a, b) for a, b in itertools.pairwise(front)]
    document: Document = {
        "outcomes": {name: label_of(name) for name in _MEASURED},
        "options": options,
        "front": [each.point.name for each in front],
        "steps": steps,
        "not_priced": list(dict.fromkeys(part for each in played for part in each.cost.not_priced)),
        "unequal": _unequal(played),
    }
    document["verdict"] = _verdict(document)
    return points_table(options, []), document


def _beaten(each: Played, by: Played) -> Document:
    """Return which option beats this one, and whether the paired runs show that it leaks less, not just as little."""
    more = by.difference(LEAKED, each).difference
    return {"name": by.point.name, "leaks_more": estimate(more), "shown": more.low > 0.0}


def _step(a: Played, b: Played) -> Document:
    """Return what the step from one option of the front to the next costs, and what one more warhead stopped costs.

    The price is the added cost over the added warheads stopped in this raid; its least takes the cost low and the
    warheads high, its most the reverse, and there is none where the runs do not show that more are stopped.
    """
    cost = a.difference(COST, b).difference
    fewer = a.difference(LEAKED, b).difference
    stopped = {"mean": -fewer.mean, "low": -fewer.high, "high": -fewer.low}
    return {
        "from": a.point.name,
        "to": b.point.name,
        "cost": estimate(cost),
        "stopped": stopped,
        "price": {
            "mean": _ratio(cost.mean, stopped["mean"]),
            "low": _ratio(max(cost.low, 0.0), stopped["high"]),
            "high": _ratio(cost.high, stopped["low"]),
        },
    }


def _ratio(cost: float, warheads: float) -> float:
    return cost / warheads if warheads > 0.0 else math.nan


def _unequal(played: Sequence[Played]) -> list[str]:
    """Return what has no price in some options and does not stand in all: there costs are not like for like."""
    sets = [set(each.cost.not_priced) for each in played]
    everywhere = {part for part in sets[0] if all(part in other for other in sets)}
    return sorted({part for each in sets for part in each} - everywhere)


def _verdict(document: Document) -> str:
    front, steps = document["front"], document["steps"]
    beaten = [option["name"] for option in document["options"] if not option["on_front"]]
    if len(front) == 1:
        first = f"{front[0]} is the only option on the front"
        return f"{first}: {_named(beaten)} cost no less and stop no more." if beaten else f"{first}."
    said = f"{len(front)} of {len(document['options'])} options are worth weighing: {', '.join(front)}."
    known = [step for step in steps if not math.isnan(step["price"]["mean"])]
    cheapest, dearest = (choose(known, key=lambda step: step["price"]["mean"]) for choose in (min, max))
    said += f" One more warhead stopped costs {_priced(cheapest)}"
    if dearest is not cheapest:
        said += f", and {_priced(dearest)}"
    return said + "."


def _named(names: Sequence[str]) -> str:
    return ", ".join(names)


def _priced(step: Document) -> str:
    low, high = step["price"]["low"], step["price"]["high"]
    most = "no upper limit" if math.isnan(high) else f"${high:,.3g} B"
    return f"${step['price']['mean']:,.3g} B (${low:,.3g} B to {most}) from {step['from']} to {step['to']}"
