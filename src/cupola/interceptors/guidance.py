"""Linear homing: a kill vehicle that closes on its target along a nearly straight sight line and steers across it.

The loop of Zarchan (2012), Tactical and Strategic Missile Guidance, chapters 2, 3 and 8. With y the target's offset
across the sight line, Vc the closing speed, tgo the time left and N' the effective navigation ratio, the command is

    n_c = N' Vc d(lambda)/dt + N' k,    lambda = y / (Vc tgo)

which is N' ZEM / tgo^2. The law decides what the zero-effort miss ZEM contains beyond position and velocity, through k:
nothing (proportional), half the present acceleration of the target (augmented), or the mean, weighted by the time left,
of the acceleration that a prediction expects (zero-effort miss). The command takes effect through ``lag_order`` equal
lags with the sum ``time_constant``; the first of them is the seeker's filter.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel

MAX_LAGS = 5


@dataclass(frozen=True, kw_only=True)
class Loop:
    """What steers: navigation ratio, lag in s and its order, one-sigma noise of a look in rad and of the seen centre
    in m, and the time between looks in s.
    """

    navigation_ratio: float = 3.0
    time_constant: float = 0.0
    lag_order: int = 1
    angle_noise: float = 0.0
    glint: float = 0.0
    sample_time: float = 0.01

    def __post_init__(self) -> None:
        if not self.navigation_ratio > 2.0:
            raise ValueError(
                f"got a navigation ratio of {self.navigation_ratio}; accepted is a number above 2: at 2 and below the "
                "demand grows without bound before the hit"
            )
        if not 1 <= self.lag_order <= MAX_LAGS:
            raise ValueError(f"got a lag of order {self.lag_order}, accepted are orders 1 to {MAX_LAGS}")
        if min(self.time_constant, self.angle_noise, self.glint) < 0.0 or self.sample_time <= 0.0:
            raise ValueError(f"got {self}, accepted are no negative values and a sample time above 0")
        if self.time_constant == 0.0 and max(self.angle_noise, self.glint) > 0.0:
            raise ValueError(
                "got seeker noise without a time constant; a loop without lag would follow noise with endless "
                "acceleration: give the lag, e.g. '0.1 s'"
            )


@dataclass(frozen=True, kw_only=True)
class Homed:
    """How homing ended: miss (2,) in m, divert spent and peak acceleration in m/s and m/s2, whether the budget ran out
    and whether the acceleration limit ever held.
    """

    miss: Vector
    divert: float
    peak_acceleration: float
    exhausted: bool
    saturated: bool

    @property
    def miss_m(self) -> float:
        """The distance of closest approach in m."""
        return float(np.hypot(self.miss[0], self.miss[1]))


def home(
    loop: Loop,
    *,
    time_to_go: float,
    closing_speed: float,
    offset_m: Vector,
    target_acceleration: Vector | None = None,
    known: Vector | None = None,
    limit: Vector | float = math.inf,
    divert: float = math.inf,
    noise: np.random.Generator | None = None,
    refine: int = 1,
) -> Homed:
    """Return how the linear loop ends from acquisition, ``time_to_go`` s before the hit.

    ``offset_m`` (2,) is where the target would pass across the sight line if neither steered nor manoeuvred.
    ``target_acceleration`` (k, 2) in m/s2 is what the target does at k even instants from now to the hit, ``known``
    (k, 2) what the law adds (:func:`known_acceleration`), ``limit`` (k,) the largest acceleration of the kill vehicle,
    ``divert`` what it has left in m/s. Without ``noise`` the seeker is perfect. ``refine`` divides every step.
    Midpoint rule; the seeker starts settled on the target.
    """
    steps = _steps(time_to_go, loop.time_constant, loop.lag_order, refine)
    nothing = np.zeros((2, 2))
    scale = np.sqrt(loop.sample_time / steps)
    drawn = np.zeros((len(steps), 4))
    if noise is not None and max(loop.angle_noise, loop.glint) > 0.0:
        drawn = noise.standard_normal((len(steps), 4)) * scale[:, None]
        drawn[:, :2] *= loop.angle_noise
        drawn[:, 2:] *= loop.glint
    out = _home(
        steps,
        time_to_go,
        closing_speed,
        np.asarray(offset_m, dtype=np.float64),
        nothing if target_acceleration is None else np.asarray(target_acceleration, dtype=np.float64),
        nothing if known is None else np.asarray(known, dtype=np.float64),
        np.broadcast_to(np.reshape(np.asarray(limit, dtype=np.float64), (-1, 1)), (max(np.size(limit), 2), 1)).copy(),
        divert,
        loop.navigation_ratio,
        loop.time_constant / loop.lag_order,
        loop.lag_order,
        drawn,
    )
    return Homed(
        miss=out[:2],
        divert=float(out[2]),
        peak_acceleration=float(out[3]),
        exhausted=bool(out[4]),
        saturated=bool(out[5]),
    )


def known_acceleration(law: str, target_acceleration: Vector, foreseen: Vector, time_to_go: float) -> Vector:
    """Return k (k, d) in m/s2 of a law at even instants from now to the hit (see the module).

    ``target_acceleration`` (k, d) is the target's own, which the augmented law is taken to measure without error;
    ``foreseen`` (k, d) what was predicted of it, which the zero-effort-miss law trusts.
    Raises ``ValueError`` for a law that does not exist.
    """
    if law == "proportional":
        return np.zeros_like(target_acceleration)
    if law == "augmented":
        return 0.5 * target_acceleration
    if law != "zero-effort-miss":
        raise ValueError(f"got the law {law!r}, accepted are 'proportional', 'augmented' and 'zero-effort-miss'")
    count = len(foreseen)
    left = time_to_go * (1.0 - np.arange(count) / (count - 1.0))
    out = np.empty_like(foreseen)
    out[-1] = 0.5 * foreseen[-1]
    moment, step = np.zeros_like(foreseen[-1]), time_to_go / (count - 1.0)
    for i in range(count - 2, -1, -1):
        # The exact moment about the hit of an acceleration that is linear over the interval.
        moment = moment + step * (
            (left[i] / 3.0 + left[i + 1] / 6.0) * foreseen[i] + (left[i] / 6.0 + left[i + 1] / 3.0) * foreseen[i + 1]
        )
        out[i] = moment / (left[i] * left[i])
    return out


@functools.lru_cache(maxsize=512)
def _steps(time_to_go: float, time_constant: float, lag_order: int, refine: int) -> Vector:
    """Return step lengths that end at the hit: shorter where the loop is quick, before the end of the last lags."""
    if time_constant == 0.0:
        ends = time_to_go * np.concatenate([np.exp(-np.arange(0, 500 * refine + 1) * 0.02 / refine), [0.0]])
        return -np.diff(ends)
    coarse = 0.35 * time_constant / lag_order / refine
    fine = min(time_constant / 12.0, time_constant / lag_order / 4.0) / refine
    # In the end the angle rate grows as the inverse of the time left: ever shorter steps meet it.
    last = min(8.0 * fine, 0.5 * time_to_go)
    near = min(6.0 * time_constant, time_to_go) - last
    first = time_to_go - last - near
    counts = math.ceil(first / coarse), math.ceil(near / fine)
    graded = last * np.concatenate([0.875 ** (np.arange(0, 60 * refine + 1) / refine), [0.0]])
    return np.concatenate(
        [np.full(count, span / max(count, 1)) for span, count in zip((first, near), counts, strict=True)]
        + [-np.diff(graded)]
    )


@kernel
def _home(
    steps: Vector,
    total: float,
    closing: float,
    offset: Vector,
    target: Vector,
    known: Vector,
    limit: Vector,
    budget: float,
    ratio: float,
    lag: float,
    order: int,
    noise: Vector,
) -> Vector:
    """Return miss (2), divert, peak acceleration, exhausted, saturated as (6,); see :func:`home`."""
    # Per axis: offset, its rate, seeker's filtered angle, filtered known part, further lags.
    count = 3 + order
    state, trial, rate = np.zeros((2, count)), np.zeros((2, count)), np.zeros((2, count))
    out, push = np.zeros(6), np.zeros(2)
    for c in range(2):
        state[c, 1] = offset[c] / total
        state[c, 3] = ratio * known[0, c]
    time = 0.0
    for k in range(steps.shape[0]):
        h = steps[k]
        blind = lag == 0.0 and k == steps.shape[0] - 1
        now = time
        for half in range(2):
            source = trial if half == 1 else state
            left = max(total - now, 1e-12)
            share = now / total
            for c in range(2):
                extra = ratio * _between(known, c, share)
                if lag == 0.0:
                    demand = ratio * (source[c, 0] + source[c, 1] * left) / (left * left) + extra
                    push[c] = 0.0 if blind else demand
                    continue
                seen = (source[c, 0] + noise[k, 2 + c]) / (closing * left) + noise[k, c]
                rate[c, 2] = (seen - source[c, 2]) / lag
                rate[c, 3] = (extra - source[c, 3]) / lag
                passed = ratio * closing * rate[c, 2] + source[c, 3]
                for j in range(4, count):
                    rate[c, j] = (passed - source[c, j]) / lag
                    passed = source[c, j]
                push[c] = passed
            size, most = math.hypot(push[0], push[1]), _between(limit, 0, share)
            if size > most:
                push[0], push[1] = push[0] * most / size, push[1] * most / size
                size, out[5] = most, 1.0
            for c in range(2):
                rate[c, 0] = source[c, 1]
                rate[c, 1] = _between(target, c, share) - push[c]
            if half == 0:
                for c in range(2):
                    for j in range(count):
                        trial[c, j] = state[c, j] + 0.5 * h * rate[c, j]
                now = time + 0.5 * h
        part = 1.0
        if size * h > budget - out[2]:
            part, out[4] = max(budget - out[2], 0.0) / (size * h), 1.0
        for c in range(2):
            rate[c, 1] += (1.0 - part) * push[c]
            for j in range(count):
                state[c, j] += h * rate[c, j]
        out[2] += part * size * h
        out[3] = max(out[3], part * size)
        time += h
    out[0], out[1] = state[0, 0], state[1, 0]
    return out


@kernel
def _between(values: Vector, c: int, share: float) -> float:
    """Return column ``c`` at a share (0 to 1) of the evenly spaced rows of ``values`` (k, d), linear between."""
    x = share * (values.shape[0] - 1)
    i = min(max(int(x), 0), values.shape[0] - 2)
    low, high = values[i, c], values[i + 1, c]
    return float(low) if low == high else float(low + (x - i) * (high - low))


def acceleration_advantage(navigation_ratio: float) -> float:
    """Return kill vehicle over target acceleration at the hit, proportional navigation without lag: N'/(N' - 2).

    Zarchan (2012), chapter 2.
    """
    return navigation_ratio / (navigation_ratio - 2.0)


def manoeuvre_divert(navigation_ratio: float, target_acceleration: float, time_to_go: float) -> float:
    """Return the divert in m/s that a constant manoeuvre costs without lag: N'/(N' - 1) nT tF. Zarchan (2012)."""
    return navigation_ratio / (navigation_ratio - 1.0) * target_acceleration * time_to_go


def offset_divert(navigation_ratio: float, offset_m: float, time_to_go: float) -> float:
    """Return the divert in m/s that a zero-effort miss costs without lag: N'/(N' - 1) e / tF, from the command
    N' e / tF^2 that falls as (tgo/tF)^(N' - 2).
    """
    return navigation_ratio / (navigation_ratio - 1.0) * offset_m / time_to_go


# By the adjoint of the loop with one lag, 1 - H(s) = [s / (s + 1/T)]^N' (Zarchan 2012, chapter 3): a manoeuvre's miss
# is the inverse transform of (1 - H)/s^3, a heading error's of (1 - H)/s^2. Coefficients of x, x^2, ... beside e^-x.
_MANOEUVRE = {3: (0.0, 0.5), 4: (0.0, 0.5, -1.0 / 6.0), 5: (0.0, 0.5, -1.0 / 3.0, 1.0 / 24.0)}
_HEADING = {3: (1.0, -0.5), 4: (1.0, -1.0, 1.0 / 6.0), 5: (1.0, -1.5, 0.5, -1.0 / 24.0)}


def miss_of_manoeuvre(navigation_ratio: int, x: float) -> float:
    """Return the miss of a constant manoeuvre over nT T^2 with one lag T, x = tF/T, for N' 3, 4 or 5."""
    return _series(_MANOEUVRE, navigation_ratio, x)


def miss_of_heading(navigation_ratio: int, x: float) -> float:
    """Return the miss of a heading error over V HE T with one lag T, x = tF/T, for N' 3, 4 or 5."""
    return _series(_HEADING, navigation_ratio, x)


def _series(table: dict[int, tuple[float, ...]], navigation_ratio: int, x: float) -> float:
    if navigation_ratio not in table:
        raise ValueError(f"got N' = {navigation_ratio}, accepted are 3, 4 and 5")
    return math.exp(-x) * sum(c * x ** (i + 1) for i, c in enumerate(table[navigation_ratio]))
