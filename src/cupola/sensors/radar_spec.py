"""What radars on the ground, in the air and in space are made of."""

import math
from typing import Literal

from pydantic import Field, model_validator

from cupola.core.spec import (
    Angle,
    Area,
    Count,
    Decibel,
    Frequency,
    Length,
    PositiveCount,
    Power,
    Rate,
    Spec,
    Speed,
    Temperature,
    Time,
)

RADAR_BANDS = ("uhf", "l_band", "s_band", "x_band")


class RadarHardware(Spec):
    """What every microwave radar has, wherever it is carried: range equation, detection, accuracy, pace."""

    title: str = Field(description="One line for lists and reports")
    band: Literal["uhf", "l_band", "s_band", "x_band"] = Field(description="Which cross-section the target shows")
    frequency: Frequency = Field(description="Carrier frequency")
    average_power: Power = Field(description="Average radiated power")
    aperture: Area = Field(gt=0.0, description="Effective receive aperture per face")
    gain: Decibel = Field(description="Transmit gain")
    system_temperature: Temperature = Field(description="System noise temperature")
    losses: Decibel = Field(description="All losses")
    dwell: Time = Field(gt=0.0, description="Time on target per look, integrated coherently")
    bandwidth: Frequency = Field(description="Signal bandwidth")
    beamwidth: Angle = Field(gt=0.0, description="Beam width, the horizontal one where the two differ")
    elevation_beamwidth: Angle | None = Field(default=None, description="Vertical beam width; none: as the horizontal")
    range_bias: Length = Field(
        default="10 m", description="Standard deviation of the range bias, one draw per radar and run"
    )
    angle_bias: Angle = Field(
        default="0.2 mrad", ge=0.0, description="Standard deviation of the angle bias, one draw per radar and run"
    )
    threshold_snr: Decibel = Field(
        description="Detection threshold over the mean noise power T; one look's false-alarm probability is exp(-T): "
        "11.4 dB for 1e-6, 13 dB for 2e-9"
    )
    fluctuation: Literal["steady", "swerling-1", "swerling-3"] = Field(
        default="swerling-1",
        description="Target fluctuation from look to look: none, many like scatterers, or one that leads the others",
    )
    maximum_range: Length = Field(gt=0.0, description="Instrumented range")
    revisit: Time = Field(gt=0.0, description="Time between looks at the same object")
    revisit_coasting: Time = Field(
        default="15 s", gt=0.0, description="Time between looks while nothing burns and all objects are above the air"
    )
    hits: PositiveCount = Field(default=2, description="m of m-of-n")
    looks: PositiveCount = Field(default=3, description="n of m-of-n")
    doppler: bool = Field(default=False, description="Reports range rates, measured within one dwell")
    minimum_speed: Speed = Field(
        default="0 m/s",
        description="Radial speed over the ground below which the Doppler filter takes a target for clutter, wherever "
        "the beam holds ground at the target's range",
    )
    finds_height: bool = Field(
        default=True, description="Measures elevation; else every report is put at the assumed height"
    )
    assumed_height: Length = Field(default="5 km", description="Height of reports of a radar that finds none")
    height_error: Length = Field(
        default="5 km",
        gt=0.0,
        description="Standard deviation of the true height about the assumed one; a radar without height leaves out "
        "what is more than three of them above",
    )
    latency: Time = Field(default="0 s", description="From a look until its report is at the fusion centre")
    resolution: float = Field(
        default=1.0, gt=0.0, description="Beam widths and range cells that two objects must be apart to be told apart"
    )
    track_error: Length = Field(
        default="5 km", gt=0.0, description="Largest position error of one look that others can be cued to track with"
    )
    fire_control_error: Length = Field(
        default="500 m", gt=0.0, description="Largest position error of one look that an interceptor can be sent with"
    )
    feature_quality: float = Field(
        default=0.0, ge=0.0, le=1.0, description="Share of the full feature distance this radar resolves (0: none)"
    )

    false_alarms: Rate = Field(
        default="0 1/h",
        le=10.0,
        description="Expected false reports of one radar in a time, after its own m-of-n and clutter rejection",
    )

    @property
    def vertical_beamwidth(self) -> float:
        """Vertical beam width in rad."""
        return self.beamwidth if self.elevation_beamwidth is None else float(self.elevation_beamwidth)

    @model_validator(mode="after")
    def _sound(self) -> "RadarHardware":
        if self.hits > self.looks:
            raise ValueError(f"hits {self.hits} exceed looks {self.looks}")
        if self.elevation_beamwidth is not None and self.elevation_beamwidth <= 0.0:
            raise ValueError(f"got an elevation_beamwidth of {self.elevation_beamwidth} rad, accepted is above 0")
        if self.fire_control_error > self.track_error:
            raise ValueError(
                f"fire_control_error {self.fire_control_error} m must not exceed track_error {self.track_error} m"
            )
        return self


