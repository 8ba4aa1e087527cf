"""The resolved scenario: everything a run needs, complete in itself, frozen, with where each number comes from.

A user file (:mod:`cupola.scenario.user`) names catalogue entries, sites and cities; loading resolves them into this. It
is what a run folder keeps as ``scenario.yaml``, and it loads back to the identical object without the catalogue.
"""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from cupola.battle.spec import BattleSpec
from cupola.core.spec import Angle, Count, Latitude, Length, Longitude, PositiveCount, Probability, Spec, Time
from cupola.interceptors.deployment import LauncherSpec, PatrolSpec
from cupola.interceptors.kinds import InterceptorSpec
from cupola.orbits.availability import AvailabilitySpec
from cupola.orbits.spec import EllipticSpec, GeostationarySpec, WalkerSpec
from cupola.sensors.spec import SensorSpec
from cupola.threats.kinds import ThreatSpec
from cupola.threats.spec import DecoySpec
from cupola.tracking.spec import TrackingSpec

Confidence = Literal["published", "estimated", "assumed"]


class Place(Spec):
    """A point on the Earth where something stands or starts."""

    name: str = Field(description="Name for lists and maps")
    latitude: Latitude = Field(description="Geodetic latitude, north positive")
    longitude: Longitude = Field(description="Longitude, east positive")
    altitude: Length = Field(default="0 m", description="Height above the ellipsoid")
    nation: str = Field(default="", description="ISO 3166 two-letter code of the nation it lies in")
    boresights: tuple[Angle, ...] = Field(
        default=(), description="Centre azimuths, clockwise from north, of the sectors a radar covers here"
    )


class Aim(Spec):
    """What a missile is aimed at."""

    name: str = Field(description="Name of the city or point")
    latitude: Latitude
    longitude: Longitude
    population: Count = Field(default=0, description="People in the named city")
    nation: str = Field(default="", description="ISO 3166 two-letter code")


class DecoyGroup(Spec):
    """Objects of one kind that every missile of a raid group releases beside its warheads: decoys, tanks, debris."""

    model: str = Field(description="Catalogue name")
    spec: DecoySpec
    count: Count = Field(description="Objects per missile")
    credible: bool = Field(description="Meant to look like a warhead, not just to clutter")


class RaidGroup(Spec):
    """Missiles of one type launched together: ``launches[i]`` flies to ``aims[i]``."""

    name: str
    model: str = Field(description="Catalogue name of the threat")
    threat: ThreatSpec
    launches: Annotated[tuple[Place, ...], Field(min_length=1)]
    aims: Annotated[tuple[Aim, ...], Field(min_length=1)]
    further_aims: tuple[Aim, ...] = Field(
        default=(), description="Aim points of the second and later re-entry vehicles of every missile"
    )
    waypoints: tuple[Aim, ...] = Field(default=(), description="Points that every missile flies by, on wings")
    salvo: Time = Field(description="Launches are uniform in [0, salvo] after start")
    start: Time = Field(description="First possible launch after the scenario's epoch")
    apogee: Length | None = Field(default=None, description="Apogee altitude; none: minimum energy")
    decoys: tuple[DecoyGroup, ...] = ()

    @model_validator(mode="after")
    def _paired(self) -> "RaidGroup":
        if len(self.launches) != len(self.aims):
            raise ValueError(
                f"got {len(self.launches)} launches and {len(self.aims)} aims, accepted is one aim per launch"
            )
        return self


class SensorGroup(Spec):
    """One constellation of a sensor, or one or more sites of the same model."""

    name: str
    model: str = Field(description="Catalogue name")
    spec: SensorSpec
    constellation: WalkerSpec | GeostationarySpec | EllipticSpec | None = None
    sites: tuple[Place, ...] = ()


class InterceptorGroup(Spec):
    """One constellation of space interceptors, or the interceptors of one site."""

    name: str
    model: str = Field(description="Catalogue name")
    layer: str
    spec: InterceptorSpec
    constellation: WalkerSpec | None = None
    per_satellite: PositiveCount = Field(default=1, description="Interceptors that one satellite carries")
    availability: AvailabilitySpec | None = Field(
        default=None, description="How many satellites work on the day; none: all"
    )
    site: Place | None = None
    launcher: LauncherSpec | None = Field(default=None, description="Rounds on launchers and their reload; none: all")
    patrol: PatrolSpec | None = Field(default=None, description="The aircraft that carry the missiles, about the site")
    inventory: Count = Field(description="Interceptors in all; in space always satellites x per_satellite")

    @model_validator(mode="before")
    @classmethod
    def _count_in_space(cls, data: Any) -> Any:
        constellation = data.get("constellation") if isinstance(data, dict) else None
        total = constellation.get("total") if isinstance(constellation, dict) else getattr(constellation, "total", None)
        if not isinstance(total, int):
            return data
        return {**data, "inventory": total * data.get("per_satellite", 1)}


