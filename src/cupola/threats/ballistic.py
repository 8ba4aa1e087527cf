"""Ballistic missiles: one call flies a staged missile from a launch point to an aim point.

Thrust is ended when the missile has the speed it needs. Liquids shut down; of solids we assume thrust-termination
ports, as the large land-based solids of the cold war had. A solid without them must burn to the end and waste the
surplus in an out-of-plane or weaving boost: it then burns until ``full_burn_s`` instead of ``burnout.time_s``, which a
boost-phase defender would welcome; ask for a lofted or depressed apogee to study it.
"""

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from cupola.core.earth import central_angle
from cupola.core.rocket import Vehicle, ascend, coast, vehicle_of
from cupola.threats.bus import vehicles
from cupola.threats.flight import Flight, InfeasibleFlight, altitude_of, flight_of, joined
from cupola.threats.lofting import coast_stretch, is_lofted
from cupola.threats.reentry_heat import ascent_skin
from cupola.threats.shooting import Shooter, Steering
from cupola.threats.spec import BallisticSpec
from cupola.threats.steering import steer

SHORTER = (1.0, 0.75, 0.5, 0.25)  # shares of the longest wait that are tried


def vehicle_for(spec: BallisticSpec, extra_payload_kg: float = 0.0, added_coast_s: float = 0.0) -> Vehicle:
    """Return the rocket of a threat with all its re-entry vehicles and ``extra_payload_kg`` (decoys) on board.

    It waits ``added_coast_s`` longer than its spec says between one stage and the next.
    """
    payload = spec.bus_mass + spec.reentry_vehicles * spec.reentry_vehicle.mass + extra_payload_kg
    drag = [(row.mach, row.drag_coefficient) for row in spec.drag]
    vehicle = vehicle_of(spec.stages, payload, drag, spec.shroud_mass, spec.shroud_time)
    return replace(vehicle, coast_after_s=vehicle.coast_after_s + added_coast_s) if added_coast_s else vehicle


def fly_ballistic(
    spec: BallisticSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    extra_payload_kg: float = 0.0,
    further_aims: Sequence[tuple[float, float]] = (),
) -> Flight:
    """Fly a missile from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude, longitude in
    rad).

    ``apogee_m`` lofts or depresses the flight; None reaches the aim with the least energy at burnout. The first
    re-entry vehicle lands within a few metres of the aim, all of them within 1 km; ``further_aims`` are those of the
    second and later vehicles. Raises :class:`InfeasibleFlight`
    where the missile cannot.
    """
    if central_angle(launch[0], launch[1], *aim) < 1e-4:
        raise InfeasibleFlight("range: the aim point is the launch point; hint: give an aim point at least 1 km away")
    beta = spec.reentry_vehicle.ballistic_coefficient
    rise, pitch = spec.vertical_rise_time, spec.pitch_over_time

    def shooter_at(stretch: float) -> Shooter:
        vehicle = vehicle_for(spec, extra_payload_kg, stretch * spec.lofted_coast)
        return Shooter(vehicle, rise, pitch, beta, launch, aim)

    shooter, steering = _steered(spec, shooter_at, apogee_m)
    vehicle = shooter.vehicle
    boost = ascend(vehicle, *launch, steering.azimuth, steering.kick, rise, pitch, steering.cutoff_s)
    burnout = boost.end_s
    bus = coast(boost.r[-1], boost.v[-1], burnout, beta, spec.deployment_delay, phase="bus")
    if altitude_of(bus.r[-1]) < 1.0:
        raise InfeasibleFlight(
            f"deployment_delay: got {spec.deployment_delay:.0f} s, but the flight ends before that; "
            "hint: shorten the delay"
        )
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
        payloads=vehicles(spec, bus, aim, further_aims),
        burnout_s=burnout,
        full_burn_s=vehicle.burnout_s,
        cutoff_s=steering.cutoff_s if steering.cutoff_s < vehicle.burnout_s else math.inf,
        azimuth=steering.azimuth,
        kick=steering.kick,
    )


def _steered(
    spec: BallisticSpec, shooter_at: Callable[[float], Shooter], apogee_m: float | None
) -> tuple[Shooter, Steering]:
    """Return the missile with the coasts that its flight has, and the steering that hits.

    The wait on a lofted flight is found along the great circle; where the azimuth that the turning Earth asks for needs
    more energy than that leaves, it is shortened.
    """
    shooter = shooter_at(0.0)
    if apogee_m is None or not spec.lofted_coast * spec.lofted_coast_share or not is_lofted(shooter.angle, apogee_m):
        return shooter, steer(shooter, apogee_m)
    longest = coast_stretch(shooter_at, apogee_m, spec.lofted_coast_share)
    for share in SHORTER if longest > 0.0 else ():
        waiting = shooter_at(share * longest)
        with contextlib.suppress(InfeasibleFlight):
            return waiting, steer(waiting, apogee_m, explain=False)
    return shooter, steer(shooter, apogee_m)
