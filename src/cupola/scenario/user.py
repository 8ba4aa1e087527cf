"""What a user writes: the strict shape of a scenario file. Loading resolves its names against the catalogue."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from cupola.battle.spec import BattleSpec
from cupola.core.spec import Angle, Count, Latitude, Length, Longitude, PositiveCount, Probability, Spec, Time
from cupola.interceptors.deployment import LauncherSpec, PatrolSpec
from cupola.orbits.availability import AvailabilitySpec
from cupola.orbits.spec import EllipticSpec, WalkerSpec
from cupola.scenario.schema import Compare, Confidence, Environment
from cupola.tracking.spec import TrackingSpec

Allocation = Literal["by-population", "uniform", "one-each"]


class Timing(Spec):
    """When a raid group is launched."""

    salvo: Time = Field(default="0 s", description="Launches are uniform in [0, salvo] after start")
    start: Time = Field(default="0 s", description="First possible launch after the scenario's epoch")


class DecoyCounts(Spec):
    """Objects that every missile of the group releases beside its warheads."""

    credible: Count = Field(default=0, description="Heavy decoys made to look like the warhead")
    light: Count = Field(default=0, description="Light decoys such as balloons")
    tank: Count = Field(default=0, description="Spent last stages, or buses, that fly along; they add no payload")
    debris: Count = Field(default=0, description="Fragments such as clamps and insulation; they add no payload")


class FromRegion(Spec):
    """Launch from the public launch areas of a region, spread evenly over them."""

    region: str = Field(description="Catalogue region, e.g. north-korea")


class FromSite(Spec):
    """Launch from one catalogue site."""

    site: str = Field(description="Catalogue site")


class Point(Spec):
    """A point on the Earth."""

    latitude: Latitude = Field(description="e.g. '38.9 deg', north positive")
    longitude: Longitude = Field(description="e.g. '-77.0 deg', east positive")
    altitude: Length = Field(default="0 m", description="Height above the ellipsoid")
    name: str = Field(default="", description="Name for lists and maps")
    nation: str = Field(default="", description="ISO 3166 two-letter code")


class ToAssets(Spec):
    """Aim at a list of assets, sharing the missiles out among them."""

    assets: str = Field(description="Asset list of the catalogue, e.g. us-cities")
    allocate: Allocation = Field(
        default="by-population",
        description="by-population: by Webster's method; uniform: evenly along the list; one-each: the largest",
    )


class ToCity(Spec):
    """Aim at one city of the world table, e.g. 'Washington' or 'Portland, Maine, US'."""

    city: str


def _by_key(*keys: str) -> Any:
    def tag(value: Any) -> str | None:
        given = value if isinstance(value, dict) else getattr(value, "model_fields_set", ())
        return next((f"<{key}>" for key in keys if key in given), None)

    accepted = " or ".join(f"{{{key}: ...}}" for key in keys)
    return Discriminator(
        tag,
        custom_error_type="which",
        custom_error_message=f"accepted is {accepted}",
    )


RaidFrom = Annotated[
    Annotated[FromRegion, Tag("<region>")] | Annotated[FromSite, Tag("<site>")] | Annotated[Point, Tag("<latitude>")],
    _by_key("region", "site", "latitude"),
]
RaidTo = Annotated[
    Annotated[ToAssets, Tag("<assets>")] | Annotated[ToCity, Tag("<city>")] | Annotated[Point, Tag("<latitude>")],
    _by_key("assets", "city", "latitude"),
]


class RaidEntry(Spec):
    """Missiles of one type."""

    threat: str = Field(description="Catalogue threat")
    count: PositiveCount = Field(description="Missiles")
    from_: RaidFrom = Field(alias="from", description="Where they are launched")
    to: RaidTo | None = Field(default=None, description="Aimed at; none: the defended assets, by population")
    further_aims: tuple[RaidTo, ...] = Field(
        default=(),
        description="Points or cities for the second and later re-entry vehicles of a missile; none: all on one aim",
    )
    waypoints: tuple[RaidTo, ...] = Field(
        default=(), description="Points or cities that every missile of the group flies by, for what flies on wings"
    )
    timing: Timing = Field(default_factory=Timing)
    apogee: Length | None = Field(default=None, description="Lofted or depressed flight; none: least energy")
    decoys: DecoyCounts = Field(default_factory=DecoyCounts)
    name: str | None = Field(default=None, description="Name of the group; none: the threat's")


class InlineSite(Point):
    """A site written out in the scenario instead of named from the catalogue."""

    name: str = Field(min_length=1, description="Name for lists and maps")
    boresights: tuple[Angle, ...] = Field(default=(), description="Centre azimuths of its sectors, e.g. ['310 deg']")


SiteReference = str | InlineSite


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


class SpaceSensors(Spec):
    """A constellation of one sensor model."""

    constellation: str = Field(description="Catalogue sensor")
    walker: WalkerSpec | None = Field(default=None, description="Walker pattern; none: the catalogue's deployment")
    longitudes: tuple[Longitude, ...] | None = Field(default=None, min_length=1, description="Geostationary positions")
    elliptic: EllipticSpec | None = Field(default=None, description="Satellites on ellipses, such as Molniya orbits")
    name: str | None = None

    @model_validator(mode="after")
    def _one_geometry(self) -> "SpaceSensors":
        given = [name for name in ("walker", "longitudes", "elliptic") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"got both {' and '.join(given)}, accepted is one of them")
        return self


class GroundSensors(Spec):
    """A sensor model at one or more sites."""

    site: str = Field(description="Catalogue sensor")
    at: Annotated[tuple[SiteReference, ...], Field(min_length=1)] = Field(
        description="A catalogue site, a site group, an inline site, or a list of them"
    )
    boresights: tuple[Angle, ...] | None = Field(default=None, description="Centre azimuths; none: the site's")
    name: str | None = None

    _at_listed = field_validator("at", mode="before")(_listed)


class SpaceInterceptors(Spec):
    """A constellation of one space interceptor model."""

    constellation: str = Field(description="Catalogue interceptor")
    walker: WalkerSpec | None = Field(default=None, description="Walker pattern; none: the catalogue's deployment")
    per_satellite: PositiveCount = Field(default=1, description="Interceptors that one satellite carries")
    availability: AvailabilitySpec | None = Field(
        default=None, description="How many satellites work on the day: out of service, lost, spares; none: all"
    )
    layer: str | None = Field(default=None, description="Layer name; none: the catalogue's")
    name: str | None = None


class GroundInterceptors(Spec):
    """An interceptor model at one or more sites."""

    site: str = Field(description="Catalogue interceptor")
    at: Annotated[tuple[SiteReference, ...], Field(min_length=1)] = Field(
        description="A catalogue site, a site group, an inline site, or a list of them"
    )
    inventory: Count | None = Field(default=None, description="Interceptors at each site; none: as published")
    launcher: LauncherSpec | None = Field(
        default=None,
        description="Rounds on launchers at each site and the time to bring up more; none: all are ready",
    )
    patrol: PatrolSpec | None = Field(default=None, description="Aircraft of weapons that aircraft carry")
    layer: str | None = Field(default=None, description="Layer name; none: the catalogue's")
    name: str | None = None

    _at_listed = field_validator("at", mode="before")(_listed)


SensorEntry = Annotated[
    Annotated[SpaceSensors, Tag("<constellation>")] | Annotated[GroundSensors, Tag("<site>")],
    _by_key("constellation", "site"),
]
InterceptorEntry = Annotated[
    Annotated[SpaceInterceptors, Tag("<constellation>")] | Annotated[GroundInterceptors, Tag("<site>")],
    _by_key("constellation", "site"),
]


class Defended(Spec):
    """What the system is charged to defend; raids without ``to`` are aimed at it."""

    assets: str = Field(description="Asset list of the catalogue")
    nations: tuple[str, ...] = Field(default=(), description="Only assets in these nations; none: all of the list")


class Ally(Spec):
    """What another nation brings; a nation that is not named participates with everything."""

    participates: bool = Field(default=True, description="false removes every site in that nation")
    shares: tuple[str, ...] | None = Field(default=None, description="Models it shares; none: all that stand there")


class ProgrammeChoice(Spec):
    """Which programme's dated facts the report shows."""

    preset: str = Field(description="Catalogue programme, e.g. golden-dome-2025")


