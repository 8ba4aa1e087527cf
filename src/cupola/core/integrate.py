"""The flight kernels: classical Runge-Kutta of order four in phases with exact boundaries, every step a node.

Forces: central gravity and J2, drag against air that turns with the Earth, thrust less back-pressure. Inertial axes,
SI. A row of nodes holds time, position, velocity and acceleration: the ten columns of ``nodes``.

A state is six floats x, y, z, u, v, w and never an array: views of arrays cost more than the forces do.
"""

import math

from cupola.core.atmosphere import air, density_at, height
from cupola.core.earth import Vector, gravity
from cupola.core.kernel import kernel

# How a segment steers: along the launch vertical, offset from the velocity, along the velocity, or without thrust.
RISE, KICK, TURN, COAST = 0, 1, 2, 3

# Columns of a segment row.
START, END, STEER, THRUST, FLOW, MASS, EXIT, AREA = range(8)
SEGMENT_COLUMNS = 8

# What a kernel reports beside the number of nodes.
FINISHED, GROUNDED, FULL = 0, 1, 2

SLOW = 600.0  # m/s in the air: below, a powered step is two halves
FINE_TOP = 200e3  # m: below, the air may bend a light body's path within one coarse step
SCALE_HEIGHT = 7e3  # m, the length over which the air changes below 100 km
LONGEST_FINE_STEP = 4.0  # s
LEVEL_SHARE = 0.1  # of the speed, counted as climb: a level flight curves into denser air
ALLOWANCE = 2.0  # (m/s2)^1/4 s^1/2: the stronger the drag, the less it may change within a step
CLIMBING_SHARE = 0.5  # of the step of a falling body: what a climb leaves wrong has the whole flight to grow
SLOWEST_STEP, SLOWNESS = 0.5, 0.05  # s, and s per m/s: no step turns a climb into a fall unseen


@kernel(contract=True)
def drag_coefficient(mach: float, table: Vector) -> float:
    """Return Cd at a Mach number from an (n, 2) table of rising Mach and Cd: linear between rows, held outside."""
    i = table.shape[0] - 1
    if mach >= table[i, 0]:
        return float(table[i, 1])
    # From above: a rocket spends most of its time at high Mach numbers.
    while i > 0 and mach < table[i, 0]:
        i -= 1
    if mach <= table[i, 0]:
        return float(table[i, 1])
    share = (mach - table[i, 0]) / (table[i + 1, 0] - table[i, 0])
    return float(table[i, 1] + share * (table[i + 1, 1] - table[i, 1]))


@kernel(contract=True, inline=True)
def falling(x, y, z, u, v, w, inverse_beta, spin):  # type: ignore[no-untyped-def]
    """Return the acceleration in m/s2 of an unpowered body of ballistic coefficient 1 / ``inverse_beta`` kg/m2, free
    of branches.
    """
    ax, ay, az, _, _ = falling_and_drag(x, y, z, u, v, w, inverse_beta, spin)
    return ax, ay, az


@kernel(contract=True, inline=True)
def falling_and_drag(x, y, z, u, v, w, inverse_beta, spin):  # type: ignore[no-untyped-def]
    """Return the acceleration of an unpowered body, its airspeed in m/s and drag over airspeed in 1/s."""
    ax, ay, az = gravity(x, y, z)
    ux, uy = u + spin * y, v - spin * x
    speed = math.sqrt(ux * ux + uy * uy + w * w)
    retard = 0.5 * density_at(height(x, y, z)) * speed * inverse_beta
    return ax - retard * ux, ay - retard * uy, az - retard * w, speed, retard


# The four stages of RK4 for x'' = a(x, x'), with the velocities of the stages written out in terms of the
# accelerations.
@kernel(contract=True, inline=True)
def falling_step(x, y, z, u, v, w, ax, ay, az, h, inverse_beta, spin):  # type: ignore[no-untyped-def]
    """Return the state ``h`` s after one with acceleration ``ax``, ``ay``, ``az``, free of branches."""
    g = 0.5 * h
    bx, by, bz = falling(x + g * u, y + g * v, z + g * w, u + g * ax, v + g * ay, w + g * az, inverse_beta, spin)
    cx, cy, cz = falling(
        x + g * (u + g * ax), y + g * (v + g * ay), z + g * (w + g * az), u + g * bx, v + g * by, w + g * bz,
        inverse_beta, spin,
    )  # fmt: skip
    dx, dy, dz = falling(
        x + h * (u + g * bx), y + h * (v + g * by), z + h * (w + g * bz), u + h * cx, v + h * cy, w + h * cz,
        inverse_beta, spin,
    )  # fmt: skip
    s = h / 6.0
    return (
        x + h * (u + s * (ax + bx + cx)),
        y + h * (v + s * (ay + by + cy)),
        z + h * (w + s * (az + bz + cz)),
        u + s * (ax + 2.0 * (bx + cx) + dx),
        v + s * (ay + 2.0 * (by + cy) + dy),
        w + s * (az + 2.0 * (bz + cz) + dz),
    )


