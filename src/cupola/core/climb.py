"""Kernels that fly many launches of one vehicle side by side: same segments, own sites, steering and cut-offs.

The forces are those of ``powered_acceleration``. Every loop over the lanes is free of branches; what needs a table has
a loop of its own, as in ``lanes``.
"""

import math

import numpy as np

from cupola.core.atmosphere import DENSITY, HEAT_RATIO, SOUND, height, place_of
from cupola.core.earth import Vector, geodetic_to_ecef, gravity
from cupola.core.integrate import AREA, COAST, END, EXIT, FLOW, KICK, MASS, RISE, START, STEER, THRUST
from cupola.core.kernel import kernel
from cupola.core.lanes import LANES

MACH_CELLS = 4096  # of the drag coefficient, between zero and the last Mach number of its table

# Steps as shares of the one asked for: in the pitch-over, and growing with the time since lift-off in s.
KICK_SHARE, LEAST_SHARE, MOST_SHARE, FULL_STEP = 0.25, 0.5, 3.0, 40.0

# Rows of the work array: state, state of a stage, aim as in ``powered_acceleration``, time, cut-off, floor, step, what
# the forces are made of, accelerations.
Q, AIM, TIME, CUTOFF, FLOOR, FALLEN, STEP = 6, 12, 20, 21, 22, 23, 24
GRAVITY, PLACE, WIND, SPEED, AIR, PRESSURE, MACH, DRAG, TOWARDS = 25, 28, 29, 32, 33, 34, 35, 36, 37
RATE, STAGE, PULL = 40, 43, 46
ROWS = 49


@kernel
def launch_states(sites, azimuths, kicks, spin, states, aims):  # type: ignore[no-untyped-def]
    """Write the states (n, 6) on the pad and the aims (n, 8) of ``launch_state`` for sites (n, 3), angles (n,)."""
    for i in range(sites.shape[0]):
        latitude, longitude = sites[i, 0], sites[i, 1]
        x, y, z = geodetic_to_ecef(latitude, longitude, sites[i, 2])
        states[i, 0], states[i, 1], states[i, 2] = x, y, z
        states[i, 3], states[i, 4], states[i, 5] = -spin * y, spin * x, 0.0
        sin_lat, cos_lat, sin_lon, cos_lon = (
            math.sin(latitude),
            math.cos(latitude),
            math.sin(longitude),
            math.cos(longitude),
        )
        east, north = math.sin(azimuths[i]), math.cos(azimuths[i])
        aims[i, 0], aims[i, 1], aims[i, 2] = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
        aims[i, 3] = -east * sin_lon - north * sin_lat * cos_lon
        aims[i, 4] = east * cos_lon - north * sin_lat * sin_lon
        aims[i, 5] = north * cos_lat
        aims[i, 6], aims[i, 7] = math.cos(kicks[i]), math.sin(kicks[i])


@kernel
def climb_together(  # type: ignore[no-untyped-def]
    states, times, fallen, order, segments, aims, floors, cutoffs, drag, spin, step
):
    """Fly the launches ``order`` (n,) names from ``states`` (n, 6) at time zero, and write where each ended.

    ``segments`` (m, 8) and ``drag`` (k, 2) as in ``powered_flight``, ``aims`` (n, 8), ``floors`` and ``cutoffs`` (n,).
    One that sinks below its floor stays where it was before that step, and is marked in ``fallen``.
    """
    coefficients = _coefficients(drag)
    scale = MACH_CELLS / max(drag[-1, 0], 1e-3)
    s = np.zeros(ROWS * LANES)
    for first in range(0, order.shape[0], LANES):
        for i in range(LANES):
            # The last group is filled up with copies of its last launch.
            b = order[min(first + i, order.shape[0] - 1)]
            for c in range(6):
                s[LANES * c + i] = states[b, c]
            for c in range(8):
                s[LANES * (AIM + c) + i] = aims[b, c]
            s[LANES * TIME + i], s[LANES * CUTOFF + i] = 0.0, cutoffs[b]
            s[LANES * FLOOR + i], s[LANES * FALLEN + i] = floors[b], 0.0
        latest = cutoffs[order[min(first + LANES, order.shape[0]) - 1]]
        for m in range(segments.shape[0]):
            segment = segments[m]
            if segment[START] >= latest:
                break
            time = segment[START]
            while time < min(segment[END], latest) - 1e-9:
                # A slow rocket turns fast, and what it turns too little early it misses all the way.
                share = KICK_SHARE if segment[STEER] == KICK else min(max(time / FULL_STEP, LEAST_SHARE), MOST_SHARE)
                left = segment[END] - time
                h = left / math.ceil(left / (step * share) - 1e-9)
                _climb(s, time, h, segment, coefficients, scale, spin)
                time += h
        for i in range(min(LANES, order.shape[0] - first)):
            b = order[first + i]
            for c in range(6):
                states[b, c] = s[LANES * c + i]
            times[b] = s[LANES * TIME + i]
            fallen[b] = s[LANES * FALLEN + i] > 0.0


