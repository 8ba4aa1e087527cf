"""The flight kernels: classical Runge-Kutta of order four in phases with exact boundaries, every step a node.

Forces: central gravity and J2, drag against air that turns with the Earth, thrust less back-pressure. Inertial axes,
SI. A row of nodes holds time, position, velocity and acceleration: the ten columns of ``nodes``.
"""

import math

import numpy as np
from numba import njit

from cupola.core.atmosphere import air, height
from cupola.core.earth import Vector, gravity

# How a segment steers: along the launch vertical, offset from the velocity, along the velocity, or without thrust.
RISE, KICK, TURN, COAST = 0, 1, 2, 3

# Columns of a segment row.
START, END, STEER, THRUST, FLOW, MASS, EXIT, AREA = range(8)
SEGMENT_COLUMNS = 8

# What a kernel reports beside the number of nodes.
FINISHED, GROUNDED, FULL = 0, 1, 2

FINE_TOP = 200e3  # m: below, the air may bend a light body's path within one coarse step
SCALE_HEIGHT = 7e3  # m, the length over which the air changes below 100 km
LONGEST_FINE_STEP = 2.0  # s


@njit(cache=True, error_model="numpy", nogil=True)
def drag_coefficient(mach: float, table: Vector) -> float:
    """Return Cd at a Mach number from an (n, 2) table of rising Mach and Cd: linear between rows, held outside."""
    n = table.shape[0]
    if mach <= table[0, 0]:
        return float(table[0, 1])
    for i in range(1, n):
        if mach < table[i, 0]:
            share = (mach - table[i - 1, 0]) / (table[i, 0] - table[i - 1, 0])
            return float(table[i - 1, 1] + share * (table[i, 1] - table[i - 1, 1]))
    return float(table[n - 1, 1])


@njit(cache=True, error_model="numpy", nogil=True)
def powered_acceleration(
    time: float, state: Vector, segment: Vector, aim: Vector, drag: Vector, spin: float, out: Vector
) -> None:
    """Write the acceleration (3,) in m/s2 of a rocket at ``state`` (6,) inside ``segment`` into ``out``.

    ``aim`` holds the launch vertical, the horizontal heading (unit vectors, Earth-fixed) and the kick's cosine and
    sine.
    """
    x, y, z = state[0], state[1], state[2]
    out[0], out[1], out[2] = gravity(x, y, z)
    density, pressure, sound = air(height(x, y, z))
    ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    mass = segment[MASS] - segment[FLOW] * (time - segment[START])
    if speed > 0.0:
        coefficient = drag_coefficient(speed / sound, drag)
        retard = 0.5 * density * speed * coefficient * segment[AREA] / mass
        out[0] -= retard * ux
        out[1] -= retard * uy
        out[2] -= retard * uz
        ux, uy, uz = ux / speed, uy / speed, uz / speed
    steer = int(segment[STEER])
    if steer == COAST:
        return
    push = max(segment[THRUST] - pressure * segment[EXIT], 0.0) / mass
    if steer != TURN:
        cos, sin = math.cos(spin * time), math.sin(spin * time)
        if steer == RISE:
            ux, uy, uz = cos * aim[0] - sin * aim[1], sin * aim[0] + cos * aim[1], aim[2]
        else:
            hx, hy, hz = cos * aim[3] - sin * aim[4], sin * aim[3] + cos * aim[4], aim[5]
            along = hx * ux + hy * uy + hz * uz
            hx, hy, hz = hx - along * ux, hy - along * uy, hz - along * uz
            length = math.sqrt(hx * hx + hy * hy + hz * hz)
            if length > 0.0:
                side = aim[7] / length
                ux, uy, uz = aim[6] * ux + side * hx, aim[6] * uy + side * hy, aim[6] * uz + side * hz
    out[0] += push * ux
    out[1] += push * uy
    out[2] += push * uz


