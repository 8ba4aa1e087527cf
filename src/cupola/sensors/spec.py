"""What a sensor is made of."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import (
    Angle,
    Irradiance,
    Length,
    PositiveCount,
    Spec,
    Time,
)
from cupola.sensors.radar_spec import RADAR_BANDS, AirborneRadarSpec, RadarSpec, SpaceRadarSpec
from cupola.sensors.skywave_spec import SkywaveSpec

__all__ = [
    "RADAR_BANDS",
    "AirborneRadarSpec",
    "InfraredSpec",
    "RadarSpec",
    "SensorSpec",
    "SkywaveSpec",
    "SpaceRadarSpec",
]


class InfraredSpec(Spec):
    """A space-based infrared sensor that looks for plumes, for cold bodies above the limb, or for both."""

    kind: Literal["infrared"] = "infrared"
    title: str = Field(description="One line for lists and reports")
    sees_plumes: bool = Field(description="Has the 2.7 um warning band")
    plume_noise: Irradiance = Field(
        description="Noise-equivalent irradiance in the warning band, Earth background included"
    )
    sees_bodies: bool = Field(description="Has a thermal band for cold bodies seen against space")
    band_low: Length = Field(default="8 um", description="Short edge of the thermal band")
    band_high: Length = Field(default="12 um", description="Long edge of the thermal band")
    body_noise: Irradiance = Field(description="Noise-equivalent irradiance in the thermal band against space")
    minimum_tangent_height: Length = Field(description="Lowest line of sight above the Earth for cold bodies")
    maximum_range: Length = Field(description="Range beyond which no look is scheduled")
    pixel: Angle = Field(gt=0.0, description="Instantaneous field of view of one pixel")
    bias: Angle = Field(
        ge=0.0, description="Standard deviation of the line-of-sight bias, one draw per satellite and run"
    )
    revisit: Time = Field(gt=0.0, description="Time between looks at the same object")
    revisit_coasting: Time = Field(
        default="15 s", gt=0.0, description="Time between looks while nothing burns and all objects are above the air"
    )
    threshold_snr: float = Field(gt=0.0, description="Signal-to-noise ratio for a hit at 50 %")
    hits: PositiveCount = Field(default=2, description="m of m-of-n")
    looks: PositiveCount = Field(default=3, description="n of m-of-n")
    tasked_per_object: PositiveCount = Field(
        default=3, description="Satellites of one constellation that report one object at a time, best signal first"
    )
    feature_quality: float = Field(
        default=0.0, ge=0.0, le=1.0, description="Share of the full feature distance this sensor resolves (0: none)"
    )

    @model_validator(mode="after")
    def _m_of_n(self) -> "InfraredSpec":
        if self.hits > self.looks:
            raise ValueError(f"hits {self.hits} exceed looks {self.looks}")
        if self.band_high <= self.band_low:
            raise ValueError(f"band_high {self.band_high} m must be above band_low {self.band_low} m")
        return self


SensorSpec = Annotated[
    InfraredSpec | RadarSpec | AirborneRadarSpec | SpaceRadarSpec | SkywaveSpec, Field(discriminator="kind")
]
