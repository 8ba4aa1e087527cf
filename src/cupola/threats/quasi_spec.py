"""What a quasi-ballistic missile is made of, as the catalogue and a scenario write it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cupola.core.rocket import StageSpec
from cupola.core.spec import Acceleration, Angle, ArealDensity, Length, Mass, Spec, Speed, Time
from cupola.threats.spec import BodySignature, MachDrag, PlumeSignature


class AirReleaseSpec(Spec):
    """How an aircraft lets a missile go."""

    altitude: Length = Field(gt=0.0, description="Height of the release above the ellipsoid")
    speed: Speed = Field(gt=0.0, description="Speed of the aircraft through the air")
    climb: Angle = Field(ge=-0.5, le=1.2, description="Angle of the aircraft's path above the horizontal")
    drop_time: Time = Field(description="Release to ignition")


class WeaveSpec(Spec):
    """Turns to either side during the glide."""

    acceleration: Acceleration = Field(description="Greatest sideways acceleration")
    period: Time = Field(ge=2.0, description="Duration of one full weave, left and right")


class ManoeuvringBodySpec(Spec):
    """What flies on after burnout and steers with fins: the whole empty missile, or a body that separates from it."""

    ballistic_coefficient: ArealDensity = Field(description="m / (Cd A) without lift")
    lift_to_drag: float = Field(gt=0.0, le=6.0, description="Best ratio of lift to drag, and the most lift it takes")
    load_limit: Acceleration = Field(description="Greatest lift per mass that the structure bears")
    signature: BodySignature


class QuasiBallisticSpec(Spec):
    """A ballistic missile that stays low enough for its fins, pulls up, glides and dives."""

    kind: Literal["quasi-ballistic"] = "quasi-ballistic"
    title: str = Field(description="One line for lists and reports")
    propellant: Literal["solid", "liquid"] = Field(
        description="Propellant class; sets what the defender may assume of it"
    )
    stages: Annotated[tuple[StageSpec, ...], Field(min_length=1, max_length=5)]
    drag: Annotated[tuple[MachDrag, ...], Field(min_length=1)]
    payload_mass: Mass = Field(gt=0.0, description="Warhead, guidance and fins: all above the last stage")
    release: AirReleaseSpec | None = Field(default=None, description="Release from an aircraft; none: from the ground")
    body: ManoeuvringBodySpec
    plume: PlumeSignature
    booster: BodySignature = Field(description="The missile with its stages, between ignition and release of the body")
    vertical_rise_time: Time = Field(description="Lift-off to the start of the pitch-over; zero from an aircraft")
    pitch_over_time: Time = Field(gt=0.0, description="Duration of the commanded pitch-over, a gravity turn afterwards")
    deployment_delay: Time = Field(gt=0.0, description="Burnout to the start of steering with fins, or to separation")
    apogee: Length = Field(gt=0.0, description="Apogee flown where none is asked and the range is long enough for it")
    highest_apogee: Length = Field(description="Above, the air is too thin to steer with fins for too long")
    pull_up_altitude: Length = Field(gt=0.0, description="Height on the way down where it begins to lift")
    glide_altitude: Length = Field(gt=0.0, description="Height that the glide holds while it can")
    glide_range: Length = Field(description="Way left to pull-up and glide where the rocket could throw it further")
    dive_angle: Angle = Field(gt=0.3, le=1.5, description="Steepness of the impact that the dive asks for")
    weave: WeaveSpec | None = Field(default=None, description="Turns to either side in the glide; none: straight")

    @model_validator(mode="after")
    def _consistent(self) -> "QuasiBallisticSpec":
        if self.highest_apogee < self.apogee:
            raise ValueError(
                f"highest_apogee: got {self.highest_apogee / 1e3:.0f} km, accepted is at least the apogee of "
                f"{self.apogee / 1e3:.0f} km"
            )
        if self.glide_altitude >= self.apogee:
            raise ValueError(
                f"glide_altitude: got {self.glide_altitude / 1e3:.0f} km, accepted is below the apogee of "
                f"{self.apogee / 1e3:.0f} km"
            )
        if self.release is not None and self.vertical_rise_time > 0.0:
            raise ValueError(
                f"vertical_rise_time: got {self.vertical_rise_time} s with a release from an aircraft, accepted is 0 s"
            )
        return self
