"""One engagement in three degrees of freedom: a kill vehicle from handover to its closest approach, for single cases.

Both bodies move in inertial axes, each under gravity with J2 at its own place; the kill vehicle is also slowed by the
air. Its seeker measures the sight line in looks with noise, the sight line's rate passes the lags, and the law of
:mod:`cupola.interceptors.guidance` commands an acceleration across the sight line, to which the kill vehicle adds the
gravity by which the target is known to fall differently: over the time left that difference shrinks to nothing, so that
a third of it stands for its mean. Campaigns fly the linear loop instead (:mod:`cupola.interceptors.endgame`).
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.atmosphere import density_at, height
from cupola.core.earth import ROTATION_RATE, Vector, gravity
from cupola.core.kernel import kernel
from cupola.core.reason import Reason
from cupola.core.sight import tangent_basis
from cupola.core.trajectory import Trajectory, interpolate
from cupola.interceptors.guidance import known_acceleration
from cupola.interceptors.spec import KillVehicleSpec

_LAWS = {"proportional": 0, "augmented": 1, "zero-effort-miss": 2}
_SHORTEST_STEP = 2e-5  # s
_INSTANTS = 65


class EngagementEnd(Reason):
    """Why an engagement ended as it did."""

    WITHIN_REACH = "It passed within the lethal radius."
    NOT_ACQUIRED = "The target never came within the seeker's range while the kill vehicle closed on it."
    OUTSIDE_BASKET = "When it came within range, the target was outside the seeker's field."
    DIVERT_EXHAUSTED = "The divert budget ran out before the closest approach."
    OVERSTRETCHED = (
        "It asked for more acceleration than the kill vehicle has in the last second, and passed too far off."
    )
    LED_PAST = "Seeker errors and lag led it past the target, though it never lacked acceleration."


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """How an engagement ended: miss in m at ``time_s``, divert spent and peak acceleration in m/s and m/s2, time of
    acquisition (NaN without), and the handover error in m that homing then had to bridge.
    """

    end: EngagementEnd
    miss_m: float
    time_s: float
    divert: float
    peak_acceleration: float
    acquired_s: float
    handover_error_m: float


def engage(
    kill_vehicle: KillVehicleSpec,
    r: Vector,
    v: Vector,
    start_s: float,
    target: Trajectory,
    *,
    belief_error_m: Vector | None = None,
    foreseen: Trajectory | None = None,
    divert: float | None = None,
    noise: np.random.Generator | None = None,
    drag_area: float = 0.0,
    shortest_pulse: float | None = None,
    refine: int = 1,
) -> Engagement:
    """Fly a kill vehicle from ``r``, ``v`` (3,) at ``start_s`` against a target, all inertial and SI.

    ``belief_error_m`` (3,) is how far off the seeker looks for the target; ``foreseen`` what the zero-effort-miss law
    believes of the target's path, the truth unless given; ``divert`` what is left of the budget; ``drag_area`` drag
    coefficient times area in m2. With ``shortest_pulse`` in s the thrusters are full on or off, for a share of every
    time between looks, and not for less than that; otherwise they follow the command. Without ``noise`` the seeker is
    perfect. ``refine`` divides every step.
    """
    if np.shape(r) != (3,) or np.shape(v) != (3,):
        raise ValueError(f"got a position of shape {np.shape(r)} and a velocity of {np.shape(v)}, accepted is (3,)")
    if not target.start_s <= start_s < target.end_s:
        raise ValueError(f"got a start at {start_s} s, accepted is within the target's flight, {target.start_s} to "
                         f"{target.end_s} s")  # fmt: skip
    lags = kill_vehicle.lag_order
    state = np.zeros(10 + 3 * lags)
    state[:3], state[3:6] = r, v
    settings = np.array(
        [
            kill_vehicle.navigation_ratio, kill_vehicle.time_constant / lags, kill_vehicle.divert_acceleration,
            kill_vehicle.lift_area / kill_vehicle.mass, drag_area / kill_vehicle.mass,
            kill_vehicle.divert if divert is None else divert, kill_vehicle.sample_time,
            -1.0 if shortest_pulse is None else shortest_pulse,
        ]
    )  # fmt: skip
    path = (target.t, target.r, target.v, target.a)
    out = np.zeros(5)
    calm = np.zeros((1, 4))
    time = _fly(
        *path, start_s, state, settings, lags, 0, np.zeros((2, 3)), 1.0, calm, kill_vehicle.seeker_range, refine, out
    )
    away = target.state(time)[0] - state[:3]
    if np.linalg.norm(away) > kill_vehicle.seeker_range * (1.0 + 1e-9):
        return _ended(EngagementEnd.NOT_ACQUIRED, out, math.nan, math.nan)
    left, error = _zero_effort(state, time, target)
    looked: Vector = away + (0.0 if belief_error_m is None else np.asarray(belief_error_m))
    angle = math.atan2(float(np.linalg.norm(np.cross(away, looked))), float(away @ looked))
    acquired = angle <= kill_vehicle.seeker_field / kill_vehicle.seeker_range
    known = _known(kill_vehicle.guidance, target if foreseen is None else foreseen, time, left)
    looks: Vector = np.zeros((math.ceil(2.0 * left / kill_vehicle.sample_time) + 2, 4))
    if noise is not None:
        looks = noise.standard_normal(looks.shape)
        looks[:, :2] *= kill_vehicle.seeker_noise
        looks[:, 2:] *= kill_vehicle.glint
    law = _LAWS[kill_vehicle.guidance] + 1 if acquired else 0
    _fly(*path, time, state, settings, lags, law, known, left, looks, 0.0, refine, out)
    end = _judge(out, kill_vehicle.lethal_radius) if acquired else EngagementEnd.OUTSIDE_BASKET
    return _ended(end, out, time if acquired else math.nan, error)


def _judge(out: Vector, lethal_radius: float) -> EngagementEnd:
    if out[0] <= lethal_radius:
        return EngagementEnd.WITHIN_REACH
    if out[4] >= 2.0:
        return EngagementEnd.DIVERT_EXHAUSTED
    return EngagementEnd.OVERSTRETCHED if out[4] == 1.0 else EngagementEnd.LED_PAST


def _ended(end: EngagementEnd, out: Vector, acquired_s: float, error: float) -> Engagement:
    return Engagement(
        end=end,
        miss_m=float(out[0]),
        time_s=float(out[1]),
        divert=float(out[2]),
        peak_acceleration=float(out[3]),
        acquired_s=acquired_s,
        handover_error_m=error,
    )


def _zero_effort(state: Vector, start_s: float, target: Trajectory) -> tuple[float, float]:
    """Return the time in s to the closest approach, and the distance in m there, if the kill vehicle only falls."""
    alone, out = np.zeros(13), np.zeros(5)
    alone[:6] = state[:6]
    settings = np.array([3.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, -1.0])
    _fly(
        target.t, target.r, target.v, target.a, start_s, alone, settings, 1, 0,
        np.zeros((2, 3)), 1.0, np.zeros((1, 4)), 0.0, 1, out,
    )  # fmt: skip
    return max(float(out[1]) - start_s, 1e-3), float(out[0])


def _known(law: str, foreseen: Trajectory, start_s: float, left: float) -> Vector:
    """Return the acceleration (k, 3) that the zero-effort-miss law adds at even instants until the hit."""
    r, _, a = foreseen.states(np.linspace(start_s, start_s + left, _INSTANTS))
    thrust = a - np.array([gravity(*place) for place in r])
    return known_acceleration("zero-effort-miss" if law == "zero-effort-miss" else "proportional", thrust, thrust, left)


@kernel
def _fly(
    t: Vector, r: Vector, v: Vector, a: Vector, time: float, state: Vector, settings: Vector, lags: int, law: int,
    known: Vector, total: float, looks: Vector, until: float, refine: int, out: Vector,
) -> float:  # fmt: skip
    """Advance ``state`` to the range ``until`` in m or, if it never closes to that, to the closest approach; return the
    time.

    ``law`` 0 falls, 1 to 3 home. ``out`` (5,): miss, its time, divert, peak acceleration, and 2 where the budget ran
    out or 1 where the limit held in the last second.
    """
    size = state.shape[0]
    rates, trial = np.zeros((4, size)), np.zeros(size)
    at, seen, noise, push, held = np.zeros(1), np.zeros((1, 9)), np.zeros(6), np.zeros(4), np.zeros(4)
    ratio, lag, most, budget, look, pulse = (
        settings[0], settings[1], settings[2], settings[5], settings[6], settings[7],
    )  # fmt: skip
    start, number = time, -1
    at[0] = time
    interpolate(t, r, v, a, at, seen)
    if law > 0:
        _settle(state, seen, ratio, lag, known, law)
    while True:
        away = closing = 0.0
        for c in range(3):
            away += (seen[0, c] - state[c]) ** 2
            closing -= (seen[0, c] - state[c]) * (seen[0, 3 + c] - state[3 + c])
        away = math.sqrt(away)
        if closing <= 0.0 or away <= until or time >= t[-1]:
            break
        left = away * away / closing
        h = min(min(look, 0.125 * left), 1.0 if lag == 0.0 else lags * lag / 8.0, 1.0 if lag == 0.0 else 0.5 * lag)
        h = max(h / refine, _SHORTEST_STEP)
        if until > 0.0:
            h = min(h, max((away - until) / (closing / away), 1e-6))
        index = int((time - start) / look + 1e-6)
        if law > 0:
            h = min(h, max(start + (index + 1) * look - time, _SHORTEST_STEP))
            if index != number:
                number = index
                _turn_noise(state, seen, away, looks[min(index, looks.shape[0] - 1)], noise)
                if pulse >= 0.0:
                    push[3] = 0.0
                    _rates(state, seen, settings, lags, law, known, (time - start) / total, noise, rates[0], push)
                    _pulse(push, most, look, pulse, held)
        fixed = False
        if law > 0 and (pulse >= 0.0 or out[2] >= budget):
            fixed = True
            on = 0.0
            if pulse >= 0.0 and out[2] < budget:
                on = max(min(held[3] - (time - start - number * look), h), 0.0) / h
            for c in range(3):
                push[c] = held[c] * on
        held_back = False
        for stage in range(4):
            if stage == 0:
                trial[:] = state
            else:
                part = h if stage == 3 else 0.5 * h
                for c in range(size):
                    trial[c] = state[c] + part * rates[stage - 1, c]
                at[0] = time + part
                interpolate(t, r, v, a, at, seen)
            push[3] = -1.0 if fixed else 0.0
            share = (at[0] - start) / total
            over = _rates(trial, seen, settings, lags, law, known, share, noise, rates[stage], push)
            held_back = held_back or over
            if law > 0:
                out[3] = max(out[3], math.sqrt(push[0] ** 2 + push[1] ** 2 + push[2] ** 2))
        for c in range(size):
            state[c] += h / 6.0 * (rates[0, c] + 2.0 * rates[1, c] + 2.0 * rates[2, c] + rates[3, c])
        out[2] = state[size - 1]
        if law > 0:
            if out[2] >= budget:
                out[4] = 2.0
            elif held_back and left < 1.0 and out[4] < 1.0:
                out[4] = 1.0
        time += h
        at[0] = time
        interpolate(t, r, v, a, at, seen)
        if h <= _SHORTEST_STEP and left < _SHORTEST_STEP:
            break
    _closest(state, seen, time, out)
    return time


@kernel
def _rates(
    state: Vector, seen: Vector, settings: Vector, lags: int, law: int, known: Vector, share: float, noise: Vector,
    rate: Vector, push: Vector,
) -> bool:  # fmt: skip
    """Write the rates of the state, and the acceleration of the thrusters or fins into ``push`` (4,).

    A ``push[3]`` below 0 means that it is given. Say whether the limit holds it.
    """
    ratio, lag, most = settings[0], settings[1], settings[2]
    gx, gy, gz = gravity(state[0], state[1], state[2])
    fall = (gx, gy, gz)
    speed2 = density = 0.0
    wind = (state[3] + ROTATION_RATE * state[1], state[4] - ROTATION_RATE * state[0], state[5])
    if settings[3] > 0.0 or settings[4] > 0.0:
        density = density_at(height(state[0], state[1], state[2]))
        speed2 = wind[0] ** 2 + wind[1] ** 2 + wind[2] ** 2
    if settings[3] > 0.0:
        most = min(most, 0.5 * density * speed2 * settings[3])
    drag = 0.5 * density * math.sqrt(speed2) * settings[4]
    given = push[3] < 0.0
    over = False
    if law > 0:
        _command(state, seen, ratio, lag, lags, law, known, share, noise, fall, rate, push, given)
        size = math.sqrt(push[0] ** 2 + push[1] ** 2 + push[2] ** 2)
        if size > most and not given:
            over = True
            for c in range(3):
                push[c] *= most / size
            size = most
        rate[state.shape[0] - 1] = size
    else:
        push[:3] = 0.0
    for c in range(3):
        rate[c] = state[3 + c]
        rate[3 + c] = fall[c] + push[c] - drag * wind[c]
    return over


@kernel
def _command(
    state: Vector, seen: Vector, ratio: float, lag: float, lags: int, law: int, known: Vector, share: float,
    noise: Vector, fall: tuple[float, float, float], rate: Vector, push: Vector, given: bool,
) -> None:  # fmt: skip
    """Write the rates of seeker and lags, and unless it is ``given`` the acceleration across the sight line."""
    away = closing = 0.0
    for c in range(3):
        away += (seen[0, c] - state[c]) ** 2
        closing -= (seen[0, c] - state[c]) * (seen[0, 3 + c] - state[3 + c])
    away = math.sqrt(away)
    closing /= away
    along = 0.0
    extra = _extra(state, seen, law, known, share, fall)
    sight = ((seen[0, 0] - state[0]) / away, (seen[0, 1] - state[1]) / away, (seen[0, 2] - state[2]) / away)
    for c in range(3):
        turn = (seen[0, 3 + c] - state[3 + c] + closing * sight[c]) / away
        if lag > 0.0:
            turn = (sight[c] + noise[c] + noise[3 + c] / away - state[6 + c]) / lag
            rate[6 + c] = turn
            rate[9 + c] = (ratio * extra[c] - state[9 + c]) / lag
            passed = ratio * closing * turn + state[9 + c]
            for j in range(1, lags):
                rate[9 + 3 * j + c] = (passed - state[9 + 3 * j + c]) / lag
                passed = state[9 + 3 * j + c]
        else:
            passed = ratio * (closing * turn + extra[c])
        if not given:
            push[c] = passed
        along += push[c] * sight[c]
    if not given:
        for c in range(3):
            push[c] -= along * sight[c]


@kernel
def _extra(
    state: Vector, seen: Vector, law: int, known: Vector, share: float, fall: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return what the law knows of the target's acceleration (3,), with a third of the difference in gravity."""
    there = gravity(seen[0, 0], seen[0, 1], seen[0, 2])
    half = 0.5 if law == 2 else 0.0
    x = min(max(share, 0.0), 1.0) * (known.shape[0] - 1)
    i = min(int(x), known.shape[0] - 2)
    return (
        known[i, 0] + (x - i) * (known[i + 1, 0] - known[i, 0])
        + half * (seen[0, 6] - there[0]) + (there[0] - fall[0]) / 3.0,
        known[i, 1] + (x - i) * (known[i + 1, 1] - known[i, 1])
        + half * (seen[0, 7] - there[1]) + (there[1] - fall[1]) / 3.0,
        known[i, 2] + (x - i) * (known[i + 1, 2] - known[i, 2])
        + half * (seen[0, 8] - there[2]) + (there[2] - fall[2]) / 3.0,
    )  # fmt: skip


