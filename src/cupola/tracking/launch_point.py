"""Where a missile seen burning was launched, when, and how long it will burn: the track flown back to the ground.

A missile starts at rest on the ground and climbs in a gravity turn, so its flight back from the track's position and
velocity has one unknown, the thrust, and one condition: it must come to rest at the surface. The thrust acceleration
falls on the way back as the rocket gains mass, da/dt = a^2 / ve. Turning back, every gravity turn ends upright: errors
shrink, and the launch point is known better than the track is carried back for.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from cupola.core.earth import (
    MU,
    ROTATION_RATE,
    Vector,
    ecef_to_geodetic,
    eci_to_ecef,
    local_basis,
    rotate_z,
)
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude
from cupola.tracking.impact import ellipse_axes
from cupola.tracking.motion import EXHAUST_SPEED

# Thrust profiles are unlike the assumed one, the more so once a stage was dropped. One sigma each, assumed: they cover
# the errors on the boosters of our catalogue, which tests show.
RISE_SPREAD = 500.0  # m, along the course: how long a missile climbs straight before it pitches over
WAY_SPREAD, WAY_STAGED = 0.04, 80.0  # share of the way over the ground since launch; s after which it has doubled
TIME_SPREAD, TIME_STAGED = 0.08, 100.0  # share of the time since launch; s after which it has doubled
STEP = 0.5  # s
AT_REST = 15.0  # m/s over the ground, below which the rest of the way is straight up
THRUSTS = (11.0, 90.0)  # m/s2, the bounds of the search at the time of the track
_SIZES = (100.0, 100.0, 100.0, 1.0, 1.0, 1.0)  # m and m/s, of the finite differences


@dataclass(frozen=True, kw_only=True)
class LaunchEstimate:
    """An estimated launch: ``time_s`` and ``sigma_time_s``, place in rad, ``covariance`` (2, 2) in m2, east and north,
    and the ``thrust`` acceleration in m/s2 at the time of the track that explains it.
    """

    time_s: float
    sigma_time_s: float
    latitude: float
    longitude: float
    covariance: Vector
    thrust: float

    @property
    def axes(self) -> tuple[float, float, float]:
        """One-sigma half axes in m, longer first, and the azimuth in rad of the longer one."""
        return ellipse_axes(self.covariance)


def launch_point(x: Vector, p: Vector, time_s: float) -> LaunchEstimate | None:
    """Return where and when a boosting track began; inertial state x and covariance p, position and velocity first.

    None where no thrust within reason takes the track back to rest on the ground: a missile long past its first stages,
    or one that did not start from the ground.
    """
    r = eci_to_ecef(np.asarray(x[:3], dtype=np.float64), time_s)
    v = eci_to_ecef(np.asarray(x[3:6], dtype=np.float64), time_s) + ROTATION_RATE * np.array([r[1], -r[0], 0.0])
    state = np.concatenate([r, v])
    found = _start(state)
    if not math.isfinite(found[3]):
        return None
    latitude, longitude, _ = ecef_to_geodetic(float(found[0]), float(found[1]), float(found[2]))
    basis = local_basis(latitude, longitude)
    jacobian = np.empty((4, 6))
    for j, size in enumerate(_SIZES):
        away = np.zeros(6)
        away[j] = size
        jacobian[:, j] = (_start(state + away)[:4] - _start(state - away)[:4]) / (2.0 * size)
    if not np.all(np.isfinite(jacobian)):
        return None
    mapped = jacobian @ _turned(np.asarray(p, dtype=np.float64)[:6, :6], time_s) @ jacobian.T
    flown = float(found[3])
    along, sigma_time = _shape_spread(basis[:2] @ (r - found[:3]), flown)
    covariance = basis[:2] @ mapped[:3, :3] @ basis[:2].T + np.outer(along, along)
    return LaunchEstimate(
        time_s=time_s - flown,
        sigma_time_s=math.hypot(math.sqrt(float(mapped[3, 3])), sigma_time),
        latitude=latitude,
        longitude=longitude,
        covariance=covariance,
        thrust=float(found[4]),
    )


def burnout(
    launch_s: float, sigma_launch_s: float, now_s: float, burn_times_s: Vector, weights: Vector, spread_s: float
) -> tuple[float, float]:
    """Return the expected time of burnout in s and its one-sigma error, of a missile that still burns at ``now_s``.

    ``burn_times_s`` and ``weights`` (k,) are the kinds of missile that it may be, each with ``spread_s`` of its burn
    time. Each is a normal cut off at now; those that should have burnt out long ago lose weight. Moments of the
    truncated normal: Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions 1, sec. 13.10.1.
    """
    times, shares = np.asarray(burn_times_s, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if times.shape != shares.shape or np.any(shares < 0.0) or not shares.sum() > 0.0 or not spread_s > 0.0:
        raise ValueError(
            f"got burn times {times} with weights {shares} and a spread of {spread_s} s, accepted are as many weights "
            "as times, none below 0, not all 0, and a spread above 0"
        )
    mean, sigma = launch_s + times, math.hypot(sigma_launch_s, spread_s)
    cut = (now_s - mean) / sigma
    alive = np.log(np.maximum(shares, 1e-300)) + log_ndtr(-cut)
    share = np.exp(alive - alive.max())
    share /= share.sum()
    # The hazard of a standard normal at the cut, sound in the far tail.
    hazard = np.exp(-0.5 * cut * cut - 0.5 * math.log(math.tau) - log_ndtr(-cut))
    each = mean + sigma * hazard
    variance = sigma**2 * np.maximum(1.0 + cut * hazard - hazard * hazard, 0.0)
    best = float(share @ each)
    return best, math.sqrt(float(share @ (variance + (each - best) ** 2)))


def _shape_spread(way: Vector, flown_s: float) -> tuple[Vector, float]:
    """Return the one-sigma error (2,) in m along the ``way`` (2,) flown over the ground, and in s of the launch time,
    that an unlike thrust profile leaves after ``flown_s`` seconds of flight.
    """
    length = max(float(np.linalg.norm(way)), 1.0)
    share = WAY_SPREAD * (1.0 + (flown_s / WAY_STAGED) ** 2)
    time = TIME_SPREAD * flown_s * (1.0 + (flown_s / TIME_STAGED) ** 2)
    return np.asarray(way / length * math.hypot(RISE_SPREAD, share * length)), time


def _turned(covariance: Vector, time_s: float) -> Vector:
    """Return a position-velocity covariance (6, 6) in Earth-fixed axes, its velocity over the ground."""
    turn = rotate_z(np.eye(3), -ROTATION_RATE * time_s).T
    spin = ROTATION_RATE * np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    f = np.zeros((6, 6))
    f[:3, :3], f[3:, 3:], f[3:, :3] = turn, turn, spin @ turn
    return np.asarray(f @ covariance @ f.T)


@kernel
def _start(state: Vector) -> Vector:
    """Return launch position (3), time since launch, thrust now, of an Earth-fixed state (6,); NaN where there is none.

    A stronger thrust comes to rest sooner and so higher: the height at rest rises with it and is halved to the ground.
    """
    low, high = THRUSTS
    bottom, top = _back(state, low), _back(state, high)
    out = np.full(5, np.nan)
    if not (math.isfinite(top[4]) and top[4] > 0.0) or bottom[4] > 0.0:
        return out
    for _ in range(45):
        middle = 0.5 * (low + high)
        if _back(state, middle)[4] > 0.0:
            high = middle
        else:
            low = middle
    found = _back(state, high)
    out[:4] = found[:4]
    out[4] = high
    return out


@kernel
def _back(state: Vector, thrust: float) -> Vector:
    """Return where (3), how long ago (1) and how high (1) a gravity turn at ``thrust`` m/s2 now was at rest.

    A thrust too weak to have brought the missile here counts as at rest far below the ground.
    """
    y, out = state.copy(), np.empty(5)
    a, t = thrust, 0.0
    k1, k2, k3, k4 = np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    while True:
        speed = math.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
        if speed < AT_REST or radial_altitude(y[0], y[1], y[2]) < -200e3 or t > 400.0:
            break
        h = min(STEP, max(0.25 * speed / a, 0.02))
        early, middle = a / (1.0 + h * a / EXHAUST_SPEED), a / (1.0 + 0.5 * h * a / EXHAUST_SPEED)
        _rate(y, a, k1)
        _rate(y - 0.5 * h * k1, middle, k2)
        _rate(y - 0.5 * h * k2, middle, k3)
        _rate(y - h * k3, early, k4)
        y -= h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4)
        a = early
        t += h
    radius = math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    net = a - MU / (radius * radius)
    speed = math.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
    altitude = radial_altitude(y[0], y[1], y[2])
    if net <= 0.5 or speed >= AT_REST:
        out[:3], out[3], out[4] = y[:3], t, -1e6
        return out
    rest = speed / net
    out[:3] = y[:3] - 0.5 * rest * y[3:6]
    out[3] = t + rest
    out[4] = altitude - 0.5 * rest * speed
    return out


@kernel
def _rate(y: Vector, thrust: float, out: Vector) -> None:
    """Write the rate of an Earth-fixed state (6,): thrust along the velocity, central gravity, the turning axes."""
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    central = -MU / (r2 * math.sqrt(r2))
    push = thrust / max(math.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5]), 1.0)
    turn = ROTATION_RATE
    out[0], out[1], out[2] = y[3], y[4], y[5]
    out[3] = central * y[0] + push * y[3] + 2.0 * turn * y[4] + turn * turn * y[0]
    out[4] = central * y[1] + push * y[4] - 2.0 * turn * y[3] + turn * turn * y[1]
    out[5] = central * y[2] + push * y[5]
