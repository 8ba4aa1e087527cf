"""Ballistic missiles: one call flies a staged missile from a launch point to an aim point.

Thrust is ended when the missile has the speed it needs. Liquids shut down; of solids we assume thrust-termination
ports, as the large land-based solids of the cold war had. A solid without them must burn to the end and waste the
surplus in an out-of-plane or weaving boost: it then burns for ``full_burn_s - burnout_s`` longer than modelled here,
which a boost-phase defender would welcome; ask for a lofted or depressed apogee to study it.
"""

import math

import numpy as np

from cupola.core.earth import Vector, central_angle
from cupola.core.rocket import Vehicle, ascend, coast, vehicle_of
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import (
    Flight,
    InfeasibleFlight,
    Payload,
    altitude_of,
    flight_of,
    impact_point,
    joined,
    with_reentry,
)
from cupola.threats.reentry_heat import ascent_skin, reentry_skin
from cupola.threats.shooting import Shooter
from cupola.threats.spec import BallisticSpec, DecoySpec
from cupola.threats.steering import steer

VEHICLE_SPACING = 2.0  # m/s between re-entry vehicles of one missile, along the direction that keeps the aim point
STRIPPED_ALTITUDE = 60e3  # m, where the air has long parted light decoys from warheads
LIGHT = 500.0  # kg/m2: bodies of a smaller ballistic coefficient are light


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
) -> Flight:
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
    if altitude_of(bus.r[-1]) < 1.0:
        raise InfeasibleFlight(
            f"deployment_delay: got {spec.deployment_delay:.0f} s, but the flight ends before that; "
            "hint: shorten the delay"
        )
    body = spec.reentry_vehicle.body
    booster = joined(boost, bus)
    return flight_of(
        spec=spec,
        propellant=spec.propellant,
        launch=launch,
        aim=aim,
        booster=booster,
        booster_body=spec.booster,
        booster_skin=ascent_skin(booster, spec.booster),
        plume=spec.plume,
        payloads=tuple(
            Payload(trajectory=path, body=body, skin=reentry_skin(path, body)) for path in _vehicles(spec, bus)
        ),
        burnout_s=burnout,
        full_burn_s=vehicle.burnout_s,
        cutoff_s=steering.cutoff_s if steering.cutoff_s < vehicle.burnout_s else math.inf,
        azimuth=steering.azimuth,
        kick=steering.kick,
    )


def release(flight: Flight, decoy: DecoySpec, direction: Vector) -> Trajectory:
    """Return the flight of a decoy pushed off the bus at deployment along the inertial unit vector ``direction`` (3,).

    Heavy decoys fly to the ground; light ones (below 500 kg/m2) end at 60 km, far behind the warheads. Phases as for
    vehicles.
    """
    r, v = flight.booster.r[-1], flight.booster.v[-1]
    pushed = v + decoy.separation_speed * direction
    floor = STRIPPED_ALTITUDE if decoy.ballistic_coefficient < LIGHT else 0.0
    floor = min(floor, 0.5 * altitude_of(r))
    return with_reentry(coast(r, pushed, flight.booster.end_s, decoy.ballistic_coefficient, floor=floor))


def _vehicles(spec: BallisticSpec, bus: Trajectory) -> tuple[Trajectory, ...]:
    """Release the vehicles one behind the other, apart by speeds along the direction that keeps the impact."""
    r, v, t = bus.r[-1], bus.v[-1], bus.end_s
    beta = spec.reentry_vehicle.ballistic_coefficient
    first = with_reentry(coast(r, v, t, beta))
    if spec.reentry_vehicles == 1:
        return (first,)
    moved = np.empty((3, 3))
    origin = impact_point(first)
    for i in range(3):
        moved[:, i] = (impact_point(coast(r, v + 10.0 * np.eye(3)[i], t, beta)) - origin) / 10.0
    # Impacts move in the plane of the ground: the third singular direction moves none.
    null = np.linalg.svd(moved)[2][2]
    null = null if null @ v < 0.0 else -null
    others = [with_reentry(coast(r, v + VEHICLE_SPACING * i * null, t, beta)) for i in range(1, spec.reentry_vehicles)]
    return (first, *others)
