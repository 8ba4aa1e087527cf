"""An unpowered body with fins that steers itself to a point: free arc, pull-up, level glide, dive.

Lift acts across the velocity relative to the air, banked as the guidance asks. The drag polar is parabolic: with d the
acceleration by drag at zero lift and x the lift as a share of the lift at the best lift-to-drag ratio E,
``lift = 2 E d x`` and ``drag = d (1 + x^2)`` (Anderson, Introduction to Flight, ch. 6; at x = 1 the ratio is E). The
lift asked for is held to x <= 1 and to a load limit; the command is a smooth function of state and time inside a mode.
Modes change on a step's end only, so that every jump of the command has a node on either side.
"""

import math

import numpy as np

from cupola.core.atmosphere import air, height
from cupola.core.earth import MU, Vector, gravity
from cupola.core.integrate import FINISHED, FULL, GROUNDED
from cupola.core.kernel import kernel
from cupola.core.runge_kutta import advance, first_half, second_half, whole, write_node

# What the body does: falls freely, lifts with all it has until it sinks no more, holds its height, dives on the aim.
FREE, PULL_UP, GLIDE, DIVE = 0, 1, 2, 3
MODES = 4

# Columns of a plan. The aim is an Earth-fixed point; angles in rad; GLIDES is zero for a body that only dives.
(
    INVERSE_BETA,
    LIFT_TO_DRAG,
    LOAD_LIMIT,
    AIM_X,
    AIM_Y,
    AIM_Z,
    GLIDES,
    PULL_UP_ALTITUDE,
    GLIDE_ALTITUDE,
    DIVE_ANGLE,
    WEAVE,
    WEAVE_PERIOD,
) = range(12)
PLAN_COLUMNS = 12

# Columns of what a mode remembers of its beginning: time, and the level heading to the aim (Earth-fixed unit vector).
BEGUN, HEADING_X, HEADING_Y, HEADING_Z = range(4)
MEMORY_COLUMNS = 4

FREE_STEP = 0.5  # s
GUIDED_STEP = 0.1  # s
DIVE_STEP = 0.05  # s
CLIMB_LAG = 4.0  # s in which the glide corrects its rate of climb
HEIGHT_LAG = 12.0  # s in which it corrects its height
FASTEST_CLIMB = 150.0  # m/s asked for at most
TURN_LAG = 15.0  # s in which the glide turns towards the aim
DIVE_SLOPE = 0.9  # the dive begins at this many heights from the aim, and the radius of a turn besides
DIVE_PULL = 40.0  # m/s2 of that turn: what thick air gives, on the mean of the dive
LAST_MOMENT = 0.6  # s: below, the time to go is held, so that the gains of the dive stay finite


@kernel
def guided_acceleration(
    time: float, state: Vector, mode: int, memory: Vector, plan: Vector, spin: float, out: Vector
) -> None:
    """Write the acceleration (3,) in m/s2 of a body at inertial ``state`` (6,) in ``mode`` into ``out``.

    ``memory`` (4,) is what the mode remembers of its beginning, ``plan`` (12,) the body and its task.
    """
    x, y, z = state[0], state[1], state[2]
    gx, gy, gz = gravity(x, y, z)
    density, _, _ = air(height(x, y, z))
    ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    drag = 0.5 * density * speed * speed * plan[INVERSE_BETA]
    out[0], out[1], out[2] = gx, gy, gz
    ux, uy, uz = ux / speed, uy / speed, uz / speed
    if mode != FREE:
        most = min(2.0 * plan[LIFT_TO_DRAG] * drag, plan[LOAD_LIMIT])
        if mode == DIVE:
            cx, cy, cz = _dive(time, state, memory, plan, spin)
            cx, cy, cz = cx - gx, cy - gy, cz - gz
        else:
            cx, cy, cz = _glide(time, state, mode, memory, plan, spin)
        along = cx * ux + cy * uy + cz * uz
        cx, cy, cz = cx - along * ux, cy - along * uy, cz - along * uz
        asked = math.sqrt(cx * cx + cy * cy + cz * cz)
        lift = min(asked, most)
        if lift > 0.0:
            share = lift / (2.0 * plan[LIFT_TO_DRAG] * drag)
            drag *= 1.0 + share * share
            scale = lift / asked
            out[0] += scale * cx
            out[1] += scale * cy
            out[2] += scale * cz
    out[0] -= drag * ux
    out[1] -= drag * uy
    out[2] -= drag * uz


