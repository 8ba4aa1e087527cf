"""The link between a campaign and what it repeats: a picklable description that each worker process opens once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cupola.campaign.plan import Quantile
from cupola.engine.record import RunRecord

Document = dict[str, Any]


class Simulator(Protocol):
    """What one process uses to run: built once, called for every run."""

    def simulate(self, *, seed: int, run: int, values: Mapping[str, str], keep_tracks: bool = False) -> RunRecord:
        """Play one run with its sampled parameters; depends on its arguments alone."""

    def backdrop(self, *, seed: int, run: int, values: Mapping[str, str]) -> Document:
        """Return what a replay shows beside the objects: ``sites``, ``space_interceptors``, ``sensors_in_space``."""


class Chain(Protocol):
    """A picklable recipe for a :class:`Simulator`."""

    def open(self) -> Simulator:
        """Build everything that the runs share. Raises ``BadCampaign`` on impossible input."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A published number of engaged missiles that the summary is set beside."""

    claim: str
    missiles_engaged: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One campaign as the store, the workers and the summary see it."""

    name: str
    scenario_text: str
    scenario_hash: str
    seed: int
    runs: int
    chain: Chain
    quantiles: Mapping[str, Quantile]
    """Path of each uncertain parameter -> its inverse distribution function."""
    defended: bool
    """False when the scenario deploys no interceptor: then leaking is certain, not estimated."""
    space_layers: tuple[str, ...] = ()
    claim: Claim | None = None
