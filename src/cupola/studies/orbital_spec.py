"""What a user writes to ask how many space interceptors it takes, and how the file is read: as strict as a scenario."""

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import Angle, Count, Length, PositiveCount, Spec, Speed, Time
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.spec import WalkerSpec
from cupola.scenario.catalogue import Entry, entry
from cupola.scenario.document import Document, placed
from cupola.scenario.errors import KeyPath, Problem, ScenarioError
from cupola.scenario.schema import InterceptorGroup, OverrideRecord, Scenario
from cupola.scenario.user import RaidFrom, RaidTo
from cupola.scenario.values import with_values
from cupola.studies.study_file import read_study

KIND = "orbital"
MOST_FLIGHTS, MOST_SATELLITES = 400, 200_000


class ThreatEntry(Spec):
    """Flights of one threat: from sampled points of a launch area, to every place or along every azimuth."""

    threat: str = Field(description="Catalogue threat")
    from_: RaidFrom = Field(alias="from", description="Where it is launched")
    points: PositiveCount = Field(default=1, description="Launch points, spread over the areas of a region")
    to: tuple[RaidTo, ...] = Field(default=(), description="Aimed at; each from every point")
    azimuths: tuple[Angle, ...] = Field(default=(), description="Or: courses at launch, clockwise from north")
    range: Length | None = Field(default=None, gt=0.0, le=20_000e3, description="How far, along an azimuth")
    apogee: Length | None = Field(default=None, description="Lofted or depressed flight; none: least energy")
    name: str | None = Field(default=None, description="Name for lists; none: the threat's")

    @model_validator(mode="after")
    def _aimed(self) -> "ThreatEntry":
        if bool(self.to) == bool(self.azimuths):
            raise ValueError("accepted is either to, places to aim at, or azimuths with a range")
        if bool(self.azimuths) != (self.range is not None):
            raise ValueError("azimuths and range belong together")
        return self


class Timeline(Spec):
    """What passes between launch and the release of the first interceptor."""

    detection: Time | None = Field(default=None, description="Launch to the first detection")
    detection_altitude: Length | None = Field(
        default=None, description="Or: the height at which the plume is first seen, such as the top of the clouds"
    )
    tracking: Time = Field(default="0 s", description="First detection to a track firm enough to fire on")
    decision: Time = Field(default="0 s", description="Firm track to the order to fire")
    message: Time = Field(default="0 s", description="Order to release")

    @model_validator(mode="after")
    def _one_detection(self) -> "Timeline":
        if (self.detection is None) == (self.detection_altitude is None):
            raise ValueError("accepted is either detection, a time, or detection_altitude, a height")
        return self


class WindowSpec(Spec):
    """While a missile may be met."""

    after: Time = Field(default="0 s", description="From launch; no sooner than this")
    until: Time | None = Field(default=None, gt=0.0, description="From launch; none: while it burns")
    margin: Time = Field(default="0 s", description="No later than this before the end")


class Requirement(Spec):
    """When a constellation is enough."""

    shots: PositiveCount = Field(default=1, description="Interceptors in reach for each missile")
    salvo: PositiveCount = Field(
        default=1, description="Missiles launched together from one place; no interceptor is counted for two of them"
    )
    probability: float = Field(
        default=0.95, gt=0.0, le=1.0, description="Share of the times at which it must be met; 1: at every one tried"
    )
    over: Literal["worst", "all"] = Field(
        default="worst", description="worst: at every flight of the file; all: over times and flights together"
    )


class ShellEntry(Spec):
    """One shell of a given constellation."""

    walker: WalkerSpec


class SearchSpec(Spec):
    """Where the smallest constellation is looked for."""

    altitudes: Annotated[tuple[Length, ...], Field(min_length=1, max_length=40)] = Field(
        description="Orbit heights tried"
    )
    inclinations: Annotated[tuple[Angle, ...], Field(min_length=1, max_length=60)] = Field(
        description="Inclinations tried"
    )
    per_plane_ratio: float = Field(
        default=1.0, gt=0.0, le=100.0, description="Satellites in a plane over the number of planes"
    )
    phasing: Count = Field(default=1, description="F of the Walker patterns tried")
    refine: bool = Field(default=True, description="Look between the grid's points, around the best")
    mixed: bool = Field(default=False, description="Also look for the best mix of the grid's shells")
    most: Annotated[PositiveCount, Field(le=MOST_SATELLITES)] = Field(
        default=100_000, description="Largest constellation tried"
    )


class PairsSpec(Spec):
    """Which pairs of speed and delay would give a published number of interceptors for each missile."""

    per_missile: float = Field(gt=1.0, description="Interceptors in orbit for each missile of a salvo")
    shots: Annotated[tuple[PositiveCount, ...], Field(min_length=1, max_length=4)] = Field(
        default=(1,), description="How many of them are in reach of it, on the average"
    )
    speeds: Annotated[tuple[Speed, ...], Field(min_length=2, max_length=60)] = Field(
        description="Speeds of the interceptor tried, rising"
    )
    delays: Annotated[tuple[Time, ...], Field(min_length=2, max_length=120)] = Field(
        description="Times from launch to release tried, rising, in place of the timeline's"
    )

    @model_validator(mode="after")
    def _rising(self) -> "PairsSpec":
        for name in ("speeds", "delays"):
            values = getattr(self, name)
            if any(b <= a for a, b in itertools.pairwise(values)):
                raise ValueError(f"{name}: accepted are values that rise")
        if self.speeds[0] <= 0.0:
            raise ValueError("speeds: accepted are those above zero")
        return self


