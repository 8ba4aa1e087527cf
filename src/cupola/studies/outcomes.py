"""What a study measures of a point: numbers of every run, read from the run folder, with intervals and paired
differences.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cupola.campaign.statistics import Interval, Paired, clustered_proportion, mean_interval, paired_difference, wilson
from cupola.campaign.summary import BOOTSTRAP_RUN
from cupola.campaign.tables import layers_of, read_parquet
from cupola.core.chance import stream
from cupola.scenario.errors import ScenarioError, did_you_mean

Vector = NDArray[np.float64]

_WHOLE = {
    "leaked": "warheads that get through, a run",
    "leak_fraction": "share of warheads that get through",
    "no_leak": "share of runs in which nothing gets through",
    "stopped": "warheads stopped, a run",
    "shots": "interceptors fired, a run",
}
COST = "cost"
_BY_LAYER = {
    "stopped": "warheads stopped by",
    "killed": "objects destroyed by",
    "engaged": "objects shot at by",
    "shots": "interceptors fired by",
}
_COLUMN = {"stopped": "killed_lethal"}
SHARES = ("leak_fraction", "no_leak")


def outcome_names(layers: Iterable[str]) -> list[str]:
    """Return the outcomes that there are for these layers: ``leaked``, ``shots``, ``killed.boost`` ..."""
    return [*_WHOLE, *(f"{kind}.{layer}" for layer in layers for kind in _BY_LAYER), COST]


def label_of(outcome: str) -> str:
    """Return what an outcome measures, in words."""
    if outcome == COST:
        return "cost of what has a published price, $ B"
    kind, dot, layer = outcome.partition(".")
    return f"{_BY_LAYER[kind]} {layer}, a run" if dot else _WHOLE[kind]


def check_outcomes(chosen: Iterable[str], layers: Iterable[str]) -> None:
    """Raise :class:`ScenarioError` for an outcome that there is not."""
    known = outcome_names(layers)
    for name in chosen:
        if name not in known:
            raise ScenarioError(f"unknown outcome {name!r}; accepted are {', '.join(known)}{did_you_mean(name, known)}")


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """The runs of one point. ``key`` says what was simulated: points with the same key are the same."""

    folder: Path
    key: str
    seed: int
    certain: bool
    """Whether nothing is left to chance: no interceptor is deployed."""

    @cached_property
    def _columns(self) -> dict[str, Vector]:
        table = read_parquet(self.folder / "runs.parquet")
        return {name: table.column(name).to_numpy().astype(np.float64) for name in table.column_names}

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that were played."""
        return layers_of(self._columns)

    def of(self, outcome: str) -> Vector:
        """Return an outcome run by run, shape (runs,); a layer that the point does not have does nothing."""
        c = self._columns
        kind, dot, layer = outcome.partition(".")
        if dot:
            return c.get(f"{layer}.{_COLUMN.get(kind, kind)}", np.zeros_like(c["leaked"]))
        if kind == "leak_fraction":
            return np.asarray(c["leaked"] / np.maximum(c["lethal"], 1.0), dtype=np.float64)
        if kind == "no_leak":
            return np.asarray(c["leaked"] == 0.0, dtype=np.float64)
        return np.asarray(c["lethal"] - c["leaked"] if kind == "stopped" else c[kind], dtype=np.float64)

    def interval(self, outcome: str) -> Interval:
        """Return the mean of an outcome with its 95 % interval, by the same estimators as a campaign's summary."""
        values, lethal = self.of(outcome), self._columns["lethal"]
        mean = float(values.mean())
        if self.certain:
            return Interval(mean=mean, low=mean, high=mean)
        if outcome in ("leaked", "leak_fraction") and lethal.sum() > 0:
            share = clustered_proportion(self._columns["leaked"], lethal)
            return share.scaled(float(lethal.mean())) if outcome == "leaked" else share
        if outcome == "no_leak":
            return wilson(float(values.sum()), len(values))
        upper = float(lethal.max()) if outcome.startswith("stopped") else np.inf
        return mean_interval(values, self._bootstrap(), upper=upper)

    def difference(self, outcome: str, other: "Outcomes") -> Paired:
        """Return how an outcome changes from this point to another, run by run; the same point changes nothing."""
        change = other.of(outcome) - self.of(outcome)
        if self.key == other.key or (self.certain and other.certain):
            mean = float(change.mean())
            return Paired(difference=Interval(mean=mean, low=mean, high=mean), gain=np.nan)
        lethal = max(float(self._columns["lethal"].max()), 1.0)
        step = 1.0 / lethal if outcome == "leak_fraction" else 1.0
        return paired_difference(self.of(outcome), other.of(outcome), self._bootstrap(), resolution=step)

    def _bootstrap(self) -> np.random.Generator:
        return stream(self.seed, BOOTSTRAP_RUN, "bootstrap")