@kernel
def _coefficients(drag: Vector) -> Vector:
    """Return the drag coefficient at the lower end of every cell of Mach number, and its rise over the cell."""
    out = np.zeros((MACH_CELLS + 1, 2))
    out[:, 0] = np.interp(np.arange(MACH_CELLS + 1) * (max(drag[-1, 0], 1e-3) / MACH_CELLS), drag[:, 0], drag[:, 1])
    out[:-1, 1] = out[1:, 0] - out[:-1, 0]
    return out


@kernel
def _climb(s, time, h, segment, coefficients, scale, spin):  # type: ignore[no-untyped-def]
    """Take one step of RK4 in every lane, shorter where a cut-off comes first."""
    _begin(s, time, h)
    _forces(s, time, 0.0, segment, coefficients, scale, spin)
    _second(s)
    _forces(s, time, 0.5, segment, coefficients, scale, spin)
    _third(s)
    _forces(s, time, 0.5, segment, coefficients, scale, spin)
    _fourth(s)
    _forces(s, time, 1.0, segment, coefficients, scale, spin)
    _finish(s)


@kernel
def _forces(s, time, share, segment, coefficients, scale, spin):  # type: ignore[no-untyped-def]
    """Write the acceleration of the stage into PULL: it lies ``share`` of the step after ``time``."""
    _look(s, spin)
    _air(s)
    _drag(s, coefficients, scale)
    if segment[STEER] == RISE:
        _upwards(s, math.cos(spin * time), math.sin(spin * time), share * spin)
    elif segment[STEER] == KICK:
        _kicked(s, math.cos(spin * time), math.sin(spin * time), share * spin)
    else:
        _forwards(s)
    thrust, exit_area = segment[THRUST], segment[EXIT]
    if segment[STEER] == COAST:
        thrust, exit_area = 0.0, 0.0
    _pull(
        s,
        thrust,
        exit_area,
        segment[AREA],
        segment[MASS] - segment[FLOW] * (time - segment[START]),
        segment[FLOW] * share,
    )


@kernel(contract=True)
def _begin(s, time, h):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        left = min(max(s[LANES * CUTOFF + i] - time, 0.0), h)
        s[LANES * STEP + i] = 0.0 if s[LANES * FALLEN + i] > 0.0 else left
        s[LANES * Q + i], s[LANES * (Q + 1) + i], s[LANES * (Q + 2) + i] = s[i], s[LANES * 1 + i], s[LANES * 2 + i]
        s[LANES * (Q + 3) + i], s[LANES * (Q + 4) + i], s[LANES * (Q + 5) + i] = (
            s[LANES * 3 + i],
            s[LANES * 4 + i],
            s[LANES * 5 + i],
        )


@kernel(contract=True)
def _look(s, spin):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, w = s[LANES * Q + i], s[LANES * (Q + 1) + i], s[LANES * (Q + 2) + i], s[LANES * (Q + 5) + i]
        ux, uy = s[LANES * (Q + 3) + i] + spin * y, s[LANES * (Q + 4) + i] - spin * x
        s[LANES * GRAVITY + i], s[LANES * (GRAVITY + 1) + i], s[LANES * (GRAVITY + 2) + i] = gravity(x, y, z)
        s[LANES * PLACE + i] = place_of(height(x, y, z))
        s[LANES * WIND + i], s[LANES * (WIND + 1) + i], s[LANES * (WIND + 2) + i] = ux, uy, w
        s[LANES * SPEED + i] = math.sqrt(ux * ux + uy * uy + w * w)


