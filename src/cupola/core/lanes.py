"""Kernels that fly many unpowered bodies side by side, one in each lane of a vector loop.

A loop over ``LANES`` bodies without a branch becomes vector code, and a body that is done leaves its lane to the next one
at once, so that flights of any length keep the lanes full. Where drag cannot move the body (above an altitude of its
own, ``VACUUM``) the steps are long, of order six and without air; below they are classical Runge-Kutta steps.
"""

import math

import numpy as np
from numba import njit

from cupola.core.atmosphere import DENSITY, TABLE_TOP, height, place_of, standard_air
from cupola.core.earth import EQUATORIAL_RADIUS, MU, Vector, gravity
from cupola.core.integrate import (
    ALLOWANCE,
    CLIMBING_SHARE,
    LEVEL_SHARE,
    SCALE_HEIGHT,
    SLOWEST_STEP,
    SLOWNESS,
    falling,
)

LANES = 32

# Columns of a body, which are the first rows of a lane's work array too. HALF is half of 1 / beta.
X, Y, Z, U, V, W, TIME, END, HALF, VACUUM, FLOOR, ALTITUDE, STATUS = range(13)
BODY_COLUMNS = 13

# Further rows: the state before the step and the acceleration there, what the drag is made of, a sum of stages.
BEFORE, RATE, STEP, CLIMB, GRAVITY, PLACE, WIND, SPEED, AIR, STAGE = 13, 19, 22, 23, 24, 27, 28, 31, 32, 33
WORK_ROWS = 36

# What became of a body: waits for a lane above the air, or in it, or is at its end time, or on the floor.
HIGH, LOW, ENDED, LANDED = 0.0, 1.0, 2.0, 3.0

LEAST_DRAG = 3e-6  # m/s2: less counts as none
LINGERING_SHIFT = 0.3  # m: drag left out over the whole flight may not move a body that lingers by more than thrice this
DEEPEST_LINGERING = EQUATORIAL_RADIUS - 500e3  # m, a perigee below which a body passes the thin air quickly
FASTEST_FALL = 9.85  # m/s2, above any downward acceleration
VACUUM_STEP = 0.16  # in units of sqrt(r3 / mu): 150 s in a low orbit
MARGIN, RELEASE = 500.0, 5e3  # m above the altitude of no drag where a body enters the air and leaves it

LONGEST_LOW_STEP = 25.0  # s
STEEPEST = 2.5  # scale heights a body may fall within a step however thin the air


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"}, inline="always")
def coasting_step(x, y, z, u, v, w, ax, ay, az, h):  # type: ignore[no-untyped-def]
    """Return the state ``h`` s after one with acceleration ``ax``, ``ay``, ``az``, without air.

    Nyström method of order six with five stages (Albrecht 1955; Hairer, Nørsett and Wanner 1993, table II.14.3).
    """
    q, k = 0.25 * h, h * h
    bx, by, bz = gravity(
        x + q * u + k * (ax / 32.0), y + q * v + k * (ay / 32.0), z + q * w + k * (az / 32.0)
    )
    q = 0.5 * h
    cx, cy, cz = gravity(
        x + q * u + k * (bx / 6.0 - ax / 24.0),
        y + q * v + k * (by / 6.0 - ay / 24.0),
        z + q * w + k * (bz / 6.0 - az / 24.0),
    )
    q = 0.75 * h
    dx, dy, dz = gravity(
        x + q * u + k * (3.0 / 32.0 * ax + 0.125 * bx + 0.0625 * cx),
        y + q * v + k * (3.0 / 32.0 * ay + 0.125 * by + 0.0625 * cy),
        z + q * w + k * (3.0 / 32.0 * az + 0.125 * bz + 0.0625 * cz),
    )
    x, y, z = x + h * u, y + h * v, z + h * w
    ex, ey, ez = gravity(
        x + k * (3.0 / 7.0 * bx - cx / 14.0 + dx / 7.0),
        y + k * (3.0 / 7.0 * by - cy / 14.0 + dy / 7.0),
        z + k * (3.0 / 7.0 * bz - cz / 14.0 + dz / 7.0),
    )
    k, h = k / 90.0, h / 90.0
    return (
        x + k * (7.0 * ax + 24.0 * bx + 6.0 * cx + 8.0 * dx),
        y + k * (7.0 * ay + 24.0 * by + 6.0 * cy + 8.0 * dy),
        z + k * (7.0 * az + 24.0 * bz + 6.0 * cz + 8.0 * dz),
        u + h * (7.0 * (ax + ex) + 32.0 * (bx + dx) + 12.0 * cx),
        v + h * (7.0 * (ay + ey) + 32.0 * (by + dy) + 12.0 * cy),
        w + h * (7.0 * (az + ez) + 32.0 * (bz + dz) + 12.0 * cz),
    )


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _high_steps(s):  # type: ignore[no-untyped-def]
    """Take one step above the air in every lane of ``s`` (WORK_ROWS * LANES)."""
    for i in range(LANES):
        x, y, z, u, v, w = s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i]
        ax, ay, az = gravity(x, y, z)
        r = math.sqrt(x * x + y * y + z * z)
        climb = (x * u + y * v + z * w) / r
        # A fall at the greatest acceleration cannot be overtaken: no body enters the air unseen.
        above = max(s[LANES * ALTITUDE + i] - s[LANES * VACUUM + i], 0.0)
        fall = (climb + math.sqrt(climb * climb + 2.0 * FASTEST_FALL * above)) * (1.0 / FASTEST_FALL)
        left = s[LANES * END + i] - s[LANES * TIME + i]
        h = min(min(r * math.sqrt(r) * (VACUUM_STEP / math.sqrt(MU)), max(fall, 1.0)), left)
        s[LANES * BEFORE + i], s[LANES * (BEFORE + 1) + i], s[LANES * (BEFORE + 2) + i] = x, y, z
        s[LANES * (BEFORE + 3) + i], s[LANES * (BEFORE + 4) + i], s[LANES * (BEFORE + 5) + i] = u, v, w
        s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i] = ax, ay, az
        x, y, z, u, v, w = coasting_step(x, y, z, u, v, w, ax, ay, az, h)
        s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i] = x, y, z, u, v, w
        s[LANES * STEP + i] = h
        s[LANES * TIME + i] += h
        altitude = height(x, y, z)
        s[LANES * ALTITUDE + i] = altitude
        s[LANES * STATUS + i] = ENDED if h >= left else (LOW if altitude < s[LANES * VACUUM + i] + MARGIN else HIGH)