@njit(cache=True, error_model="numpy", nogil=True)
def fall_acceleration(state: Vector, inverse_beta: float, spin: float, out: Vector) -> None:
    """Write the acceleration (3,) of an unpowered body of ballistic coefficient 1 / ``inverse_beta`` kg/m2 into
    ``out``.
    """
    x, y, z = state[0], state[1], state[2]
    out[0], out[1], out[2] = gravity(x, y, z)
    if inverse_beta > 0.0:
        density, _, _ = air(height(x, y, z))
        ux, uy, uz = state[3] + spin * y, state[4] - spin * x, state[5]
        retard = 0.5 * density * math.sqrt(ux * ux + uy * uy + uz * uz) * inverse_beta
        out[0] -= retard * ux
        out[1] -= retard * uy
        out[2] -= retard * uz


@njit(cache=True, error_model="numpy", nogil=True)
def powered_flight(
    start: Vector, segments: Vector, aim: Vector, drag: Vector, spin: float, step: float, floor: float, nodes: Vector
) -> tuple[int, int]:
    """Fly ``segments`` (m, 8) from ``start`` (6,); return the number of rows written to ``nodes`` (n, 10) and how it
    ended.

    Every segment begins with a node of its own, so that a jump of the acceleration has a node on either side. Ends
    early (``GROUNDED``) where the rocket sinks below ``floor`` m.
    """
    state, trial = start.copy(), np.empty(6)
    rates = np.empty((4, 3))
    row = 0
    for m in range(segments.shape[0]):
        segment = segments[m]
        span = segment[END] - segment[START]
        steps = max(math.ceil(span / step - 1e-9), 1)
        h = span / steps
        for i in range(steps + 1):
            time = segment[START] + i * h
            if row >= nodes.shape[0]:
                return row, FULL
            powered_acceleration(time, state, segment, aim, drag, spin, rates[0])
            _write(nodes, row, time, state, rates[0])
            row += 1
            if i == steps:
                break
            _stage(state, rates, 0, 0.5 * h, trial)
            powered_acceleration(time + 0.5 * h, trial, segment, aim, drag, spin, rates[1])
            _middle(state, rates, h, trial)
            powered_acceleration(time + 0.5 * h, trial, segment, aim, drag, spin, rates[2])
            _last(state, rates, h, trial)
            powered_acceleration(time + h, trial, segment, aim, drag, spin, rates[3])
            _advance(state, rates, h, state)
            if height(state[0], state[1], state[2]) < floor:
                return row, GROUNDED
    return row, FINISHED


@njit(cache=True, error_model="numpy", nogil=True)
def free_flight(
    start: Vector,
    time: float,
    end: float,
    floor: float,
    inverse_beta: float,
    spin: float,
    coarse: float,
    fine: float,
    nodes: Vector,
) -> tuple[int, int]:
    """Fly an unpowered body from ``start`` (6,) until ``end`` s or until it sinks to ``floor`` m, whichever is first.

    Return the number of rows written to ``nodes`` (n, 10) and how it ended. ``coarse`` is the step in s above 200 km,
    and ``fine`` the share of a scale height flown in one step below 80 km. The last node lies on the floor within 1 mm.
    """
    state, moved, trial = start.copy(), np.empty(6), np.empty(6)
    rates = np.empty((4, 3))
    altitude = height(state[0], state[1], state[2])
    row = 0
    while True:
        if row >= nodes.shape[0]:
            return row, FULL
        fall_acceleration(state, inverse_beta, spin, rates[0])
        _write(nodes, row, time, state, rates[0])
        row += 1
        if time >= end:
            return row, FINISHED
        if altitude <= floor + 1e-3 and row > 1:
            return row, GROUNDED
        h = _step_length(state, rates[0], altitude, inverse_beta, coarse, fine)
        last = time + h >= end - 1e-9
        h = end - time if last else h
        _free_step(state, rates, h, inverse_beta, spin, trial, moved)
        below = height(moved[0], moved[1], moved[2])
        if below < floor and below < altitude:
            h = _landing_step(state, rates, h, altitude, below, floor, inverse_beta, spin, trial, moved)
            last, below = False, floor
        time = end if last else time + h
        altitude = below
        for c in range(6):
            state[c] = moved[c]


