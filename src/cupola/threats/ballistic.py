"""Ballistic missiles: one call flies a staged missile from a launch point to an aim point.

Thrust is ended when the missile has the speed it needs. Liquids shut down; of solids we assume thrust-termination
ports, as the large land-based solids of the cold war had. A solid without them must burn to the end and waste the
surplus in an out-of-plane or weaving boost: it then burns for ``full_burn_s - burnout_s`` longer than modelled here,
which a boost-phase defender would welcome; ask for a lofted or depressed apogee to study it.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.atmosphere import height
from cupola.core.earth import (
    MEAN_RADIUS,
    Vector,
    central_angle,
    ecef_to_geodetic,
    eci_to_ecef,
    geodetic_to_ecef,
)
from cupola.core.rocket import Vehicle, ascend, coast, vehicle_of
from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.shooting import InfeasibleFlight, Shooter
from cupola.threats.spec import BallisticSpec, DecoySpec
from cupola.threats.steering import steer

__all__ = ["BallisticFlight", "InfeasibleFlight", "fly_ballistic", "release", "vehicle_for"]

REENTRY_ALTITUDE = 100e3  # m, where the re-entry phase begins on the way down
VEHICLE_SPACING = 2.0  # m/s between re-entry vehicles of one missile, along the direction that keeps the aim point
STRIPPED_ALTITUDE = 60e3  # m, where the air has long parted light decoys from warheads
LIGHT = 500.0  # kg/m2: bodies of a smaller ballistic coefficient are light


@dataclass(frozen=True, kw_only=True)
class BallisticFlight:
    """One solved flight. Times in s from lift-off, lengths in m, angles in rad; trajectories are inertial with the
    Earth's axes at lift-off, so that ``Trajectory.launched_at`` places them in a scenario.
    """

    spec: BallisticSpec
    launch: tuple[float, float, float]
    aim: tuple[float, float]
    booster: Trajectory
    """Lift-off to the release of the payload; phases ``boost-1`` ..., ``coast-1`` ... between stages, ``bus``."""
    reentry_vehicles: tuple[Trajectory, ...]
    """Release to the ground; phases ``midcourse`` and, below 100 km on the way down, ``re-entry``."""
    azimuth: float
    kick: float
    burnout_s: float
    """When thrust ends on this flight."""
    cutoff_s: float
    """When thrust is ended by command: equals ``burnout_s``, and is infinite where the propellant is spent to the last.
    """
    full_burn_s: float
    """When thrust would end with all propellant spent."""
    burnout_altitude_m: float
    burnout_speed_m_s: float
    """Inertial speed at burnout."""
    apogee_m: float
    range_m: float
    """Great circle from launch to impact on the mean sphere."""
    impact: tuple[float, float]
    miss_m: float
    """Distance of the farthest impact from the aim point."""
    flight_time_s: float


def vehicle_for(spec: BallisticSpec, extra_payload_kg: float = 0.0) -> Vehicle:
    """Return the rocket of a threat with all its re-entry vehicles and ``extra_payload_kg`` (decoys) on board."""
    payload = spec.bus_mass + spec.reentry_vehicles * spec.reentry_vehicle.mass + extra_payload_kg
    drag = [(row.mach, row.drag_coefficient) for row in spec.drag]
    return vehicle_of(spec.stages, payload, drag, spec.shroud_mass, spec.shroud_time)


def fly_ballistic(
    spec: BallisticSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    extra_payload_kg: float = 0.0,
) -> BallisticFlight:
    """Fly a missile from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude, longitude in
    rad).

    ``apogee_m`` lofts or depresses the flight; None reaches the aim with the least energy at burnout. The first
    re-entry vehicle lands within a few metres of the aim, all of them within 1 km. Raises :class:`InfeasibleFlight`
    where the missile cannot.
    """
    vehicle = vehicle_for(spec, extra_payload_kg)
    beta = spec.reentry_vehicle.ballistic_coefficient
    rise, pitch = spec.vertical_rise_time, spec.pitch_over_time
    if central_angle(launch[0], launch[1], *aim) < 1e-4:
        raise InfeasibleFlight("range: the aim point is the launch point; hint: give an aim point at least 1 km away")
    steering = steer(Shooter(vehicle, rise, pitch, beta, launch, aim), apogee_m)
    boost = ascend(vehicle, *launch, steering.azimuth, steering.kick, rise, pitch, steering.cutoff_s)
    burnout = boost.end_s
    bus = coast(boost.r[-1], boost.v[-1], burnout, beta, spec.deployment_delay, phase="bus")
    if _altitude(bus.r[-1]) < 1.0:
        raise InfeasibleFlight(
            f"deployment_delay: got {spec.deployment_delay:.0f} s, but the flight ends before that; "
            "hint: shorten the delay"
        )
    booster = _joined(boost, bus)
    bodies = _vehicles(spec, bus, aim)
    impacts = [_impact(body) for body in bodies]
    return BallisticFlight(
        spec=spec,
        launch=launch,
        aim=aim,
        booster=booster,
        reentry_vehicles=bodies,
        azimuth=steering.azimuth,
        kick=steering.kick,
        burnout_s=burnout,
        cutoff_s=steering.cutoff_s if steering.cutoff_s < vehicle.burnout_s else math.inf,
        full_burn_s=vehicle.burnout_s,
        burnout_altitude_m=_altitude(boost.r[-1]),
        burnout_speed_m_s=float(np.linalg.norm(boost.v[-1])),
        apogee_m=max(_apogee(booster), _apogee(bodies[0])),
        range_m=MEAN_RADIUS * central_angle(launch[0], launch[1], *impacts[0]),
        impact=impacts[0],
        miss_m=max(_distance(impact, aim) for impact in impacts),
        flight_time_s=bodies[0].end_s,
    )


def release(flight: BallisticFlight, decoy: DecoySpec, direction: Vector) -> Trajectory:
    """Return the flight of a decoy pushed off the bus at deployment along the inertial unit vector ``direction`` (3,).

    Heavy decoys fly to the ground; light ones (below 500 kg/m2) end at 60 km, far behind the warheads. Phases as for
    vehicles.
    """
    r, v = flight.booster.r[-1], flight.booster.v[-1]
    pushed = v + decoy.separation_speed * direction
    floor = STRIPPED_ALTITUDE if decoy.ballistic_coefficient < LIGHT else 0.0
    floor = min(floor, 0.5 * _altitude(r))
    return _phased(coast(r, pushed, flight.booster.end_s, decoy.ballistic_coefficient, floor=floor))


def _vehicles(spec: BallisticSpec, bus: Trajectory, aim: tuple[float, float]) -> tuple[Trajectory, ...]:
    """Release the vehicles one behind the other, apart by speeds along the direction that keeps the impact."""
    r, v, t = bus.r[-1], bus.v[-1], bus.end_s
    beta = spec.reentry_vehicle.ballistic_coefficient
    first = _phased(coast(r, v, t, beta))
    if spec.reentry_vehicles == 1:
        return (first,)
    moved = np.empty((3, 3))
    origin = _impact_point(first)
    for i in range(3):
        moved[:, i] = (_impact_point(coast(r, v + 10.0 * np.eye(3)[i], t, beta)) - origin) / 10.0
    # Impacts move in the plane of the ground: the third singular direction moves none.
    null = np.linalg.svd(moved)[2][2]
    null = null if null @ v < 0.0 else -null
    others = [_phased(coast(r, v + VEHICLE_SPACING * i * null, t, beta)) for i in range(1, spec.reentry_vehicles)]
    return (first, *others)


def _joined(boost: Trajectory, bus: Trajectory) -> Trajectory:
    return Trajectory(
        t=np.concatenate([boost.t, bus.t]),
        r=np.concatenate([boost.r, bus.r]),
        v=np.concatenate([boost.v, bus.v]),
        a=np.concatenate([boost.a, bus.a]),
        phases=(*boost.phases, *bus.phases),
    )


def _phased(body: Trajectory) -> Trajectory:
    """Name the phases of a released body: re-entry begins at the last descent through 100 km."""
    altitudes = np.array([_altitude(r) for r in body.r])
    high = np.flatnonzero(altitudes > REENTRY_ALTITUDE)
    start, end = body.start_s, body.end_s
    if not len(high):
        phases: tuple[Phase, ...] = (Phase(name="re-entry", start_s=start, end_s=end),)
    else:
        low, top = float(body.t[high[-1]]), float(body.t[min(high[-1] + 1, len(altitudes) - 1)])
        while top - low > 1e-3:
            middle = 0.5 * (low + top)
            low, top = (middle, top) if _altitude(body.state(middle)[0]) > REENTRY_ALTITUDE else (low, middle)
        phases = (Phase(name="midcourse", start_s=start, end_s=top), Phase(name="re-entry", start_s=top, end_s=end))
    return Trajectory(t=body.t, r=body.r, v=body.v, a=body.a, phases=phases)


def _altitude(r: Vector) -> float:
    return float(height(float(r[0]), float(r[1]), float(r[2])))


def _apogee(flight: Trajectory) -> float:
    """Return the greatest altitude in m: the best node, then golden section between its neighbours."""
    i = int(np.argmax([_altitude(r) for r in flight.r]))
    low, high = float(flight.t[max(i - 1, 0)]), float(flight.t[min(i + 1, len(flight.t) - 1)])
    while high - low > 0.05:
        a, b = low + (high - low) / 3.0, high - (high - low) / 3.0
        low, high = (a, high) if _altitude(flight.state(a)[0]) < _altitude(flight.state(b)[0]) else (low, b)
    return _altitude(flight.state(0.5 * (low + high))[0])


def _impact_point(body: Trajectory) -> Vector:
    return eci_to_ecef(body.r[-1], body.end_s)


def _impact(body: Trajectory) -> tuple[float, float]:
    latitude, longitude, _ = ecef_to_geodetic(*_impact_point(body))
    return latitude, longitude


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.dist(geodetic_to_ecef(*one, 0.0), geodetic_to_ecef(*other, 0.0))
