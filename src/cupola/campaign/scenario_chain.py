"""Campaigns of a scenario: what a worker builds from it, and what a replay shows beside the raid."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cupola.campaign.chain import Campaign, Claim, Document
from cupola.campaign.errors import BadCampaign
from cupola.campaign.plan import Plan, Quantile
from cupola.campaign.store import SCENARIO, RunFolder
from cupola.core.earth import eci_to_ecef, geodetic_of
from cupola.engine.arming import constellation_phase
from cupola.engine.record import RunRecord
from cupola.engine.simulate import simulate
from cupola.engine.world import World, build
from cupola.orbits.constellation import Constellation, positions
from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import dump, load, scenario_hash
from cupola.scenario.schema import Place, Scenario
from cupola.scenario.uncertainty import Distribution
from cupola.scenario.values import with_values

_TAILS = (0.001, 0.999)


def campaign_of(scenario: Scenario, *, seed: int | None = None, runs: int | None = None) -> Campaign:
    """Return the campaign that repeats a scenario, with its own seed and number of runs unless others are given.

    Raises :class:`ScenarioError` when a sampled parameter could take a value that the scenario does not accept.
    """
    return Campaign(
        name=scenario.name,
        scenario_text=dump(scenario),
        scenario_hash=scenario_hash(scenario),
        seed=scenario.seed if seed is None else seed,
        runs=scenario.runs if runs is None else runs,
        chain=ScenarioChain(scenario=scenario),
        quantiles={path: _quantile(scenario, path, text) for path, text in scenario.uncertainty.items()},
        defended=any(group.inventory > 0 for group in scenario.interceptors),
        space_layers=tuple(dict.fromkeys(g.layer for g in scenario.interceptors if g.constellation is not None)),
        claim=None
        if scenario.compare is None
        else Claim(
            claim=scenario.compare.claim,
            missiles_engaged=scenario.compare.missiles_engaged,
            source=scenario.compare.source,
        ),
    )


def _quantile(scenario: Scenario, path: str, text: str) -> Quantile:
    distribution = Distribution.parse(text)
    for tail in _TAILS:
        try:
            with_values(scenario, {path: distribution.quantile(tail)})
        except ScenarioError as error:
            raise ScenarioError(
                f"uncertainty: {path}: got {text!r}, which reaches {distribution.quantile(tail)}: {error}"
            ) from None
    return distribution.quantile


@dataclass(frozen=True, kw_only=True)
class ScenarioChain:
    """A picklable recipe for the simulator of a scenario."""

    scenario: Scenario

    def open(self) -> "ScenarioSimulator":
        """Fly the raid and tabulate the interceptors. Raises :class:`BadCampaign` when a missile cannot fly."""
        return ScenarioSimulator(self.scenario)


class ScenarioSimulator:
    """One process's world of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self._world = _built(scenario)

    def simulate(self, *, seed: int, run: int, values: Mapping[str, str], keep_tracks: bool = False) -> RunRecord:
        """Play one run with its sampled parameters."""
        return simulate(self.world(values), seed, run, keep_tracks=keep_tracks)

    def world(self, values: Mapping[str, str]) -> World:
        """Return the world with sampled parameters; the engine keeps what they do not touch."""
        if not values:
            return self._world
        try:
            return _built(with_values(self._world.scenario, values))
        except ScenarioError as error:
            raise BadCampaign(str(error)) from None

    def backdrop(self, *, seed: int, run: int, values: Mapping[str, str]) -> Document:
        """Return sites, and satellites at the raid's start (latitude deg, longitude deg, altitude m)."""
        world = self.world(values)
        scenario = world.scenario
        time_s = min(group.start for group in scenario.raid)
        sites = [_site("sensor", place) for group in scenario.sensors for place in group.sites]
        sites += [_site("interceptor", group.site) for group in scenario.interceptors if group.site is not None]

        def places(constellation: Constellation | None, name: str) -> list[list[float]]:
            if constellation is None:
                return []
            turn, slide = constellation_phase(seed, run, name)
            r_eci, _ = positions(constellation, time_s, turn_rad=turn, slide_rad=slide)
            geodetic = geodetic_of(eci_to_ecef(r_eci, time_s))
            geodetic[:, :2] = np.degrees(geodetic[:, :2])
            rows: list[list[float]] = geodetic.tolist()
            return rows

        return {
            "sites": sites,
            "space_interceptors": [p for a in world.arsenals for p in places(a.constellation, a.group.name)],
            "sensors_in_space": [p for s in world.stations for p in places(s.constellation, s.group.name)],
        }


def _built(scenario: Scenario) -> World:
    try:
        return build(scenario)
    except ScenarioError as error:
        raise BadCampaign(str(error)) from None


def _site(kind: str, place: Place) -> Document:
    return {
        "name": place.name,
        "kind": kind,
        "lat": float(np.degrees(place.latitude)),
        "lon": float(np.degrees(place.longitude)),
    }


def stored_campaign(folder: Path) -> tuple[Scenario, Plan]:
    """Read the scenario and the plan back from a run folder. Raises :class:`BadCampaign` when they are not there."""
    if not (folder / SCENARIO).is_file():
        raise BadCampaign(f"{folder}: not a run folder: {SCENARIO} is missing")
    return load(folder / SCENARIO), RunFolder(path=folder).plan()
