"""Kernels that fly many unpowered bodies side by side, one in each lane of a vector loop.

A loop over ``LANES`` bodies without a branch becomes vector code. Where drag cannot move the body (above an altitude of
its own, ``VACUUM``) the steps are long, of order six and without air; below they are classical Runge-Kutta steps.
"""

import math

import numpy as np

from cupola.core.atmosphere import DENSITY, height, place_of
from cupola.core.earth import MU, gravity
from cupola.core.integrate import (
    ALLOWANCE,
    CLIMBING_SHARE,
    LEVEL_SHARE,
    SCALE_HEIGHT,
    SLOWEST_STEP,
    SLOWNESS,
)
from cupola.core.kernel import kernel

LANES = 32

# Columns of a body, which are the first rows of a lane's work array too. HALF is half of 1 / beta.
X, Y, Z, U, V, W, TIME, END, HALF, VACUUM, FLOOR, ALTITUDE, STATUS = range(13)
BODY_COLUMNS = 13

# Further rows: the state before the step and the acceleration there, what the drag is made of, a sum of stages.
BEFORE, RATE, STEP, CLIMB, GRAVITY, PLACE, WIND, SPEED, AIR, STAGE = 13, 19, 22, 23, 24, 27, 28, 31, 32, 33
WORK_ROWS = 36

# What became of a body: waits for a lane above the air, or in it, or is at its end time, or on the floor.
HIGH, LOW, ENDED, LANDED = 0.0, 1.0, 2.0, 3.0

FASTEST_FALL = 9.85  # m/s2, above any downward acceleration
VACUUM_STEP = 0.16  # in units of sqrt(r3 / mu): 150 s in a low orbit
MARGIN, RELEASE = 500.0, 5e3  # m above the altitude of no drag where a body enters the air and leaves it

LONGEST_LOW_STEP = 25.0  # s
STEEPEST = 2.5  # scale heights a body may fall within a step however thin the air


@kernel(contract=True, inline=True)
def coasting_step(x, y, z, u, v, w, ax, ay, az, h):  # type: ignore[no-untyped-def]
    """Return the state ``h`` s after one with acceleration ``ax``, ``ay``, ``az``, without air.

    Nyström method of order six with five stages (Albrecht 1955; Hairer, Nørsett and Wanner 1993, table II.14.3).
    """
    q, k = 0.25 * h, h * h
    bx, by, bz = gravity(x + q * u + k * (ax / 32.0), y + q * v + k * (ay / 32.0), z + q * w + k * (az / 32.0))
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


@kernel(contract=True)
def high_steps(s):  # type: ignore[no-untyped-def]
    """Take one step above the air in every lane of ``s`` (WORK_ROWS * LANES)."""
    for i in range(LANES):
        x, y, z, u, v, w = (
            s[LANES * X + i],
            s[LANES * Y + i],
            s[LANES * Z + i],
            s[LANES * U + i],
            s[LANES * V + i],
            s[LANES * W + i],
        )
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
        s[LANES * X + i], s[LANES * Y + i], s[LANES * Z + i], s[LANES * U + i], s[LANES * V + i], s[LANES * W + i] = (
            x,
            y,
            z,
            u,
            v,
            w,
        )
        s[LANES * STEP + i] = h
        s[LANES * TIME + i] += h
        altitude = height(x, y, z)
        s[LANES * ALTITUDE + i] = altitude
        s[LANES * STATUS + i] = ENDED if h >= left else (LOW if altitude < s[LANES * VACUUM + i] + MARGIN else HIGH)


# The look-up of the density has loops of its own: where the address of a table's row is found in the middle of a vector
# loop, the compiler takes everything that leads to it out of the vectors.
@kernel(contract=True, inline=True)
def _look(x, y, z, u, v, w, spin):  # type: ignore[no-untyped-def]
    """Return gravity, the place in the table of the air, the velocity in the air and its size."""
    gx, gy, gz = gravity(x, y, z)
    ux, uy = u + spin * y, v - spin * x
    return gx, gy, gz, place_of(height(x, y, z)), ux, uy, w, math.sqrt(ux * ux + uy * uy + w * w)