# The look-up of the density has loops of its own: where the address of a table's row is found in the middle of a vector
# loop, the compiler takes everything that leads to it out of the vectors.
@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"}, inline="always")
def _look(x, y, z, u, v, w, spin):  # type: ignore[no-untyped-def]
    """Return gravity, the place in the table of the air, the velocity in the air and its size."""
    gx, gy, gz = gravity(x, y, z)
    ux, uy = u + spin * y, v - spin * x
    return gx, gy, gz, place_of(height(x, y, z)), ux, uy, w, math.sqrt(ux * ux + uy * uy + w * w)


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _density(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        share = s[LANES * PLACE + i]
        cell = np.int32(share)
        share -= cell
        s[LANES * AIR + i] = DENSITY[cell, 0] + share * (DENSITY[cell, 1] + share * (DENSITY[cell, 2] + share * DENSITY[cell, 3]))


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"}, inline="always")
def _pull(s, i):  # type: ignore[no-untyped-def]
    """Return the acceleration in lane ``i`` from what ``_look`` found and the density, and drag over airspeed."""
    retard = s[LANES * AIR + i] * s[LANES * HALF + i] * s[LANES * SPEED + i]
    return (
        s[LANES * GRAVITY + i] - retard * s[LANES * WIND + i],
        s[LANES * (GRAVITY + 1) + i] - retard * s[LANES * (WIND + 1) + i],
        s[LANES * (GRAVITY + 2) + i] - retard * s[LANES * (WIND + 2) + i],
        retard,
    )


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _low_start(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w = s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i]
        s[LANES * GRAVITY + i], s[LANES * (GRAVITY + 1) + i], s[LANES * (GRAVITY + 2) + i], s[LANES * PLACE + i], s[LANES * WIND + i], s[LANES * (WIND + 1) + i], s[LANES * (WIND + 2) + i], s[LANES * SPEED + i] = _look(x, y, z, u, v, w, spin)


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _low_first(s, spin):  # type: ignore[no-untyped-def]
    """Choose the step and move to the second stage of RK4."""
    for i in range(LANES):
        x, y, z, u, v, w = s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i]
        ax, ay, az, retard = _pull(s, i)
        s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i] = ax, ay, az
        climb = (x * u + y * v + z * w) / math.sqrt(x * x + y * y + z * z)
        s[LANES * CLIMB + i] = climb
        # The drag changes by this share of itself in a second: with the air along the path, and with the speed.
        speed = s[LANES * SPEED + i]
        along = (abs(climb) + LEVEL_SHARE * speed) * (1.0 / SCALE_HEIGHT)
        strength = math.sqrt((along + 2.0 * retard) * math.sqrt(retard * speed)) * (1.0 / ALLOWANCE)
        limit = max(along * (1.0 / STEEPEST) + 2.0 * retard, strength) + 1e-3
        h = (CLIMBING_SHARE if climb > 0.0 else 1.0) / limit
        h = min(min(h, LONGEST_LOW_STEP), min(SLOWEST_STEP + SLOWNESS * speed, s[LANES * END + i] - s[LANES * TIME + i]))
        s[LANES * STEP + i] = h
        g = 0.5 * h
        s[LANES * GRAVITY + i], s[LANES * (GRAVITY + 1) + i], s[LANES * (GRAVITY + 2) + i], s[LANES * PLACE + i], s[LANES * WIND + i], s[LANES * (WIND + 1) + i], s[LANES * (WIND + 2) + i], s[LANES * SPEED + i] = _look(x + g * u, y + g * v, z + g * w, u + g * ax, v + g * ay, w + g * az, spin)


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _low_second(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w = s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i]
        ax, ay, az = s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i]
        bx, by, bz, _ = _pull(s, i)
        s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i] = bx, by, bz
        g = 0.5 * s[LANES * STEP + i]
        x, y, z = x + g * (u + g * ax), y + g * (v + g * ay), z + g * (w + g * az)
        s[LANES * GRAVITY + i], s[LANES * (GRAVITY + 1) + i], s[LANES * (GRAVITY + 2) + i], s[LANES * PLACE + i], s[LANES * WIND + i], s[LANES * (WIND + 1) + i], s[LANES * (WIND + 2) + i], s[LANES * SPEED + i] = _look(x, y, z, u + g * bx, v + g * by, w + g * bz, spin)


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _low_third(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w = s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i]
        bx, by, bz = s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i]
        cx, cy, cz, _ = _pull(s, i)
        s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i] = bx + cx, by + cy, bz + cz
        h = s[LANES * STEP + i]
        g = 0.5 * h
        x, y, z = x + h * (u + g * bx), y + h * (v + g * by), z + h * (w + g * bz)
        s[LANES * GRAVITY + i], s[LANES * (GRAVITY + 1) + i], s[LANES * (GRAVITY + 2) + i], s[LANES * PLACE + i], s[LANES * WIND + i], s[LANES * (WIND + 1) + i], s[LANES * (WIND + 2) + i], s[LANES * SPEED + i] = _look(x, y, z, u + h * cx, v + h * cy, w + h * cz, spin)


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _low_last(s):  # type: ignore[no-untyped-def]
    """End the step in every lane and say what became of the body."""
    for i in range(LANES):
        x, y, z, u, v, w = s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i]
        ax, ay, az = s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i]
        bx, by, bz = s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i]
        dx, dy, dz, _ = _pull(s, i)
        h, left = s[LANES * STEP + i], s[LANES * END + i] - s[LANES * TIME + i]
        g = h / 6.0
        s[LANES * BEFORE + i], s[LANES * (BEFORE + 1) + i], s[LANES * (BEFORE + 2) + i] = x, y, z
        s[LANES * (BEFORE + 3) + i], s[LANES * (BEFORE + 4) + i], s[LANES * (BEFORE + 5) + i] = u, v, w
        x, y, z = x + h * (u + g * (ax + bx)), y + h * (v + g * (ay + by)), z + h * (w + g * (az + bz))
        s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i] = x, y, z
        s[LANES * U + i] = u + g * (ax + 2.0 * bx + dx)
        s[LANES * V + i] = v + g * (ay + 2.0 * by + dy)
        s[LANES * W + i] = w + g * (az + 2.0 * bz + dz)
        s[LANES * TIME + i] += h
        altitude = height(x, y, z)
        free = (altitude > s[LANES * VACUUM + i] + RELEASE) and (s[LANES * CLIMB + i] > 0.0)
        status = ENDED if h >= left else (HIGH if free else LOW)
        s[LANES * STATUS + i] = LANDED if (altitude < s[LANES * FLOOR + i]) and (altitude < s[LANES * ALTITUDE + i]) else status
        s[LANES * ALTITUDE + i] = altitude


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _low_steps(s, spin):  # type: ignore[no-untyped-def]
    """Take one step with drag in every lane of ``s`` (WORK_ROWS * LANES)."""
    _low_start(s, spin)
    _density(s)
    _low_first(s, spin)
    _density(s)
    _low_second(s, spin)
    _density(s)
    _low_third(s, spin)
    _density(s)
    _low_last(s)


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"}, inline="always")
def _quintic(p0, v0, a0, p1, v1, a1):  # type: ignore[no-untyped-def]
    """Return the upper three coefficients of the quintic over a unit step that meets both ends, as in ``Trajectory``."""
    jump, slope, bend = p1 - p0 - v0 - 0.5 * a0, v1 - v0 - a0, a1 - a0
    return 10.0 * jump - 4.0 * slope + 0.5 * bend, -15.0 * jump + 7.0 * slope - bend, 6.0 * jump - 3.0 * slope + 0.5 * bend


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"}, inline="always")
def _along(q, p, v, a, c):  # type: ignore[no-untyped-def]
    return p + q * (v + q * (0.5 * a + q * (c[0] + q * (c[1] + q * c[2]))))


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"}, inline="always")
def _speed_along(q, v, a, c):  # type: ignore[no-untyped-def]
    return v + q * (a + q * (3.0 * c[0] + q * (4.0 * c[1] + q * 5.0 * c[2])))