@kernel
def to_aim(time: float, state: Vector, plan: Vector, spin: float) -> tuple[float, float, float]:
    """Return the inertial vector in m from the body to the aim, which has turned with the Earth since time zero."""
    cos, sin = math.cos(spin * time), math.sin(spin * time)
    return (
        cos * plan[AIM_X] - sin * plan[AIM_Y] - state[0],
        sin * plan[AIM_X] + cos * plan[AIM_Y] - state[1],
        plan[AIM_Z] - state[2],
    )


@kernel
def _glide(
    time: float, state: Vector, mode: int, memory: Vector, plan: Vector, spin: float
) -> tuple[float, float, float]:
    """Return the acceleration in m/s2 asked of the lift before it is turned across the velocity.

    Pull-up: all there is, upwards. Glide: upwards what carries the weight and brings the height to the glide altitude,
    sideways what turns the heading towards the aim, and the weave.
    """
    x, y, z = state[0], state[1], state[2]
    r = math.sqrt(x * x + y * y + z * z)
    px, py, pz = x / r, y / r, z / r
    if mode == PULL_UP:
        most = plan[LOAD_LIMIT]
        return most * px, most * py, most * pz
    climb = state[3] * px + state[4] * py + state[5] * pz
    level2 = state[3] ** 2 + state[4] ** 2 + state[5] ** 2 - climb * climb
    wanted = (plan[GLIDE_ALTITUDE] - height(x, y, z)) / HEIGHT_LAG
    wanted = min(max(wanted, -FASTEST_CLIMB), FASTEST_CLIMB)
    rise = MU / (r * r) - level2 / r + (wanted - climb) / CLIMB_LAG
    ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
    sink = ux * px + uy * py + uz * pz
    lx, ly, lz = ux - sink * px, uy - sink * py, uz - sink * pz
    level = math.sqrt(lx * lx + ly * ly + lz * lz)
    lx, ly, lz = lx / level, ly / level, lz / level
    wx, wy, wz = py * lz - pz * ly, pz * lx - px * lz, px * ly - py * lx
    dx, dy, dz = to_aim(time, state, plan, spin)
    ahead, aside = dx * lx + dy * ly + dz * lz, dx * wx + dy * wy + dz * wz
    side = level * math.atan2(aside, ahead) / TURN_LAG
    if plan[WEAVE] > 0.0:
        side += plan[WEAVE] * math.sin(math.tau * (time - memory[BEGUN]) / plan[WEAVE_PERIOD])
    return rise * px + side * wx, rise * py + side * wy, rise * pz + side * wz


@kernel
def _dive(time: float, state: Vector, memory: Vector, plan: Vector, spin: float) -> tuple[float, float, float]:
    """Return the acceleration in m/s2 that brings the body onto the aim at the dive angle.

    The cubic path from here to there with the end's direction given: a = 6 (d - v T) / T^2 - 2 (w - v) / T (Zarchan,
    Tactical and Strategic Missile Guidance, trajectory shaping), v and the wanted end velocity w over the ground.
    """
    x, y, z = state[0], state[1], state[2]
    ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    dx, dy, dz = to_aim(time, state, plan, spin)
    to_go = max(math.sqrt(dx * dx + dy * dy + dz * dz) / speed, LAST_MOMENT)
    cos, sin = math.cos(spin * time), math.sin(spin * time)
    hx = cos * memory[HEADING_X] - sin * memory[HEADING_Y]
    hy = sin * memory[HEADING_X] + cos * memory[HEADING_Y]
    hz = memory[HEADING_Z]
    r = math.sqrt(x * x + y * y + z * z)
    level, down = speed * math.cos(plan[DIVE_ANGLE]), speed * math.sin(plan[DIVE_ANGLE]) / r
    wx, wy, wz = level * hx - down * x, level * hy - down * y, level * hz - down * z
    near, turn = 6.0 / (to_go * to_go), 2.0 / to_go
    return (
        near * (dx - ux * to_go) - turn * (wx - ux),
        near * (dy - uy * to_go) - turn * (wy - uy),
        near * (dz - uz * to_go) - turn * (wz - uz),
    )


@kernel
def _next_mode(time: float, state: Vector, mode: int, altitude: float, plan: Vector, spin: float) -> int:
    """Return the mode that follows at this state: the same, or the next."""
    if mode == DIVE:
        return DIVE
    x, y, z = state[0], state[1], state[2]
    r = math.sqrt(x * x + y * y + z * z)
    climb = (x * state[3] + y * state[4] + z * state[5]) / r
    if mode == FREE and (climb >= 0.0 or altitude > plan[PULL_UP_ALTITUDE]):
        return FREE
    dx, dy, dz = to_aim(time, state, plan, spin)
    below = (x * dx + y * dy + z * dz) / r
    ground = math.sqrt(max(dx * dx + dy * dy + dz * dz - below * below, 0.0))
    ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
    if ground <= DIVE_SLOPE * altitude + (ux * ux + uy * uy + uz * uz) / DIVE_PULL:
        return DIVE
    if mode == FREE and plan[GLIDES] > 0.0:
        return PULL_UP
    if mode == PULL_UP and climb >= 0.0:
        return GLIDE
    return mode


