"""What a user writes to ask for coverage, and how the file is read: as strict as a scenario, with the same sensors."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import (
    Angle,
    Area,
    Count,
    Latitude,
    Length,
    Longitude,
    PositiveCount,
    RadiantIntensity,
    Spec,
    Time,
)
from cupola.orbits.coverage import middles
from cupola.scenario.deploy import Coalition, sensor_group
from cupola.scenario.document import Document
from cupola.scenario.errors import KeyPath, Problem, ScenarioError, did_you_mean
from cupola.scenario.schema import Environment, OverrideRecord, Scenario, SensorGroup
from cupola.scenario.user import RaidFrom, RaidTo, SensorEntry
from cupola.scenario.values import with_values
from cupola.studies.study_file import read_study

KIND = "coverage"
MOST_CELLS, MOST_SAMPLES, MOST_WORK = 2_000_000, 200_000, 2e10


class Shell(Spec):
    """A height at which something is looked for, and how it shows."""

    altitude: Length = Field(le=100_000e3, description="Height of the targets over the sphere")
    shows: Literal["cold", "bright"] = Field(
        default="cold",
        description="cold: seen by satellites only against space, above the limb; bright: plume or glow, seen on Earth",
    )
    intensity: RadiantIntensity | None = Field(
        default=None, gt=0.0, description="What it radiates in the satellites' band; none: geometry and range decide"
    )
    cross_section: Area | None = Field(
        default=None, gt=0.0, description="What radars see; none: geometry and instrumented range decide"
    )
    minimum_elevation: Angle | None = Field(
        default=None, ge=0.0, lt=1.5, description="A satellite counts when it stands so high over the target's horizon"
    )


class AreaSpec(Spec):
    """The part of the globe that counts: one of latitudes, box, polygon, region; none of them is the globe."""

    latitudes: tuple[Latitude, Latitude] | None = Field(default=None, description="From south to north")
    box: tuple[Latitude, Latitude, Longitude, Longitude] | None = Field(
        default=None, description="South, north, west, east; a west beyond the east crosses the date line"
    )
    polygon: Annotated[tuple[tuple[Latitude, Longitude], ...], Field(min_length=3)] | None = Field(
        default=None, description="Corners as latitude and longitude; edges are straight in both"
    )
    region: str | None = Field(default=None, description="Catalogue region: everything near one of its launch areas")
    within: Length = Field(default="500 km", gt=0.0, description="How near, for a region")
    name: str = Field(default="", description="Name for lists and maps")

    @model_validator(mode="after")
    def _one_form(self) -> "AreaSpec":
        given = [key for key in ("latitudes", "box", "polygon", "region") if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"got {' and '.join(given)}, accepted is one of them")
        for key in ("latitudes", "box"):
            bounds = getattr(self, key)
            if bounds is not None and bounds[0] >= bounds[1]:
                raise ValueError(f"{key}: the first latitude must be south of the second")
        return self


class Custody(Spec):
    """When a flight counts as being kept in view."""

    within: Time = Field(default="30 s", gt=0.0, description="A look so long ago still counts")
    launches: Annotated[PositiveCount, Field(le=1000)] = Field(
        default=12, description="The flight begins so often, spread evenly over the duration"
    )
    step: Time = Field(default="5 s", gt=0.0, description="How often custody is judged along the flight")


class FlightEntry(Spec):
    """A flight whose custody is asked for, in the words of a scenario's raid."""

    threat: str = Field(description="Catalogue threat")
    from_: RaidFrom = Field(alias="from", description="Where it is launched")
    to: RaidTo = Field(description="Aimed at")
    waypoints: tuple[RaidTo, ...] = Field(default=(), description="Points to fly by, for what flies on wings")
    apogee: Length | None = Field(default=None, description="Lofted or depressed flight; none: least energy")
    name: str | None = Field(default=None, description="Name for lists; none: the threat's")