@njit(cache=True, error_model="numpy", nogil=True, fastmath={"contract"})
def _land(s, i, spin):  # type: ignore[no-untyped-def]
    """Move the state of lane ``i`` back to where its last step crossed the floor (regula falsi, Illinois variant)."""
    b, n = LANES * BEFORE + i, LANES
    h, floor = s[n * STEP + i], s[n * FLOOR + i]
    k = h * h
    x, y, z, u, v, w = s[b], s[b + n], s[b + 2 * n], h * s[b + 3 * n], h * s[b + 4 * n], h * s[b + 5 * n]
    ax, ay, az = k * s[b + 6 * n], k * s[b + 7 * n], k * s[b + 8 * n]
    x1, y1, z1, u1, v1, w1 = s[i], s[n + i], s[2 * n + i], s[3 * n + i], s[4 * n + i], s[5 * n + i]
    bx, by, bz = falling(x1, y1, z1, u1, v1, w1, 2.0 * s[n * HALF + i], spin)
    cx = _quintic(x, u, ax, x1, h * u1, k * bx)
    cy = _quintic(y, v, ay, y1, h * v1, k * by)
    cz = _quintic(z, w, az, z1, h * w1, k * bz)
    low, f_low = 0.0, height(x, y, z) - floor
    high, f_high = 1.0, s[n * ALTITUDE + i] - floor
    q = 0.0
    if f_low > 0.0:
        for _ in range(60):
            q = (low * f_high - high * f_low) / (f_high - f_low)
            f = height(_along(q, x, u, ax, cx), _along(q, y, v, ay, cy), _along(q, z, w, az, cz)) - floor
            if abs(f) < 1e-4:
                break
            if f > 0.0:
                low, f_low, f_high = q, f, 0.5 * f_high
            else:
                high, f_high, f_low = q, f, 0.5 * f_low
    s[i], s[n + i], s[2 * n + i] = _along(q, x, u, ax, cx), _along(q, y, v, ay, cy), _along(q, z, w, az, cz)
    g = 1.0 / h
    s[3 * n + i], s[4 * n + i] = g * _speed_along(q, u, ax, cx), g * _speed_along(q, v, ay, cy)
    s[5 * n + i] = g * _speed_along(q, w, az, cz)
    s[n * TIME + i] -= (1.0 - q) * h