class SourceNote(Spec):
    """Where a number that this file states comes from."""

    source: str = Field(description="Bibliography key, or 'assumed'")
    confidence: Confidence
    note: str = ""

    @model_validator(mode="after")
    def _reasoned(self) -> "SourceNote":
        if self.source == "assumed" and not self.note:
            raise ValueError("an assumption needs a note that gives the reasoning")
        return self


class UserScenario(Spec):
    """A Cupola scenario file."""

    cupola: Literal[1] = Field(description="Version of this format")
    name: str = Field(min_length=1, description="One line that says what is simulated")
    description: str = Field(default="", description="What it is for, and what it leaves out")
    seed: Count = Field(default=1, description="Seed of every random stream")
    runs: PositiveCount = Field(default=200, description="Runs of a campaign unless the command says otherwise")
    environment: Environment = Field(default_factory=Environment)
    raid: Annotated[tuple[RaidEntry, ...], Field(min_length=1)] = Field(description="What is launched")
    defended: Defended | None = None
    sensors: tuple[SensorEntry, ...] = Field(default=(), description="Constellations and sites that look")
    interceptors: tuple[InterceptorEntry, ...] = Field(default=(), description="Constellations and sites that shoot")
    tracking: TrackingSpec = Field(default_factory=TrackingSpec)
    battle: BattleSpec = Field(default_factory=BattleSpec)
    common_mode_failure: Probability = Field(
        default=0.0, description="Chance, per weapon type and run, that every interceptor of that type fails"
    )
    feature_correlation: Probability = Field(
        default=0.0,
        description="Share of the variance of body features that all objects of one kind have in common in a run: "
        "decoys built or packed alike deceive alike",
    )
    allies: dict[str, Ally] = Field(default_factory=dict, description="By ISO 3166 two-letter code")
    programme: ProgrammeChoice | None = None
    uncertainty: dict[str, int | float | str] = Field(
        default_factory=dict,
        description="Path -> distribution sampled once per run, e.g. 'uniform(20 s, 40 s)'; a number is fixed",
    )
    overrides: dict[str, bool | int | float | str] = Field(
        default_factory=dict, description="Path -> value that replaces the catalogue's; listed in every report"
    )
    sources: dict[str, SourceNote] = Field(
        default_factory=dict, description="Path -> where a number of this file comes from; shown in every report"
    )
    compare: Compare | None = Field(default=None, description="A published claim to set the result beside")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with ``extends``, which is resolved before a file is checked."""
    schema = UserScenario.model_json_schema(by_alias=True)
    name = {"type": "string", "examples": ["presets/cbo-2026.yaml"]}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Cupola scenario"
    schema["properties"]["extends"] = {
        "description": "File, preset, or list of them that this file is laid over: mappings merge, all else replaces",
        "anyOf": [name, {"type": "array", "items": name}],
    }
    # What an extended file gives need not stand in this one.
    schema["required"] = ["cupola", "name"]
    return schema
