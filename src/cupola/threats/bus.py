"""The post-boost vehicle: it lets go of re-entry vehicles and decoys, and steers between one aim point and the next."""

import math
from collections.abc import Sequence

import numpy as np

from cupola.core.earth import Vector, geodetic_to_ecef, local_basis
from cupola.core.rocket import coast
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import Flight, InfeasibleFlight, Payload, altitude_of, impact_point, joined, with_reentry
from cupola.threats.reentry_heat import reentry_skin
from cupola.threats.spec import BallisticSpec, BodySignature, DecoySpec

Aims = Sequence[tuple[float, float]]

VEHICLE_SPACING = 2.0  # m/s between re-entry vehicles of one missile, along the direction that keeps the aim point
STRIPPED_ALTITUDE = 60e3  # m, where the air has long parted light decoys from warheads
LIGHT = 500.0  # kg/m2: bodies of a smaller ballistic coefficient are light
RELEASES_NOTHING = ("cruise", "fractional-orbital")
PROBE = 10.0  # m/s: far above the integration's noise, well inside the curvature of the impact
HIT = 5.0  # m from an aim point
ROUNDS = 12


def vehicles(spec: BallisticSpec, bus: Trajectory, aim: tuple[float, float], further_aims: Aims) -> tuple[Payload, ...]:
    """Return the re-entry vehicles let go from the end of ``bus``: the first falls where the bus would.

    With no ``further_aims`` (latitude, longitude in rad) they follow each other to the same aim point. With some, the
    bus turns to each in their order before it lets the next vehicle go, and vehicles left over go to the last. Raises
    :class:`InfeasibleFlight` where that takes more velocity than the bus has, or there are more aims than vehicles.
    """
    body = spec.reentry_vehicle.body
    if not further_aims:
        return tuple(_payload(path, body, aim) for path in _in_line(spec, bus))
    if len(further_aims) >= spec.reentry_vehicles:
        raise InfeasibleFlight(
            f"further aims: got {len(further_aims)}, accepted are at most {spec.reentry_vehicles - 1}: the missile "
            f"carries {spec.reentry_vehicles} re-entry vehicles and the first has its aim"
        )
    beta = spec.reentry_vehicle.ballistic_coefficient
    first = with_reentry(coast(bus.r[-1], bus.v[-1], bus.end_s, beta))
    out = [_payload(first, body, aim)]
    ridden: list[Trajectory] = []
    spent = 0.0
    aims = [*further_aims, *[further_aims[-1]] * (spec.reentry_vehicles - 1 - len(further_aims))]
    for target in aims:
        last = ridden[-1] if ridden else bus
        push = _push(spec, last, target)
        spent += float(np.linalg.norm(push))
        if spent > spec.bus_velocity:
            raise InfeasibleFlight(
                f"further aims: the bus needs more than {spent:,.0f} m/s to reach {_degrees(target)}, and has "
                f"{spec.bus_velocity:,.0f} m/s (bus_velocity); hint: take aim points nearer to each other"
            )
        ridden.append(coast(last.r[-1], last.v[-1] + push, last.end_s, beta, spec.release_interval, phase="bus"))
        own = with_reentry(coast(ridden[-1].r[-1], ridden[-1].v[-1], ridden[-1].end_s, beta))
        out.append(_payload(joined(*ridden, own), body, target))
    return tuple(out)


def release(flight: Flight, decoy: DecoySpec, direction: Vector) -> Trajectory:
    """Return the flight of a decoy, tank or fragment pushed off the bus at deployment along the inertial unit vector
    ``direction`` (3,), at its separation speed times the vector's length.

    Heavy bodies fly to the ground; light ones (below 500 kg/m2) end at 60 km, far behind the warheads. Phases as for
    vehicles. Raises :class:`InfeasibleFlight` for threats that never fall as a whole from where they release.
    """
    if flight.spec.kind in RELEASES_NOTHING:
        raise InfeasibleFlight(
            f"decoys: got {decoy.object_class} ({decoy.title}) for a threat of kind {flight.spec.kind!r}, accepted "
            "are none; hint: only what is thrown and falls back releases objects beside its warheads"
        )
    r, v = flight.booster.r[-1], flight.booster.v[-1]
    pushed = v + decoy.separation_speed * direction
    floor = STRIPPED_ALTITUDE if decoy.ballistic_coefficient < LIGHT else 0.0
    floor = min(floor, 0.5 * altitude_of(r))
    return with_reentry(coast(r, pushed, flight.booster.end_s, decoy.ballistic_coefficient, floor=floor))


def _payload(path: Trajectory, body: BodySignature, aim: tuple[float, float]) -> Payload:
    return Payload(trajectory=path, body=body, aim=aim, skin=reentry_skin(path, body))


def _push(spec: BallisticSpec, last: Trajectory, target: tuple[float, float]) -> Vector:
    """Return the least change of velocity (3,) in m/s at the end of ``last`` that brings the next vehicle onto a
    target: Newton's method on the two components of the miss, the shortest step in the three of velocity.
    """
    r, v, t = last.r[-1], last.v[-1], last.end_s
    beta = spec.reentry_vehicle.ballistic_coefficient
    east, north, _ = local_basis(*target)
    plane = np.stack([east, north])
    point = np.array(geodetic_to_ecef(*target, 0.0))

    def miss(push: Vector) -> Vector:
        bus = coast(r, v + push, t, beta, spec.release_interval)
        return np.asarray(plane @ (impact_point(coast(bus.r[-1], bus.v[-1], bus.end_s, beta)) - point))

    push = np.zeros(3)
    size = math.inf
    for _ in range(ROUNDS):
        try:
            here = miss(push)
            if np.linalg.norm(here) < HIT:
                return push
            if np.linalg.norm(here) > size:
                break
            size = float(np.linalg.norm(here))
            slope = np.stack([(miss(push + PROBE * axis) - here) / PROBE for axis in np.eye(3)], axis=1)
        except ValueError:  # a push that leaves the vehicle in orbit
            break
        push = push - np.linalg.pinv(slope) @ here
    raise InfeasibleFlight(
        f"further aims: no change of the bus's velocity brings a vehicle to {_degrees(target)}; "
        "hint: take aim points nearer to each other"
    )


def _in_line(spec: BallisticSpec, bus: Trajectory) -> tuple[Trajectory, ...]:
    """Release the vehicles one behind the other, apart by speeds along the direction that keeps the impact."""
    r, v, t = bus.r[-1], bus.v[-1], bus.end_s
    beta = spec.reentry_vehicle.ballistic_coefficient
    first = with_reentry(coast(r, v, t, beta))
    if spec.reentry_vehicles == 1:
        return (first,)
    moved = np.empty((3, 3))
    origin = impact_point(first)
    for i in range(3):
        moved[:, i] = (impact_point(coast(r, v + PROBE * np.eye(3)[i], t, beta)) - origin) / PROBE
    # Impacts move in the plane of the ground: the third singular direction moves none.
    null = np.linalg.svd(moved)[2][2]
    null = null if null @ v < 0.0 else -null
    others = [with_reentry(coast(r, v + VEHICLE_SPACING * i * null, t, beta)) for i in range(1, spec.reentry_vehicles)]
    return (first, *others)


def _degrees(point: tuple[float, float]) -> str:
    return f"{math.degrees(point[0]):.2f}, {math.degrees(point[1]):.2f}"
