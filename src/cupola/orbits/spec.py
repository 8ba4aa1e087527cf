"""How constellations are written."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import Angle, Length, Longitude, PositiveCount, Spec


class WalkerSpec(Spec):
    """Walker constellation T/P/F: ``total`` satellites in ``planes`` equally spaced planes with relative phasing F."""

    total: PositiveCount = Field(description="Satellites in all planes")
    planes: PositiveCount = Field(description="Equally spaced orbital planes")
    phasing: Annotated[int, Field(ge=0, strict=True)] = Field(
        default=0, description="F: phase step between neighbouring planes in units of 360 deg / total"
    )
    altitude: Length = Field(
        ge=150e3, le=60_000e3, description="Height of the circular orbit above the equatorial radius"
    )
    altitude_top: Length | None = Field(
        default=None,
        description="When given, planes take heights spread evenly from altitude to this one, neighbours far apart",
    )
    inclination: Angle = Field(ge=0.0, le=3.141592653589793, description="Inclination")
    pattern: Literal["delta", "star"] = Field(
        default="delta", description="delta spreads the nodes over 360 deg, star over 180 deg"
    )

    @model_validator(mode="after")
    def _whole_planes(self) -> "WalkerSpec":
        if self.total % self.planes:
            raise ValueError(f"total {self.total} is not a multiple of planes {self.planes}")
        if self.phasing >= self.planes:
            raise ValueError(f"phasing {self.phasing} must be less than planes {self.planes}")
        if self.altitude_top is not None and self.altitude_top < self.altitude:
            raise ValueError("altitude_top must not be below altitude")
        return self


class GeostationarySpec(Spec):
    """Satellites fixed over points of the equator."""

    longitudes: Annotated[tuple[Longitude, ...], Field(min_length=1)] = Field(description="One satellite per longitude")


class EllipticSpec(Spec):
    """Satellites on ellipses of one size and tilt: ``nodes[i]`` and ``mean_anomalies[i]`` place satellite i at the
    epoch."""

    perigee: Length = Field(ge=150e3, description="Lowest height of the mean orbit above the equatorial radius")
    apogee: Length = Field(le=400_000e3, description="Greatest height of the mean orbit above the equatorial radius")
    inclination: Angle = Field(ge=0.0, le=3.141592653589793, description="Inclination")
    argument_of_perigee: Angle = Field(description="Angle from ascending node to perigee; 270 deg: apogee far north")
    nodes: Annotated[tuple[Angle, ...], Field(min_length=1)] = Field(
        description="Ascending nodes at the epoch, from the Earth's Greenwich meridian at that moment"
    )
    mean_anomalies: Annotated[tuple[Angle, ...], Field(min_length=1)] = Field(
        description="Mean anomalies at the epoch, one for each node; 180 deg is apogee"
    )
    ground_track: Literal["fixed", "free"] = Field(
        default="fixed",
        description="What a run's random epoch does: fixed moves all satellites along their tracks over the ground "
        "(periods that divide a day), free turns nodes and phases at random",
    )

    @model_validator(mode="after")
    def _one_ellipse(self) -> "EllipticSpec":
        if self.apogee < self.perigee:
            raise ValueError(f"apogee {self.apogee} m must not be below perigee {self.perigee} m")
        if len(self.nodes) != len(self.mean_anomalies):
            raise ValueError(
                f"got {len(self.nodes)} nodes and {len(self.mean_anomalies)} mean anomalies, accepted is one of each "
                "for every satellite"
            )
        return self
