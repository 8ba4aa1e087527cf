"""Unpowered lifting flight over the rotating WGS-84 Earth: gravity with J2, drag, lift about the velocity in the air.

Drag follows from the ballistic coefficient, lift from it and the lift-to-drag ratio. Lift is perpendicular to the
air-relative velocity; a bank angle turns it about that velocity from the vertical plane to the right. How lift and bank
are commanded is the affair of :mod:`cupola.core.lifting_laws`. Integration is by classical Runge-Kutta of order four;
every step is a node, and wherever the command jumps there is a node on either side. Inertial axes, SI.
"""

import math

import numpy as np

from cupola.core.atmosphere import air, height
from cupola.core.earth import ECCENTRICITY_SQUARED, Vector, gravity
from cupola.core.integrate import FINISHED, FULL, GROUNDED, SCALE_HEIGHT
from cupola.core.kernel import kernel
from cupola.core.lifting_laws import (
    COAST,
    DIVE,
    DIVE_RANGE,
    FIXED,
    GLIDE,
    INVERSE_BETA,
    LIFT_TO_DRAG,
    PULL_UP,
    SKIP,
    WITHOUT_DAMPING,
    Frame,
    command,
    heading_error,
    sinking,
    to_dive,
    wanted_side,
)
from cupola.core.runge_kutta import advance, first_half, second_half, whole, write_node

LONGEST_STEP = 4.0  # s
ENTRY_STEP = 0.3  # s in the pull-up: 1 mm/s lost there is 5 m of range
THIN_AIR = 80e3  # m
SKIP_SHARE, GLIDE_SHARE = 0.5, 0.1  # of a fall's step
STEADY_LIFT = 12.0  # m/s2, above what a steady glide flies on
SHORTEST_STEP = 0.01  # s
RANGE_SHARE = 0.08  # of the way to the aim point in one step of a dive
SKIP_END = 5.0  # dive ranges before the dive: there a skipping glide is damped, so that it can be aimed
AXIS_RATIO = 1.0 / (1.0 - ECCENTRICITY_SQUARED)

# How a guided flight may be told to end before the ground.
TO_GROUND, TO_GLIDE = 0, 1
PASSED = 3  # how one ends, beside FINISHED, GROUNDED and FULL, that flies away from its aim point
AWAY = math.radians(120.0)


@kernel
def frame_of(state: Vector, spin: float) -> Frame:
    """Return what the laws look at in a state (6,): vertical, velocity in the air, lift directions, density.

    Vertical is the ellipsoid's normal to first order in the flattening. In a vertical fall the lift plane is free.
    """
    x, y, z = state[0], state[1], state[2]
    density, _, _ = air(height(x, y, z))
    zn = z * AXIS_RATIO
    n = math.sqrt(x * x + y * y + zn * zn)
    nx, ny, nz = x / n, y / n, zn / n
    ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    fast = max(speed, 1e-9)
    ux, uy, uz = ux / fast, uy / fast, uz / fast
    climb = nx * ux + ny * uy + nz * uz
    wx, wy, wz = nx - climb * ux, ny - climb * uy, nz - climb * uz
    w = max(math.sqrt(wx * wx + wy * wy + wz * wz), 1e-9)
    wx, wy, wz = wx / w, wy / w, wz / w
    return (
        (nx, ny, nz),
        (ux, uy, uz),
        (wx, wy, wz),
        (uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx),
        speed,
        speed * climb,
        density,
    )


@kernel
def lifting_acceleration(
    time: float, state: Vector, phase: int, side: float, law: Vector, spin: float, out: Vector
) -> None:
    """Write the acceleration (3,) in m/s2 of a lifting body at ``state`` (6,) into ``out``.

    ``law`` is a row of :mod:`cupola.core.lifting_laws`, ``phase`` one of its phases, ``side`` +1 for a bank to the
    right and -1 to the left.
    """
    pull = gravity(state[0], state[1], state[2])
    frame = frame_of(state, spin)
    _, u, w, side_axis, speed, _, density = frame
    drag = 0.5 * density * speed * speed * law[INVERSE_BETA]
    up, right = command(time, state, phase, side, law, spin, frame, pull, drag * law[LIFT_TO_DRAG])
    for c in range(3):
        out[c] = pull[c] - drag * u[c] + up * w[c] + right * side_axis[c]