@kernel
def _settle(state: Vector, seen: Vector, ratio: float, lag: float, known: Vector, law: int) -> None:
    """Start the seeker on the target, and the first lag of what is known filled."""
    away = 0.0
    for c in range(3):
        away += (seen[0, c] - state[c]) ** 2
    away = math.sqrt(away)
    extra = _extra(state, seen, law, known, 0.0, gravity(state[0], state[1], state[2]))
    for c in range(3):
        state[6 + c] = (seen[0, c] - state[c]) / away
        state[9 + c] = ratio * extra[c] if lag > 0.0 else 0.0


@kernel
def _turn_noise(state: Vector, seen: Vector, away: float, drawn: Vector, noise: Vector) -> None:
    """Write one look's errors across the sight line: angle (3,) in rad, seen centre (3,) in m."""
    ux, uy, uz = (seen[0, 0] - state[0]) / away, (seen[0, 1] - state[1]) / away, (seen[0, 2] - state[2]) / away
    axes = tangent_basis(ux, uy, uz, state[0], state[1], state[2])
    for c in range(3):
        noise[c] = drawn[0] * axes[c] + drawn[1] * axes[3 + c]
        noise[3 + c] = drawn[2] * axes[c] + drawn[3] * axes[3 + c]


@kernel
def _pulse(push: Vector, most: float, look: float, shortest: float, held: Vector) -> None:
    """Write the direction at full force (3,) and the duration in s of the pulse that follows a look."""
    size = math.sqrt(push[0] ** 2 + push[1] ** 2 + push[2] ** 2)
    held[3] = min(size / most, 1.0) * look
    if held[3] < max(shortest, 1e-12):
        held[:] = 0.0
        return
    for c in range(3):
        held[c] = push[c] * most / size


@kernel
def _closest(after: Vector, seen: Vector, time: float, out: Vector) -> None:
    """Write the closest approach and its time: within a last step of microseconds the relative motion is straight."""
    d = np.empty(3)
    w = np.empty(3)
    dd = dw = ww = 0.0
    for c in range(3):
        d[c] = seen[0, c] - after[c]
        w[c] = seen[0, 3 + c] - after[3 + c]
        dw += d[c] * w[c]
        ww += w[c] * w[c]
    back = -dw / max(ww, 1e-12)
    for c in range(3):
        dd += (d[c] + w[c] * back) ** 2
    out[0], out[1] = math.sqrt(dd), time + back
