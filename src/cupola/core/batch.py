"""Many flights at once, at the speed of vector code: unpowered bodies of any kind, and launches of one vehicle.

Same forces as ``coast`` and ``ascend``; the same contract, an error below 10 m against exact integration. Everything
lives in arrays with one row a body, SI and inertial axes. A call runs on one thread and lets go of the interpreter's
lock, so that threads may share the rows between them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core import fleet, lanes
from cupola.core.climb import climb_together, launch_states
from cupola.core.earth import ROTATION_RATE, Vector
from cupola.core.integrate import fall_acceleration
from cupola.core.rocket import LONGEST_FLIGHT, Vehicle, segments_of, trajectory_of
from cupola.core.trajectory import Phase, Trajectory

BOOST_STEP = 0.5  # s
FIRST_ROOM = 96  # nodes of a body, before it asks for more


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Where flights ended: ``states`` (n, 6) in m and m/s, ``times_s`` (n,), and which of them ``landed`` (n,)."""

    states: Vector
    times_s: Vector
    landed: NDArray[np.bool_]


def fall_many(
    states: Vector,
    start_s: Vector | float,
    inverse_beta: Vector | float,
    end_s: Vector | float | None = None,
    *,
    floor: float = 0.0,
    rotation_rate: float = ROTATION_RATE,
) -> Ends:
    """Fly unpowered bodies from ``states`` (n, 6) at ``start_s`` s to ``end_s`` s, or to ``floor`` m if that is first.

    ``inverse_beta`` is Cd A / m in m2/kg, zero for no drag. Without ``end_s`` a body flies to the floor, or for 12
    hours. Numbers stand for all bodies, arrays are (n,). A body below the floor may climb through it; one that falls
    there has landed at once. Raises ``ValueError`` where shapes differ or a value is out of its range.
    """
    bodies = _bodies(states, start_s, inverse_beta, end_s, floor)
    fleet.fly(bodies, rotation_rate, np.empty((0, 0, 10)), np.empty(0, np.int64))
    return _ends(bodies)


def fall_many_densely(
    states: Vector,
    start_s: Vector | float,
    inverse_beta: Vector | float,
    end_s: Vector | float | None = None,
    *,
    floor: float = 0.0,
    rotation_rate: float = ROTATION_RATE,
    phase: str = "coast",
) -> list[Trajectory]:
    """Fly as ``fall_many`` does and return the whole flights, one ``Trajectory`` a body with the one phase named."""
    first = _bodies(states, start_s, inverse_beta, end_s, floor)
    room = FIRST_ROOM
    while True:
        bodies = first.copy()
        nodes, counts = np.empty((len(bodies), room, 10)), np.zeros(len(bodies), np.int64)
        fleet.fly(bodies, rotation_rate, nodes, counts)
        if len(bodies) == 0 or counts.max() < room:
            break
        room = int(counts.max()) + 1
    rate = np.empty(3)
    flights = []
    for body, rows, count in zip(bodies, nodes, counts, strict=True):
        fall_acceleration(body[:6], 2.0 * body[lanes.HALF], rotation_rate, rate)
        rows[count] = np.concatenate([body[[lanes.TIME]], body[:6], rate])
        named = Phase(name=phase, start_s=float(rows[0, 0]), end_s=float(body[lanes.TIME]))
        flights.append(trajectory_of(rows[: count + 1], (named,)))
    return flights


def ascend_many(
    vehicle: Vehicle,
    sites: Vector,
    azimuths: Vector | float,
    kicks: Vector | float,
    vertical_rise_s: float,
    pitch_over_s: float,
    cutoffs_s: Vector | float = np.inf,
    *,
    step: float = BOOST_STEP,
    rotation_rate: float = ROTATION_RATE,
) -> Ends:
    """Fly launches of one vehicle from lift-off at t = 0 to their own cut-off or last burnout; ``landed`` fell back.

    ``sites`` (n, 3) holds latitude, longitude (rad) and altitude (m); ``azimuths``, ``kicks`` (rad) and ``cutoffs_s``
    are as in ``ascend``, numbers or (n,).
    """
    sites = np.asarray(sites, dtype=np.float64)
    n = len(sites)
    if sites.shape != (n, 3):
        raise ValueError(f"sites: got shape {sites.shape}, accepted is (n, 3): latitude, longitude, altitude")
    cutoffs = _column(cutoffs_s, n, "cutoffs_s")
    if np.any(~(cutoffs > 0.0)):
        raise ValueError(f"cutoffs_s: got {cutoffs.min()} s, accepted is a time after lift-off")
    turns, angles = _column(azimuths, n, "azimuths"), _column(kicks, n, "kicks")
    states, aims = np.empty((n, 6)), np.empty((n, 8))
    launch_states(sites, turns, angles, rotation_rate, states, aims)
    segments = segments_of(vehicle, vertical_rise_s, pitch_over_s, float(cutoffs.max(initial=0.0)))
    cutoffs = np.minimum(cutoffs, vehicle.burnout_s)
    times, fallen = np.zeros(n), np.zeros(n, np.bool_)
    order = np.argsort(cutoffs, kind="stable")
    climb_together(
        states, times, fallen, order, segments, aims, sites[:, 2] - 10.0, cutoffs, vehicle.drag, rotation_rate, step
    )
    return Ends(states=states, times_s=times, landed=fallen)


def _bodies(
    states: Vector, start_s: Vector | float, inverse_beta: Vector | float, end_s: Vector | float | None, floor: float
) -> Vector:
    states = np.asarray(states, dtype=np.float64)
    n = len(states)
    if states.shape != (n, 6):
        raise ValueError(f"states: got shape {states.shape}, accepted is (n, 6): position and velocity")
    bodies = np.zeros((n, lanes.BODY_COLUMNS))
    bodies[:, :6] = states
    bodies[:, lanes.TIME] = _column(start_s, n, "start_s")
    end = bodies[:, lanes.TIME] + LONGEST_FLIGHT if end_s is None else _column(end_s, n, "end_s")
    bodies[:, lanes.END] = end
    bodies[:, lanes.HALF] = 0.5 * _column(inverse_beta, n, "inverse_beta")
    bodies[:, lanes.FLOOR] = floor
    if not np.all(np.isfinite(bodies)):
        raise ValueError("states, start_s, end_s, inverse_beta: got NaN or infinity, accepted are finite numbers")
    for name, bad, accepted in (
        ("inverse_beta", bodies[:, lanes.HALF] < 0.0, "zero or more"),
        ("end_s", end < bodies[:, lanes.TIME], "no earlier than start_s"),
        (
            "states",
            np.einsum("ij,ij->i", states[:, :3], states[:, :3]) < 1e12,
            "1,000 km or more from the Earth's centre",
        ),
    ):
        if np.any(bad):
            raise ValueError(f"{name}: row {int(np.flatnonzero(bad)[0])} is out of range, accepted is {accepted}")
    fleet.prepare(bodies)
    return bodies


def _column(values: Vector | float, n: int, name: str) -> Vector:
    column = np.asarray(values, dtype=np.float64)
    if column.shape not in ((), (n,)):
        raise ValueError(f"{name}: got shape {column.shape}, accepted is a number or ({n},)")
    return np.broadcast_to(column, (n,))


def _ends(bodies: Vector) -> Ends:
    return Ends(
        states=np.ascontiguousarray(bodies[:, :6]),
        times_s=bodies[:, lanes.TIME].copy(),
        landed=bodies[:, lanes.STATUS] == lanes.LANDED,
    )
