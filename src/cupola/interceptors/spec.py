"""What an interceptor is made of."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cupola.core.rocket import StageSpec
from cupola.core.spec import Acceleration, Angle, Area, Length, Mass, Probability, Spec, Speed, Time

Phase = Literal["boost", "midcourse", "terminal", "glide", "cruise"]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _each_once(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    if len(set(phases)) < len(phases):
        raise ValueError(f"got {', '.join(phases)}, accepted is each phase once")
    return phases


Phases = Annotated[
    tuple[Phase, ...],
    Field(min_length=1, description="Phases of flight in which a track may be engaged, as the defender believes them"),
    BeforeValidator(_listed),
    AfterValidator(_each_once),
]


class KillVehicleSpec(Spec):
    """The last stage: what happens between handover and impact. Homing is ideal unless stated: no lag, no noise."""

    mass: Mass = Field(gt=0.0, description="Mass with divert propellant")
    divert: Speed = Field(gt=0.0, description="Divert velocity budget")
    divert_acceleration: Acceleration = Field(description="Largest lateral acceleration")
    seeker_range: Length = Field(gt=0.0, description="Range at which the seeker acquires the target")
    seeker_field: Length = Field(
        gt=0.0, description="Half-width at seeker range within which a target is found: the handover basket"
    )
    guidance: Literal["proportional", "augmented", "zero-effort-miss"] = Field(
        default="proportional",
        description="What homing knows of the target's acceleration: nothing, the present one, or the track's forecast",
    )
    navigation_ratio: float = Field(default=3.0, gt=2.0, le=8.0, description="Effective navigation ratio N'")
    time_constant: Time = Field(default="0 s", description="Sum of the lags of seeker, guidance and steering")
    lag_order: int = Field(default=1, ge=1, le=5, strict=True, description="Number of equal lags that make the sum")
    seeker_noise: Angle = Field(default="0 rad", ge=0.0, description="One-sigma error of one look at the target")
    sample_time: Time = Field(default="0.01 s", gt=0.0, description="Time between looks")
    glint: Length = Field(default="0 m", description="One-sigma wander of the seen centre over the target's body")
    lift_area: Area = Field(
        default="0 m^2",
        description="Largest lift coefficient times its area, which limits the acceleration where the air is thin; "
        "0: thrusters alone steer",
    )
    lethal_radius: Length = Field(
        default="0.5 m", gt=0.0, description="Largest miss of the target's centre that can still kill"
    )
    kill_probability: Probability = Field(
        description="Chance that an acquired, reachable, real target is killed once the miss is within the lethal "
        "radius"
    )

    @model_validator(mode="after")
    def _noise_has_lag(self) -> Self:
        if self.time_constant == 0.0 and max(self.seeker_noise, self.glint) > 0.0:
            raise ValueError(
                "seeker_noise or glint is given without a time_constant: a loop without lag would follow noise with "
                "endless acceleration; give the lag, e.g. '0.1 s'"
            )
        return self


class SpaceInterceptorSpec(Spec):
    """A space-based interceptor that waits in orbit."""

    kind: Literal["space-based"] = "space-based"
    title: str = Field(description="One line for lists and reports")
    layer: str = Field(description="Layer name used in doctrine and results unless the scenario names another")
    acceleration: Acceleration = Field(description="Mean acceleration of the main burn")
    speed: Speed = Field(gt=0.0, description="Velocity gained by the main burn when used in full")
    minimum_altitude: Length = Field(
        description="Lowest intercept altitude the kill vehicle's heating and seeker allow"
    )
    engages: Phases
    maximum_flight_time: Time = Field(gt=0.0, description="Longest flight from release to intercept")
    reliability: Probability = Field(description="Chance that release, burn and guidance all work")
    kill_vehicle: KillVehicleSpec


class GroundInterceptorSpec(Spec):
    """A surface-launched interceptor."""

    kind: Literal["ground-based"] = "ground-based"
    title: str = Field(description="One line for lists and reports")
    layer: str = Field(description="Layer name used in doctrine and results unless the scenario names another")
    engages: Phases
    stages: Annotated[tuple[StageSpec, ...], Field(min_length=1, max_length=4)]
    drag_coefficient: float = Field(gt=0.0, description="Constant zero-lift drag coefficient of the booster")
    shroud_mass: Mass = Field(description="Nose shroud")
    shroud_time: Time = Field(description="Time after launch when the shroud is dropped")
    vertical_rise_time: Time = Field(description="Lift-off to the start of the pitch-over")
    pitch_over_time: Time = Field(gt=0.0, description="Duration of the commanded pitch-over, a gravity turn afterwards")
    minimum_altitude: Length = Field(description="Lowest intercept altitude")
    maximum_altitude: Length = Field(description="Highest intercept altitude")
    maximum_range: Length = Field(gt=0.0, description="Largest ground range to the intercept point")
    maximum_flight_time: Time = Field(gt=0.0, description="Longest flight from launch to intercept")
    reliability: Probability = Field(description="Chance that launch, boost and guidance all work")
    kill_vehicle: KillVehicleSpec

    @model_validator(mode="after")
    def _leaves_boost_alone(self) -> Self:
        if "boost" in self.engages:
            raise ValueError("engages: got boost, accepted from the surface are midcourse, terminal, glide, cruise")
        return self