@kernel(contract=True)
def _density(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        share = s[LANES * PLACE + i]
        cell = np.int32(share)
        share -= cell
        s[LANES * AIR + i] = DENSITY[cell, 0] + share * (
            DENSITY[cell, 1] + share * (DENSITY[cell, 2] + share * DENSITY[cell, 3])
        )


@kernel(contract=True, inline=True)
def _pull(s, i):  # type: ignore[no-untyped-def]
    """Return the acceleration in lane ``i`` from what ``_look`` found and the density, and drag over airspeed."""
    retard = s[LANES * AIR + i] * s[LANES * HALF + i] * s[LANES * SPEED + i]
    return (
        s[LANES * GRAVITY + i] - retard * s[LANES * WIND + i],
        s[LANES * (GRAVITY + 1) + i] - retard * s[LANES * (WIND + 1) + i],
        s[LANES * (GRAVITY + 2) + i] - retard * s[LANES * (WIND + 2) + i],
        retard,
    )


@kernel(contract=True)
def _low_start(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w = (
            s[LANES * X + i],
            s[LANES * Y + i],
            s[LANES * Z + i],
            s[LANES * U + i],
            s[LANES * V + i],
            s[LANES * W + i],
        )
        (
            s[LANES * GRAVITY + i],
            s[LANES * (GRAVITY + 1) + i],
            s[LANES * (GRAVITY + 2) + i],
            s[LANES * PLACE + i],
            s[LANES * WIND + i],
            s[LANES * (WIND + 1) + i],
            s[LANES * (WIND + 2) + i],
            s[LANES * SPEED + i],
        ) = _look(x, y, z, u, v, w, spin)


@kernel(contract=True)
def _low_first(s, spin):  # type: ignore[no-untyped-def]
    """Choose the step and move to the second stage of RK4."""
    for i in range(LANES):
        x, y, z, u, v, w = (
            s[LANES * X + i],
            s[LANES * Y + i],
            s[LANES * Z + i],
            s[LANES * U + i],
            s[LANES * V + i],
            s[LANES * W + i],
        )
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
        h = min(
            min(h, LONGEST_LOW_STEP), min(SLOWEST_STEP + SLOWNESS * speed, s[LANES * END + i] - s[LANES * TIME + i])
        )
        s[LANES * STEP + i] = h
        g = 0.5 * h
        (
            s[LANES * GRAVITY + i],
            s[LANES * (GRAVITY + 1) + i],
            s[LANES * (GRAVITY + 2) + i],
            s[LANES * PLACE + i],
            s[LANES * WIND + i],
            s[LANES * (WIND + 1) + i],
            s[LANES * (WIND + 2) + i],
            s[LANES * SPEED + i],
        ) = _look(x + g * u, y + g * v, z + g * w, u + g * ax, v + g * ay, w + g * az, spin)


@kernel(contract=True)
def _low_second(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w = (
            s[LANES * X + i],
            s[LANES * Y + i],
            s[LANES * Z + i],
            s[LANES * U + i],
            s[LANES * V + i],
            s[LANES * W + i],
        )
        ax, ay, az = s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i]
        bx, by, bz, _ = _pull(s, i)
        s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i] = bx, by, bz
        g = 0.5 * s[LANES * STEP + i]
        x, y, z = x + g * (u + g * ax), y + g * (v + g * ay), z + g * (w + g * az)
        (
            s[LANES * GRAVITY + i],
            s[LANES * (GRAVITY + 1) + i],
            s[LANES * (GRAVITY + 2) + i],
            s[LANES * PLACE + i],
            s[LANES * WIND + i],
            s[LANES * (WIND + 1) + i],
            s[LANES * (WIND + 2) + i],
            s[LANES * SPEED + i],
        ) = _look(x, y, z, u + g * bx, v + g * by, w + g * bz, spin)


@kernel(contract=True)
def _low_third(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w = (
            s[LANES * X + i],
            s[LANES * Y + i],
            s[LANES * Z + i],
            s[LANES * U + i],
            s[LANES * V + i],
            s[LANES * W + i],
        )
        bx, by, bz = s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i]
        cx, cy, cz, _ = _pull(s, i)
        s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i] = bx + cx, by + cy, bz + cz
        h = s[LANES * STEP + i]
        g = 0.5 * h
        x, y, z = x + h * (u + g * bx), y + h * (v + g * by), z + h * (w + g * bz)
        (
            s[LANES * GRAVITY + i],
            s[LANES * (GRAVITY + 1) + i],
            s[LANES * (GRAVITY + 2) + i],
            s[LANES * PLACE + i],
            s[LANES * WIND + i],
            s[LANES * (WIND + 1) + i],
            s[LANES * (WIND + 2) + i],
            s[LANES * SPEED + i],
        ) = _look(x, y, z, u + h * cx, v + h * cy, w + h * cz, spin)


@kernel(contract=True)
def _low_last(s):  # type: ignore[no-untyped-def]
    """End the step in every lane and say what became of the body."""
    for i in range(LANES):
        x, y, z, u, v, w = (
            s[LANES * X + i],
            s[LANES * Y + i],
            s[LANES * Z + i],
            s[LANES * U + i],
            s[LANES * V + i],
            s[LANES * W + i],
        )
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
        s[LANES * STATUS + i] = (
            LANDED if (altitude < s[LANES * FLOOR + i]) and (altitude < s[LANES * ALTITUDE + i]) else status
        )
        s[LANES * ALTITUDE + i] = altitude


@kernel(contract=True)
def low_steps(s, spin):  # type: ignore[no-untyped-def]
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