@kernel
def lifting_flight(
    start: Vector,
    time: float,
    end: float,
    floor: float,
    phase: int,
    law: Vector,
    spin: float,
    longest: float,
    until: int,
    nodes: Vector,
    marks: Vector,
) -> tuple[int, int]:
    """Fly a lifting body from ``start`` (6,) to ``end`` s, to ``floor`` m or to the event ``until``.

    Return the number of rows written to ``nodes`` (n, 10) and how it ended. ``longest`` is the longest step in s.
    ``marks`` (6,) receives the time at which each phase began (NaN where it did not). A ``FIXED`` phase stays; the
    others follow on each other: coast to the top, pull-up, skip (if so asked), glide, dive. A glide that has passed its
    aim point ends.
    """
    state, moved, trial = start.copy(), np.empty(6), np.empty(6)
    rates = np.empty((4, 3))
    marks[:] = np.nan
    marks[phase] = time
    side, row = 1.0, 0
    frame = frame_of(state, spin)
    altitude = height(state[0], state[1], state[2])
    while True:
        new_phase, new_side = _next(time, state, phase, side, law, spin, frame)
        if row >= nodes.shape[0] - 1:
            return row, FULL
        if (new_phase != phase or new_side != side) and row > 0:
            lifting_acceleration(time, state, phase, side, law, spin, rates[0])
            write_node(nodes, row, time, state, rates[0])
            row += 1
        if new_phase != phase:
            marks[new_phase] = time
        phase, side = new_phase, new_side
        lifting_acceleration(time, state, phase, side, law, spin, rates[0])
        write_node(nodes, row, time, state, rates[0])
        row += 1
        if time >= end or (until == TO_GLIDE and phase == GLIDE):
            return row, FINISHED
        if altitude <= floor + 1e-3 and row > 1:
            return row, GROUNDED
        if phase in (GLIDE, SKIP) and abs(heading_error(time, state, law, spin, frame)) > AWAY:
            return row, PASSED
        h = _step(time, state, altitude, phase, law, spin, frame, longest)
        last = time + h >= end - 1e-9
        h = end - time if last else h
        _lifting_step(time, state, rates, h, phase, side, law, spin, trial, moved)
        below = height(moved[0], moved[1], moved[2])
        if below < floor and below < altitude:
            h = _touch_down(time, state, rates, h, altitude, below, floor, phase, side, law, spin, trial, moved)
            last, below = False, floor
        time = end if last else time + h
        altitude = below
        for c in range(6):
            state[c] = moved[c]
        frame = frame_of(state, spin)


@kernel
def _next(
    time: float, state: Vector, phase: int, side: float, law: Vector, spin: float, frame: Frame
) -> tuple[int, float]:
    """Return the phase and the side of the bank from this node on."""
    if phase in (FIXED, DIVE):
        return phase, side
    if phase == COAST:
        return (PULL_UP, side) if frame[5] < 0.0 else (COAST, side)
    error = heading_error(time, state, law, spin, frame)
    left = to_dive(time, state, law, spin)
    skips = law[WITHOUT_DAMPING] > 0.0 and left > SKIP_END * law[DIVE_RANGE]
    if phase == PULL_UP:
        if sinking(state, law, frame, gravity(state[0], state[1], state[2])):
            return PULL_UP, side
        return (SKIP if skips else GLIDE), math.copysign(1.0, error)
    if left <= 0.0:
        return DIVE, side
    if phase == SKIP and not skips:
        return GLIDE, math.copysign(1.0, error)
    return phase, wanted_side(error, side, law)


@kernel
def _step(
    time: float, state: Vector, altitude: float, phase: int, law: Vector, spin: float, frame: Frame, longest: float
) -> float:
    """Return the step in s: short where the density changes fast, and where the aim point is near."""
    _, _, _, _, speed, climb, density = frame
    thin = max(altitude - THIN_AIR, 0.0) / 20e3
    fall = 0.15 * SCALE_HEIGHT / max(abs(climb), 1.0) * (1.0 + thin * thin)
    if phase == DIVE:
        left = max(to_dive(time, state, law, spin) + law[DIVE_RANGE], 0.0)
        near = RANGE_SHARE * math.hypot(left, altitude) / speed
        return max(min(longest, 0.5 * fall, near, 1.0), SHORTEST_STEP)
    if phase in (FIXED, COAST):
        return min(longest, fall)
    if phase == PULL_UP:
        return min(longest if altitude > THIN_AIR else ENTRY_STEP, fall)
    share = fall * SKIP_SHARE
    if phase == GLIDE:
        # Below its equilibrium height, where it has more lift than weight, the damping law turns its corners fast.
        full = 0.5 * density * speed * speed * law[INVERSE_BETA] * law[LIFT_TO_DRAG]
        share = min(fall * GLIDE_SHARE, longest * STEADY_LIFT / max(full, STEADY_LIFT))
    # The dive begins at a node, close to where it is asked.
    return max(min(longest, share, to_dive(time, state, law, spin) / speed), 0.05)


@kernel
def _touch_down(
    time: float,
    state: Vector,
    rates: Vector,
    step: float,
    above: float,
    below: float,
    floor: float,
    phase: int,
    side: float,
    law: Vector,
    spin: float,
    trial: Vector,
    moved: Vector,
) -> float:
    """Return the step that ends on the floor (regula falsi, Illinois variant), leaving its end state in ``moved``."""
    low, high = 0.0, step
    f_low, f_high = above - floor, below - floor
    h = step
    for _ in range(60):
        h = (low * f_high - high * f_low) / (f_high - f_low)
        _lifting_step(time, state, rates, h, phase, side, law, spin, trial, moved)
        f = height(moved[0], moved[1], moved[2]) - floor
        if abs(f) < 1e-4:
            break
        if f > 0.0:
            low, f_low, f_high = h, f, 0.5 * f_high
        else:
            high, f_high, f_low = h, f, 0.5 * f_low
    return h


@kernel
def _lifting_step(
    time: float,
    state: Vector,
    rates: Vector,
    h: float,
    phase: int,
    side: float,
    law: Vector,
    spin: float,
    trial: Vector,
    moved: Vector,
) -> None:
    first_half(state, rates, 0, 0.5 * h, trial)
    lifting_acceleration(time + 0.5 * h, trial, phase, side, law, spin, rates[1])
    second_half(state, rates, h, trial)
    lifting_acceleration(time + 0.5 * h, trial, phase, side, law, spin, rates[2])
    whole(state, rates, h, trial)
    lifting_acceleration(time + h, trial, phase, side, law, spin, rates[3])
    advance(state, rates, h, moved)
