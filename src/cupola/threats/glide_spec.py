"""What a boost-glide weapon is made of, as the catalogue and a scenario write it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cupola.core.rocket import StageSpec
from cupola.core.spec import (
    Acceleration,
    Angle,
    ArealDensity,
    Irradiance,
    Length,
    Mass,
    Spec,
    Speed,
    Time,
)
from cupola.threats.spec import BodySignature, MachDrag, PlumeSignature

BoundaryLayer = Literal["laminar", "turbulent"]
_RIGHT_ANGLE = 1.5707963267948966


class GliderSpec(Spec):
    """The unpowered lifting body: the lethal object."""

    mass: Mass = Field(gt=0.0, description="Mass of the glider")
    lift_to_drag: float = Field(gt=0.5, le=10.0, description="Lift over drag, held along the glide")
    ballistic_coefficient: ArealDensity = Field(description="m / (Cd A), mass form, at that lift")
    nose_radius: Length = Field(gt=0.0, description="Radius of the nose, for its heating")
    length: Length = Field(gt=0.0, description="Nose to base, along which the boundary layer grows")
    surface_angle: Annotated[Angle, Field(gt=0.0, lt=_RIGHT_ANGLE)] = Field(
        description="Angle between the acreage that sensors see and the flow, for its heating"
    )
    boundary_layer: BoundaryLayer = Field(
        description="State of the boundary layer over the acreage: the two bracket how hot it gets"
    )
    greatest_bank: Annotated[Angle, Field(gt=0.0, lt=_RIGHT_ANGLE)] = Field(description="Limit of the bank angle")
    planned_bank: Annotated[Angle, Field(ge=0.0, lt=_RIGHT_ANGLE)] = Field(
        description="Bank at which the booster's cut-off is chosen: the speed in hand for steering"
    )
    dead_band: Annotated[Angle, Field(gt=0.0, lt=_RIGHT_ANGLE)] = Field(
        description="Heading error at which the bank is reversed"
    )
    greatest_lift: Acceleration = Field(description="Limit of the lift over mass, which the pull-up keeps")
    greatest_heating: Irradiance | None = Field(
        default=None, description="Limit of the cold-wall heat flux at the nose; none: not limited"
    )
    dive_speed: Speed = Field(gt=0.0, description="Speed in the air that the glide is steered to have at the dive")
    dive_range: Length = Field(gt=0.0, description="Ground distance from the aim point where the dive begins")
    body: BodySignature

    @model_validator(mode="after")
    def _bank_in_limits(self) -> Self:
        if self.planned_bank >= self.greatest_bank:
            raise ValueError(
                f"planned_bank: got {self.planned_bank:.3f} rad, accepted is below greatest_bank "
                f"({self.greatest_bank:.3f} rad); hint: 10 to 30 deg leaves room to steer"
            )
        return self


class GlideSpec(Spec):
    """A boost-glide weapon: a staged rocket throws a lifting body into the upper air, where it glides to its aim
    point.
    """

    kind: Literal["glide"] = "glide"
    title: str = Field(description="One line for lists and reports")
    propellant: Literal["solid", "liquid"] = Field(
        description="Propellant class; sets what the defender may assume of it"
    )
    stages: Annotated[tuple[StageSpec, ...], Field(min_length=1, max_length=5)]
    drag: Annotated[tuple[MachDrag, ...], Field(min_length=1)]
    shroud_mass: Mass = Field(default="0 kg", description="Nose shroud")
    shroud_time: Time = Field(default="0 s", description="Time after launch when the shroud is dropped")
    adapter_mass: Mass = Field(default="0 kg", description="What stays with the last stage at release")
    release_delay: Time = Field(default="5 s", description="Burnout to release of the glider")
    insertion_apogee: Length = Field(gt=0.0, description="Apogee of the boost arc where none is asked")
    mode: Literal["equilibrium", "skip"] = Field(
        default="equilibrium",
        description="equilibrium: lift and bank are modulated to damp the phugoid; skip: all lift after the pull-up",
    )
    glider: GliderSpec
    plume: PlumeSignature
    booster: BodySignature = Field(description="The missile with its stages, between ignition and release")
    vertical_rise_time: Time = Field(default="8 s", description="Lift-off to the start of the pitch-over")
    pitch_over_time: Time = Field(
        default="15 s", description="Duration of the commanded pitch-over, a gravity turn afterwards"
    )
