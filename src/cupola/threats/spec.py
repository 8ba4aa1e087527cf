"""What a threat is made of, as the catalogue and a scenario write it."""

from typing import Annotated, Literal

from pydantic import Field

from cupola.core.rocket import StageSpec
from cupola.core.spec import (
    Area,
    ArealDensity,
    Fraction,
    Length,
    Mass,
    PositiveCount,
    RadiantIntensity,
    Spec,
    Speed,
    Temperature,
    Time,
)

ReleasedClass = Literal["decoy", "tank", "debris"]


class RadarCrossSection(Spec):
    """Mean radar cross-section by radar band over one class of aspects."""

    uhf: Area = Field(description="420-450 MHz class")
    l_band: Area = Field(description="1-2 GHz class")
    s_band: Area = Field(description="2-4 GHz class")
    x_band: Area = Field(description="8-12 GHz class")


class BodySignature(Spec):
    """What an unpowered body shows: a grey body in the infrared, a cross-section to radar."""

    temperature: Temperature = Field(description="Skin temperature outside the atmosphere")
    emissivity: Fraction = Field(description="Grey-body emissivity")
    area: Area = Field(description="Mean projected area")
    radar: RadarCrossSection = Field(description="Seen within 45 deg of the nose")
    radar_side: RadarCrossSection = Field(description="Seen from 45 to 135 deg off the nose")
    radar_rear: RadarCrossSection = Field(description="Seen from more than 135 deg off the nose")


class PlumeSignature(Spec):
    """Radiant intensity of a plume in the 2.7 um warning band."""

    first_stage: RadiantIntensity = Field(description="First stage, below the dip, with afterburning")
    upper_stages: RadiantIntensity = Field(
        description="Upper stages, near vacuum; a first stage as well where it still burns above the dip"
    )
    post_boost: RadiantIntensity | None = Field(
        default=None, description="Post-boost vehicle between burnout and release; none: it shows no plume"
    )
    dip_altitude: Length = Field(
        default="80 km", description="Altitude where afterburning has ended and intensity dips"
    )
    dip_factor: Fraction = Field(default=0.3, description="Intensity at the dip, as a share of the stage's intensity")


class ReentryVehicleSpec(Spec):
    """A re-entry vehicle: the lethal object."""

    mass: Mass = Field(gt=0.0, description="Mass of one vehicle")
    ballistic_coefficient: ArealDensity = Field(description="m / (Cd A), mass form")
    body: BodySignature


class DecoySpec(Spec):
    """An object released beside the warhead: a decoy, or what is left of the missile, which confuses without intent."""

    kind: Literal["decoy"] = "decoy"
    title: str = Field(description="One line for lists and reports")
    object_class: ReleasedClass = Field(
        default="decoy",
        description="decoy: carried to deceive; tank: the spent last stage or bus; debris: clamps, shroud, insulation",
    )
    mass: Mass = Field(
        gt=0.0,
        description="Mass of one; decoys are payload on the way up, tanks and debris are parts of the missile that "
        "flew anyway",
    )
    ballistic_coefficient: ArealDensity = Field(description="m / (Cd A): light bodies slow down high in the atmosphere")
    separation_speed: Speed = Field(description="Speed of release relative to the warhead")
    feature_distance: float = Field(
        ge=0.0,
        description="K-factor: distance of the object's and a warhead's feature means in units of their common "
        "standard deviation",
    )
    body: BodySignature

    @property
    def payload_mass(self) -> float:
        """Mass in kg that the missile has to lift for it on top of itself."""
        return self.mass if self.object_class == "decoy" else 0.0


class MachDrag(Spec):
    """One row of a drag table."""

    mach: float = Field(ge=0.0, description="Mach number")
    drag_coefficient: float = Field(ge=0.0, description="Zero-lift drag coefficient")


class BallisticSpec(Spec):
    """A staged ballistic missile."""

    kind: Literal["ballistic"] = "ballistic"
    title: str = Field(description="One line for lists and reports")
    propellant: Literal["solid", "liquid"] = Field(
        description="Propellant class; sets what the defender may assume of it"
    )
    stages: Annotated[tuple[StageSpec, ...], Field(min_length=1)]
    drag: Annotated[tuple[MachDrag, ...], Field(min_length=1)]
    shroud_mass: Mass = Field(default="0 kg", description="Nose shroud")
    shroud_time: Time = Field(default="0 s", description="Time after launch when the shroud is dropped")
    lofted_coast: Time = Field(
        default="0 s", description="Longest wait that a lofted flight adds between one stage and the next"
    )
    lofted_coast_share: Fraction = Field(
        default=0.0, description="Share of a lofted flight's spare burn time that is used up by waiting between stages"
    )
    bus_mass: Mass = Field(
        default="0 kg", description="Post-boost vehicle or guidance section that stays with the payload"
    )
    deployment_delay: Time = Field(default="10 s", description="Burnout to release of re-entry vehicles and decoys")
    bus_velocity: Speed = Field(
        default="0 m/s", description="Velocity that the post-boost vehicle can add between releases, for several aims"
    )
    release_interval: Time = Field(default="20 s", description="Time between releases where there are several aims")
    reentry_vehicles: PositiveCount = Field(default=1, description="Re-entry vehicles carried")
    reentry_vehicle: ReentryVehicleSpec
    plume: PlumeSignature
    booster: BodySignature = Field(description="The missile with its stages, between ignition and deployment")
    vertical_rise_time: Time = Field(default="8 s", description="Lift-off to the start of the pitch-over")
    pitch_over_time: Time = Field(
        default="15 s", description="Duration of the commanded pitch-over, a gravity turn afterwards"
    )
