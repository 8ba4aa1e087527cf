"""First fixes: where a new object is from crossing sight lines or a radar range, and what to expect of its motion."""

import math

import numpy as np

from cupola.core.earth import ROTATION_RATE, Vector, gravity, surface_velocity
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude
from cupola.tracking.motion import DRAG_CEILING
from cupola.tracking.motion_linear import set_parameters

POSITION_PRIOR = 1e6  # m, one sigma before the first fix: no information beside the sight lines
PARALLEL = 2e-4  # 1 - cos of about 1 deg: sight lines closer than that do not fix a range
COARSEST_FIX = 200e3  # m, a worse first fix than this is not a track
ALTITUDES = (-20e3, 8e6)  # m, outside which a crossing is a wrong pairing
NET_ASCENT = 13.0  # m/s2, mean acceleration less gravity of an ICBM's first minute: solid 19, liquid 8
CLOUD_ALTITUDE = 8_500.0  # m, where missiles are first seen: 7-10 km
CLOUD_SHARE = 0.18  # of the burn time that has passed there: 30 s of 170 (solid), 45 s of 240 (liquid); Forden 2001
CRUISING_ALTITUDE = 25e3  # m, below which a cold object first seen most likely cruises: scramjets fly at 18-21 km
CRUISING_SPREAD = 600.0  # m/s per level axis, one sigma: most are subsonic, some reach Mach 6
CRUISING_CLIMB = 60.0  # m/s, one sigma of climb or descent
ORBITAL_SPREAD = 4500.0  # m/s per axis, one sigma of the velocity of an unpowered object first seen in flight


def crossing(r_sensors: Vector, u: Vector, range_m: Vector) -> Vector | None:
    """Return the point (3,) nearest to all sight lines in least squares, None where they do not fix one.

    ``r_sensors`` and unit ``u`` (k, 3) in one frame, m; ``range_m`` (k,), NaN without range. The normal equations are
    sum (I - u u^T)(r - s) = 0. A range decides alone, being far better than any crossing.
    """
    ranged = np.flatnonzero(np.isfinite(range_m))
    if len(ranged):
        k = int(ranged[0])
        return np.asarray(r_sensors[k] + range_m[k] * u[k])
    if 1.0 - float(np.abs(u @ u.T).min()) < PARALLEL:
        return None
    across = np.eye(3) - u[:, :, None] * u[:, None, :]
    point = np.linalg.solve(across.sum(axis=0), np.einsum("kij,kj->i", across, r_sensors))
    if np.any(np.einsum("ki,ki->k", u, point - r_sensors) <= 0.0):
        return None
    return np.asarray(point)


def first_state(point: Vector, burning: bool) -> tuple[Vector, Vector]:
    """Return state (9,) and covariance (9, 9) before any sight line of an object first seen near ``point`` (3,) in m.

    The position is left open for the filter to fix from the reports themselves. A burning object is a missile that
    rose from the ground below: it climbs at about sqrt(2 a h), and the higher it is the more of its speed may be
    horizontal, in any direction. A cold one low in the air most likely cruises. Anything else may move in any
    direction at up to orbital speed. The parameters are those of the heaviest of :func:`first_weights`.
    """
    up = point / math.sqrt(float(point @ point))
    altitude = min(max(float(radial_altitude(*point)), 1e3), 400e3)
    climb, vertical, level = 0.0, ORBITAL_SPREAD, ORBITAL_SPREAD
    if burning:
        climb = math.sqrt(2.0 * NET_ASCENT * altitude)
        vertical, level = 150.0 + 0.5 * climb, 250.0 + min(0.015 * altitude, 3500.0)
    elif altitude < CRUISING_ALTITUDE:
        vertical, level = CRUISING_CLIMB, CRUISING_SPREAD
    x, p = np.zeros(9), np.zeros((9, 9))
    x[:3], x[3:6] = point, surface_velocity(point) + climb * up
    upward = np.outer(up, up)
    p[:3, :3] = POSITION_PRIOR**2 * np.eye(3)
    p[3:6, 3:6] = level**2 * (np.eye(3) - upward) + vertical**2 * upward
    set_parameters(int(np.argmax(first_weights(point, burning))) + 1, x, p)
    return x, p


def first_weights(point: Vector, burning: bool) -> Vector:
    """Return the weights (5,) of BOOST, COAST, REENTRY, GLIDE and CRUISE for an object first seen near ``point`` (3,)
    in m; assumed.
    """
    altitude = float(radial_altitude(*point))
    if burning:
        return np.array([0.95, 0.0, 0.05, 0.0, 0.0] if altitude < DRAG_CEILING else [0.95, 0.05, 0.0, 0.0, 0.0])
    if altitude > DRAG_CEILING:
        return np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    if altitude < CRUISING_ALTITUDE:
        return np.array([0.0, 0.0, 0.05, 0.05, 0.9])
    return np.array([0.0, 0.0, 0.7, 0.3, 0.0])


def second_fix(first: Vector, second: Vector, seconds: float) -> tuple[Vector, Vector]:
    """Return the state (9,) and covariance (9, 9) of :func:`first_state` for an unpowered object at the first of two
    points (3,) in m, ``seconds`` apart, to be fixed by the reports themselves.

    v = (r2 - r1) / dt less half of gravity's dt: Bar-Shalom, Li and Kirubarajan (2001), Estimation with Applications to
    Tracking and Navigation, sec. 5.5.3. It serves as the point to linearise at; the velocity stays as open as it was.
    """
    x, p = first_state(first, False)
    x[3:6] = (second - first) / seconds - 0.5 * seconds * np.array(gravity(*first))
    return x, p


def launch_time(point: Vector, time_s: float, burn_time_s: float) -> float:
    """Return when an object seen burning at ``point`` (3,) probably left the ground, good to some ten seconds."""
    altitude = max(float(radial_altitude(*point)), 1e3)
    return time_s - CLOUD_SHARE * burn_time_s * math.sqrt(altitude / CLOUD_ALTITUDE)


@kernel
def end_of_boost(mode: int, x: Vector, p: Vector, spread_s: float) -> None:
    """Turn a boosting state (x, p) into one of ``mode``, whose burnout time is known to ``spread_s`` seconds (one
    sigma).

    The thrust that may or may not have acted in that time widens velocity and position along the flight.
    """
    wx, wy, wz = x[3] + ROTATION_RATE * x[1], x[4] - ROTATION_RATE * x[0], x[5]
    thrust = math.sqrt(x[6] * x[6] + p[6, 6])
    dv = thrust * spread_s / max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    direction = (wx, wy, wz)
    for i in range(3):
        for j in range(3):
            d = dv * dv * direction[i] * direction[j]
            p[i, j] += 0.25 * spread_s * spread_s * d
            p[i, 3 + j] += 0.5 * spread_s * d
            p[3 + i, j] += 0.5 * spread_s * d
            p[3 + i, 3 + j] += d
    set_parameters(mode, x, p)
