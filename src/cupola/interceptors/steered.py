"""One space-based shot flown step by step: the standard that the campaign's quick law answers to.

The interceptor burns along its velocity-to-be-gained, the difference between the velocity that Lambert's problem
requires from here to the aim point and the one it has (Battin 1999, section 11.7), over an Earth with J2; the aim point
is then moved by the miss that J2 and the steering left, and the shot is flown again.
"""

from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector, gravity
from cupola.core.kepler import lambert, propagate_j2
from cupola.interceptors.spec import SpaceInterceptorSpec

_STEP_S = 0.25
_AIM_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class SteeredShot:
    """``delta_v`` m/s spent, ``miss`` m at the intercept time, ``velocity`` (3,) m/s there."""

    delta_v: float
    miss: float
    velocity: Vector


def burn_step(r: Vector, v: Vector, thrust: Vector, dt: float) -> tuple[Vector, Vector]:
    """Return position and velocity (3,) after ``dt`` s of constant thrust acceleration (3,) m/s2 under gravity with J2
    (RK4)."""

    def pull(p: Vector) -> Vector:
        return np.array(gravity(p[0], p[1], p[2])) + thrust

    a1 = pull(r)
    v2 = v + 0.5 * dt * a1
    a2 = pull(r + 0.5 * dt * v)
    v3 = v + 0.5 * dt * a2
    a3 = pull(r + 0.5 * dt * v2)
    v4 = v + dt * a3
    a4 = pull(r + dt * v3)
    return r + dt / 6.0 * (v + 2.0 * (v2 + v3) + v4), v + dt / 6.0 * (a1 + 2.0 * (a2 + a3) + a4)


def fly(
    spec: SpaceInterceptorSpec, r_sat: Vector, v_sat: Vector, flight_time_s: float, r_target: Vector
) -> SteeredShot:
    """Return the shot from a satellite state (3,), (3,) at release to ``r_target`` (3,), inertial, after
    ``flight_time_s``.

    The burn may exceed the interceptor's velocity: the caller compares. Raises ``ValueError`` when the burn does not
    end in time.
    """
    aim = np.array(r_target, dtype=np.float64)
    shot = _once(spec.acceleration, r_sat, v_sat, flight_time_s, aim)
    for _ in range(_AIM_ROUNDS):
        aim = aim - (shot[1] - r_target)
        shot = _once(spec.acceleration, r_sat, v_sat, flight_time_s, aim)
    return SteeredShot(delta_v=shot[0], miss=float(np.linalg.norm(shot[1] - r_target)), velocity=shot[2])


def _once(acceleration: float, r: Vector, v: Vector, total: float, aim: Vector) -> tuple[float, Vector, Vector]:
    spent, t = 0.0, 0.0
    while True:
        if total - t <= _STEP_S:
            raise ValueError(f"got a point that no burn at {acceleration:.0f} m/s2 reaches in {total:.0f} s")
        needed, _ = lambert(r, aim, total - t)
        gain = needed - v
        size = float(np.linalg.norm(gain))
        dt = min(_STEP_S, size / acceleration)
        r, v = burn_step(r, v, acceleration * gain / max(size, 1e-12), dt)
        t += dt
        spent += acceleration * dt
        if dt < _STEP_S:
            break
    end_r, end_v = propagate_j2(r, v, total - t, 5.0)
    return spent, end_r, end_v
