"""What every kind of threat gives when it has been flown: one record, made of dense trajectories."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from cupola.core.atmosphere import height
from cupola.core.earth import (
    MEAN_RADIUS,
    Vector,
    central_angle,
    ecef_to_geodetic,
    eci_to_ecef,
    geodetic_to_ecef,
    surface_velocity,
)
from cupola.core.kernel import kernel
from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.spec import BodySignature, PlumeSignature

REENTRY_ALTITUDE = 100e3  # m, where the re-entry phase begins on the way down

Propellant = Literal["solid", "liquid"]


class InfeasibleFlight(ValueError):
    """The threat cannot fly from the launch point to the aim point as asked; the message says what it could do."""


@dataclass(frozen=True, kw_only=True)
class Burnout:
    """The state when the rocket's thrust ends: time s from launch, altitude m, inertial speed m/s, and the angle rad of
    the inertial velocity above the local horizontal.
    """

    time_s: float
    altitude_m: float
    speed_m_s: float
    flight_path_rad: float


@dataclass(frozen=True, kw_only=True)
class Skin:
    """How hot a body's skin is along its flight: ``times_s`` (k,), rising, on the flight's clock, and the grey-body
    temperature ``temperature`` (k,) in K of its radiating area; linear between, held outside.
    """

    times_s: Vector
    temperature: Vector


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What flies on to the target: a re-entry vehicle, a glider, a cruise missile."""

    trajectory: Trajectory
    """Release to the ground, inertial, on the flight's clock; phases by what the body does."""
    body: BodySignature
    aim: tuple[float, float]
    """Where it is meant to land: latitude and longitude."""
    skin: Skin | None = None
    """Where the air heats the body: its temperature instead of ``body.temperature``."""


@dataclass(frozen=True, kw_only=True)
class Flight:
    """One solved flight. Times in s from launch, lengths in m, angles in rad; trajectories are inertial with the
    Earth's axes at launch, so that ``Trajectory.launched_at`` places them in a scenario.
    """

    spec: Any
    """The threat's spec, of whatever kind."""
    propellant: Propellant
    launch: tuple[float, float, float]
    aim: tuple[float, float]
    booster: Trajectory
    """Launch to the release of the payload: phases ``boost-1`` ..., ``coast-1`` ... and what comes before release; of a
    threat that is dropped from an aircraft, the drop.
    """
    booster_body: BodySignature
    plume: PlumeSignature | None
    """None where nothing burns in the warning band."""
    payloads: tuple[Payload, ...]
    burnout: Burnout
    booster_skin: Skin | None = None
    """Where the air heats the booster: its temperature instead of ``booster_body.temperature``."""
    full_burn_s: float
    """When thrust would end with all propellant spent."""
    cutoff_s: float = math.inf
    """When thrust is ended by command; infinite where the propellant is spent to the last."""
    azimuth: float
    """Course at launch, clockwise from north."""
    kick: float = math.nan
    """Angle between thrust and velocity in the pitch-over, where there is one."""
    apogee_m: float
    range_m: float
    """Great circle from launch to impact on the mean sphere."""
    impact: tuple[float, float]
    impact_speed_m_s: float
    """Relative to the ground."""
    miss_m: float
    """The greatest distance of a payload's impact from its aim point."""
    flight_time_s: float

    @property
    def trajectory(self) -> Trajectory:
        """The whole flight from launch to impact of the first payload, in one piece."""
        return joined(self.booster, self.payloads[0].trajectory)


def flight_of(
    *,
    spec: Any,
    propellant: Propellant,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    booster: Trajectory,
    booster_body: BodySignature,
    plume: PlumeSignature | None,
    payloads: tuple[Payload, ...],
    burnout_s: float,
    full_burn_s: float,
    azimuth: float,
    booster_skin: Skin | None = None,
    cutoff_s: float = math.inf,
    kick: float = math.nan,
) -> Flight:
    """Return the record of a flight with all that follows from its trajectories."""
    first = payloads[0].trajectory
    impacts = [impact_of(payload.trajectory) for payload in payloads]
    r, v = first.r[-1], first.v[-1]
    return Flight(
        spec=spec,
        propellant=propellant,
        launch=launch,
        aim=aim,
        booster=booster,
        booster_body=booster_body,
        booster_skin=booster_skin,
        plume=plume,
        payloads=payloads,
        burnout=burnout_at(booster if burnout_s <= booster.end_s else first, burnout_s),
        full_burn_s=full_burn_s,
        cutoff_s=cutoff_s,
        azimuth=azimuth,
        kick=kick,
        apogee_m=max(apogee_of(booster), apogee_of(first)),
        range_m=MEAN_RADIUS * central_angle(launch[0], launch[1], *impacts[0]),
        impact=impacts[0],
        impact_speed_m_s=float(np.linalg.norm(v - surface_velocity(r))),
        miss_m=max(distance(impact, payload.aim) for impact, payload in zip(impacts, payloads, strict=True)),
        flight_time_s=first.end_s,
    )


