"""Many points of one scenario: a grid, a Latin hypercube, or one factor at a time."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Unpack

import numpy as np
import pyarrow as pa
from pydantic import Field

from cupola.campaign.plan import check_counts
from cupola.core.chance import stream
from cupola.core.spec import PositiveCount
from cupola.scenario.document import Document as Source
from cupola.scenario.errors import ScenarioError, shortened
from cupola.scenario.schema import Scenario
from cupola.scenario.values import with_values
from cupola.studies.costing import CostTerms, cost_document, scenario_cost
from cupola.studies.factors import Factor, factors_of, number_of
from cupola.studies.outcomes import COST, check_outcomes, label_of
from cupola.studies.points import MOST_POINTS, Played, Point
from cupola.studies.study import Document, Study, StudyResult, Ways, estimate, first_of, play, points_table
from cupola.studies.study_file import StudySpec, base_of, read_study

KIND = "sweep"
BASE = "base"
Settings = dict[str, str]


class FactorsSpec(StudySpec):
    """A study that varies values of a scenario."""

    factors: Annotated[dict[str, Any], Field(min_length=1)] = Field(
        description="Path -> list of values, {from, to, steps, scale}, or a distribution as under uncertainty"
    )
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        default=("leaked", "shots"), description="What is measured, e.g. leaked, shots, killed.boost"
    )
    cost: CostTerms = Field(default_factory=CostTerms, description="How the outcome 'cost' is counted")


class SweepSpec(FactorsSpec):
    """A Cupola sweep file."""

    kind: Literal["sweep"] = Field(description="What this file asks")
    method: Literal["grid", "latin-hypercube", "one-at-a-time"] = Field(
        default="grid", description="Every combination; spread evenly over all factors; each alone from the base"
    )
    points: PositiveCount | None = Field(default=None, description="Points of a Latin hypercube")


def sweep(path: str | Path, **ways: Unpack[Ways]) -> StudyResult:
    """Play every point of a sweep file with common random numbers; return the folder and the summary.

    ``ways`` are those of :class:`cupola.studies.study.Ways`; ``runs`` and ``seed`` default to the file's, then to the
    scenario's. Raises ``ScenarioError`` and ``BadCampaign`` on
    bad input, ``CampaignFailed`` on a fault while running, after which ``resume=True`` goes on.
    """
    spec, document = read_study(Path(path), SweepSpec, KIND)
    base = base_of(spec, document)
    seed = first_of(ways.get("seed"), spec.seed, base.seed)
    runs = first_of(ways.get("runs"), spec.runs, base.runs)
    check_counts(seed=seed, runs=runs)
    factors = factors_of(spec.factors, base, document)
    check_asked(spec, base, document)
    if (spec.points is None) == (spec.method == "latin-hypercube"):
        wanted = "points: N" if spec.points is None else "no points"
        raise ScenarioError(document.problem(("method",), f"got {spec.method!r}, which takes {wanted}"))
    settings = _settings(spec.method, factors, spec.points or 0, seed)
    study = Study(
        kind=KIND,
        name=spec.name,
        description=spec.description,
        points=points_of(base, settings, shortened(Path(path))),
        seed=seed,
        runs=runs,
        conclude=lambda played: _concluded(spec, factors, played),
        terms=spec.cost,
    )
    return play(study, ways)


def check_asked(spec: FactorsSpec, base: Scenario, document: Source) -> None:
    """Raise :class:`ScenarioError` for outcomes or groups that the scenario does not have."""
    try:
        check_outcomes(spec.outcomes, layers_of([base]))
    except ScenarioError as error:
        raise ScenarioError(document.problem(("outcomes",), str(error))) from None
    try:
        scenario_cost(base, spec.cost)
    except ScenarioError as error:
        raise ScenarioError(document.problem(("cost",), str(error))) from None


def layers_of(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the layers that the scenarios deploy, in order."""
    return list(dict.fromkeys(group.layer for scenario in scenarios for group in scenario.interceptors))


def points_of(base: Scenario, settings: Sequence[Settings], file: str) -> list[Point]:
    """Return the points that change ``base`` so. Raises :class:`ScenarioError` for values that do not go together."""
    points = []
    for each in settings:
        try:
            scenario = with_values(base, each, record=True) if each else base
        except ScenarioError as error:
            raise ScenarioError(f"{file}: {named(each)}: {error}") from None
        points.append(Point(name=named(each), scenario=scenario, settings=each))
    return points


def named(settings: Mapping[str, str]) -> str:
    """Return a point's name: what it changes."""
    return ", ".join(f"{path} = {value}" for path, value in settings.items()) or BASE


