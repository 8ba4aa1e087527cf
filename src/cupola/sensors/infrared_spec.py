"""What an infrared sensor in space is made of."""

import math
from typing import Literal

from pydantic import Field, model_validator

from cupola.core.spec import (
    Angle,
    AngularRate,
    Irradiance,
    Length,
    PositiveCount,
    Rate,
    Spec,
    Temperature,
    Time,
)


class InfraredSpec(Spec):
    """A space-based infrared sensor that looks for plumes, for bodies by their own warmth, or for both.

    It has a warning band near 2.7 um and one thermal band, mid-wave or long-wave as its edges say. Noises hold at
    ``reference_integration`` and fall with the square root of the time that one look integrates
    (:func:`integration_time`).
    """

    kind: Literal["infrared"] = "infrared"
    title: str = Field(description="One line for lists and reports")
    mode: Literal["staring", "scanning"] = Field(
        default="staring",
        description="staring integrates between frames; scanning sweeps its field and integrates while a line of "
        "detectors passes over the object",
    )
    reference_integration: Time = Field(default="1 s", gt=0.0, description="Integration for which noises are stated")
    integration: Time = Field(default="1 s", gt=0.0, description="What one look of a staring sensor integrates")
    scan_width: Angle = Field(default="0 deg", ge=0.0, description="What a scanning sensor sweeps from edge to edge")
    scan_rate: AngularRate = Field(default="0 deg/s", description="How fast it sweeps")
    delay_stages: PositiveCount = Field(
        default=1, description="Detectors in a row along the scan whose signals are added (time delay and integration)"
    )
    sees_plumes: bool = Field(description="Has the 2.7 um warning band")
    plume_noise: Irradiance = Field(
        description="Noise-equivalent irradiance in the warning band, Earth background included"
    )
    sees_bodies: bool = Field(description="Has a thermal band for warm and cold bodies")
    band_low: Length = Field(default="8 um", description="Short edge of the thermal band")
    band_high: Length = Field(default="12 um", description="Long edge of the thermal band")
    body_noise: Irradiance = Field(description="Noise-equivalent irradiance in the thermal band against space")
    earth_noise: Irradiance | None = Field(
        default=None,
        description="What structure in the Earth's scene leaves in one pixel of the thermal band after frames are "
        "subtracted, whatever the integration; none: bodies are not looked for against the Earth",
    )
    earth_temperature: Temperature = Field(
        default="270 K", description="Brightness temperature of the Earth and its low air in the thermal band"
    )
    minimum_tangent_height: Length = Field(
        description="Lines of sight that stay above this height have space behind them, lower ones the Earth or its air"
    )
    minimum_off_nadir: Angle = Field(
        default="0 deg", ge=0.0, le=math.pi, description="Inner edge of the field of regard, from straight down"
    )
    maximum_off_nadir: Angle = Field(
        default="180 deg", ge=0.0, le=math.pi, description="Outer edge of the field of regard, from straight down"
    )
    needs_cue: bool = Field(default=False, description="Narrow field: looks only where another sensor found a target")
    looks_per_revisit: PositiveCount | None = Field(
        default=None, description="Objects that one satellite can report in one revisit; none: all in its field"
    )
    sun_exclusion: Angle = Field(
        default="0 deg", ge=0.0, le=math.pi, description="Nothing is seen closer than this to the sun's direction"
    )
    maximum_range: Length = Field(description="Range beyond which no look is scheduled")
    pixel: Angle = Field(gt=0.0, description="Instantaneous field of view of one pixel")
    resolution: float = Field(default=1.5, gt=0.0, description="Pixels apart at which two objects are told from one")
    bias: Angle = Field(
        ge=0.0, description="Standard deviation of the line-of-sight bias, one draw per satellite and run"
    )
    revisit: Time = Field(gt=0.0, description="Time between looks at the same object; a scan's own period or longer")
    revisit_coasting: Time = Field(
        default="15 s", gt=0.0, description="Time between looks while nothing burns and all objects are above the air"
    )
    latency: Time = Field(default="0 s", description="From a look to its report at the fusion centre")
    threshold_snr: float = Field(gt=0.0, description="Signal-to-noise ratio for a hit at 50 %")
    hits: PositiveCount = Field(default=2, description="m of m-of-n")
    looks: PositiveCount = Field(default=3, description="n of m-of-n")
    tasked_per_object: PositiveCount = Field(
        default=3, description="Satellites of one constellation that report one object at a time, best signal first"
    )
    feature_quality: float = Field(
        default=0.0, ge=0.0, le=1.0, description="Share of the full feature distance this sensor resolves (0: none)"
    )

    false_alarms: Rate = Field(
        default="0 1/h",
        le=10.0,
        description="Expected false reports of one satellite in a time, after its own m-of-n and clutter rejection",
    )

    @model_validator(mode="after")
    def _m_of_n(self) -> "InfraredSpec":
        if self.hits > self.looks:
            raise ValueError(f"hits {self.hits} exceed looks {self.looks}")
        if self.band_high <= self.band_low:
            raise ValueError(f"band_high {self.band_high} m must be above band_low {self.band_low} m")
        if self.maximum_off_nadir <= self.minimum_off_nadir:
            raise ValueError(
                f"maximum_off_nadir {self.maximum_off_nadir} rad must be above minimum_off_nadir "
                f"{self.minimum_off_nadir} rad"
            )
        return self

    @model_validator(mode="after")
    def _time_enough(self) -> "InfraredSpec":
        shortest = min(self.revisit, self.revisit_coasting)
        if self.mode == "scanning":
            if self.scan_width <= 0.0 or self.scan_rate <= 0.0:
                raise ValueError("a scanning sensor needs a scan_width and a scan_rate above zero")
            if shortest < scan_period(self) * (1.0 - 1e-9):
                raise ValueError(
                    f"got a look every {shortest:g} s, but a scan takes {scan_period(self):g} s; accepted is that or "
                    "longer, or a faster scan_rate"
                )
        elif self.integration > shortest:
            raise ValueError(
                f"got an integration of {self.integration:g} s, accepted is at most the revisit, {shortest:g} s"
            )
        return self


def scan_period(spec: InfraredSpec) -> float:
    """Return the time in s of one sweep of a scanning sensor, width over rate; 0 for a staring one."""
    return float(spec.scan_width / spec.scan_rate) if spec.mode == "scanning" else 0.0


def integration_time(spec: InfraredSpec) -> float:
    """Return the time in s that one look integrates: a staring sensor's frames, or the dwell of a scan on one pixel.

    While it scans, an object stays on one detector for pixel / rate; with N delayed and added in a row, for N times
    that.
    """
    if spec.mode == "scanning":
        return float(spec.delay_stages * spec.pixel / spec.scan_rate)
    return float(spec.integration)


def noise_factor(spec: InfraredSpec) -> float:
    """Return by what the stated noises are multiplied in one look.

    Noise-equivalent irradiance falls with the square root of the integration, sqrt(reference / integration), as photon
    and read noise that is independent from moment to moment does (Hudson 1969, Infrared System Engineering, ch. 13).
    """
    return math.sqrt(spec.reference_integration / integration_time(spec))
