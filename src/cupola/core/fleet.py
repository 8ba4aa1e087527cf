"""The pool that keeps vector lanes full: a body that is done leaves its lane to the next one at once.

Bodies are rows of ``BODY_COLUMNS``. All that are above the air are flown first, then all that are in it, in turns until
every one is at its end.
"""

import math

import numpy as np

from cupola.core.atmosphere import TABLE_TOP, height, standard_air
from cupola.core.earth import EQUATORIAL_RADIUS, MU, Vector
from cupola.core.integrate import falling
from cupola.core.kernel import kernel
from cupola.core.lanes import (
    ALTITUDE,
    BEFORE,
    BODY_COLUMNS,
    END,
    ENDED,
    FLOOR,
    HALF,
    HIGH,
    LANDED,
    LANES,
    LOW,
    MARGIN,
    STATUS,
    STEP,
    TIME,
    VACUUM,
    WORK_ROWS,
    V,
    high_steps,
    low_steps,
)

LEAST_DRAG = 3e-6  # m/s2: less counts as none
# What drag left out over the whole flight may move a body that lingers, less than thrice this: m.
LINGERING_SHIFT = 0.3
DEEPEST_LINGERING = EQUATORIAL_RADIUS - 500e3  # m, a perigee below which a body passes the thin air quickly


# Altitudes of densities that grow by a constant factor, for the altitude of no drag.
_LOG_FIRST, _LOG_STEP = math.log(1e-15), 0.125


def _altitudes_of_densities() -> Vector:
    grid = np.arange(0.0, TABLE_TOP, 1e3)
    fall = -np.log(standard_air(grid)[0])
    return np.asarray(np.interp(-(_LOG_FIRST + _LOG_STEP * np.arange(280)), fall, grid))


_ALTITUDES = _altitudes_of_densities()


@kernel(contract=True, inline=True)
def _quintic(p0, v0, a0, p1, v1, a1):  # type: ignore[no-untyped-def]
    """Return the upper three coefficients of the quintic over a unit step, the one that ``Trajectory`` uses."""
    jump, slope, bend = p1 - p0 - v0 - 0.5 * a0, v1 - v0 - a0, a1 - a0
    return (
        10.0 * jump - 4.0 * slope + 0.5 * bend,
        -15.0 * jump + 7.0 * slope - bend,
        6.0 * jump - 3.0 * slope + 0.5 * bend,
    )


@kernel(contract=True, inline=True)
def _along(q, p, v, a, c):  # type: ignore[no-untyped-def]
    return p + q * (v + q * (0.5 * a + q * (c[0] + q * (c[1] + q * c[2]))))


@kernel(contract=True, inline=True)
def _speed_along(q, v, a, c):  # type: ignore[no-untyped-def]
    return v + q * (a + q * (3.0 * c[0] + q * (4.0 * c[1] + q * 5.0 * c[2])))


@kernel(contract=True)
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


@kernel
def prepare(bodies: Vector) -> None:
    """Write the altitude of no drag (the floor at least), the altitude and the first status into ``bodies``."""
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
        top = bodies[b, FLOOR]
        if bodies[b, HALF] > 0.0:
            grade = (math.log(least / (square * bodies[b, HALF])) - _LOG_FIRST) / _LOG_STEP
            top = max(top, _ALTITUDES[int(min(max(grade, 0.0), _ALTITUDES.shape[0] - 1.0))])
        bodies[b, VACUUM], bodies[b, ALTITUDE] = top, altitude
        bodies[b, STATUS] = ENDED if span <= 0.0 else (HIGH if altitude > top + MARGIN else LOW)


@kernel
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


@kernel
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


@kernel
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
            high_steps(s)
        else:
            low_steps(s, spin)
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


@kernel
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