class CoverageSpec(Spec):
    """A Cupola coverage file."""

    cupola: Literal[1] = Field(description="Version of this format")
    kind: Literal["coverage"] = Field(description="What this file asks")
    name: str = Field(min_length=1, description="One line that says what is asked")
    description: str = Field(default="", description="What it is for, and what it leaves out")
    sensors: Annotated[tuple[SensorEntry, ...], Field(min_length=1)] = Field(
        description="Constellations and sites that look, as in a scenario"
    )
    removed: dict[str, Count] = Field(
        default_factory=dict, description="Sensor -> satellites taken out of it, evenly; more of them include the fewer"
    )
    overrides: dict[str, bool | int | float | str] = Field(
        default_factory=dict, description="Path -> value that replaces the catalogue's, as in a scenario"
    )
    environment: Environment = Field(default_factory=Environment)
    shells: Annotated[tuple[Shell, ...], Field(min_length=1, max_length=8)] = Field(
        description="Heights at which targets are looked for"
    )
    area: AreaSpec = Field(default_factory=AreaSpec, description="The part of the globe that counts")
    duration: Time = Field(default="24 h", gt=0.0, description="How long is looked at, from the epoch")
    step: Time = Field(default="60 s", gt=0.0, description="Time between the instants looked at")
    grid: Angle = Field(default="1 deg", gt=0.0, description="Size of the cells, a part of 180 deg")
    minimum_crossing: Angle = Field(
        default="10 deg", ge=0.0, le=1.5, description="Sight lines must cross at so much to count as stereo"
    )
    trajectories: tuple[FlightEntry, ...] = Field(default=(), description="Flights whose custody is asked for")
    custody: Custody = Field(default_factory=Custody)
    losses: tuple[Count, ...] = Field(
        default=(), description="Satellites lost, one number per row of a table of what is left"
    )

    @model_validator(mode="after")
    def _sizes(self) -> "CoverageSpec":
        if self.step > self.duration:
            raise ValueError(f"step: got {self.step:g} s, accepted is at most the duration of {self.duration:g} s")
        if self.samples > MOST_SAMPLES:
            raise ValueError(f"step: got {self.samples:,} instants, accepted are at most {MOST_SAMPLES:,}")
        latitude, longitude = middles(self.grid)
        cells = len(latitude) * len(longitude)
        if cells > MOST_CELLS:
            raise ValueError(f"grid: got {cells:,} cells, accepted are at most {MOST_CELLS:,}; hint: a coarser grid")
        if cells * self.samples > MOST_WORK:
            raise ValueError(
                f"got {cells:,} cells at {self.samples:,} instants, accepted are at most {MOST_WORK:,.0f} of both "
                "together; hint: a coarser grid or a longer step"
            )
        return self

    @property
    def samples(self) -> int:
        """Instants looked at; each stands for one step."""
        return max(1, math.floor(float(self.duration) / float(self.step) + 1e-9))


@dataclass(frozen=True, kw_only=True)
class Question:
    """A coverage file with its names looked up."""

    spec: CoverageSpec
    groups: tuple[SensorGroup, ...]
    overrides: tuple[OverrideRecord, ...]


def read_question(path: str | Path) -> Question:
    """Return a coverage file looked up in the catalogue.

    Raises :class:`ScenarioError` with file, line and path of everything wrong, what was given and what is accepted.
    """
    return ask(*read_study(path, CoverageSpec, KIND))


def ask(spec: CoverageSpec, document: Document | None = None) -> Question:
    """Return a question with its sensors looked up; ``document`` places what is wrong in the file it came from."""
    problems: list[Problem] = []

    def note(path: KeyPath, error: ScenarioError) -> None:
        for found in error.problems:
            placed = found.file or document is None
            problems.append(found if placed or document is None else document.problem(path, found.message))

    groups: list[SensorGroup] = []
    for index, item in enumerate(spec.sensors):
        try:
            group = sensor_group(item, Coalition(allies={}))
        except ScenarioError as error:
            note(("sensors", index), error)
            continue
        if group is not None:
            groups.append(group.model_copy(update={"name": _unique(group.name, [other.name for other in groups])}))
    scenario = Scenario.model_construct(name=spec.name, raid=(), sensors=tuple(groups))
    for path, value in {} if problems else spec.overrides.items():
        try:
            scenario = with_values(scenario, {path: value}, record=True)
        except ScenarioError as error:
            note(("overrides", path), error)
    for name, count in {} if problems else spec.removed.items():
        message = _removal_problem(name, count, scenario.sensors)
        if message:
            note(("removed", name), ScenarioError(message))
    total = sum(_satellites(group) for group in groups)
    if not problems and any(loss > total for loss in spec.losses):
        note(
            ("losses",), ScenarioError(f"got {max(spec.losses)}, accepted is at most the {total} satellites there are")
        )
    if problems:
        raise ScenarioError(*problems)
    return Question(spec=spec, groups=scenario.sensors, overrides=scenario.overrides)


def _removal_problem(name: str, count: int, groups: tuple[SensorGroup, ...]) -> str:
    known = [group.name for group in groups if group.constellation is not None]
    if name not in known:
        return f"there are no satellites {name!r}; accepted are {', '.join(known) or 'none'}{did_you_mean(name, known)}"
    have = _satellites(next(group for group in groups if group.name == name))
    return "" if count <= have else f"got {count}, accepted is at most the {have} satellites there are"


def _satellites(group: SensorGroup) -> int:
    from cupola.orbits.constellation import of

    return 0 if group.constellation is None else of(group.constellation).count


def _unique(name: str, taken: list[str]) -> str:
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate
