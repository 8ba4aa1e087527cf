"""What a skywave radar is made of: an HF radar that looks over the horizon by way of the ionosphere."""

from typing import Literal

from pydantic import Field, model_validator

from cupola.core.spec import (
    Angle,
    Decibel,
    Frequency,
    Length,
    PositiveCount,
    Power,
    Probability,
    Rate,
    Spec,
    Speed,
    Time,
)


class SkywaveSpec(Spec):
    """An over-the-horizon radar: coarse, blind close by, at the mercy of the ionosphere, and it sees behind the Earth.

    The ionosphere is a mirror at one virtual height that holds for a run or does not; what it does over hours is left
    to sweeps of ``frequency``, ``external_noise``, ``availability`` and the two auroral values.
    """

    kind: Literal["skywave-radar"] = "skywave-radar"
    title: str = Field(description="One line for lists and reports")
    frequency: Frequency = Field(le=30e6, description="Carrier frequency in use")
    average_power: Power = Field(description="Average radiated power")
    gain: Decibel = Field(description="Transmit gain, ground included")
    receive_gain: Decibel = Field(description="Receive gain")
    external_noise: Decibel = Field(description="External noise over k x 290 K, which drowns the receiver's own")
    losses: Decibel = Field(description="All losses of both ways, absorption in the quiet ionosphere included")
    dwell: Time = Field(gt=0.0, description="Coherent integration time")
    bandwidth: Frequency = Field(description="Signal bandwidth, which the ionosphere limits")
    beamwidth: Angle = Field(gt=0.0, description="Azimuth beam width on reception")
    virtual_height: Length = Field(gt=0.0, description="Height of the mirror that stands for the ionosphere")
    minimum_ground_range: Length = Field(description="Edge of the skip zone, inside which no ray comes down")
    maximum_ground_range: Length = Field(description="Farthest ground reached in one hop")
    azimuth_width: Angle = Field(gt=0.0, description="Azimuth covered about each boresight of the site")
    maximum_altitude: Length = Field(description="Highest target: above it the rays are bending back already")
    availability: Probability = Field(
        description="Chance, per radar and run, that the ionosphere carries a usable frequency"
    )
    auroral_latitude: Angle = Field(
        description="Geomagnetic (dipole) latitude of the target from which the path crosses the auroral oval"
    )
    auroral_loss: Decibel = Field(ge=0.0, description="Further two-way loss of such a path")
    auroral_minimum_speed: Speed = Field(
        description="Radial speed below which auroral clutter, spread in Doppler, hides a target on such a path"
    )
    minimum_speed: Speed = Field(description="Radial speed below which sea and ground clutter hides a target")
    clutter_coefficient: Decibel = Field(description="Cross-section of the ground per area, beside which targets lie")
    subclutter_visibility: Decibel = Field(
        description="How far the Doppler filter brings clutter down beside a target that is fast enough"
    )
    fineness: float = Field(gt=1.0, description="Length over diameter of the bodies, for their HF cross-section")
    skin_emissivity: float = Field(
        gt=0.0, le=1.0, description="Emissivity by which a body's emissive area gives its projected area"
    )
    cross_section_factor: Decibel = Field(
        description="Correction of the HF cross-section of a thin body, for sweeps: wings, aspect, polarisation"
    )
    threshold_snr: Decibel = Field(
        description="Detection threshold over the mean noise power T; one look's false-alarm probability is exp(-T)"
    )
    fluctuation: Literal["steady", "swerling-1", "swerling-3"] = Field(description="Target fluctuation model")
    range_bias: Length = Field(
        description="Standard deviation of the ground-range bias, one draw per radar and run: the layer's height"
    )
    angle_bias: Angle = Field(
        ge=0.0, description="Standard deviation of the azimuth bias, one draw per radar and run: tilts of the layer"
    )
    rate_error: Speed = Field(
        gt=0.0, description="Standard deviation of the range rate beyond noise: climb, motion of the layer"
    )
    assumed_height: Length = Field(description="Height at which reports are put: skywave radars find none")
    height_error: Length = Field(gt=0.0, description="Standard deviation of the true height about the assumed one")
    revisit: Time = Field(gt=0.0, description="Time between looks at the same object")
    revisit_coasting: Time = Field(gt=0.0, description="Time between looks while nothing burns or flies in the air")
    hits: PositiveCount = Field(description="m of m-of-n")
    looks: PositiveCount = Field(description="n of m-of-n")
    latency: Time = Field(description="From a look until its report is at the fusion centre")
    resolution: float = Field(
        gt=0.0, description="Beam widths and range cells that two objects must be apart to be told apart"
    )
    track_error: Length = Field(
        gt=0.0, description="Largest position error of one look that others can be cued to track with"
    )
    fire_control_error: Length = Field(
        gt=0.0, description="Largest position error of one look that an interceptor can be sent with"
    )

    false_alarms: Rate = Field(
        default="0 1/h",
        le=10.0,
        description="Expected false reports of one radar in a time, after its own m-of-n and clutter rejection",
    )

    @model_validator(mode="after")
    def _sound(self) -> "SkywaveSpec":
        if self.hits > self.looks:
            raise ValueError(f"hits {self.hits} exceed looks {self.looks}")
        if self.maximum_ground_range <= self.minimum_ground_range:
            raise ValueError("maximum_ground_range must be above minimum_ground_range")
        if self.fire_control_error > self.track_error:
            raise ValueError(
                f"fire_control_error {self.fire_control_error} m must not exceed track_error {self.track_error} m"
            )
        return self