@kernel(contract=True, inline=True)
def powered(time, x, y, z, u, v, w, segment, aim, drag, spin):  # type: ignore[no-untyped-def]
    """Return the acceleration in m/s2 of a rocket inside a ``segment``; ``aim`` as in ``powered_acceleration``."""
    gx, gy, gz = gravity(x, y, z)
    density, pressure, sound = air(height(x, y, z))
    ux, uy, uz = u + spin * y, v - spin * x, w
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    lightness = 1.0 / (segment[MASS] - segment[FLOW] * (time - segment[START]))
    if speed > 0.0:
        coefficient = drag_coefficient(speed / sound, drag)
        retard = 0.5 * density * speed * coefficient * segment[AREA] * lightness
        gx -= retard * ux
        gy -= retard * uy
        gz -= retard * uz
        inverse = 1.0 / speed
        ux, uy, uz = inverse * ux, inverse * uy, inverse * uz
    steer = int(segment[STEER])
    push = max(segment[THRUST] - pressure * segment[EXIT], 0.0) * lightness
    if steer in (RISE, KICK):
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
    return gx + push * ux, gy + push * uy, gz + push * uz


@kernel(contract=True)
def _powered_step(t, x, y, z, u, v, w, ax, ay, az, h, segment, aim, drag, spin):  # type: ignore[no-untyped-def]
    g, s = 0.5 * h, h / 6.0
    bx, by, bz = powered(
        t + g, x + g * u, y + g * v, z + g * w, u + g * ax, v + g * ay, w + g * az, segment, aim, drag, spin
    )
    cx, cy, cz = powered(
        t + g, x + g * (u + g * ax), y + g * (v + g * ay), z + g * (w + g * az),
        u + g * bx, v + g * by, w + g * bz, segment, aim, drag, spin,
    )  # fmt: skip
    dx, dy, dz = powered(
        t + h, x + h * (u + g * bx), y + h * (v + g * by), z + h * (w + g * bz),
        u + h * cx, v + h * cy, w + h * cz, segment, aim, drag, spin,
    )  # fmt: skip
    return (
        x + h * (u + s * (ax + bx + cx)),
        y + h * (v + s * (ay + by + cy)),
        z + h * (w + s * (az + bz + cz)),
        u + s * (ax + 2.0 * (bx + cx) + dx),
        v + s * (ay + 2.0 * (by + cy) + dy),
        w + s * (az + 2.0 * (bz + cz) + dz),
    )


@kernel(contract=True)
def powered_acceleration(
    time: float, state: Vector, segment: Vector, aim: Vector, drag: Vector, spin: float, out: Vector
) -> None:
    """Write the acceleration (3,) in m/s2 of a rocket at ``state`` (6,) inside ``segment`` into ``out``.

    ``aim`` holds the launch vertical, the horizontal heading (unit vectors, Earth-fixed) and the kick's cosine and
    sine.
    """
    x, y, z, u, v, w = state[0], state[1], state[2], state[3], state[4], state[5]
    out[0], out[1], out[2] = powered(time, x, y, z, u, v, w, segment, aim, drag, spin)


@kernel(contract=True)
def fall_acceleration(state: Vector, inverse_beta: float, spin: float, out: Vector) -> None:
    """Write the acceleration (3,) of an unpowered body of ballistic coefficient 1 / ``inverse_beta`` kg/m2 into
    ``out``.
    """
    x, y, z, u, v, w = state[0], state[1], state[2], state[3], state[4], state[5]
    out[0], out[1], out[2] = falling(x, y, z, u, v, w, inverse_beta, spin)


@kernel(contract=True)
def powered_flight(
    start: Vector, segments: Vector, aim: Vector, drag: Vector, spin: float, step: float, floor: float, nodes: Vector
) -> tuple[int, int]:
    """Fly ``segments`` (m, 8) from ``start`` (6,); return the number of rows written to ``nodes`` (n, 10) and how it
    ended.

    Every segment begins with a node of its own, so that a jump of the acceleration has a node on either side. Ends
    early (``GROUNDED``) where the rocket sinks below ``floor`` m.
    """
    x, y, z, u, v, w = start[0], start[1], start[2], start[3], start[4], start[5]
    row = 0
    for m in range(segments.shape[0]):
        segment = segments[m]
        span = segment[END] - segment[START]
        steps = max(math.ceil(span / step - 1e-9), 1)
        h = span / steps
        for i in range(steps + 1):
            t = segment[START] + i * h
            if row >= nodes.shape[0]:
                return row, FULL
            ax, ay, az = powered(t, x, y, z, u, v, w, segment, aim, drag, spin)
            _write(nodes, row, t, x, y, z, u, v, w, ax, ay, az)
            row += 1
            if i == steps:
                break
            # A slow rocket turns fast and crosses the corners of its drag curve; what goes wrong there has the whole
            # boost to grow.
            square = (u + spin * y) ** 2 + (v - spin * x) ** 2 + w * w
            if square < SLOW * SLOW:
                g = 0.5 * h
                x, y, z, u, v, w = _powered_step(t, x, y, z, u, v, w, ax, ay, az, g, segment, aim, drag, spin)
                ax, ay, az = powered(t + g, x, y, z, u, v, w, segment, aim, drag, spin)
                x, y, z, u, v, w = _powered_step(t + g, x, y, z, u, v, w, ax, ay, az, g, segment, aim, drag, spin)
            else:
                x, y, z, u, v, w = _powered_step(t, x, y, z, u, v, w, ax, ay, az, h, segment, aim, drag, spin)
            if height(x, y, z) < floor:
                return row, GROUNDED
    return row, FINISHED


