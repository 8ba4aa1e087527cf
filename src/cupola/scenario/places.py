"""The catalogue's places and facts: sites, launch regions, asset lists, programmes, what allies share by one name."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import Angle, Count, Latitude, Length, Longitude, PositiveCount, Spec

Position = tuple[Latitude, Longitude]


class SiteSpec(Spec):
    """One place where sensors or interceptors stand."""

    kind: Literal["site"] = "site"
    title: str = Field(description="One line for lists and reports")
    position: Position = Field(description="Geodetic latitude and longitude")
    altitude: Length = Field(description="Height above the ellipsoid, to some 50 m")
    nation: str = Field(description="ISO 3166 two-letter code of the nation it lies in")
    boresights: dict[str, tuple[Angle, ...]] = Field(
        default_factory=dict, description="Sensor model -> centre azimuths of the sectors that it covers here"
    )
    inventory: dict[str, Count] = Field(default_factory=dict, description="Interceptor model -> interceptors here")


class SiteGroupSpec(Spec):
    """A named list of sites, one at each place of an asset list."""

    kind: Literal["site-group"] = "site-group"
    title: str = Field(description="One line for lists and reports")
    assets: str = Field(description="Asset list of the catalogue")


class SiteListSpec(Spec):
    """A chain of like sites in one nation, by name."""

    kind: Literal["site-list"] = "site-list"
    title: str = Field(description="One line for lists and reports")
    nation: str = Field(description="ISO 3166 two-letter code of the nation they lie in")
    altitude: Length = Field(description="Height above the ellipsoid, one for all")
    positions: Annotated[dict[str, Position], Field(min_length=1)] = Field(
        description="Geodetic latitude and longitude by name"
    )


class LaunchAreaSpec(Spec):
    """The middle of one launch area."""

    position: Position


class RegionSpec(Spec):
    """Where a nation could launch from, at the level of unclassified annual reports."""

    kind: Literal["region"] = "region"
    title: str = Field(description="One line for lists and reports")
    nation: str = Field(description="ISO 3166 two-letter code")
    dispersal: Length = Field(description="Radius around each area's middle over which launchers are spread")
    areas: Annotated[dict[str, LaunchAreaSpec], Field(min_length=1)] = Field(description="Launch areas by name")


class AssetListSpec(Spec):
    """Cities picked from the world table by rule, the largest first."""

    kind: Literal["cities"] = "cities"
    title: str = Field(description="One line for lists and reports")
    nations: tuple[str, ...] = Field(default=(), description="ISO 3166 two-letter codes; none: the world")
    minimum_population: Count = Field(description="Smallest city listed")
    separation: Length = Field(default="0 km", description="No closer than this to a larger city of the list")
    limit: PositiveCount | None = Field(default=None, description="At most so many, the largest")


class ProgrammeSpec(Spec):
    """Dated facts of a programme."""

    kind: Literal["programme"] = "programme"
    title: str = Field(description="One line for lists and reports")
    facts: dict[str, tuple[str, ...]] = Field(description="Date -> what happened")


class CapabilitySpec(Spec):
    """Something a nation shares under one name: the sensor models it is made of, or why it is not simulated."""

    kind: Literal["capability"] = "capability"
    title: str = Field(description="One line for lists and reports")
    nation: str = Field(description="ISO 3166 two-letter code")
    sensors: tuple[str, ...] = Field(default=(), description="Sensor models that a share of this name lets take part")
    reason: str = Field(default="", description="Why it adds nothing to a run; needed where it names no sensors")

    @model_validator(mode="after")
    def _said(self) -> "CapabilitySpec":
        if not self.sensors and not self.reason:
            raise ValueError("a capability needs the sensors that it is made of, or the reason why it adds nothing")
        return self
