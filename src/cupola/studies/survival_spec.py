"""What a user writes to ask what is left of a layer in space when satellites are lost, and how it comes back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import Count, Fraction, Latitude, Length, Longitude, PositiveCount, Spec, Time
from cupola.scenario.catalogue import entry
from cupola.scenario.document import Document, placed
from cupola.scenario.errors import KeyPath, ScenarioError
from cupola.scenario.schema import Environment
from cupola.studies import orbital_spec, stereo_spec
from cupola.studies.orbital_spec import OrbitalSpec, Requirement, ShellEntry, ThreatEntry, Timeline, WindowSpec
from cupola.studies.stereo_spec import SensorsSpec, StereoRequirement, WatchSpec
from cupola.studies.study_file import read_study

KIND = "survivability"
MOST_SAMPLES = 2_000


class AboveSpec(Spec):
    """Satellites that pass over a place: near a region's launch areas, or near a point."""

    region: str | None = Field(default=None, description="Catalogue region")
    latitude: Latitude | None = Field(default=None, description="Or a point's latitude")
    longitude: Longitude | None = Field(default=None, description="and longitude")
    within: Length = Field(gt=0.0, le=20_000e3, description="Distance over the ground from beneath the satellite")
    during: Time = Field(default="0 s", le=86_400.0, description="How long it lasts: whatever passes meanwhile is lost")

    @model_validator(mode="after")
    def _one_place(self) -> "AboveSpec":
        point = (self.latitude is not None) + (self.longitude is not None)
        if (self.region is None) == (point == 0) or point == 1:
            raise ValueError("accepted is either region, or latitude and longitude")
        return self


class LossSpec(Spec):
    """One way to lose satellites; no word of how."""

    name: str = Field(min_length=1, description="Name for lists")
    share: Fraction | None = Field(default=None, description="A share of the satellites, at random")
    planes: PositiveCount | None = Field(default=None, description="Or whole planes, neighbours")
    above: AboveSpec | None = Field(default=None, description="Or all that pass over a place")

    @model_validator(mode="after")
    def _one_kind(self) -> "LossSpec":
        if sum(each is not None for each in (self.share, self.planes, self.above)) != 1:
            raise ValueError("accepted is one of share, planes, above")
        return self


class Replenishment(Spec):
    """How satellites are replaced."""

    per_year: float = Field(gt=0.0, description="Satellites replaced in a year, beyond those that wear out")
    per_launch: PositiveCount = Field(default=1, description="Satellites that one launch brings")
    first_after: Time = Field(default="0 d", description="Loss to the first launch")


