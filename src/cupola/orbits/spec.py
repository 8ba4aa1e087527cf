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