@kernel(contract=True)
def _air(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        q = s[LANES * PLACE + i]
        cell = np.int32(q)
        q -= cell
        density = DENSITY[cell, 0] + q * (DENSITY[cell, 1] + q * (DENSITY[cell, 2] + q * DENSITY[cell, 3]))
        sound = SOUND[cell, 0] + q * (SOUND[cell, 1] + q * (SOUND[cell, 2] + q * SOUND[cell, 3]))
        s[LANES * AIR + i] = density
        s[LANES * PRESSURE + i] = density * sound * sound * (1.0 / HEAT_RATIO)
        s[LANES * MACH + i] = s[LANES * SPEED + i] / sound


@kernel(contract=True)
def _drag(s, coefficients, scale):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        q = min(s[LANES * MACH + i] * scale, float(MACH_CELLS))
        cell = np.int32(q)
        s[LANES * DRAG + i] = coefficients[cell, 0] + (q - cell) * coefficients[cell, 1]


@kernel(contract=True)
def _upwards(s, cos, sin, rate):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        # The Earth turns so little within a step that two terms of the series are exact.
        a = rate * s[LANES * STEP + i]
        c, d = cos * (1.0 - 0.5 * a * a) - sin * a, sin * (1.0 - 0.5 * a * a) + cos * a
        x, y = s[LANES * AIM + i], s[LANES * (AIM + 1) + i]
        s[LANES * TOWARDS + i], s[LANES * (TOWARDS + 1) + i], s[LANES * (TOWARDS + 2) + i] = (
            c * x - d * y,
            d * x + c * y,
            s[LANES * (AIM + 2) + i],
        )


@kernel(contract=True)
def _forwards(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        inverse = 1.0 / max(s[LANES * SPEED + i], 1e-9)
        s[LANES * TOWARDS + i], s[LANES * (TOWARDS + 1) + i] = (
            s[LANES * WIND + i] * inverse,
            s[LANES * (WIND + 1) + i] * inverse,
        )
        s[LANES * (TOWARDS + 2) + i] = s[LANES * (WIND + 2) + i] * inverse


@kernel(contract=True)
def _kicked(s, cos, sin, rate):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        a = rate * s[LANES * STEP + i]
        c, d = cos * (1.0 - 0.5 * a * a) - sin * a, sin * (1.0 - 0.5 * a * a) + cos * a
        hx, hy, hz = (
            c * s[LANES * (AIM + 3) + i] - d * s[LANES * (AIM + 4) + i],
            d * s[LANES * (AIM + 3) + i] + c * s[LANES * (AIM + 4) + i],
            s[LANES * (AIM + 5) + i],
        )
        inverse = 1.0 / max(s[LANES * SPEED + i], 1e-9)
        ux, uy, uz = (
            s[LANES * WIND + i] * inverse,
            s[LANES * (WIND + 1) + i] * inverse,
            s[LANES * (WIND + 2) + i] * inverse,
        )
        along = hx * ux + hy * uy + hz * uz
        hx, hy, hz = hx - along * ux, hy - along * uy, hz - along * uz
        ahead, side = (
            s[LANES * (AIM + 6) + i],
            s[LANES * (AIM + 7) + i] / max(math.sqrt(hx * hx + hy * hy + hz * hz), 1e-12),
        )
        s[LANES * TOWARDS + i] = ahead * ux + side * hx
        s[LANES * (TOWARDS + 1) + i] = ahead * uy + side * hy
        s[LANES * (TOWARDS + 2) + i] = ahead * uz + side * hz


@kernel(contract=True)
def _pull(s, thrust, exit_area, area, mass, burnt):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        inverse = 1.0 / (mass - burnt * s[LANES * STEP + i])
        push = max(thrust - s[LANES * PRESSURE + i] * exit_area, 0.0) * inverse
        retard = 0.5 * area * inverse * s[LANES * AIR + i] * s[LANES * DRAG + i] * s[LANES * SPEED + i]
        s[LANES * PULL + i] = s[LANES * GRAVITY + i] - retard * s[LANES * WIND + i] + push * s[LANES * TOWARDS + i]
        s[LANES * (PULL + 1) + i] = (
            s[LANES * (GRAVITY + 1) + i] - retard * s[LANES * (WIND + 1) + i] + push * s[LANES * (TOWARDS + 1) + i]
        )
        s[LANES * (PULL + 2) + i] = (
            s[LANES * (GRAVITY + 2) + i] - retard * s[LANES * (WIND + 2) + i] + push * s[LANES * (TOWARDS + 2) + i]
        )


@kernel(contract=True)
def _second(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        u, v, w, ax, ay, az, g = (
            s[LANES * 3 + i],
            s[LANES * 4 + i],
            s[LANES * 5 + i],
            s[LANES * PULL + i],
            s[LANES * (PULL + 1) + i],
            s[LANES * (PULL + 2) + i],
            0.5 * s[LANES * STEP + i],
        )
        s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i] = ax, ay, az
        s[LANES * Q + i], s[LANES * (Q + 1) + i], s[LANES * (Q + 2) + i] = (
            s[i] + g * u,
            s[LANES * 1 + i] + g * v,
            s[LANES * 2 + i] + g * w,
        )
        s[LANES * (Q + 3) + i], s[LANES * (Q + 4) + i], s[LANES * (Q + 5) + i] = u + g * ax, v + g * ay, w + g * az


@kernel(contract=True)
def _third(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        u, v, w, ax, ay, az, g = (
            s[LANES * 3 + i],
            s[LANES * 4 + i],
            s[LANES * 5 + i],
            s[LANES * RATE + i],
            s[LANES * (RATE + 1) + i],
            s[LANES * (RATE + 2) + i],
            0.5 * s[LANES * STEP + i],
        )
        bx, by, bz = s[LANES * PULL + i], s[LANES * (PULL + 1) + i], s[LANES * (PULL + 2) + i]
        s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i] = bx, by, bz
        s[LANES * Q + i], s[LANES * (Q + 1) + i] = s[i] + g * (u + g * ax), s[LANES * 1 + i] + g * (v + g * ay)
        s[LANES * (Q + 2) + i] = s[LANES * 2 + i] + g * (w + g * az)
        s[LANES * (Q + 3) + i], s[LANES * (Q + 4) + i], s[LANES * (Q + 5) + i] = u + g * bx, v + g * by, w + g * bz


@kernel(contract=True)
def _fourth(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        u, v, w, h = s[LANES * 3 + i], s[LANES * 4 + i], s[LANES * 5 + i], s[LANES * STEP + i]
        bx, by, bz = s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i]
        cx, cy, cz, g = s[LANES * PULL + i], s[LANES * (PULL + 1) + i], s[LANES * (PULL + 2) + i], 0.5 * h
        s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i] = bx + cx, by + cy, bz + cz
        s[LANES * Q + i], s[LANES * (Q + 1) + i] = s[i] + h * (u + g * bx), s[LANES * 1 + i] + h * (v + g * by)
        s[LANES * (Q + 2) + i] = s[LANES * 2 + i] + h * (w + g * bz)
        s[LANES * (Q + 3) + i], s[LANES * (Q + 4) + i], s[LANES * (Q + 5) + i] = u + h * cx, v + h * cy, w + h * cz


@kernel(contract=True)
def _finish(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        x, y, z, u, v, w, h = (
            s[i],
            s[LANES * 1 + i],
            s[LANES * 2 + i],
            s[LANES * 3 + i],
            s[LANES * 4 + i],
            s[LANES * 5 + i],
            s[LANES * STEP + i],
        )
        g = h / 6.0
        ax, ay, az = s[LANES * RATE + i], s[LANES * (RATE + 1) + i], s[LANES * (RATE + 2) + i]
        bx, by, bz = s[LANES * STAGE + i], s[LANES * (STAGE + 1) + i], s[LANES * (STAGE + 2) + i]
        nx, ny, nz = x + h * (u + g * (ax + bx)), y + h * (v + g * (ay + by)), z + h * (w + g * (az + bz))
        g = 0.0 if height(nx, ny, nz) < s[LANES * FLOOR + i] else g
        s[LANES * FALLEN + i] = 1.0 if height(nx, ny, nz) < s[LANES * FLOOR + i] else s[LANES * FALLEN + i]
        h = 6.0 * g
        s[i], s[LANES * 1 + i], s[LANES * 2 + i] = (
            x + h * (u + g * (ax + bx)),
            y + h * (v + g * (ay + by)),
            z + h * (w + g * (az + bz)),
        )
        s[LANES * 3 + i] = u + g * (ax + 2.0 * bx + s[LANES * PULL + i])
        s[LANES * 4 + i] = v + g * (ay + 2.0 * by + s[LANES * (PULL + 1) + i])
        s[LANES * 5 + i] = w + g * (az + 2.0 * bz + s[LANES * (PULL + 2) + i])
        s[LANES * TIME + i] += h
