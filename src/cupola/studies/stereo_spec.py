"""What a user writes to ask for the smallest layer of tracking satellites, and how the file is read."""

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import Angle, Count, Length, PositiveCount, Spec, Time
from cupola.scenario.catalogue import Entry, entry
from cupola.scenario.document import Document, placed
from cupola.scenario.errors import KeyPath, ScenarioError
from cupola.scenario.schema import Environment, OverrideRecord, Scenario, SensorGroup
from cupola.scenario.values import with_values
from cupola.sensors.spec import InfraredSpec
from cupola.studies.orbital_spec import MOST_FLIGHTS, ShellEntry, ThreatEntry, known_threats
from cupola.studies.study_file import read_study

KIND = "sensors"


class WatchSpec(Spec):
    """Which part of a flight is to be watched."""

    rises_above: Length | None = Field(default=None, description="From this height on; none: the top of the clouds")
    falls_below: Length = Field(default="100 km", description="Until it has come down to this height")
    step: Time = Field(default="10 s", gt=0.0, description="Between the instants looked at")


class StereoRequirement(Spec):
    """When a layer is enough."""

    gap: Time = Field(default="30 s", ge=0.0, description="Longest time without two satellites in view at once")
    probability: float = Field(
        default=0.95, gt=0.0, le=1.0, description="Share of the times at which no gap is longer; 1: at every one tried"
    )
    over: Literal["worst", "all"] = Field(
        default="worst", description="worst: on every flight of the file; all: over times and flights together"
    )
    minimum_crossing: Angle = Field(
        default="10 deg", gt=0.0, le=1.5, description="Sight lines must cross at so much to count as stereo"
    )


class LayerSearch(Spec):
    """Where the smallest layer is looked for."""

    altitudes: Annotated[tuple[Length, ...], Field(min_length=1, max_length=20)] = Field(
        description="Orbit heights tried"
    )
    inclinations: Annotated[tuple[Angle, ...], Field(min_length=1, max_length=30)] = Field(
        description="Inclinations tried"
    )
    planes: Annotated[tuple[PositiveCount, ...], Field(min_length=1, max_length=12)] = Field(
        description="Numbers of planes tried"
    )
    phasing: Count = Field(default=1, description="F of the Walker patterns tried")
    pattern: Literal["delta", "star"] = Field(default="delta", description="Nodes over 360 deg or over 180 deg")
    most: Annotated[PositiveCount, Field(le=5000)] = Field(default=400, description="Largest layer tried")


class SensorsSpec(Spec):
    """A file that asks for the smallest layer of tracking satellites."""

    cupola: Literal[1] = Field(description="Version of this format")
    kind: Literal["sensors"] = Field(description="What this file asks")
    name: str = Field(min_length=1, description="One line that says what is asked")
    description: str = Field(default="", description="What it is for, and what it leaves out")
    threats: Annotated[tuple[ThreatEntry, ...], Field(min_length=1)] = Field(description="What must be tracked")
    sensor: str = Field(description="Catalogue sensor, an infrared one")
    overrides: dict[str, bool | int | float | str] = Field(
        default_factory=dict, description="Path -> value that replaces the catalogue's, as in a scenario"
    )
    environment: Environment = Field(default_factory=Environment)
    watch: WatchSpec = Field(default_factory=WatchSpec)
    requirement: StereoRequirement = Field(default_factory=StereoRequirement)
    layers: Annotated[tuple[ShellEntry, ...], Field(max_length=20)] = Field(
        default=(), description="Given layers, each judged by itself"
    )
    search: LayerSearch | None = Field(default=None, description="Where the smallest layer is looked for")
    phases: Annotated[PositiveCount, Field(le=10_000)] = Field(
        default=100, description="Turns of the Earth under the orbits, and places along them, spread evenly"
    )
    seed: Count = Field(default=1, description="Of the phases")

    @model_validator(mode="after")
    def _asks_something(self) -> "SensorsSpec":
        if not self.layers and self.search is None:
            raise ValueError("accepted are layers to judge, search, where to look for the smallest, or both")
        flights = sum(item.points * (len(item.to) or len(item.azimuths)) for item in self.threats)
        if flights > MOST_FLIGHTS:
            raise ValueError(f"threats: got {flights:,} flights, accepted are at most {MOST_FLIGHTS:,}")
        return self

    @property
    def allowed_run(self) -> int:
        """Instants in a row without stereo that the requirement lets pass."""
        return math.floor(float(self.requirement.gap) / float(self.watch.step) + 1e-9)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A file with its sensor looked up."""

    spec: SensorsSpec
    source: Entry
    sensor: InfraredSpec
    overrides: tuple[OverrideRecord, ...]
    document: Document | None = None

    def problem(self, path: KeyPath, message: str) -> ScenarioError:
        """Return an error placed in the file, if there is one."""
        return ScenarioError(placed(self.document, path, message))


def read_question(path: str | Path) -> Question:
    """Return a file looked up in the catalogue.

    Raises :class:`ScenarioError` with file, line and path of everything wrong, what was given and what is accepted.
    """
    return ask(*read_study(path, SensorsSpec, KIND))


def ask(spec: SensorsSpec, document: Document | None = None) -> Question:
    """Return a question with its sensor looked up; ``document`` places what is wrong in the file it came from."""
    problem = functools.partial(placed, document)
    try:
        source = entry("sensors", spec.sensor)
    except ScenarioError as error:
        raise ScenarioError(*(problem(("sensor",), each.message) for each in error.problems)) from None
    if not isinstance(source.spec, InfraredSpec):
        raise ScenarioError(problem(("sensor",), f"got {spec.sensor!r}, accepted are infrared sensors in orbit"))
    group = SensorGroup.model_construct(
        name=source.name, model=source.name, spec=source.spec, constellation=None, sites=()
    )
    scenario = Scenario.model_construct(name=spec.name, raid=(), sensors=(group,), interceptors=())
    for name, value in spec.overrides.items():
        try:
            scenario = with_values(scenario, {name: value}, record=True)
        except ScenarioError as error:
            raise ScenarioError(*(problem(("overrides", name), each.message) for each in error.problems)) from None
    changed = scenario.sensors[0].spec
    if not isinstance(changed, InfraredSpec):
        raise ScenarioError(problem(("overrides",), "accepted are values of the sensor, not its kind"))
    known_threats(spec.threats, problem)
    return Question(spec=spec, source=source, sensor=changed, overrides=scenario.overrides, document=document)
