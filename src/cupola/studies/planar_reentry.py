"""The re-entry problem of Julier and Uhlmann, a published yardstick for non-linear filters, played by our own parts.

A body falls through the air in a plane, watched by one radar. State (5): position x, y in km, velocity in km/s, and the
exponent of its ballistic coefficient. Julier and Uhlmann (2004), Proc. IEEE 92(3), sec. VI, with the correction in
Proc. IEEE 92(12): drag b exp((R0 - R)/H0) V, b = b0 exp(x5), gravity -Gm/R3, Euler steps of 0.1 s.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.chance import stream
from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.linear import cholesky, error_squared, multiply_transposed, predict_covariance, scalar_update
from cupola.tracking.unscented import Spread, correct, gather, sigma_points

STATES = 5
DRAG, SCALE_HEIGHT, MU, SURFACE = -0.59783, 13.406, 3.9860e5, 6374.0  # 1/km, km, km3/s2, km
STEP, STEPS = 0.1, 2000  # s
START = (6500.4, 349.14, -1.8093, -6.7967, 0.6932)
START_VARIANCE = 1e-6  # of position km2 and velocity km2/s2
VELOCITY_VARIANCE = 2.4064e-5  # (km/s)2 a step
EXPONENT_VARIANCE = 1e-6  # a step, as the filter believes: the true one is constant
SIGMA_RANGE, SIGMA_BEARING = 1e-3, 0.17e-3  # km, rad
EXTENDED, UNSCENTED = 0, 1


@dataclass(frozen=True, kw_only=True)
class PlanarResult:
    """What many runs of one filter gave, per step of 0.1 s."""

    position_rmse: Vector
    """(STEPS,) km, over the runs."""
    nees: Vector
    """(runs, STEPS) normalised errors squared of all five states."""

    @property
    def rmse(self) -> float:
        """Root mean square position error in km over runs and time."""
        return float(np.sqrt(np.mean(self.position_rmse**2)))

    @property
    def anees(self) -> float:
        """Average of the normalised errors squared over runs and time; 5 is expected of an exact covariance."""
        return float(np.mean(self.nees))


@kernel
def advance(x: Vector) -> None:
    """Take one Euler step of the state x (5,) in place."""
    r = math.sqrt(x[0] * x[0] + x[1] * x[1])
    drag = DRAG * math.exp(x[4] + (SURFACE - r) / SCALE_HEIGHT) * math.sqrt(x[2] * x[2] + x[3] * x[3])
    pull = -MU / (r * r * r)
    ax, ay = drag * x[2] + pull * x[0], drag * x[3] + pull * x[1]
    x[0] += STEP * x[2]
    x[1] += STEP * x[3]
    x[2] += STEP * ax
    x[3] += STEP * ay


@kernel
def transition(x: Vector, f: Vector) -> None:
    """Write the derivative f (5, 5) of :func:`advance` at x."""
    r = math.sqrt(x[0] * x[0] + x[1] * x[1])
    speed = math.sqrt(x[2] * x[2] + x[3] * x[3])
    drag = DRAG * math.exp(x[4] + (SURFACE - r) / SCALE_HEIGHT) * speed
    pull = -MU / (r * r * r)
    for i in range(STATES):
        for j in range(STATES):
            f[i, j] = 1.0 if i == j else 0.0
    for i in range(2):
        f[i, 2 + i] = STEP
        for j in range(2):
            same = 1.0 if i == j else 0.0
            thinning = -drag * x[2 + i] * x[j] / (r * SCALE_HEIGHT)
            f[2 + i, j] = STEP * (thinning + pull * (same - 3.0 * x[i] * x[j] / (r * r)))
            f[2 + i, 2 + j] += STEP * drag * (same + x[2 + i] * x[2 + j] / (speed * speed))
        f[2 + i, 4] = STEP * drag * x[2 + i]


@kernel
def _difference(a: float, b: float) -> float:
    d = a - b
    return d - 2.0 * math.pi * math.floor(d / (2.0 * math.pi) + 0.5)


@kernel
def _extended_step(x: Vector, p: Vector, q: Vector, distance: float, bearing: float, work: Vector) -> None:
    f, h, before = work[0], work[1], work[2, 4]
    transition(x, f)
    advance(x)
    predict_covariance(f, p, q, work[1])
    dx, dy = x[0] - SURFACE, x[1]
    square = dx * dx + dy * dy
    seen = math.sqrt(square)
    for j in range(STATES):
        before[j] = x[j]
        h[0, j] = 0.0
        h[1, j] = 0.0
    h[0, 0], h[0, 1] = dx / seen, dy / seen
    h[1, 0], h[1, 1] = -dy / square, dx / square
    turn = _difference(bearing, math.atan2(dy, dx))
    scalar_update(x, p, h[0], distance - seen, SIGMA_RANGE * SIGMA_RANGE, work[3])
    # Linear in the predicted state, as the joint update is: what the first scalar moved is taken off.
    turn -= h[1, 0] * (x[0] - before[0]) + h[1, 1] * (x[1] - before[1])
    scalar_update(x, p, h[1], turn, SIGMA_BEARING * SIGMA_BEARING, work[3])


@kernel
def _unscented_step(
    x: Vector,
    lower: Vector,
    q_factor: Vector,
    noise: Vector,
    weights: tuple[float, float, float],
    distance: float,
    bearing: float,
    points: Vector,
    seen: Vector,
    work: Vector,
) -> None:
    spread, centre, weight = weights
    sigma_points(x, lower, spread, points)
    for i in range(points.shape[0]):
        advance(points[i])
    gather(points, q_factor, centre, weight, x, lower, work)
    sigma_points(x, lower, spread, points)
    range0 = math.sqrt((points[0, 0] - SURFACE) ** 2 + points[0, 1] ** 2)
    bearing0 = math.atan2(points[0, 1], points[0, 0] - SURFACE)
    for i in range(points.shape[0]):
        dx, dy = points[i, 0] - SURFACE, points[i, 1]
        seen[i, 0] = math.sqrt(dx * dx + dy * dy) - range0
        seen[i, 1] = _difference(math.atan2(dy, dx), bearing0)
    innovation = work[STATES + 3]
    innovation[0] = distance - range0
    innovation[1] = _difference(bearing, bearing0)
    correct(points, seen, noise, innovation[:2], centre, weight, x, lower, work)


@kernel
def _run(
    kind: int, truth: Vector, chance: Vector, weights: tuple[float, float, float], squared: Vector, nees: Vector
) -> None:
    """Fly one truth (5,) with the normals chance (STEPS, 4) and follow it; fill squared and nees (STEPS,)."""
    x, p, lower, q, q_factor = np.empty(5), np.zeros((5, 5)), np.zeros((5, 5)), np.zeros((5, 5)), np.zeros((5, 5))
    work, wide, points, seen = np.zeros((4, 5, 5)), np.zeros((9, 17)), np.empty((11, 5)), np.empty((11, 2))
    check, error, noise = np.empty((6, 5)), np.empty(5), np.array([SIGMA_RANGE, SIGMA_BEARING])
    for i in range(5):
        x[i] = START[i] if i < 4 else 0.0
        p[i, i] = START_VARIANCE if i < 4 else 1.0
        q[i, i] = 0.0 if i < 2 else VELOCITY_VARIANCE if i < 4 else EXPONENT_VARIANCE
        q_factor[i, i] = math.sqrt(q[i, i])
    cholesky(p, lower)
    for k in range(STEPS):
        advance(truth)
        truth[2] += math.sqrt(VELOCITY_VARIANCE) * chance[k, 0]
        truth[3] += math.sqrt(VELOCITY_VARIANCE) * chance[k, 1]
        dx, dy = truth[0] - SURFACE, truth[1]
        distance = math.sqrt(dx * dx + dy * dy) + SIGMA_RANGE * chance[k, 2]
        bearing = math.atan2(dy, dx) + SIGMA_BEARING * chance[k, 3]
        if kind == EXTENDED:
            _extended_step(x, p, q, distance, bearing, work)
        else:
            _unscented_step(x, lower, q_factor, noise, weights, distance, bearing, points, seen, wide)
            multiply_transposed(lower, p)
        for i in range(5):
            error[i] = x[i] - truth[i]
        squared[k] = error[0] * error[0] + error[1] * error[1]
        nees[k] = error_squared(error, p, check)


@kernel
def _fall(steps: int) -> Vector:
    x = np.array(START)
    for _ in range(steps):
        advance(x)
    return x


def fall(time_s: float) -> Vector:
    """Return the true state (5,) without process noise after ``time_s`` seconds, a multiple of the step."""
    steps = round(time_s / STEP)
    if steps < 0 or abs(steps * STEP - time_s) > 1e-9:
        raise ValueError(f"got {time_s} s, accepted are multiples of {STEP} s from zero")
    return np.asarray(_fall(steps))


def play(kind: int, runs: int, *, seed: int = 0, spread: Spread | None = None) -> PlanarResult:
    """Play ``runs`` runs with the EXTENDED or the UNSCENTED filter; the same seed gives both the same measurements."""
    if kind not in (EXTENDED, UNSCENTED) or runs < 1:
        raise ValueError(f"got filter {kind} and {runs} runs, accepted are 0 (extended) or 1 (unscented), runs from 1")
    weights = (spread or Spread()).weights(STATES)
    squared, nees = np.empty((runs, STEPS)), np.empty((runs, STEPS))
    for run in range(runs):
        generator = stream(seed, run, "planar-reentry")
        truth = np.array(START)
        truth[:4] += math.sqrt(START_VARIANCE) * generator.normal(size=4)
        _run(kind, truth, generator.normal(size=(STEPS, 4)), weights, squared[run], nees[run])
    return PlanarResult(position_rmse=np.sqrt(squared.mean(axis=0)), nees=nees)
