"""Two scenarios with common random numbers: what changes from A to B, run by run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pyarrow as pa

from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import load
from cupola.scenario.schema import Scenario
from cupola.scenario.values import with_values
from cupola.studies.costing import cost_document
from cupola.studies.outcomes import COST, SHARES, label_of, outcome_names
from cupola.studies.points import Played, Point
from cupola.studies.study import Document, Study, StudyResult, Ways, estimate, first_of, play

KIND = "compare"


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
    **ways: Unpack[Ways],
) -> StudyResult:
    """Play two scenarios (or the files of them) with common random numbers and return what differs.

    ``changes`` (path -> value, as ``--set``) are made to B; without ``b``, B is A with the changes. ``runs`` and
    ``seed`` default to A's. Raises ``ScenarioError`` and ``BadCampaign`` on bad input, ``CampaignFailed`` on a fault
    while running, after which ``resume=True`` goes on.
    """
    if b is None and not changes:
        raise ScenarioError("got one scenario and no change, accepted are two scenarios, or one with changes to it")
    first = a if isinstance(a, Scenario) else load(Path(a))
    second = first if b is None else b if isinstance(b, Scenario) else load(Path(b))
    second = with_values(second, changes, record=True) if changes else second
    settings = {} if changes is None else {path: str(value) for path, value in changes.items()}
    points = (Point(name="A", scenario=first), Point(name="B", scenario=second, settings=settings))
    study = Study(
        kind=KIND,
        name=first.name if b is None else f"{first.name} / {second.name}",
        points=points,
        seed=first_of(ways.get("seed"), first.seed),
        runs=first_of(ways.get("runs"), first.runs),
        conclude=_concluded,
    )
    return play(study, ways)


def _concluded(played: Sequence[Played]) -> tuple[pa.Table, Document]:
    a, b = played
    layers = list(dict.fromkeys([*a.outcomes.layers, *b.outcomes.layers]))
    names = outcome_names(layers)
    outcomes: dict[str, Document] = {}
    for name in names:
        paired = a.difference(name, b)
        outcomes[name] = {
            "label": label_of(name),
            "a": estimate(a.interval(name)),
            "b": estimate(b.interval(name)),
            "difference": estimate(paired.difference),
            "pairing_gain": paired.gain,
        }
    identical = a.outcomes.key == b.outcomes.key
    document: Document = {
        "a": _side(a),
        "b": _side(b),
        "layers": layers,
        "identical": identical,
        "warheads": {side.point.name.lower(): float(_lethal(side).mean()) for side in played},
        "outcomes": outcomes,
        "verdict": verdict(outcomes["leaked"], outcomes["shots"], outcomes[COST], identical=identical),
    }
    return _table(a, b, names), document


def _side(side: Played) -> Document:
    scenario = side.point.scenario
    settings = dict(side.point.settings)
    return {"name": scenario.name, "settings": settings, "folder": side.folder, "cost": cost_document(side.cost)}


def _lethal(side: Played) -> Any:
    return side.outcomes.of("leaked") + side.outcomes.of("stopped")


def _table(a: Played, b: Played, names: Sequence[str]) -> pa.Table:
    columns: dict[str, Any] = {"run": np.arange(len(a.outcomes.of("leaked")))}
    for name in names:
        if name not in (*SHARES, COST):
            columns[f"{name}.a"] = a.outcomes.of(name)
            columns[f"{name}.b"] = b.outcomes.of(name)
    return pa.table(columns)


def verdict(leaked: Document, shots: Document, cost: Document, *, identical: bool) -> str:
    """Return the answer in a sentence or two, from the documents of the outcomes."""
    if identical:
        return "A and B are the same scenario: every difference is exactly zero."
    said = f"{_said(leaked, 'lets', 'warhead', 'through')} {_said(shots, 'fires', 'interceptor', '')}"
    dearer = float(cost["difference"]["mean"])
    if dearer == 0.0:
        return said
    return f"{said} What has a price costs ${abs(dearer):.3g} B {'more' if dearer > 0.0 else 'less'} over 20 years."


def _said(outcome: Document, verb: str, noun: str, after: str) -> str:
    mean, low, high = (float(outcome["difference"][key]) for key in ("mean", "low", "high"))
    tail = f" {after}" if after else ""
    if low == mean == high:
        if mean == 0.0:
            return f"B {verb} exactly as many {noun}s{tail} as A."
        return f"B {verb} {abs(mean):.3g} {'more' if mean > 0 else 'fewer'} {noun}s{tail} than A, for certain."
    if not (np.isfinite(low) and np.isfinite(high)):
        return f"B {verb} {mean:+.3g} {noun}s{tail} beside A; one run says nothing about how sure that is."
    if low <= 0.0 <= high:
        return (
            f"No difference shown in {noun}s{tail}: B {verb} {mean:+.2g} a run beside A, "
            f"95 % interval {low:+.2g} to {high:+.2g}."
        )
    more = "more" if mean > 0.0 else "fewer"
    near, far = sorted((abs(low), abs(high)))
    return f"B {verb} {abs(mean):.3g} {more} {noun}s{tail} a run than A (95 %: {near:.2g} to {far:.2g} {more})."