class Environment(Spec):
    """The weather, as far as sensors care."""

    cloud_top: Length = Field(
        default="7 km", le=25e3, description="Plumes below this altitude are hidden from satellites"
    )
    epoch: AwareDatetime | None = Field(
        default=None,
        description="When the scenario begins, with time zone, e.g. 2026-06-21T12:00:00Z: where the sun stands; none: "
        "the sun blinds nobody",
    )


class OverrideRecord(Spec):
    """A value that this scenario changed: a catalogue value or a setting, ``from_`` and ``to`` as written."""

    path: str
    from_: str
    to: str


class SourcedValue(Spec):
    """A number in use and where it comes from."""

    path: str
    value: str
    unit: str = ""
    source: str = Field(description="Bibliography key, or 'assumed', or 'scenario' for what the user set")
    confidence: Confidence
    note: str = ""


class Reference(Spec):
    """A bibliography entry."""

    key: str
    authors: str
    year: str
    title: str
    where: str
    url: str = ""
    note: str = ""


class AllyRecord(Spec):
    """What one nation brings: the sites used, the sites withheld, and what it shares that is not simulated."""

    nation: str
    participates: bool
    shares: tuple[str, ...] | None = Field(default=None, description="Models shared; none: all")
    used: tuple[str, ...] = Field(default=(), description="model@site in the scenario")
    removed: tuple[str, ...] = Field(
        default=(), description="model@site taken out because the nation does not share it"
    )
    not_simulated: tuple[str, ...] = Field(
        default=(), description="Shared capabilities that add nothing to the run, and why"
    )


class ProgrammeFact(Spec):
    """A dated, sourced fact of the programme, shown in the report."""

    date: str = Field(description="ISO date, or year and month")
    fact: str
    source: str = Field(description="Bibliography key")
    confidence: Confidence


class ProgrammeRecord(Spec):
    """The programme that the scenario refers to."""

    name: str
    title: str
    facts: tuple[ProgrammeFact, ...]


class DefendedRecord(Spec):
    """What is to be defended, counted: the measure that a report holds leakage against."""

    assets: str
    nations: tuple[str, ...]
    places: Count
    population: Count


class Compare(Spec):
    """A published claim that the result is set beside."""

    claim: str = Field(description="The claim in one sentence")
    missiles_engaged: Annotated[float, Field(ge=0.0)] = Field(description="Missiles that the claim says are engaged")
    source: str = Field(description="Bibliography key")


class Settings(Spec):
    """The single values of a scenario that belong to no part of it."""

    name: str
    description: str = ""
    seed: Count = 1
    runs: PositiveCount = 200
    common_mode_failure: Probability = Field(
        default=0.0, description="Chance, per weapon type and run, that every interceptor of that type fails"
    )
    feature_correlation: Probability = Field(
        default=0.0,
        description="Share of the variance of body features that all objects of one kind have in common in a run: "
        "decoys built or packed alike deceive alike",
    )


class Scenario(Settings):
    """One raid against one architecture, resolved: nothing is looked up any more."""

    environment: Environment = Field(default_factory=Environment)
    raid: Annotated[tuple[RaidGroup, ...], Field(min_length=1)]
    sensors: tuple[SensorGroup, ...] = ()
    interceptors: tuple[InterceptorGroup, ...] = ()
    tracking: TrackingSpec = Field(default_factory=TrackingSpec)
    battle: BattleSpec = Field(default_factory=BattleSpec)
    uncertainty: dict[str, str] = Field(default_factory=dict, description="Path -> distribution sampled once per run")
    overrides: tuple[OverrideRecord, ...] = ()
    values: tuple[SourcedValue, ...] = ()
    references: tuple[Reference, ...] = ()
    defended: DefendedRecord | None = None
    allies: tuple[AllyRecord, ...] = ()
    programme: ProgrammeRecord | None = None
    compare: Compare | None = None
