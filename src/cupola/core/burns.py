"""Burns in space: one engine of constant thrust, pushing along, against or across the motion, as a trajectory.

For what core/rocket cannot steer: injection into orbit, orbit changes, retro burns. Finite thrust, mass flow, central
gravity, J2 and the thin air of low orbits; the fourth-order kernel of core/integrate, every step a node.
"""

import math
from typing import Literal

import numpy as np
from pydantic import Field

from cupola.core.atmosphere import air, height
from cupola.core.earth import ROTATION_RATE, STANDARD_GRAVITY, Vector, gravity
from cupola.core.kernel import kernel
from cupola.core.rocket import trajectory_of
from cupola.core.runge_kutta import advance, first_half, second_half, whole, write_node
from cupola.core.spec import Mass, Spec, Time
from cupola.core.trajectory import Phase, Trajectory

# How an engine points: along the inertial velocity, against it, or level, in the plane of the motion and forward.
ALONG, AGAINST, LEVEL = 0, 1, 2
_STEER = {"along": ALONG, "against": AGAINST, "level": LEVEL}

# Columns of a burn.
START, STEER, THRUST, FLOW, MASS, DRAG_AREA = range(6)

BURN_STEP = 1.0  # s


class SpaceStageSpec(Spec):
    """A stage that burns only in space; thrust follows as propellant mass x specific impulse x g0 / burn time."""

    propellant_mass: Mass = Field(gt=0.0, description="Propellant carried")
    inert_mass: Mass = Field(description="Structure dropped after its burn")
    specific_impulse: Time = Field(gt=0.0, description="Specific impulse in vacuum")
    burn_time: Time = Field(gt=0.0, description="Duration of a burn of all its propellant")

    @property
    def thrust(self) -> float:
        """Thrust in N."""
        return float(self.flow * self.specific_impulse * STANDARD_GRAVITY)

    @property
    def flow(self) -> float:
        """Mass flow in kg/s."""
        return float(self.propellant_mass / self.burn_time)

    @property
    def wet_mass(self) -> float:
        """Mass in kg before its burn."""
        return float(self.propellant_mass + self.inert_mass)

    def ideal_speed(self, payload: float) -> float:
        """Return the speed in m/s that all the propellant gives to ``payload`` kg above the stage."""
        empty = payload + self.inert_mass
        return float(self.specific_impulse * STANDARD_GRAVITY * math.log1p(self.propellant_mass / empty))

    def time_to_gain(self, speed: float, payload: float) -> float:
        """Return the duration in s of the burn that gives ``speed`` m/s to ``payload`` kg, longer than ``burn_time``
        where the propellant is too little for it.
        """
        start = payload + self.wet_mass
        return start * -math.expm1(-speed / (self.specific_impulse * STANDARD_GRAVITY)) / self.flow


@kernel
def burn_acceleration(time: float, state: Vector, burn: Vector, spin: float, out: Vector) -> None:
    """Write the acceleration (3,) in m/s2 at ``state`` (6,) during ``burn`` (6,) into ``out``."""
    x, y, z = state[0], state[1], state[2]
    vx, vy, vz = state[3], state[4], state[5]
    out[0], out[1], out[2] = gravity(x, y, z)
    mass = burn[MASS] - burn[FLOW] * (time - burn[START])
    if burn[DRAG_AREA] > 0.0:
        density, _, _ = air(height(x, y, z))
        ux, uy, uz = vx + spin * y, vy - spin * x, vz
        retard = 0.5 * density * math.sqrt(ux * ux + uy * uy + uz * uz) * burn[DRAG_AREA] / mass
        out[0] -= retard * ux
        out[1] -= retard * uy
        out[2] -= retard * uz
    if burn[STEER] == LEVEL:
        climb = (x * vx + y * vy + z * vz) / (x * x + y * y + z * z)
        vx, vy, vz = vx - climb * x, vy - climb * y, vz - climb * z
    push = burn[THRUST] / (mass * math.sqrt(vx * vx + vy * vy + vz * vz))
    if burn[STEER] == AGAINST:
        push = -push
    out[0] += push * vx
    out[1] += push * vy
    out[2] += push * vz


@kernel
def burn_flight(start: Vector, burn: Vector, duration: float, spin: float, steps: int, nodes: Vector) -> None:
    """Fly a burn from ``start`` (6,) for ``duration`` s, writing ``steps`` + 1 rows to ``nodes`` (n, 10)."""
    state, trial = start.copy(), np.empty(6)
    rates = np.empty((4, 3))
    h = duration / steps
    for i in range(steps + 1):
        time = burn[START] + i * h
        burn_acceleration(time, state, burn, spin, rates[0])
        write_node(nodes, i, time, state, rates[0])
        if i == steps:
            break
        first_half(state, rates, 0, 0.5 * h, trial)
        burn_acceleration(time + 0.5 * h, trial, burn, spin, rates[1])
        second_half(state, rates, h, trial)
        burn_acceleration(time + 0.5 * h, trial, burn, spin, rates[2])
        whole(state, rates, h, trial)
        burn_acceleration(time + h, trial, burn, spin, rates[3])
        advance(state, rates, h, state)


def burn_of(
    stage: SpaceStageSpec, payload: float, start_s: float, steer: Literal["along", "against", "level"], drag_area: float
) -> Vector:
    """Return the kernel's row (6,) of a burn that begins at ``start_s`` with all the stage's propellant on board."""
    return np.array([start_s, _STEER[steer], stage.thrust, stage.flow, payload + stage.wet_mass, drag_area])


def fly_burn(
    r: Vector,
    v: Vector,
    t0: float,
    stage: SpaceStageSpec,
    *,
    payload: float,
    steer: Literal["along", "against", "level"],
    duration: float,
    ballistic_coefficient: float = math.inf,
    rotation_rate: float = ROTATION_RATE,
    phase: str = "burn",
) -> Trajectory:
    """Return the flight of ``stage`` with ``payload`` kg above it, burning for ``duration`` s from inertial ``r``,
    ``v`` (3,) at ``t0`` s.

    ``ballistic_coefficient`` in kg/m2 is that of the whole at ignition. Raises ``ValueError`` for a burn longer than
    the propellant lasts. Error below 1 m against exact integration.
    """
    if not 0.0 < duration <= stage.burn_time * (1.0 + 1e-12):
        raise ValueError(f"duration: got {duration} s, accepted is above 0 and at most {stage.burn_time} s of burn")
    drag_area = 0.0 if math.isinf(ballistic_coefficient) else (payload + stage.wet_mass) / ballistic_coefficient
    burn = burn_of(stage, payload, t0, steer, drag_area)
    steps = max(math.ceil(duration / BURN_STEP), 1)
    nodes = np.empty((steps + 1, 10))
    start = np.concatenate([r, v]).astype(np.float64)
    burn_flight(start, burn, duration, rotation_rate, steps, nodes)
    return trajectory_of(nodes, (Phase(name=phase, start_s=t0, end_s=float(nodes[-1, 0])),))