@njit(cache=True, error_model="numpy", nogil=True)
def prepare(bodies: Vector) -> None:
    """Write the altitude of no drag, the altitude and the first status into the rows of ``bodies`` (n, BODY_COLUMNS)."""
    for b in range(bodies.shape[0]):
        x, y, z, u, v, w = bodies[b, 0], bodies[b, 1], bodies[b, 2], bodies[b, 3], bodies[b, 4], bodies[b, 5]
        span = bodies[b, END] - bodies[b, TIME]
        altitude = height(x, y, z)
        energy = 0.5 * (u * u + v * v + w * w) - MU / math.sqrt(x * x + y * y + z * z)
        sweep = math.sqrt((y * w - z * v) ** 2 + (z * u - x * w) ** 2 + (x * v - y * u) ** 2) / MU
        perigee = sweep * sweep * MU / (1.0 + math.sqrt(max(1.0 + 2.0 * energy * sweep * sweep * MU, 0.0)))
        least = LEAST_DRAG if perigee < DEEPEST_LINGERING else min(LEAST_DRAG, LINGERING_SHIFT / max(span * span, 1.0))
        # The square of the speed where the air begins, and the density there that drags as little as that.
        square = 2.0 * max(energy + MU / (EQUATORIAL_RADIUS + 100e3), 5e5)
        top = -1e9
        if bodies[b, HALF] > 0.0:
            grade = (math.log(least / (square * bodies[b, HALF])) - _LOG_FIRST) / _LOG_STEP
            top = _ALTITUDES[int(min(max(grade, 0.0), _ALTITUDES.shape[0] - 1.0))]
        bodies[b, VACUUM], bodies[b, ALTITUDE] = top, altitude
        bodies[b, STATUS] = ENDED if span <= 0.0 else (HIGH if altitude > top + MARGIN else LOW)