@kernel
def _remember(time: float, state: Vector, plan: Vector, spin: float, out: Vector) -> None:
    """Write time and level Earth-fixed heading to the aim into ``out`` (4,)."""
    x, y, z = state[0], state[1], state[2]
    dx, dy, dz = to_aim(time, state, plan, spin)
    up = (x * dx + y * dy + z * dz) / (x * x + y * y + z * z)
    dx, dy, dz = dx - up * x, dy - up * y, dz - up * z
    length = math.sqrt(dx * dx + dy * dy + dz * dz)
    cos, sin = math.cos(spin * time), math.sin(spin * time)
    out[BEGUN] = time
    out[HEADING_X] = (cos * dx + sin * dy) / length
    out[HEADING_Y] = (cos * dy - sin * dx) / length
    out[HEADING_Z] = dz / length


@kernel
def guided_flight(
    start: Vector, time: float, end: float, floor: float, plan: Vector, spin: float, nodes: Vector, memory: Vector
) -> tuple[int, int]:
    """Fly a body from inertial ``start`` (6,) until ``end`` s or until it sinks to ``floor`` m.

    Returns the number of rows written to ``nodes`` (n, 10) and how it ended; ``memory`` (4, 4) receives what each mode
    remembers, rows of NaN for modes that did not occur. The last node lies on the floor within 1 mm.
    """
    state, moved, trial = start.copy(), np.empty(6), np.empty(6)
    rates = np.empty((4, 3))
    memory[:, :] = np.nan
    mode = FREE
    _remember(time, state, plan, spin, memory[FREE])
    altitude = height(state[0], state[1], state[2])
    row = 0
    while True:
        following = _next_mode(time, state, mode, altitude, plan, spin)
        if row + 2 > nodes.shape[0]:
            return row, FULL
        if following != mode and row > 0:
            guided_acceleration(time, state, mode, memory[mode], plan, spin, rates[0])
            write_node(nodes, row, time, state, rates[0])
            row += 1
        if following != mode:
            mode = following
            _remember(time, state, plan, spin, memory[mode])
        guided_acceleration(time, state, mode, memory[mode], plan, spin, rates[0])
        write_node(nodes, row, time, state, rates[0])
        row += 1
        if altitude <= floor + 1e-3 and row > 1:
            return row, GROUNDED
        if time >= end:
            return row, FINISHED
        h = FREE_STEP if mode == FREE else DIVE_STEP if mode == DIVE else GUIDED_STEP
        _guided_step(time, state, rates, h, mode, memory[mode], plan, spin, trial, moved)
        below = height(moved[0], moved[1], moved[2])
        if below < floor and below < altitude:
            h = _touch_down(time, state, rates, h, altitude, below, floor, mode, memory[mode], plan, spin, trial, moved)
            below = floor
        time += h
        altitude = below
        for c in range(6):
            state[c] = moved[c]


@kernel
def _guided_step(
    time: float,
    state: Vector,
    rates: Vector,
    h: float,
    mode: int,
    memory: Vector,
    plan: Vector,
    spin: float,
    trial: Vector,
    moved: Vector,
) -> None:
    first_half(state, rates, 0, 0.5 * h, trial)
    guided_acceleration(time + 0.5 * h, trial, mode, memory, plan, spin, rates[1])
    second_half(state, rates, h, trial)
    guided_acceleration(time + 0.5 * h, trial, mode, memory, plan, spin, rates[2])
    whole(state, rates, h, trial)
    guided_acceleration(time + h, trial, mode, memory, plan, spin, rates[3])
    advance(state, rates, h, moved)


@kernel
def _touch_down(
    time: float,
    state: Vector,
    rates: Vector,
    step: float,
    above: float,
    below: float,
    floor: float,
    mode: int,
    memory: Vector,
    plan: Vector,
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
        _guided_step(time, state, rates, h, mode, memory, plan, spin, trial, moved)
        f = height(moved[0], moved[1], moved[2]) - floor
        if abs(f) < 1e-4:
            break
        if f > 0.0:
            low, f_low = h, f
            f_high *= 0.5
        else:
            high, f_high = h, f
            f_low *= 0.5
    return h