class SurvivabilitySpec(Spec):
    """A file that asks what losses leave of a layer, and how it recovers."""

    cupola: Literal[1] = Field(description="Version of this format")
    kind: Literal["survivability"] = Field(description="What this file asks")
    name: str = Field(min_length=1, description="One line that says what is asked")
    description: str = Field(default="", description="What it is for, and what it leaves out")
    threats: Annotated[tuple[ThreatEntry, ...], Field(min_length=1)] = Field(description="What must be met or tracked")
    interceptor: str | None = Field(default=None, description="Catalogue interceptor: reach is what counts")
    timeline: Timeline | None = Field(default=None, description="Launch to release, with an interceptor")
    window: WindowSpec = Field(default_factory=WindowSpec)
    requirement: Requirement = Field(default_factory=Requirement, description="Of interceptors in reach")
    sensor: str | None = Field(default=None, description="Or a catalogue sensor: stereo is what counts")
    watch: WatchSpec = Field(default_factory=WatchSpec)
    stereo: StereoRequirement = Field(default_factory=StereoRequirement, description="Of custody in stereo")
    environment: Environment = Field(default_factory=Environment)
    overrides: dict[str, bool | int | float | str] = Field(
        default_factory=dict, description="Path -> value that replaces the catalogue's, as in a scenario"
    )
    shells: Annotated[tuple[ShellEntry, ...], Field(min_length=1, max_length=20)] = Field(description="The layer")
    losses: Annotated[tuple[LossSpec, ...], Field(min_length=1, max_length=8)] = Field(description="What is lost")
    replenishment: Replenishment | None = Field(default=None, description="How satellites are replaced")
    duration: Time = Field(default="6 h", gt=0.0, description="How long cover is followed after a loss")
    step: Time = Field(default="5 min", gt=0.0, description="Between the instants at which it is asked")
    phases: Annotated[PositiveCount, Field(le=2_000)] = Field(
        default=150, description="Places of the layer over the Earth at the loss, spread evenly"
    )
    seed: Count = Field(default=1, description="Of the phases and of random losses")

    @model_validator(mode="after")
    def _one_subject(self) -> "SurvivabilitySpec":
        if (self.interceptor is None) == (self.sensor is None):
            raise ValueError("accepted is either interceptor or sensor")
        if (self.interceptor is None) != (self.timeline is None):
            raise ValueError("timeline: it belongs to interceptor, and is needed with it")
        if float(self.duration) / float(self.step) > MOST_SAMPLES:
            raise ValueError(
                f"step: accepted are at most {MOST_SAMPLES:,} of them in the duration; hint: a longer step"
            )
        planes = sum(shell.walker.planes for shell in self.shells)
        for loss in self.losses:
            if loss.planes is not None and loss.planes > planes:
                raise ValueError(f"losses: {loss.name}: got {loss.planes} planes, accepted are at most the {planes}")
        return self


@dataclass(frozen=True, kw_only=True)
class Question:
    """A file with its names looked up: the question that an orbital or a sensors file would ask of the same layer."""

    spec: SurvivabilitySpec
    reach: orbital_spec.Question | None
    stereo: stereo_spec.Question | None
    places: dict[str, tuple[tuple[float, float], ...]]
    """Loss above a place -> latitude and longitude in rad of its points"""


def read_question(path: str | Path) -> Question:
    """Return a file looked up in the catalogue.

    Raises :class:`ScenarioError` with file, line and path of everything wrong, what was given and what is accepted.
    """
    return ask(*read_study(path, SurvivabilitySpec, KIND))


def ask(spec: SurvivabilitySpec, document: Document | None = None) -> Question:
    """Return a question with its names looked up; ``document`` places what is wrong in the file it came from."""
    reach, stereo = None, None
    if spec.interceptor is not None and spec.timeline is not None:
        part = OrbitalSpec.model_construct(
            cupola=1, kind="orbital", name=spec.name, threats=spec.threats, interceptor=spec.interceptor,
            overrides=spec.overrides, timeline=spec.timeline, window=spec.window, requirement=spec.requirement,
            shells=spec.shells,
            per_satellite=1, seed=spec.seed,
        )  # fmt: skip
        reach = orbital_spec.ask(part, document)
    else:
        sensors = SensorsSpec.model_construct(
            cupola=1, kind="sensors", name=spec.name, threats=spec.threats, sensor=spec.sensor or "",
            overrides=spec.overrides, environment=spec.environment,
            watch=spec.watch, requirement=spec.stereo,
            layers=spec.shells, search=None,
            phases=spec.phases, seed=spec.seed,
        )  # fmt: skip
        stereo = stereo_spec.ask(sensors, document)
    places: dict[str, tuple[tuple[float, float], ...]] = {}
    for index, loss in enumerate(spec.losses):
        if loss.above is not None:
            places[loss.name] = _points(loss.above, ("losses", index, "above", "region"), document)
    return Question(spec=spec, reach=reach, stereo=stereo, places=places)


def _points(above: AboveSpec, path: KeyPath, document: Document | None) -> tuple[tuple[float, float], ...]:
    if above.region is None:
        return ((above.latitude or 0.0, above.longitude or 0.0),)
    try:
        region = entry("regions", above.region).spec
    except ScenarioError as error:
        raise ScenarioError(placed(document, path, error.problems[0].message)) from None
    return tuple(area.position for area in region.areas.values())
