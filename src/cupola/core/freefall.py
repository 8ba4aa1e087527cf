"""Where a body thrown above the air comes down, by two-body motion over a turning sphere: the quick guess that steers a
search.

Drag, J2 and the flattening are left out, so that the answer is good to a per cent or two; whoever needs the true impact
integrates. Formulas: Bate, Mueller and White (1971), Fundamentals of Astrodynamics, ch. 4 and 6.
"""

import math

import numpy as np

from cupola.core.earth import MU, ROTATION_RATE, Vector
from cupola.core.kernel import kernel


@kernel
def landing_angle(time: float, state: Vector, radius: float, start: Vector, ahead: Vector) -> float:
    """Return the ground angle in rad from ``start`` to where a body with the inertial ``state`` (6,) at ``time`` s
    comes down on a sphere of ``radius`` m.

    ``start`` (3,) and ``ahead`` (3,) are Earth-fixed unit vectors: the launch point, and the horizontal direction there
    in which angles count as positive. A body that stays up or passes the far side of the Earth gets half a turn in the
    sense of its motion.
    """
    x, y, z, u, v, w = state[0], state[1], state[2], state[3], state[4], state[5]
    r = math.sqrt(x * x + y * y + z * z)
    climb = x * u + y * v + z * w
    speed2 = u * u + v * v + w * w
    hx, hy, hz = y * w - z * v, z * u - x * w, x * v - y * u
    momentum2 = hx * hx + hy * hy + hz * hz
    momentum = math.sqrt(momentum2)
    energy = 0.5 * speed2 - MU / r
    # At the moment of motion: the horizontal direction, along which the body is carried round the Earth.
    tx, ty, tz = (
        (hy * z - hz * y) / (r * momentum),
        (hz * x - hx * z) / (r * momentum),
        (hx * y - hy * x) / (r * momentum),
    )
    turn = ROTATION_RATE * time
    cos, sin = math.cos(turn), math.sin(turn)
    onward = ahead[0] * (cos * tx + sin * ty) + ahead[1] * (cos * ty - sin * tx) + ahead[2] * tz
    far = math.copysign(math.pi, onward)
    if energy >= 0.0:
        return far
    parameter = momentum2 / MU
    eccentricity = math.sqrt(max(1.0 + 2.0 * energy * momentum2 / (MU * MU), 1e-24))
    axis = -0.5 * MU / energy
    if axis * (1.0 - eccentricity) >= radius or axis * (1.0 + eccentricity) <= radius:
        return far if axis * (1.0 - eccentricity) >= radius else 0.0
    here = math.acos(min(max((parameter / r - 1.0) / eccentricity, -1.0), 1.0))
    here = here if climb >= 0.0 else math.tau - here
    there = math.tau - math.acos(min(max((parameter / radius - 1.0) / eccentricity, -1.0), 1.0))
    swept = there - here
    if swept <= 0.0:
        return 0.0
    if swept > math.pi:
        return far
    stretch = math.sqrt((1.0 - eccentricity) / (1.0 + eccentricity))
    first = 2.0 * math.atan(stretch * math.tan(0.5 * here)) + (math.tau if here > math.pi else 0.0)
    last = 2.0 * math.atan(stretch * math.tan(0.5 * there)) + (math.tau if there > math.pi else 0.0)
    aloft = math.sqrt(axis**3 / MU) * (last - first - eccentricity * (math.sin(last) - math.sin(first)))
    turn = ROTATION_RATE * (time + aloft)
    c, s = math.cos(swept), math.sin(swept)
    px, py, pz = c * x / r + s * tx, c * y / r + s * ty, c * z / r + s * tz
    cos, sin = math.cos(turn), math.sin(turn)
    px, py = cos * px + sin * py, cos * py - sin * px
    angle = math.acos(min(max(px * start[0] + py * start[1] + pz * start[2], -1.0), 1.0))
    forward = px * ahead[0] + py * ahead[1] + pz * ahead[2] >= 0.0
    if angle > 2.0 and forward != (far > 0.0):
        return far
    return angle if forward else -angle


@kernel
def first_reaching(
    nodes: Vector, count: int, earliest: float, angle: float, radius: float, start: Vector, ahead: Vector
) -> tuple[float, float]:
    """Return when a boost is first fast enough to fall ``angle`` rad away, and its energy in J/kg at that moment.

    ``nodes`` (n, 10) are the kernels' rows, of which ``count`` count and none before ``earliest`` s. Where no moment of
    the boost is fast enough: infinity, and by how many rad the furthest falls short.
    """
    best, before = -math.pi, 0.0
    for i in range(count):
        if nodes[i, 0] < earliest:
            continue
        here = landing_angle(nodes[i, 0], nodes[i, 1:7], radius, start, ahead)
        if here >= angle:
            time, energy = nodes[i, 0], _energy(nodes, i)
            if i > 0 and nodes[i - 1, 0] >= earliest and nodes[i, 0] > nodes[i - 1, 0]:
                share = (angle - before) / (here - before)
                time = nodes[i - 1, 0] + share * (nodes[i, 0] - nodes[i - 1, 0])
                energy = _energy(nodes, i - 1) + share * (energy - _energy(nodes, i - 1))
            return time, energy
        before = here
        best = max(best, here)
    return np.inf, angle - best


@kernel
def _energy(nodes: Vector, i: int) -> float:
    r = math.sqrt(nodes[i, 1] ** 2 + nodes[i, 2] ** 2 + nodes[i, 3] ** 2)
    return float(0.5 * (nodes[i, 4] ** 2 + nodes[i, 5] ** 2 + nodes[i, 6] ** 2) - MU / r)
