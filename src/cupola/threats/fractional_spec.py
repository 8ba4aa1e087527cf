"""What a fractional orbital bombardment system is made of, as the catalogue and a scenario write it."""

from typing import Annotated, Literal

from pydantic import Field

from cupola.core.burns import SpaceStageSpec
from cupola.core.rocket import StageSpec
from cupola.core.spec import ArealDensity, Length, Mass, Spec, Time
from cupola.threats.spec import BodySignature, MachDrag, PlumeSignature, ReentryVehicleSpec


class FractionalOrbitalSpec(Spec):
    """A booster that puts a warhead into a low orbit, from which a retro stage brings it down before a revolution."""

    kind: Literal["fractional-orbital"] = "fractional-orbital"
    title: str = Field(description="One line for lists and reports")
    propellant: Literal["solid", "liquid"] = Field(
        description="Propellant class; sets what the defender may assume of it"
    )
    stages: Annotated[tuple[StageSpec, ...], Field(min_length=1, max_length=4)] = Field(
        description="The booster, which throws the rest up to the orbit's altitude"
    )
    drag: Annotated[tuple[MachDrag, ...], Field(min_length=1)]
    shroud_mass: Mass = Field(description="Nose shroud")
    shroud_time: Time = Field(description="Time after launch when the shroud is dropped")
    injection: SpaceStageSpec = Field(description="Last stage: makes the path an orbit at its highest point")
    retro: SpaceStageSpec = Field(description="Stage that stays in orbit with the warhead and brings it down")
    reentry_vehicle: ReentryVehicleSpec
    orbital_ballistic_coefficient: ArealDensity = Field(description="m / (Cd A) of warhead and retro stage in orbit")
    orbital_body: BodySignature = Field(description="Warhead and retro stage, from injection to the ground")
    plume: PlumeSignature
    booster: BodySignature = Field(description="The missile with its stages, between ignition and injection")
    vertical_rise_time: Time = Field(description="Lift-off to the start of the pitch-over")
    pitch_over_time: Time = Field(gt=0.0, description="Duration of the commanded pitch-over, a gravity turn afterwards")
    deployment_delay: Time = Field(gt=0.0, description="Injection to the separation of warhead and retro stage")
    orbit_altitude: Length = Field(
        gt=0.0, description="Altitude of the orbit above the mean sphere where none is asked"
    )
    route: Literal["short", "long"] = Field(description="The short way round the Earth, or the long one")
