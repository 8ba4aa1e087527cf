"""What a sensor is made of: one of these kinds."""

from typing import Annotated

from pydantic import Field

from cupola.sensors.infrared_spec import InfraredSpec
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

SensorSpec = Annotated[
    InfraredSpec | RadarSpec | AirborneRadarSpec | SpaceRadarSpec | SkywaveSpec, Field(discriminator="kind")
]