@njit(cache=True, error_model="numpy", nogil=True)
def _step_length(
    state: Vector, rate: Vector, altitude: float, inverse_beta: float, coarse: float, fine: float
) -> float:
    if inverse_beta == 0.0:
        return coarse
    speed = math.sqrt(state[3] * state[3] + state[4] * state[4] + state[5] * state[5]) + 1.0
    if altitude > FINE_TOP:
        return min(coarse, max(LONGEST_FINE_STEP, (altitude - FINE_TOP) / speed))
    thin = max(altitude - 80e3, 0.0) / 20e3
    pull = math.sqrt(rate[0] * rate[0] + rate[1] * rate[1] + rate[2] * rate[2])
    return min(LONGEST_FINE_STEP, fine * SCALE_HEIGHT / speed * (1.0 + thin * thin), 2.0 * fine * speed / pull)


@njit(cache=True, error_model="numpy", nogil=True)
def _landing_step(
    state: Vector,
    rates: Vector,
    step: float,
    above: float,
    below: float,
    floor: float,
    inverse_beta: float,
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
        _free_step(state, rates, h, inverse_beta, spin, trial, moved)
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


@njit(cache=True, error_model="numpy", nogil=True)
def _free_step(
    state: Vector, rates: Vector, h: float, inverse_beta: float, spin: float, trial: Vector, moved: Vector
) -> None:
    _stage(state, rates, 0, 0.5 * h, trial)
    fall_acceleration(trial, inverse_beta, spin, rates[1])
    _middle(state, rates, h, trial)
    fall_acceleration(trial, inverse_beta, spin, rates[2])
    _last(state, rates, h, trial)
    fall_acceleration(trial, inverse_beta, spin, rates[3])
    _advance(state, rates, h, moved)


# The four stages of RK4 for x'' = a(x, x'), with the velocities of the stages written out in terms of the
# accelerations.
@njit(cache=True, error_model="numpy", nogil=True)
def _stage(state: Vector, rates: Vector, k: int, h: float, trial: Vector) -> None:
    for c in range(3):
        trial[c] = state[c] + h * state[3 + c]
        trial[3 + c] = state[3 + c] + h * rates[k, c]


@njit(cache=True, error_model="numpy", nogil=True)
def _middle(state: Vector, rates: Vector, h: float, trial: Vector) -> None:
    for c in range(3):
        trial[c] = state[c] + 0.5 * h * (state[3 + c] + 0.5 * h * rates[0, c])
        trial[3 + c] = state[3 + c] + 0.5 * h * rates[1, c]


@njit(cache=True, error_model="numpy", nogil=True)
def _last(state: Vector, rates: Vector, h: float, trial: Vector) -> None:
    for c in range(3):
        trial[c] = state[c] + h * (state[3 + c] + 0.5 * h * rates[1, c])
        trial[3 + c] = state[3 + c] + h * rates[2, c]


@njit(cache=True, error_model="numpy", nogil=True)
def _advance(state: Vector, rates: Vector, h: float, out: Vector) -> None:
    for c in range(3):
        out[c] = state[c] + h * (state[3 + c] + h / 6.0 * (rates[0, c] + rates[1, c] + rates[2, c]))
        out[3 + c] = state[3 + c] + h / 6.0 * (rates[0, c] + 2.0 * rates[1, c] + 2.0 * rates[2, c] + rates[3, c])


@njit(cache=True, error_model="numpy", nogil=True)
def _write(nodes: Vector, row: int, time: float, state: Vector, rate: Vector) -> None:
    nodes[row, 0] = time
    for c in range(6):
        nodes[row, 1 + c] = state[c]
    for c in range(3):
        nodes[row, 7 + c] = rate[c]
