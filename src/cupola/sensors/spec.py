"""What a sensor is made of."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.spec import (
    Angle,
    Area,
    Decibel,
    Frequency,
    Length,
    PositiveCount,
    Power,
    Spec,
    Temperature,
    Time,
)
from cupola.sensors.infrared_spec import InfraredSpec as InfraredSpec

RADAR_BANDS = ("uhf", "l_band", "s_band", "x_band")


class RadarSpec(Spec):
    """A ground radar, monostatic, that searches its sector and tracks what it has found."""

    kind: Literal["radar"] = "radar"
    title: str = Field(description="One line for lists and reports")
    band: Literal["uhf", "l_band", "s_band", "x_band"] = Field(description="Which cross-section the target shows")
    frequency: Frequency = Field(description="Carrier frequency")
    average_power: Power = Field(description="Average radiated power")
    aperture: Area = Field(gt=0.0, description="Effective receive aperture per face")
    gain: Decibel = Field(description="Transmit gain")
    system_temperature: Temperature = Field(description="System noise temperature")
    losses: Decibel = Field(description="All losses")
    dwell: Time = Field(gt=0.0, description="Time on target per look")
    bandwidth: Frequency = Field(description="Signal bandwidth")
    beamwidth: Angle = Field(gt=0.0, description="Beam width")
    range_bias: Length = Field(
        default="10 m", description="Standard deviation of the range bias, one draw per radar and run"
    )
    angle_bias: Angle = Field(
        default="0.2 mrad", description="Standard deviation of the angle bias, one draw per radar and run"
    )
    threshold_snr: Decibel = Field(
        description="Detection threshold over the mean noise power T; one look's false-alarm probability is exp(-T): "
        "11.4 dB for 1e-6, 13 dB for 2e-9"
    )
    fluctuation: Literal["steady", "swerling-1"] = Field(default="swerling-1", description="Target fluctuation model")
    azimuth_width: Angle = Field(
        gt=0.0, description="Azimuth covered by each face, centred on that boresight of the site"
    )
    face_elevation: Angle = Field(default="20 deg", description="Elevation of the normal of each face")
    scan_exponent: float = Field(
        default=3.0,
        ge=0.0,
        description="Two-way loss of a beam steered off the face's normal, as a power of the cosine",
    )
    minimum_elevation: Angle = Field(description="Lowest beam")
    maximum_elevation: Angle = Field(description="Highest beam")
    maximum_range: Length = Field(gt=0.0, description="Instrumented range")
    revisit: Time = Field(gt=0.0, description="Time between looks at the same object")
    revisit_coasting: Time = Field(
        default="15 s", gt=0.0, description="Time between looks while nothing burns and all objects are above the air"
    )
    hits: PositiveCount = Field(default=2, description="m of m-of-n")
    looks: PositiveCount = Field(default=3, description="n of m-of-n")
    antenna_height: Length = Field(default="30 m", description="Antenna above the site's ground, for the horizon")
    feature_quality: float = Field(
        default=0.0, ge=0.0, le=1.0, description="Share of the full feature distance this radar resolves (0: none)"
    )

    @model_validator(mode="after")
    def _limits(self) -> "RadarSpec":
        if self.hits > self.looks:
            raise ValueError(f"hits {self.hits} exceed looks {self.looks}")
        if self.maximum_elevation <= self.minimum_elevation:
            raise ValueError("maximum_elevation must be above minimum_elevation")
        return self


SensorSpec = Annotated[InfraredSpec | RadarSpec, Field(discriminator="kind")]
