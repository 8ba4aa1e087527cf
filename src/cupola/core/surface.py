"""Motion along a curve over the ellipsoid: exact kinematics of a body that keeps a height, climbs, dives and turns.

The curve on the ellipsoid has a piecewise constant geodesic curvature (zero on a geodesic), the height above it changes
along lines, circles or parabolas over the way on the ground, the speed relative to the ground changes at constant
rates. With P on the ellipsoid, T its unit tangent, n the outward normal and h the height, the place is X = P + h n. The
derivatives follow from differential geometry (do Carmo 1976, sections 3-2 and 4-4) in closed form; only P, T and the
length of X are integrated, by Runge and Kutta's fourth-order rule.
"""

import math

import numpy as np

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    POLAR_RADIUS,
    ROTATION_RATE,
    Vector,
    geodetic_to_ecef,
    local_basis,
)
from cupola.core.kernel import kernel

# Columns of a segment: what is constant from its start to its end.
ARC, LENGTH, BEND, TURN, SPEED, RATE = 0, 1, 2, 3, 4, 5
SEGMENT_COLUMNS = 6
NODE_COLUMNS = 10
LONGEST_STEP = 60e3  # m of a geodesic per integration step: 1e-5 m of error
LARGEST_TURN = 0.02  # rad of course or climb per integration step: 1e-10 rad of error
STEPS_PER_NODE = 10
NODE_SPACING = 30.0  # s

_DX = 1.0 / EQUATORIAL_RADIUS**2
_DZ = 1.0 / POLAR_RADIUS**2


def surface_start(latitude: float, longitude: float, azimuth: float) -> Vector:
    """Return the state (6,) of the kernels, place in m and direction, at a point and a course in rad."""
    east, north, _ = local_basis(latitude, longitude)
    place = geodetic_to_ecef(latitude, longitude, 0.0)
    return np.array([*place, *(math.sin(azimuth) * east + math.cos(azimuth) * north)])


def course(latitude: float, longitude: float, direction: Vector) -> float:
    """Return the azimuth in rad of an Earth-fixed direction (3,) at a point."""
    east, north, _ = local_basis(latitude, longitude)
    return math.atan2(float(direction @ east), float(direction @ north)) % math.tau


def fly_segments(
    start: Vector, height_m: float, climb_rad: float, speed_m_s: float, segments: Vector
) -> tuple[Vector, Vector]:
    """Return the node rows (n, 10) (t, r, v, a; inertial, Earth's axes at t = 0) and the times (m,) at which the
    segments end.

    ``start`` is a state (6,) of :func:`surface_start`; a segment row holds: ARC 1 where the climb angle changes evenly
    along the way in the vertical plane and 0 where the slope changes evenly along the ground; LENGTH in m of that way;
    BEND, the change per m of the climb angle in rad or of the slope; TURN, the geodesic curvature in rad/m, positive to
    the right; SPEED in m/s that is sought and the RATE in m/s2 at which (an infinite speed is never reached). Nodes are
    doubled where the acceleration jumps.
    """
    size = 64 + 8 * len(segments)
    while True:
        nodes, ends = np.empty((size, NODE_COLUMNS)), np.empty(len(segments))
        count = _fly(start, height_m, climb_rad, speed_m_s, segments, nodes, ends)
        if count > 0:
            return nodes[:count], ends
        size *= 4


@kernel
def follow(state: Vector, turn: float, distance: float) -> Vector:
    """Return the state (6,) after ``distance`` m on the ellipsoid with the geodesic curvature ``turn`` rad/m."""
    steps = max(1, math.ceil(abs(distance) * max(1.0 / LONGEST_STEP, abs(turn) / LARGEST_TURN)))
    law = np.array([0.0, 0.0, 0.0])
    y = np.empty(7)
    y[:6], y[6] = state, 0.0
    for _ in range(steps):
        y = _step(y, 0.0, distance / steps, 0, law, 0.0, turn)
    return y[:6].copy()


@kernel
def places_along(state: Vector, lengths: Vector, turns: Vector, at: Vector) -> Vector:
    """Return the Earth-fixed places (k, 3) in m at the distances ``at`` (k,), rising, along a curve on the ellipsoid
    made of pieces of ``lengths`` (m,) and geodesic curvatures ``turns`` (m,).
    """
    out = np.empty((at.shape[0], 3))
    begun, piece, here, now = 0.0, 0, state.copy(), 0.0
    for k in range(at.shape[0]):
        while piece < lengths.shape[0] - 1 and at[k] > begun + lengths[piece]:
            here = follow(here, turns[piece], begun + lengths[piece] - now)
            begun += lengths[piece]
            now = begun
            piece += 1
        here = follow(here, turns[piece], at[k] - now)
        now = at[k]
        out[k] = here[:3]
    return out