class PhasesSpec(Spec):
    """At which turns of the Earth under the orbits, and places of the satellites along them, is counted."""

    count: Annotated[PositiveCount, Field(le=100_000)] = Field(default=500, description="How many")
    kind: Literal["even", "random"] = Field(default="even", description="even: a lattice over both; random: drawn")


class OrbitalSpec(Spec):
    """A file that asks how many space interceptors it takes."""

    cupola: Literal[1] = Field(description="Version of this format")
    kind: Literal["orbital"] = Field(description="What this file asks")
    name: str = Field(min_length=1, description="One line that says what is asked")
    description: str = Field(default="", description="What it is for, and what it leaves out")
    threats: Annotated[tuple[ThreatEntry, ...], Field(min_length=1)] = Field(description="What must be met")
    interceptor: str = Field(description="Catalogue interceptor, a space-based one")
    per_satellite: PositiveCount = Field(default=1, description="Interceptors that one satellite carries")
    overrides: dict[str, bool | int | float | str] = Field(
        default_factory=dict, description="Path -> value that replaces the catalogue's, as in a scenario"
    )
    timeline: Timeline
    window: WindowSpec = Field(default_factory=WindowSpec)
    requirement: Requirement = Field(default_factory=Requirement)
    shells: Annotated[tuple[ShellEntry, ...], Field(max_length=20)] = Field(
        default=(), description="A given constellation, to be counted"
    )
    search: SearchSpec | None = Field(default=None, description="Where the smallest constellation is looked for")
    pairs: PairsSpec | None = Field(
        default=None, description="Which speeds and delays would make a published number true of the given shells"
    )
    phases: PhasesSpec = Field(default_factory=PhasesSpec)
    seed: Count = Field(default=1, description="Of the phases")

    @model_validator(mode="after")
    def _asks_something(self) -> "OrbitalSpec":
        if not self.shells and self.search is None:
            raise ValueError("accepted are shells, a constellation to count, or search, where to look for one, or both")
        if self.pairs is not None and not self.shells:
            raise ValueError("pairs: accepted with shells, the constellation that they are about")
        total = sum(shell.walker.total for shell in self.shells)
        if total > MOST_SATELLITES:
            raise ValueError(f"shells: got {total:,} satellites, accepted are at most {MOST_SATELLITES:,}")
        flights = sum(item.points * (len(item.to) or len(item.azimuths)) for item in self.threats)
        if flights > MOST_FLIGHTS:
            raise ValueError(f"threats: got {flights:,} flights, accepted are at most {MOST_FLIGHTS:,}")
        return self

    @property
    def needed(self) -> int:
        """Interceptors that must be in reach of one place at once."""
        return self.requirement.shots * self.requirement.salvo

    @property
    def satellites_needed(self) -> int:
        """Satellites that must be in reach of one place at once."""
        return -(-self.needed // self.per_satellite)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A file with its interceptor looked up."""

    spec: OrbitalSpec
    source: Entry
    interceptor: SpaceInterceptorSpec
    overrides: tuple[OverrideRecord, ...]
    document: Document | None = None

    def problem(self, path: KeyPath, message: str) -> ScenarioError:
        """Return an error placed in the file, if there is one."""
        return ScenarioError(placed(self.document, path, message))


def read_question(path: str | Path) -> Question:
    """Return a file looked up in the catalogue.

    Raises :class:`ScenarioError` with file, line and path of everything wrong, what was given and what is accepted.
    """
    return ask(*read_study(path, OrbitalSpec, KIND))


def ask(spec: OrbitalSpec, document: Document | None = None) -> Question:
    """Return a question with its interceptor looked up; ``document`` places what is wrong in the file it came from."""
    problem = functools.partial(placed, document)
    try:
        source = entry("interceptors", spec.interceptor)
    except ScenarioError as error:
        raise ScenarioError(*(problem(("interceptor",), each.message) for each in error.problems)) from None
    if not isinstance(source.spec, SpaceInterceptorSpec):
        raise ScenarioError(
            problem(
                ("interceptor",), f"got {spec.interceptor!r}, which waits on the ground; accepted are those in orbit"
            )
        )
    group = InterceptorGroup.model_construct(
        name=source.name, model=source.name, layer=source.spec.layer, spec=source.spec, inventory=0
    )
    scenario = Scenario.model_construct(name=spec.name, raid=(), sensors=(), interceptors=(group,))
    for name, value in spec.overrides.items():
        try:
            scenario = with_values(scenario, {name: value}, record=True)
        except ScenarioError as error:
            raise ScenarioError(*(problem(("overrides", name), each.message) for each in error.problems)) from None
    changed = scenario.interceptors[0].spec
    if not isinstance(changed, SpaceInterceptorSpec):
        raise ScenarioError(problem(("overrides",), "accepted are values of the interceptor, not its kind"))
    known_threats(spec.threats, problem)
    if spec.window.until is None and "boost" not in changed.engages:
        message = (
            f"until is missing: {source.name} engages {' and '.join(changed.engages)}, not boost; accepted is a time"
        )
        raise ScenarioError(problem(("window",), message))
    return Question(spec=spec, source=source, interceptor=changed, overrides=scenario.overrides, document=document)


def known_threats(threats: Sequence[ThreatEntry], problem: Callable[[KeyPath, str], Problem]) -> None:
    """Raise :class:`ScenarioError` for the first threat that the catalogue does not have; ``problem`` places it."""
    for index, item in enumerate(threats):
        try:
            entry("threats", item.threat)
        except ScenarioError as error:
            path = ("threats", index, "threat")
            raise ScenarioError(*(problem(path, each.message) for each in error.problems)) from None