def burnout_at(flight: Trajectory, time_s: float) -> Burnout:
    """Return the burnout record of a trajectory at the time its thrust ends."""
    r, v = flight.state(time_s)
    speed = float(np.linalg.norm(v))
    climb = float(r @ v) / (float(np.linalg.norm(r)) * max(speed, 1e-9))
    return Burnout(
        time_s=time_s,
        altitude_m=altitude_of(r),
        speed_m_s=speed,
        flight_path_rad=math.asin(min(max(climb, -1.0), 1.0)),
    )


def joined(*parts: Trajectory) -> Trajectory:
    """Return trajectories that follow on each other as one, the node where they meet kept on both sides."""
    return Trajectory(
        t=np.concatenate([part.t for part in parts]),
        r=np.concatenate([part.r for part in parts]),
        v=np.concatenate([part.v for part in parts]),
        a=np.concatenate([part.a for part in parts]),
        phases=tuple(phase for part in parts for phase in part.phases),
    )


def with_reentry(body: Trajectory) -> Trajectory:
    """Name the phases of a released body: ``midcourse``, and ``re-entry`` from the last descent through 100 km."""
    altitudes = altitudes_of(body.r)
    high = np.flatnonzero(altitudes > REENTRY_ALTITUDE)
    start, end = body.start_s, body.end_s
    if not len(high):
        return replace(body, phases=(Phase(name="re-entry", start_s=start, end_s=end),))
    low, top = float(body.t[high[-1]]), float(body.t[min(high[-1] + 1, len(altitudes) - 1)])
    while top - low > 1e-3:
        middle = 0.5 * (low + top)
        low, top = (middle, top) if altitude_of(body.state(middle)[0]) > REENTRY_ALTITUDE else (low, middle)
    phases = (Phase(name="midcourse", start_s=start, end_s=top), Phase(name="re-entry", start_s=top, end_s=end))
    return replace(body, phases=phases)


def altitude_of(r: Vector) -> float:
    """Return the height in m above the ellipsoid of an inertial position (3,) in m."""
    return float(height(float(r[0]), float(r[1]), float(r[2])))


@kernel
def altitudes_of(r: Vector) -> Vector:
    """Return the heights (n,) in m above the ellipsoid of inertial positions (n, 3) in m."""
    out = np.empty(r.shape[0])
    for i in range(r.shape[0]):
        out[i] = height(r[i, 0], r[i, 1], r[i, 2])
    return out


def apogee_of(flight: Trajectory) -> float:
    """Return the greatest altitude in m: the best node, then golden section between its neighbours."""
    i = int(np.argmax(altitudes_of(flight.r)))
    low, high = float(flight.t[max(i - 1, 0)]), float(flight.t[min(i + 1, len(flight.t) - 1)])
    while high - low > 0.05:
        a, b = low + (high - low) / 3.0, high - (high - low) / 3.0
        low, high = (a, high) if altitude_of(flight.state(a)[0]) < altitude_of(flight.state(b)[0]) else (low, b)
    return altitude_of(flight.state(0.5 * (low + high))[0])


def impact_point(body: Trajectory) -> Vector:
    """Return the Earth-fixed position (3,) in m where a trajectory ends."""
    return eci_to_ecef(body.r[-1], body.end_s)


def impact_of(body: Trajectory) -> tuple[float, float]:
    """Return latitude and longitude in rad where a trajectory ends."""
    latitude, longitude, _ = ecef_to_geodetic(*impact_point(body))
    return latitude, longitude


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the straight distance in m between two points (latitude, longitude in rad) on the ellipsoid."""
    return math.dist(geodetic_to_ecef(*one, 0.0), geodetic_to_ecef(*other, 0.0))