@njit(cache=True, error_model="numpy", nogil=True)
def _board(s, i, who, bodies, following, kind):  # type: ignore[no-untyped-def]
    """Put the next body of this kind into lane ``i``, or none; return where to look for the one after it."""
    while following < bodies.shape[0] and bodies[following, STATUS] != kind:
        following += 1
    if following == bodies.shape[0]:
        # An empty lane holds a body that stands still in time, high up.
        for c in range(WORK_ROWS):
            s[LANES * c + i] = 0.0
        s[i], s[LANES * V + i], s[LANES * STATUS + i] = 7e6, 7e3, kind
        who[i] = -1
        return following
    for c in range(BODY_COLUMNS):
        s[LANES * c + i] = bodies[following, c]
    who[i] = following
    return following + 1


@njit(cache=True, error_model="numpy", nogil=True)
def _keep(s, who, nodes, counts):  # type: ignore[no-untyped-def]
    """Write the node that every lane's step began at; count it even where there is no room for it."""
    for i in range(LANES):
        b = who[i]
        if b < 0:
            continue
        row = counts[b]
        counts[b] = row + 1
        if row < nodes.shape[1]:
            nodes[b, row, 0] = s[LANES * TIME + i] - s[LANES * STEP + i]
            for c in range(9):
                nodes[b, row, 1 + c] = s[LANES * (BEFORE + c) + i]


@njit(cache=True, error_model="numpy", nogil=True)
def _fly(bodies, kind, spin, nodes, counts):  # type: ignore[no-untyped-def]
    """Fly every row of ``bodies`` (n, BODY_COLUMNS) whose status is ``kind`` (HIGH or LOW) until its status changes."""
    s = np.zeros(WORK_ROWS * LANES)
    who = np.full(LANES, -1)
    following, flying = 0, 0
    for i in range(LANES):
        following = _board(s, i, who, bodies, following, kind)
        flying += who[i] >= 0
    while flying > 0:
        if kind == HIGH:
            _high_steps(s)
        else:
            _low_steps(s, spin)
        if nodes.shape[0] > 0:
            _keep(s, who, nodes, counts)
        for i in range(LANES):
            if s[LANES * STATUS + i] != kind and who[i] >= 0:
                if s[LANES * STATUS + i] == LANDED:
                    _land(s, i, spin)
                for c in range(BODY_COLUMNS):
                    bodies[who[i], c] = s[LANES * c + i]
                following = _board(s, i, who, bodies, following, kind)
                flying -= who[i] < 0


@njit(cache=True, error_model="numpy", nogil=True)
def fly(bodies, spin, nodes, counts):  # type: ignore[no-untyped-def]
    """Fly every row of ``bodies`` (n, BODY_COLUMNS), prepared, to its end, in and out of the air as often as it goes.

    Nodes are written to ``nodes`` (n, k, 10) and counted in ``counts`` (n,), the last one of each body excepted; with
    no rows in ``nodes`` nothing is kept.
    """
    waiting = True
    while waiting:
        _fly(bodies, HIGH, spin, nodes, counts)
        _fly(bodies, LOW, spin, nodes, counts)
        waiting = False
        for b in range(bodies.shape[0]):
            waiting = waiting or bodies[b, STATUS] == HIGH


# Altitudes of densities that grow by a constant factor, for the altitude of no drag.
_LOG_FIRST, _LOG_STEP = math.log(1e-15), 0.125


def _altitudes_of_densities() -> Vector:
    grid = np.arange(0.0, TABLE_TOP, 1e3)
    fall = -np.log(standard_air(grid)[0])
    return np.asarray(np.interp(-(_LOG_FIRST + _LOG_STEP * np.arange(280)), fall, grid))


_ALTITUDES = _altitudes_of_densities()