def _settings(method: str, factors: Sequence[Factor], count: int, seed: int) -> list[Settings]:
    if method == "latin-hypercube":
        sizes = count
    elif method == "grid":
        sizes = int(np.prod([float(len(factor.many or factor.few)) for factor in factors]))
    else:
        sizes = 1 + sum(len(factor.few) for factor in factors)
    if sizes > MOST_POINTS:
        raise ScenarioError(f"got {sizes:,} points, accepted are at most {MOST_POINTS:,}; hint: fewer values")
    if method == "latin-hypercube":
        shares = latin_hypercube(count, len(factors), stream(seed, 0, "latin-hypercube"))
        return [{f.path: f.quantile(float(u)) for f, u in zip(factors, row, strict=True)} for row in shares]
    if method == "grid":
        values = [factor.many or factor.few for factor in factors]
        return [dict(zip([f.path for f in factors], row, strict=True)) for row in itertools.product(*values)]
    return [{}, *({factor.path: value} for factor in factors for value in factor.few)]


def latin_hypercube(points: int, dimensions: int, generator: np.random.Generator) -> Any:
    """Return shares (points, dimensions) in 0 to 1: each column has one in every n-th part (McKay and others 1979)."""
    cells = np.stack([generator.permutation(points) for _ in range(dimensions)], axis=1)
    return (cells + generator.random(cells.shape)) / points


def _concluded(spec: SweepSpec, factors: Sequence[Factor], played: Sequence[Played]) -> tuple[pa.Table, Document]:
    first = played[0]
    points: list[Document] = []
    for each in played:
        found = {name: estimate(each.interval(name)) for name in spec.outcomes}
        change = {name: estimate(first.difference(name, each).difference) for name in spec.outcomes}
        points.append(
            {
                "name": each.point.name,
                "settings": dict(each.point.settings),
                "folder": each.folder,
                "outcomes": found,
                "changes": change,
            }
        )
    document: Document = {
        "method": spec.method,
        "scenario": spec.scenario,
        "factors": [{"path": f.path, "values": f.written, "base": f.base} for f in factors],
        "outcomes": {name: label_of(name) for name in spec.outcomes},
        "points": points,
    }
    if COST in spec.outcomes:
        document["cost"] = cost_document(first.cost)
    if spec.method == "latin-hypercube":
        document["rank_correlation"] = {name: _correlations(factors, name, points) for name in spec.outcomes}
    document["verdict"] = " ".join(_said(spec.method, name, document) for name in list(spec.outcomes)[:2])
    return points_table(points, [factor.path for factor in factors]), document


def _correlations(factors: Sequence[Factor], outcome: str, points: Sequence[Document]) -> dict[str, float | None]:
    """Return Spearman's rank correlation of an outcome with every factor in numbers; none where either is fixed."""
    means = [point["outcomes"][outcome]["mean"] for point in points]
    found: dict[str, float | None] = {}
    for factor in factors:
        numbers = [number_of(point["settings"][factor.path]) for point in points]
        values = [each[0] for each in numbers if each is not None]
        varied = len(values) == len(points) and len(set(values)) > 1 and len(set(means)) > 1
        found[factor.path] = float(np.corrcoef(_ranks(values), _ranks(means))[0, 1]) if varied else None
    return found


def _ranks(values: Sequence[float]) -> Any:
    """Return ranks, equal values sharing their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2.0)[place]


def _said(method: str, outcome: str, document: Document) -> str:
    label, points = label_of(outcome), document["points"]
    head = f"{label[:1].upper()}{label[1:]}"
    if method == "one-at-a-time":
        moved = max(points, key=lambda point: abs(point["changes"][outcome]["mean"]))
        change = moved["changes"][outcome]
        return f"{head}: " + (f"{moved['name']} moves it most, by {_signed(change)}." if change["mean"] else "unmoved.")
    low, high = (choose(points, key=lambda p: p["outcomes"][outcome]["mean"]) for choose in (min, max))
    least, most = (point["outcomes"][outcome]["mean"] for point in (low, high))
    if least == most:
        return f"{head}: {least:.3g} in every point."
    if method == "grid":
        return f"{head}: from {least:.3g} ({low['name']}) to {most:.3g} ({high['name']})."
    known = {path: value for path, value in document["rank_correlation"][outcome].items() if value is not None}
    strongest = max(known, key=lambda path: abs(known[path]), default=None)
    most_with = "" if strongest is None else f", most with {strongest} (rank correlation {known[strongest]:+.2f})"
    return f"{head}: from {least:.3g} to {most:.3g}{most_with}."


def _signed(change: Mapping[str, float]) -> str:
    limits = "" if np.isnan(change["low"]) else f" (95 %: {change['low']:+.2g} to {change['high']:+.2g})"
    return f"{change['mean']:+.3g}{limits}"