@kernel
def _law(arc: int, law: Vector, bend: float, u: float) -> tuple[float, float, float, float, float]:
    """Return ground rate c, climb rate s, their derivatives and the height at ``u``; ``law`` holds height, angle,
    slope.
    """
    if arc:
        angle = law[1] + bend * u
        c, s = math.cos(angle), math.sin(angle)
        if abs(bend * u) > 1e-6:
            return c, s, -s * bend, c * bend, law[0] + (math.cos(law[1]) - c) / bend
        return c, s, -s * bend, c * bend, law[0] + u * (math.sin(law[1]) + 0.5 * bend * u * math.cos(law[1]))
    return 1.0, law[2] + bend * u, 0.0, bend, law[0] + u * (law[2] + 0.5 * bend * u)


@kernel
def _rates(y: Vector, u: float, arc: int, law: Vector, bend: float, turn: float) -> Vector:
    c, s, _, _, h = _law(arc, law, bend, u)
    gx, gy, gz = y[0] * _DX, y[1] * _DX, y[2] * _DZ
    g = math.sqrt(gx * gx + gy * gy + gz * gz)
    nx, ny, nz = gx / g, gy / g, gz / g
    tx, ty, tz = y[3], y[4], y[5]
    dx, dy, dz = tx * _DX, ty * _DX, tz * _DZ
    k = (tx * dx + ty * dy + tz * dz) / g
    q = nx * dx + ny * dy + nz * dz
    mx, my, mz = (dx - nx * q) / g, (dy - ny * q) / g, (dz - nz * q) / g
    out = np.empty(7)
    out[0], out[1], out[2] = c * tx, c * ty, c * tz
    out[3] = c * (turn * (ty * nz - tz * ny) - k * nx)
    out[4] = c * (turn * (tz * nx - tx * nz) - k * ny)
    out[5] = c * (turn * (tx * ny - ty * nx) - k * nz)
    ground = (tx + h * mx) ** 2 + (ty + h * my) ** 2 + (tz + h * mz) ** 2
    out[6] = math.sqrt(c * c * ground + s * s)
    return out


@kernel
def _step(y: Vector, u: float, du: float, arc: int, law: Vector, bend: float, turn: float) -> Vector:
    """Advance place, direction and length (7,) by ``du``, and put them back onto the ellipsoid and its tangent."""
    k1 = _rates(y, u, arc, law, bend, turn)
    k2 = _rates(y + 0.5 * du * k1, u + 0.5 * du, arc, law, bend, turn)
    k3 = _rates(y + 0.5 * du * k2, u + 0.5 * du, arc, law, bend, turn)
    k4 = _rates(y + du * k3, u + du, arc, law, bend, turn)
    out = y + du / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    out[:3] /= math.sqrt((out[0] ** 2 + out[1] ** 2) * _DX + out[2] ** 2 * _DZ)
    gx, gy, gz = out[0] * _DX, out[1] * _DX, out[2] * _DZ
    off = (gx * out[3] + gy * out[4] + gz * out[5]) / (gx * gx + gy * gy + gz * gz)
    out[3] -= off * gx
    out[4] -= off * gy
    out[5] -= off * gz
    out[3:6] /= math.sqrt(out[3] ** 2 + out[4] ** 2 + out[5] ** 2)
    return out


@kernel
def _write(
    row: Vector,
    time: float,
    y: Vector,
    u: float,
    arc: int,
    law: Vector,
    bend: float,
    turn: float,
    speed: float,
    rate: float,
) -> None:
    """Write one inertial node (10,): X' and X'' of X = P + h n along the way, then speed and turning Earth."""
    c, s, dc, ds, h = _law(arc, law, bend, u)
    diagonal = np.array([_DX, _DX, _DZ])
    p, t = y[:3], y[3:6]
    gradient = diagonal * p
    g = math.sqrt((gradient * gradient).sum())
    n = gradient / g
    dt = diagonal * t
    q = (n * dt).sum()
    n1 = (dt - n * q) / g
    right = np.array([t[1] * n[2] - t[2] * n[1], t[2] * n[0] - t[0] * n[2], t[0] * n[1] - t[1] * n[0]])
    t1 = turn * right - (t * dt).sum() / g * n
    dt1 = diagonal * t1
    n2 = (dt1 - 2.0 * q * n1 - ((n1 * dt).sum() + (n * dt1).sum()) * n) / g
    x = p + h * n
    x1 = c * t + s * n + h * c * n1
    x2 = dc * t + c * c * t1 + ds * n + 2.0 * s * c * n1 + h * (dc * n1 + c * c * n2)
    w2 = (x1 * x1).sum()
    ahead = x1 / math.sqrt(w2)
    v = speed * ahead
    a = rate * ahead + speed * speed / w2 * (x2 - (x2 * ahead).sum() * ahead)
    omega = ROTATION_RATE
    v_x, v_y = v[0] - omega * x[1], v[1] + omega * x[0]
    a_x = a[0] - 2.0 * omega * v[1] - omega * omega * x[0]
    a_y = a[1] + 2.0 * omega * v[0] - omega * omega * x[1]
    cos, sin = math.cos(omega * time), math.sin(omega * time)
    row[0] = time
    row[1], row[2], row[3] = cos * x[0] - sin * x[1], sin * x[0] + cos * x[1], x[2]
    row[4], row[5], row[6] = cos * v_x - sin * v_y, sin * v_x + cos * v_y, v[2]
    row[7], row[8], row[9] = cos * a_x - sin * a_y, sin * a_x + cos * a_y, a[2]


