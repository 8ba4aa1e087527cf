"""Missiles that stay in the air and steer by lift: launched from the ground, or from aircraft on patrol.

A lifting missile can hold any course, so its fly-out is one dimension: thrust and drag along the way from launch to
intercept, in the air of that way's mean height. Gravity is held by lift, whose drag is counted in the stated drag
coefficient. Long shots climb: the way is two straight legs over an apex above the middle.
"""

import functools
import math
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from cupola.core.atmosphere import density_at
from cupola.core.earth import STANDARD_GRAVITY, Vector
from cupola.core.spec import Length, Mass, PositiveCount, Probability, Spec, Speed, Time
from cupola.interceptors.spec import KillVehicleSpec, Phases

_STEP_S = 0.05
_HEIGHTS = np.arange(0.0, 26e3, 1e3)


class AircraftSpec(Spec):
    """What carries the missiles of a patrol."""

    altitude: Length = Field(description="Height of the patrol, from which it fires")
    patrol_speed: Speed = Field(gt=0.0, description="Airspeed at launch")
    dash_speed: Speed = Field(gt=0.0, description="Ground speed at which it closes on a target")
    radius: Length = Field(gt=0.0, description="Furthest distance from the station to which it goes and returns")
    missiles: PositiveCount = Field(description="Missiles that one aircraft carries")


class AerialInterceptorSpec(Spec):
    """A missile that flies by lift all the way."""

    kind: Literal["aerial"] = "aerial"
    title: str = Field(description="One line for lists and reports")
    layer: str = Field(description="Layer name used in doctrine and results unless the scenario names another")
    engages: Phases
    launch_mass: Mass = Field(gt=0.0, description="Mass at launch")
    propellant_mass: Mass = Field(gt=0.0, description="Propellant burnt, evenly over the burn time")
    specific_impulse: Time = Field(gt=0.0, description="Specific impulse at launch height")
    burn_time: Time = Field(gt=0.0, description="Ignition to burnout")
    diameter: Length = Field(gt=0.0, description="Reference diameter for drag")
    drag_coefficient: float = Field(gt=0.0, description="Mean drag coefficient, that of lift included")
    minimum_speed: Speed = Field(gt=0.0, description="Speed below which it can no longer turn with its target")
    loft: Length = Field(description="How high above the straight line it climbs on long shots, for thinner air")
    minimum_altitude: Length = Field(description="Lowest intercept altitude")
    maximum_altitude: Length = Field(le=30e3, description="Highest intercept altitude")
    maximum_range: Length = Field(gt=0.0, description="Longest way from launch to intercept")
    maximum_flight_time: Time = Field(gt=0.0, description="Longest flight from launch to intercept")
    reliability: Probability = Field(description="Chance that launch, motor and guidance all work")
    aircraft: AircraftSpec | None = Field(default=None, description="What carries it; none: launched from the ground")
    kill_vehicle: KillVehicleSpec

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.propellant_mass >= self.launch_mass:
            raise ValueError("propellant_mass: got as much as launch_mass or more, accepted is less")
        if "boost" in self.engages or "midcourse" in self.engages:
            raise ValueError("engages: got boost or midcourse, accepted in the air are terminal, glide, cruise")
        return self


@dataclass(frozen=True, kw_only=True)
class FlyOut:
    """Way in m and speed in m/s along straight flights, (heights, times) over ``heights`` in m and ``times`` in s; the
    speed is NaN from where it has fallen below the least useful one.
    """

    heights: Vector
    times: Vector
    way: Vector
    speed: Vector

    def longest(self, height: Vector) -> Vector:
        """Return the furthest way in m at mean heights (k,) in m."""
        reach = np.nanmax(np.where(np.isfinite(self.speed), self.way, np.nan), axis=1)
        return np.asarray(np.interp(height, self.heights, reach))

    def flight_time(self, way: Vector, height: Vector) -> Vector:
        """Return the time in s to cover ways (k,) in m at mean heights (k,) in m; infinite beyond the furthest."""
        out = np.full(np.shape(way), np.inf)
        x = np.clip(np.asarray(height) / (self.heights[1] - self.heights[0]), 0.0, len(self.heights) - 1.0)
        for i in np.unique(x.astype(np.int64)):
            here = x.astype(np.int64) == i
            j = min(i + 1, len(self.heights) - 1)
            low = np.interp(way[here], self.way[i], self.times, right=np.inf)
            high = np.interp(way[here], self.way[j], self.times, right=np.inf)
            share = x[here] - i
            with np.errstate(invalid="ignore"):
                mixed = np.where(share > 0.0, (1.0 - share) * low + share * high, low)
            out[here] = np.where(way[here] <= self.longest(height[here]), mixed, np.inf)
        return out

    def speed_after(self, time_s: float, height: float) -> float:
        """Return the speed in m/s after a flight at a mean height in m; NaN once it is too slow."""
        i = int(np.clip(np.rint(height / (self.heights[1] - self.heights[0])), 0, len(self.heights) - 1))
        return float(np.interp(time_s, self.times, self.speed[i]))


LOFT_SHARE = 0.2
"""Height of the apex over the way between both ends, up to the stated one (assumed)."""


def course(
    spec: AerialInterceptorSpec, distance: Vector, launch_height: float, height: Vector
) -> tuple[Vector, Vector]:
    """Return length and mean height (k,) in m of the way to points at a ``distance`` (k,) and ``height`` (k,) in m."""
    apex = np.minimum(spec.loft, LOFT_SHARE * distance)
    return 2.0 * np.hypot(0.5 * distance, apex), 0.5 * (launch_height + height + apex)


def launch_speed(spec: AerialInterceptorSpec) -> float:
    """Return the speed in m/s with which the missile begins."""
    return 0.0 if spec.aircraft is None else float(spec.aircraft.patrol_speed)


@functools.lru_cache(maxsize=64)
def fly_out(spec: AerialInterceptorSpec) -> FlyOut:
    """Return the straight flights of a missile, m dv/dt = T - rho v^2 Cd A / 2 by the midpoint rule."""
    times = np.arange(0.0, spec.maximum_flight_time + _STEP_S, _STEP_S)
    way, speed = np.zeros((len(_HEIGHTS), len(times))), np.zeros((len(_HEIGHTS), len(times)))
    flow = spec.propellant_mass / spec.burn_time
    thrust = flow * spec.specific_impulse * STANDARD_GRAVITY
    area = 0.25 * math.pi * spec.diameter**2
    drag = np.array([0.5 * float(density_at(h)) * spec.drag_coefficient * area for h in _HEIGHTS])

    def rate(t: float, v: Vector) -> Vector:
        burning = t < spec.burn_time
        mass = spec.launch_mass - flow * min(t, spec.burn_time)
        return np.asarray(((thrust if burning else 0.0) - drag * v * v) / mass)

    speed[:, 0] = launch_speed(spec)
    for k in range(1, len(times)):
        v = speed[:, k - 1]
        middle = v + 0.5 * _STEP_S * rate(times[k - 1], v)
        speed[:, k] = v + _STEP_S * rate(times[k - 1] + 0.5 * _STEP_S, middle)
        way[:, k] = way[:, k - 1] + _STEP_S * middle
    slow = (speed < spec.minimum_speed) & (times > spec.burn_time)
    speed[np.logical_or.accumulate(slow, axis=1)] = np.nan
    way = np.minimum(way, spec.maximum_range * (1.0 + 1e-9))
    speed[way > spec.maximum_range] = np.nan
    return FlyOut(heights=_HEIGHTS, times=times, way=way, speed=speed)
