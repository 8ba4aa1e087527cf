"""Where tracked objects will be, and how surely: thrust until the believed burnout, free flight and re-entry
afterwards; gliders hold their lift with growing doubt, cruise missiles fly on level.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Indices
from cupola.tracking.filter import propagate
from cupola.tracking.imm_tracks import BURNOUT_SPREAD
from cupola.tracking.initiation import end_of_boost
from cupola.tracking.motion import BOOST, COAST, REENTRY
from cupola.tracking.motion_linear import set_parameters

STILL_BURNING = 5.0  # s of thrust yet to come that are expected of an object seen burning past its assumed burnout


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Inertial ``r`` (m, k, 3) in m, ``v`` (m, k, 3) in m/s and ``sigma`` (m, k) in m: root of the position
    covariance's trace.
    """

    r: Vector
    v: Vector
    sigma: Vector


def predict(x: Vector, p: Vector, mode: Indices, t0: Vector, burnout_s: Vector, times_s: Vector) -> Prediction:
    """Return the predicted states of m tracks at rising times (k,).

    ``x`` (m, 9), ``p`` (m, 9, 9), ``mode`` (m,) of :mod:`cupola.tracking.motion`, ``t0`` (m,) times of the states in s,
    ``burnout_s`` (m,) believed burnout times. Boost runs on with the filter's own staging model until the believed
    burnout, whose uncertainty then widens the covariance. What coasts re-enters as something of unknown ballistic
    coefficient. Times before ``t0`` give the state at ``t0``; a path that meets the ground
    stays there.
    """
    times = np.ascontiguousarray(times_s, dtype=np.float64)
    if times.ndim != 1 or np.any(np.diff(times) < 0.0):
        raise ValueError(f"got prediction times of shape {times.shape}, accepted is one dimension, in rising order")
    m, k = len(x), len(times)
    r, v, sigma = np.empty((m, k, 3)), np.empty((m, k, 3)), np.empty((m, k))
    _predict(x, p, np.asarray(mode, dtype=np.int64), t0, burnout_s, times, r, v, sigma)
    return Prediction(r=r, v=v, sigma=sigma)


@kernel
def _predict(
    x0: Vector,
    p0: Vector,
    mode: Indices,
    t0: Vector,
    burnout_s: Vector,
    times: Vector,
    r: Vector,
    v: Vector,
    sigma: Vector,
) -> None:
    work, x, p, c = np.empty((4, 9, 9)), np.empty(9), np.empty((9, 9)), np.empty((9, 0))
    for m in range(x0.shape[0]):
        for i in range(9):
            x[i] = x0[m, i]
            for j in range(9):
                p[i, j] = p0[m, i, j]
        now, flying = t0[m], True
        phase = mode[m]
        if phase == COAST:
            # Above the air the two are one; this way nobody has to watch for its edge.
            phase = REENTRY
            set_parameters(phase, x, p)
        burnout = max(burnout_s[m], t0[m] + STILL_BURNING)
        for k in range(times.shape[0]):
            if phase == BOOST and times[k] > burnout:
                propagate(phase, x, p, c, c.shape[1], burnout - now, work)
                end_of_boost(REENTRY, x, p, BURNOUT_SPREAD)
                now, phase = burnout, REENTRY
            if flying and times[k] > now:
                flying = propagate(phase, x, p, c, c.shape[1], times[k] - now, work)
                now = times[k]
            for i in range(3):
                r[m, k, i], v[m, k, i] = x[i], x[3 + i]
            sigma[m, k] = math.sqrt(p[0, 0] + p[1, 1] + p[2, 2])
