"""The truth that a kill vehicle meets after handover, as its guidance may know it."""

import numpy as np

from cupola.core.atmosphere import height
from cupola.core.earth import Vector, gravity, surface_velocity
from cupola.core.sight import tangent_basis
from cupola.core.trajectory import Trajectory
from cupola.interceptors.endgame import LastLeg, lateral_limit
from cupola.interceptors.spec import KillVehicleSpec
from cupola.tracking.motion import NONE
from cupola.tracking.picture import TrackPicture

INSTANTS = 33
"""Instants between handover and the hit at which accelerations are sampled."""


def times_of(handover_s: float, intercept_s: float) -> Vector:
    """Return the even instants (k,) in s of a last leg."""
    return np.linspace(handover_s, intercept_s, INSTANTS)


def foreseen(tracker: TrackPicture, track: int, times_s: Vector) -> Vector:
    """Return what a track expects its target to do beside falling, (k, 3) in m/s2; nothing where it has ended."""
    if tracker.mode[track] == NONE:
        return np.zeros((len(times_s), 3))
    ahead = tracker.predict(np.array([track]), times_s)
    return np.asarray(np.gradient(ahead.v[0], times_s, axis=0) - _gravity(ahead.r[0]))


def last_leg(
    kill_vehicle: KillVehicleSpec,
    target: Trajectory,
    *,
    times_s: Vector,
    r_aim: Vector,
    v_arrival: Vector,
    closing_dir: Vector,
    closing_speed: float,
    foreseen: Vector,
) -> LastLeg:
    """Return the homing that lies ahead of a kill vehicle on its way to ``r_aim`` (3,) against the truth.

    Inertial axes; ``times_s`` (k,) from handover to the hit, ``foreseen`` (k, 3) in m/s2.
    """
    r, _, a = target.states(times_s)
    axes = np.reshape(tangent_basis(*closing_dir, *r_aim), (2, 3))
    left = times_s[-1] - times_s
    limit = np.full(len(times_s), kill_vehicle.divert_acceleration)
    if kill_vehicle.lift_area > 0.0:
        path = r_aim - left[:, None] * v_arrival
        speed = np.linalg.norm(v_arrival - surface_velocity(r_aim))
        limit = np.array([lateral_limit(kill_vehicle, float(height(*place)), float(speed)) for place in path])
    return LastLeg(
        offset_m=axes @ (r[-1] - r_aim),
        time_to_go=float(left[0]),
        closing_speed=closing_speed,
        target_acceleration=(a - _gravity(r)) @ axes.T,
        foreseen=foreseen @ axes.T,
        limit=limit,
    )


def _gravity(r: Vector) -> Vector:
    return np.array([gravity(*place) for place in r])
