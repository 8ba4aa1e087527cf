"""Staged rockets as point masses: what a stage is, the powered ascent and the unpowered flight after it.

3-DoF over the rotating WGS-84 Earth with J2 and the 1976 standard atmosphere. The rocket rises along the local
vertical, is then pitched over by a constant offset of the thrust from the velocity (as in the open models of the Wright
lineage), and from there on flies a gravity turn: thrust along the velocity relative to the air, at zero angle of
attack, to burnout or cut-off.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from cupola.core.earth import ROTATION_RATE, STANDARD_GRAVITY, Vector, geodetic_to_ecef, local_basis
from cupola.core.integrate import (
    AREA,
    COAST,
    END,
    EXIT,
    FLOW,
    FULL,
    GROUNDED,
    KICK,
    MASS,
    RISE,
    SEGMENT_COLUMNS,
    START,
    STEER,
    THRUST,
    TURN,
    free_flight,
    powered_flight,
)
from cupola.core.spec import Area, Length, Mass, Spec, Time
from cupola.core.trajectory import Phase, Trajectory

ASCENT_STEP = 0.5  # s
COAST_STEP = 25.0  # s
FINE_STEP = 0.3  # share of a scale height per step in the dense air
LONGEST_FLIGHT = 43_200.0  # s: what is still up by then is in orbit


class StageSpec(Spec):
    """One rocket stage; vacuum thrust follows as propellant mass x specific impulse x g0 / burn time."""

    propellant_mass: Mass = Field(gt=0.0, description="Propellant burnt")
    inert_mass: Mass = Field(description="Structure dropped at separation")
    specific_impulse: Time = Field(gt=0.0, description="Specific impulse in vacuum")
    burn_time: Time = Field(gt=0.0, description="Ignition to burnout")
    exit_area: Area = Field(description="Nozzle exit area, for thrust lost to ambient pressure")
    diameter: Length = Field(gt=0.0, description="Reference diameter for drag while this stage flies")
    coast_after: Time = Field(default="0 s", description="Unpowered time between burnout and the next ignition")


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """A rocket as arrays, one element per stage (m,): newtons, kg/s, kg, s, m2. ``drag`` (k, 2) holds Mach number and
    Cd.
    """

    thrust: Vector
    mass_flow: Vector
    propellant: Vector
    inert: Vector
    burn_s: Vector
    coast_after_s: Vector
    exit_area: Vector
    reference_area: Vector
    drag: Vector
    payload: float
    shroud: float
    shroud_s: float

    @property
    def burnout_s(self) -> float:
        """Time from the first ignition to the burnout of the last stage, coasts included."""
        return float(self.burn_s.sum() + self.coast_after_s[:-1].sum())

    @property
    def stage_starts_s(self) -> Vector:
        """Ignition times (m,) from lift-off."""
        return np.concatenate([[0.0], np.cumsum(self.burn_s + self.coast_after_s)[:-1]])

    @property
    def launch_mass(self) -> float:
        """Mass at lift-off in kg."""
        return float(self.propellant.sum() + self.inert.sum() + self.payload + self.shroud)

    @property
    def ideal_speed(self) -> float:
        """Sum over the stages of Isp g0 ln(mass ratio), without losses, in m/s, the shroud left out."""
        total, mass = 0.0, self.payload
        for i in range(len(self.thrust) - 1, -1, -1):
            empty = mass + self.inert[i]
            mass = empty + self.propellant[i]
            total += self.thrust[i] / self.mass_flow[i] * math.log(mass / empty)
        return float(total)


def vehicle_of(
    stages: Sequence[StageSpec],
    payload_mass: float,
    drag: Sequence[tuple[float, float]],
    shroud_mass: float = 0.0,
    shroud_time: float = 0.0,
) -> Vehicle:
    """Return the arrays of a staged rocket.

    ``payload_mass`` kg is everything above the last stage; ``drag`` lists (Mach, Cd) rows, one row for a constant. The
    shroud of ``shroud_mass`` kg is dropped ``shroud_time`` s after lift-off. Raises ``ValueError`` where the rocket
    cannot lift off or the Mach numbers do not rise.
    """
    table = np.array(drag, dtype=np.float64).reshape(-1, 2)
    if len(table) == 0 or np.any(np.diff(table[:, 0]) <= 0.0):
        raise ValueError(
            f"drag: got Mach numbers {table[:, 0].tolist()}, accepted are one or more rows in rising order"
        )
    propellant = np.array([stage.propellant_mass for stage in stages])
    burn = np.array([stage.burn_time for stage in stages])
    flow = propellant / burn
    vehicle = Vehicle(
        thrust=flow * STANDARD_GRAVITY * np.array([stage.specific_impulse for stage in stages]),
        mass_flow=flow,
        propellant=propellant,
        inert=np.array([stage.inert_mass for stage in stages]),
        burn_s=burn,
        coast_after_s=np.array([stage.coast_after for stage in stages]),
        exit_area=np.array([stage.exit_area for stage in stages]),
        reference_area=np.array([0.25 * math.pi * stage.diameter**2 for stage in stages]),
        drag=table,
        payload=payload_mass,
        shroud=shroud_mass,
        shroud_s=shroud_time,
    )
    lift = (vehicle.thrust[0] - 101_325.0 * vehicle.exit_area[0]) / (vehicle.launch_mass * STANDARD_GRAVITY)
    if lift <= 1.0:
        raise ValueError(
            f"stages.0: sea-level thrust over weight is {lift:.2f}, accepted is above 1; "
            "hint: shorten the burn time, raise the specific impulse or take off mass"
        )
    return vehicle


def ascend(
    vehicle: Vehicle,
    latitude: float,
    longitude: float,
    altitude: float,
    azimuth: float,
    kick_angle: float,
    vertical_rise_s: float,
    pitch_over_s: float,
    cutoff_s: float = math.inf,
    dt: float = ASCENT_STEP,
    rotation_rate: float = ROTATION_RATE,
) -> Trajectory:
    """Return the powered flight from lift-off at t = 0 to the last burnout or to ``cutoff_s``, in inertial axes.

    Position in rad and m above the ellipsoid; ``azimuth`` rad clockwise from north; ``kick_angle`` rad between thrust
    and velocity during the ``pitch_over_s`` after ``vertical_rise_s``. Phases are ``boost-1``, ``coast-1``, ``boost-2``
    and so on. A rocket that falls back to the height of its launch site ends there. Error below 10 m against exact
    integration.
    """
    segments = segments_of(vehicle, vertical_rise_s, pitch_over_s, cutoff_s)
    if not len(segments):
        raise ValueError(f"cutoff_s: got {cutoff_s} s, accepted is a time after lift-off")
    start, aim = launch_state(latitude, longitude, altitude, azimuth, kick_angle, rotation_rate)
    nodes = np.empty((int(segments[-1, END] / dt) + 4 * len(segments) + 8, 10))
    count, _ = powered_flight(start, segments, aim, vehicle.drag, rotation_rate, dt, altitude - 10.0, nodes)
    flight = trajectory_of(nodes[:count])
    phases = tuple(p for p in _boost_phases(vehicle, cutoff_s) if p.start_s < flight.end_s)
    last = Phase(name=phases[-1].name, start_s=phases[-1].start_s, end_s=flight.end_s)
    return Trajectory(t=flight.t, r=flight.r, v=flight.v, a=flight.a, phases=(*phases[:-1], last))


def coast(
    r: Vector,
    v: Vector,
    t0: float,
    ballistic_coefficient: float,
    until: Literal["ground"] | float = "ground",
    *,
    floor: float = 0.0,
    step: float = COAST_STEP,
    fine: float = FINE_STEP,
    rotation_rate: float = ROTATION_RATE,
    phase: str = "coast",
) -> Trajectory:
    """Return unpowered flight from inertial ``r``, ``v`` (3,) at ``t0`` s under gravity, J2 and drag.

    ``ballistic_coefficient`` is m / (Cd A) in kg/m2; ``math.inf`` leaves the air out. ``until`` is a duration in s, or
    ``"ground"`` for the descent through ``floor`` m above the ellipsoid (a duration ends there too if that comes
    first). Raises ``ValueError`` when ``"ground"`` is asked of a body that is still up after 12 hours. Error below 10
    m.
    """
    inverse_beta = 0.0 if math.isinf(ballistic_coefficient) else 1.0 / ballistic_coefficient
    end = t0 + (LONGEST_FLIGHT if until == "ground" else float(until))
    state = np.concatenate([r, v]).astype(np.float64)
    size = 2048
    while True:
        nodes = np.empty((size, 10))
        count, why = free_flight(state, t0, end, floor, inverse_beta, rotation_rate, step, fine, nodes)
        if why != FULL:
            break
        size *= 4
    if until == "ground" and why != GROUNDED:
        raise ValueError("the body does not come down within 12 hours: it is in orbit or escaping")
    nodes = nodes[:count]
    return trajectory_of(nodes, (Phase(name=phase, start_s=t0, end_s=float(nodes[-1, 0])),))


def launch_state(
    latitude: float, longitude: float, altitude: float, azimuth: float, kick_angle: float, rotation_rate: float
) -> tuple[Vector, Vector]:
    """Return the inertial state (6,) of a rocket standing on its pad and the steering vector (8,) of the kernels."""
    r = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    east, north, up = local_basis(latitude, longitude)
    heading = math.sin(azimuth) * east + math.cos(azimuth) * north
    start = np.array([*r, -rotation_rate * r[1], rotation_rate * r[0], 0.0])
    return start, np.array([*up, *heading, math.cos(kick_angle), math.sin(kick_angle)])


def segments_of(vehicle: Vehicle, vertical_rise_s: float, pitch_over_s: float, cutoff_s: float) -> Vector:
    """Return the kernel's segment rows (m, 8): cut wherever thrust, mass, steering or reference area changes."""
    end = min(cutoff_s, vehicle.burnout_s)
    pitch_end = vertical_rise_s + pitch_over_s
    rows = []
    mass = vehicle.launch_mass
    for i, start in enumerate(vehicle.stage_starts_s):
        burnout = float(start + vehicle.burn_s[i])
        stage_end = burnout + float(vehicle.coast_after_s[i])
        cuts = {float(start), burnout, stage_end, vertical_rise_s, pitch_end, vehicle.shroud_s, end}
        times = sorted(t for t in cuts if start <= t <= min(stage_end, end))
        for t0, t1 in itertools.pairwise(times):
            burning = t0 < burnout
            row = np.empty(SEGMENT_COLUMNS)
            row[START], row[END] = t0, t1
            row[STEER] = COAST if not burning else RISE if t0 < vertical_rise_s else KICK if t0 < pitch_end else TURN
            row[THRUST] = vehicle.thrust[i] if burning else 0.0
            row[FLOW] = vehicle.mass_flow[i] if burning else 0.0
            burnt = vehicle.mass_flow[i] * min(t0 - start, vehicle.burn_s[i])
            dropped = vehicle.shroud if t0 >= vehicle.shroud_s else 0.0
            row[MASS] = mass - burnt - dropped
            row[EXIT], row[AREA] = vehicle.exit_area[i], vehicle.reference_area[i]
            rows.append(row)
        mass -= float(vehicle.propellant[i] + vehicle.inert[i])
    return np.array(rows).reshape(-1, SEGMENT_COLUMNS)


def _boost_phases(vehicle: Vehicle, cutoff_s: float) -> list[Phase]:
    end = min(cutoff_s, vehicle.burnout_s)
    phases = []
    for i, start in enumerate(vehicle.stage_starts_s):
        burnout = float(start + vehicle.burn_s[i])
        resume = burnout + float(vehicle.coast_after_s[i])
        if start < end:
            phases.append(Phase(name=f"boost-{i + 1}", start_s=float(start), end_s=min(burnout, end)))
        if burnout < min(resume, end):
            phases.append(Phase(name=f"coast-{i + 1}", start_s=burnout, end_s=min(resume, end)))
    return phases


def trajectory_of(nodes: Vector, phases: tuple[Phase, ...] = ()) -> Trajectory:
    """Return the trajectory that a kernel's node rows (n, 10) hold."""
    columns = [np.ascontiguousarray(part) for part in (nodes[:, 0], nodes[:, 1:4], nodes[:, 4:7], nodes[:, 7:10])]
    return Trajectory(t=columns[0], r=columns[1], v=columns[2], a=columns[3], phases=phases)