@kernel
def _fly(
    start: Vector, height: float, climb: float, speed: float, segments: Vector, nodes: Vector, ends: Vector
) -> int:
    """Fly the segments one after the other; return the number of nodes, or zero where there is no room for them."""
    y = np.empty(7)
    y[:6], y[6] = start, 0.0
    time, count = 0.0, 0
    law = np.empty(3)
    for i in range(segments.shape[0]):
        law[0], law[1], law[2] = height, climb, math.tan(climb)
        u, length = 0.0, segments[i, LENGTH]
        while True:
            count, time, y, u, speed = _branch(segments[i], law, count, time, y, u, speed, nodes)
            if count == 0:
                return 0
            if u >= length - 1e-6:
                break
        c, s, _, _, height = _law(int(segments[i, ARC]), law, segments[i, BEND], length)
        climb = math.atan2(s, c)
        ends[i] = time
    return count


@kernel
def _branch(
    segment: Vector, law: Vector, count: int, time: float, y: Vector, u: float, speed: float, nodes: Vector
) -> tuple[int, float, Vector, float, float]:
    """Fly with one rate of speed, to the end of the segment or until its speed is reached, the first node written anew.

    Return count (zero where there is no room), time, state, way in the segment and speed.
    """
    arc, bend, turn, goal = int(segment[ARC]), segment[BEND], segment[TURN], segment[SPEED]
    rate = 0.0 if speed == goal else math.copysign(segment[RATE], goal - speed)
    reach = (goal * goal - speed * speed) / (2.0 * rate) if rate != 0.0 else math.inf
    pieces, steps = _grid(segment, segment[LENGTH] - u, speed)
    if count + pieces + 2 > nodes.shape[0]:
        return 0, time, y, u, speed
    _write(nodes[count], time, y, u, arc, law, bend, turn, speed, rate)
    count += 1
    du = (segment[LENGTH] - u) / (pieces * steps)
    u0, begun, time0, speed0 = u, y[6], time, speed
    for k in range(pieces * steps):
        before, u_before = y, u
        y = _step(before, u, du, arc, law, bend, turn)
        u = u0 + (k + 1) * du
        reached = y[6] - begun >= reach
        if reached:
            part = du * (reach - before[6] + begun) / (y[6] - before[6])
            y = _step(before, u_before, part, arc, law, bend, turn)
            for _ in range(2):
                part += (reach - y[6] + begun) * part / max(y[6] - before[6], 1e-9)
                y = _step(before, u_before, part, arc, law, bend, turn)
            u = u_before + part
        if reached or (k + 1) % steps == 0:
            run = y[6] - begun
            speed = goal if reached else math.sqrt(max(speed0 * speed0 + 2.0 * rate * run, 0.0))
            time = time0 + 2.0 * run / (speed0 + speed)
            _write(nodes[count], time, y, u, arc, law, bend, turn, speed, rate)
            count += 1
        if reached:
            break
    return count, time, y, u, speed


@kernel
def _grid(segment: Vector, left: float, speed: float) -> tuple[int, int]:
    """Return into how many pieces between nodes, and steps in each, the ``left`` m of a segment are cut."""
    sharpest = max(abs(segment[BEND]), abs(segment[TURN]))
    fastest = max(speed, segment[SPEED], 1.0)
    spacing = min(NODE_SPACING * fastest, LONGEST_STEP * STEPS_PER_NODE)
    if sharpest > 0.0:
        spacing = min(spacing, LARGEST_TURN * STEPS_PER_NODE / sharpest)
    pieces = max(1, math.ceil(left / spacing))
    return pieces, max(1, math.ceil(left / pieces * max(1.0 / LONGEST_STEP, sharpest / LARGEST_TURN)))
