"""What a cruise missile or a one-way drone is made of, as the catalogue and a scenario write it."""

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from cupola.core.atmosphere import air
from cupola.core.spec import Acceleration, Angle, Length, Spec, Speed, Time
from cupola.threats.spec import BodySignature, PlumeSignature

Propulsion = Literal["turbojet", "ramjet", "scramjet", "propeller"]
STEEPEST = math.radians(80.0)


class LevelSpec(Spec):
    """Flight at one height: how high and how fast."""

    altitude: Length = Field(gt=0.0, description="Height above the ground (above the ellipsoid without terrain)")
    speed: Speed | None = Field(default=None, gt=0.0, description="Speed relative to the ground; or give mach")
    mach: float | None = Field(default=None, gt=0.0, description="Speed as a Mach number at this altitude; or speed")

    @model_validator(mode="after")
    def _one_speed(self) -> Self:
        if (self.speed is None) == (self.mach is None):
            raise ValueError(
                f"got speed {self.speed} and mach {self.mach}, accepted is exactly one of them; "
                "hint: write speed for slow threats and mach for fast ones"
            )
        return self

    @property
    def speed_m_s(self) -> float:
        """Speed in m/s, still air of the 1976 standard assumed where a Mach number is given."""
        if self.speed is not None:
            return float(self.speed)
        assert self.mach is not None
        return self.mach * float(air(self.altitude)[2])


class LowSpec(LevelSpec):
    """The last part of a high-low flight."""

    distance: Length = Field(gt=0.0, description="Distance on the ground before the target at which low flight begins")


class BoostSpec(Spec):
    """The solid booster that brings the vehicle to the speed at which its own engine takes over."""

    acceleration: Acceleration = Field(description="Mean acceleration along the path, gravity and drag taken off")
    duration: Time = Field(gt=0.0, description="Burn time")
    elevation: Angle = Field(ge=0.0, le=math.pi / 2, description="Launch angle above the horizon; 90 deg from a cell")
    turn_acceleration: Acceleration = Field(
        description="Greatest acceleration across the path while the booster turns it from launch to climb angle"
    )
    plume: PlumeSignature


class CarrierSpec(Spec):
    """The aircraft that an air-launched missile leaves."""

    altitude: Length = Field(gt=0.0, description="Altitude of release above the ellipsoid")
    speed: Speed = Field(gt=0.0, description="Speed at release relative to the ground")
    drop_time: Time = Field(gt=0.0, description="Release to the start of the engine: free fall")


class TerminalSpec(Spec):
    """The end of the flight."""

    dive_angle: Angle = Field(
        gt=0.0, le=STEEPEST, description="Steepest dive; shallower where the height is too small to reach it"
    )
    pop_up: Length = Field(
        default="0 m", description="Height above the target to climb to before the dive; 0 m: dive from level flight"
    )
    dive_speed: Speed | None = Field(
        default=None, gt=0.0, description="Speed sought in the dive; none: that of the level flight before"
    )


class CruiseSpec(Spec):
    """A missile or drone that flies on wings: boost or drop, climb or descent, cruise, low flight, dive."""

    kind: Literal["cruise"] = "cruise"
    title: str = Field(description="One line for lists and reports")
    propulsion: Propulsion = Field(description="Engine of the cruise flight")
    launch_mode: Literal["ground", "sea", "air"] = Field(description="From what it is launched")
    boost: BoostSpec | None = Field(default=None, description="Booster; needed from ground and sea")
    carrier: CarrierSpec | None = Field(default=None, description="Release; needed from the air, and only there")
    cruise: LevelSpec
    low: LowSpec | None = Field(default=None, description="Low flight before the target; none: cruise to the dive")
    terminal: TerminalSpec
    maximum_range: Length = Field(gt=0.0, description="Greatest length of the route on the ground")
    longitudinal_acceleration: Acceleration = Field(description="Greatest change of speed after the boost")
    normal_acceleration: Acceleration = Field(
        description="Greatest acceleration in the vertical plane, on top of level flight"
    )
    bank_angle: Angle = Field(gt=0.0, le=STEEPEST, description="Bank in turns: radius = v^2 / (g tan bank)")
    climb_angle: Angle = Field(gt=0.0, le=STEEPEST, description="Steepest climb")
    descent_angle: Angle = Field(gt=0.0, le=STEEPEST, description="Steepest descent between levels")
    clearance: Length = Field(default="20 m", description="Least height above the terrain in level flight")
    length: Length = Field(gt=0.0, description="Length of the body, for the heating of its skin")
    body: BodySignature

    @model_validator(mode="after")
    def _launch_fits(self) -> Self:
        if (self.launch_mode == "air") != (self.carrier is not None):
            raise ValueError(
                f"carrier: got {'none' if self.carrier is None else 'one'} with launch_mode {self.launch_mode!r}; "
                "accepted is a carrier for air and none for ground and sea"
            )
        if self.launch_mode != "air" and self.boost is None:
            raise ValueError(
                f"boost: got none with launch_mode {self.launch_mode!r}, accepted is a booster; "
                "hint: give boost.acceleration, boost.duration, boost.elevation and boost.plume"
            )
        return self

    @model_validator(mode="after")
    def _heights_fit(self) -> Self:
        lowest = self.cruise if self.low is None else self.low
        if self.low is not None and self.low.altitude >= self.cruise.altitude:
            raise ValueError(
                f"low.altitude: got {self.low.altitude:.0f} m, accepted is below the cruise altitude of "
                f"{self.cruise.altitude:.0f} m"
            )
        if self.clearance > lowest.altitude:
            raise ValueError(
                f"clearance: got {self.clearance:.0f} m, accepted is up to the lowest flight of {lowest.altitude:.0f} m"
            )
        if 0.0 < self.terminal.pop_up <= lowest.altitude:
            raise ValueError(
                f"terminal.pop_up: got {self.terminal.pop_up:.0f} m, accepted is 0 m or above the "
                f"{lowest.altitude:.0f} m of the flight before"
            )
        return self