@kernel(contract=True)
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
    and ``fine`` half the share by which drag may change in one step
    below 80 km. The last node lies on the floor within 1 mm.
    """
    x, y, z, u, v, w = start[0], start[1], start[2], start[3], start[4], start[5]
    altitude = height(x, y, z)
    row = 0
    while True:
        if row >= nodes.shape[0]:
            return row, FULL
        ax, ay, az, speed, retard = falling_and_drag(x, y, z, u, v, w, inverse_beta, spin)
        _write(nodes, row, time, x, y, z, u, v, w, ax, ay, az)
        row += 1
        if time >= end:
            return row, FINISHED
        if altitude <= floor + 1e-3 and row > 1:
            return row, GROUNDED
        climb = (x * u + y * v + z * w) / math.sqrt(x * x + y * y + z * z)
        h = coarse if inverse_beta == 0.0 else _step_length(speed, climb, retard, altitude, coarse, fine)
        last = time + h >= end - 1e-9
        h = end - time if last else h
        state = _step(x, y, z, u, v, w, ax, ay, az, h, inverse_beta, spin)
        below = height(state[0], state[1], state[2])
        if below < floor and below < altitude:
            h = _landing_step(x, y, z, u, v, w, ax, ay, az, h, altitude, below, floor, inverse_beta, spin)
            state = _step(x, y, z, u, v, w, ax, ay, az, h, inverse_beta, spin)
            last, below = False, floor
        x, y, z, u, v, w = state
        time = end if last else time + h
        altitude = below


@kernel(contract=True)
def _step(x, y, z, u, v, w, ax, ay, az, h, inverse_beta, spin):  # type: ignore[no-untyped-def]
    return falling_step(x, y, z, u, v, w, ax, ay, az, h, inverse_beta, spin)


@kernel(contract=True)
def _step_length(speed: float, climb: float, retard: float, altitude: float, coarse: float, fine: float) -> float:
    if altitude > FINE_TOP:
        return min(coarse, max(LONGEST_FINE_STEP, (altitude - FINE_TOP) / (speed + 1.0)))
    # The drag changes by this share of itself in a second: with the air along the path, and with the speed.
    along = (abs(climb) + LEVEL_SHARE * speed) / SCALE_HEIGHT
    change = along + 2.0 * retard
    strength = math.sqrt(change * math.sqrt(retard * speed)) / ALLOWANCE
    thin = max(altitude - 80e3, 0.0) / 20e3
    limit = max(along / (1.0 + thin * thin) + 2.0 * retard, strength)
    share = 2.0 * fine * (CLIMBING_SHARE if climb > 0.0 else 1.0)
    return min(LONGEST_FINE_STEP, share / limit, SLOWEST_STEP + SLOWNESS * speed)


@kernel(contract=True)
def _landing_step(x, y, z, u, v, w, ax, ay, az, step, above, below, floor, inverse_beta, spin):  # type: ignore[no-untyped-def]
    """Return the step that ends on the floor (regula falsi, Illinois variant)."""
    low, high = 0.0, step
    f_low, f_high = above - floor, below - floor
    h = step
    for _ in range(60):
        h = (low * f_high - high * f_low) / (f_high - f_low)
        state = _step(x, y, z, u, v, w, ax, ay, az, h, inverse_beta, spin)
        f = height(state[0], state[1], state[2]) - floor
        if abs(f) < 1e-4:
            break
        if f > 0.0:
            low, f_low = h, f
            f_high *= 0.5
        else:
            high, f_high = h, f
            f_low *= 0.5
    return h


@kernel(contract=True, inline=True)
def _write(nodes, row, time, x, y, z, u, v, w, ax, ay, az):  # type: ignore[no-untyped-def]
    nodes[row, 0] = time
    nodes[row, 1], nodes[row, 2], nodes[row, 3] = x, y, z
    nodes[row, 4], nodes[row, 5], nodes[row, 6] = u, v, w
    nodes[row, 7], nodes[row, 8], nodes[row, 9] = ax, ay, az