class RadarSpec(RadarHardware):
    """A ground radar, monostatic, that searches its sector and tracks what it has found, or turns."""

    kind: Literal["radar"] = "radar"
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
    antenna_height: Length = Field(default="30 m", description="Antenna above the site's ground, for the horizon")
    rotation: Time = Field(
        default="0 s", description="Time of one turn of a rotating antenna, which is its revisit; 0: it does not turn"
    )
    fence_beams: Count = Field(
        default=0,
        description="Rows of beams, upwards from the lowest, that search for new objects; "
        "0: the whole field is searched between looks at no cost",
    )
    fence_dwell: Time = Field(default="0 s", description="Time on each beam position of the fence")
    search_frame: Time = Field(default="0 s", description="Time in which the whole fence is searched once")

    @model_validator(mode="after")
    def _limits(self) -> "RadarSpec":
        if self.maximum_elevation <= self.minimum_elevation:
            raise ValueError("maximum_elevation must be above minimum_elevation")
        if self.rotation > 0.0:
            self._turning()
        if self.fence_beams:
            self._fence()
        return self

    def _turning(self) -> None:
        if abs(self.rotation - self.revisit) > 1e-9 or self.azimuth_width < math.tau - 1e-9:
            raise ValueError(
                f"got a rotation of {self.rotation} s with a revisit of {self.revisit} s, accepted is a revisit equal "
                "to the rotation and an azimuth_width of 360 deg: what turns looks everywhere once a turn"
            )
        on_target = self.rotation * self.beamwidth / math.tau
        if self.dwell > on_target * (1.0 + 1e-9):
            raise ValueError(
                f"got a dwell of {self.dwell} s, accepted is at most the {on_target:.3g} s that the beam needs to turn "
                "across a target"
            )
        if self.fence_beams:
            raise ValueError("got fence_beams for a radar that turns, accepted is 0: the turn is its search")

    def _fence(self) -> None:
        if self.fence_dwell <= 0.0 or self.search_frame <= 0.0:
            raise ValueError("fence_beams need a fence_dwell and a search_frame above 0 s")


class AirborneRadarSpec(RadarHardware):
    """A surveillance radar on an aircraft that flies a racetrack about a point; it looks down on the ground."""

    kind: Literal["airborne-radar"] = "airborne-radar"
    azimuth_width: Angle = Field(
        gt=0.0, description="Azimuth covered about each boresight of the station, over the ground; 360 deg: all around"
    )
    minimum_elevation: Angle = Field(description="Lowest beam, negative below the aircraft's horizontal")
    maximum_elevation: Angle = Field(description="Highest beam")
    altitude: Length = Field(gt=0.0, le=20e3, description="Height of the racetrack above the ellipsoid")
    speed: Speed = Field(gt=0.0, description="Ground speed on the racetrack")
    leg: Length = Field(description="Length of the straight legs of the racetrack; 0: a circle")
    turn_radius: Length = Field(gt=0.0, description="Radius of its turns")
    track_azimuth: Angle = Field(description="Azimuth of the legs, clockwise from north")

    @model_validator(mode="after")
    def _limits(self) -> "AirborneRadarSpec":
        if self.maximum_elevation <= self.minimum_elevation:
            raise ValueError("maximum_elevation must be above minimum_elevation")
        return self


class SpaceRadarSpec(RadarHardware):
    """A radar on satellites that finds what moves over the ground."""

    kind: Literal["space-radar"] = "space-radar"
    minimum_grazing: Angle = Field(
        ge=0.0, le=0.5 * math.pi, description="Lowest angle at the target between ray and horizontal"
    )
    maximum_grazing: Angle = Field(
        gt=0.0, le=0.5 * math.pi, description="Highest such angle: nearer to nadir, ranges in the swath fold together"
    )
    squint_limit: Angle = Field(
        gt=0.0, le=0.5 * math.pi, description="Largest angle of the beam off broadside to the satellite's motion"
    )
    tasked_per_object: PositiveCount = Field(
        default=2, description="Satellites that report one object at a time, best signal first"
    )

    @model_validator(mode="after")
    def _limits(self) -> "SpaceRadarSpec":
        if self.maximum_grazing <= self.minimum_grazing:
            raise ValueError("maximum_grazing must be above minimum_grazing")
        return self
