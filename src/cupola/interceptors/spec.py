"""What an interceptor is made of."""

from typing import Annotated, Literal

from pydantic import Field

from cupola.core.rocket import StageSpec
from cupola.core.spec import Acceleration, Length, Mass, Probability, Spec, Speed, Time


class KillVehicleSpec(Spec):
    """The last stage: what happens between handover and impact."""

    mass: Mass = Field(gt=0.0, description="Mass with divert propellant")
    divert: Speed = Field(gt=0.0, description="Divert velocity budget")
    divert_acceleration: Acceleration = Field(description="Largest lateral acceleration")
    seeker_range: Length = Field(gt=0.0, description="Range at which the seeker acquires the target")
    seeker_field: Length = Field(
        gt=0.0, description="Half-width at seeker range within which a target is found: the handover basket"
    )
    kill_probability: Probability = Field(description="Chance that an acquired, reachable, real target is killed")


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
    engages: Literal["boost", "midcourse", "boost-and-midcourse"] = Field(
        default="boost", description="Whether the seeker homes on burning missiles, cold bodies or both"
    )
    maximum_flight_time: Time = Field(gt=0.0, description="Longest flight from release to intercept")
    reliability: Probability = Field(description="Chance that release, burn and guidance all work")
    kill_vehicle: KillVehicleSpec


class GroundInterceptorSpec(Spec):
    """A surface-launched interceptor."""

    kind: Literal["ground-based"] = "ground-based"
    title: str = Field(description="One line for lists and reports")
    layer: str = Field(description="Layer name used in doctrine and results unless the scenario names another")
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


InterceptorSpec = Annotated[SpaceInterceptorSpec | GroundInterceptorSpec, Field(discriminator="kind")]
