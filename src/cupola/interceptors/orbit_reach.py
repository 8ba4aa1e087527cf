"""From where on their orbits satellites reach one target: a map made once, from which whole constellations are counted.

On circles of one radius and inclination a satellite is two angles: node and argument of latitude. Those that reach a
target fill a region of that torus, one stretch of arguments for each node. The map holds the stretches at a few hundred
nodes (and at some radii where a shell is thick). A satellite that lies clearly inside or outside of its neighbours'
stretches is settled by them; one near an edge is asked of :func:`cupola.interceptors.space_based.shot` itself, so that
a count is the same as if everybody had been asked.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import MU, Vector
from cupola.core.kernel import kernel
from cupola.interceptors.space_based import Mask, flyout_distance, shot, usable_window
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.constellation import secular_rates

Flags = NDArray[np.bool_]

ROWS = 48
"""Steps of the node over each arc of nodes from which the target may be reached"""
_SAMPLES = 32
_NEAR = 1.02
"""A gap over what thrust covers beyond which gravity cannot help"""

Plane = tuple[float, float, float, float, float, float, float]
"""Radius, cosine and sine of node and inclination, rates of argument and node"""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is to be reached: seconds after release ``flight`` (k,), inertial ``r`` (k, 3) m then, and which count."""

    release_s: float
    flight: Vector
    r: Vector
    usable: Flags
    centre: Vector
    gate: float
    early: float
    late: float

    @property
    def possible(self) -> bool:
        """Whether any instant is late and high enough to be met at all."""
        return bool(self.usable.any())


@dataclass(frozen=True, kw_only=True)
class ReachMap:
    """Where satellites of one inclination reach a target from, by radius level, arc of nodes and step in it.

    ``radii`` (l,) m; ``start``, ``step`` (a,) rad of the arcs; ``edges`` (l, a, k, 5) rad: the stretch of arguments
    all of which reach, the one outside which none does (NaN for none), and how much of it reaches.
    """

    target: Target
    inclination: float
    radii: Vector
    start: Vector
    step: Vector
    edges: Vector

    def shares(self) -> Vector:
        """Return the share (l,) of all nodes and arguments from which the target is reached, at every radius."""
        return np.array([float(_area(self.step, each)) for each in self.edges]) / math.tau**2


def target_of(spec: SpaceInterceptorSpec, release_s: float, times: Vector, r_target: Vector) -> Target:
    """Return a target that is at ``r_target`` (k, 3) inertial m at ``times`` (k,) s to who is released at
    ``release_s``."""
    flight = np.asarray(times, dtype=np.float64) - release_s
    r = np.ascontiguousarray(r_target)
    usable = np.zeros(len(flight), dtype=np.bool_)
    early, late, cx, cy, cz, spread = usable_window(spec.minimum_altitude, spec.maximum_flight_time, flight, r, usable)
    gate = 0.0
    if late > 0.0:
        # As in a direct search: gravity adds at most n^2 T^2 / 2 of the displacement, 5 km cover the rest.
        n2 = MU / 6.4e6**3
        gate = flyout_distance(spec.acceleration, spec.speed, late) * (1.0 + 0.5 * n2 * late * late) + spread + 5e3
    return Target(
        release_s=release_s,
        flight=flight,
        r=r,
        usable=usable,
        centre=np.array([cx, cy, cz]),
        gate=float(gate),
        early=float(early),
        late=float(late),
    )


def reach_map(
    spec: SpaceInterceptorSpec, target: Target, inclination: float, radii: Vector, rows: int = ROWS
) -> ReachMap:
    """Return from where satellites on circles of these ``radii`` (l,) in m, rising, and one inclination reach."""
    start, length = arcs(target, inclination)
    step = length / rows
    edges = np.full((len(radii), len(start), rows + 1, 5), np.nan)
    edges[..., 4] = 0.0
    for level, radius in enumerate(radii.tolist()):
        node_rate, argument_rate = secular_rates(radius, inclination)
        if target.possible:
            _map(
                (spec.acceleration, spec.speed, spec.minimum_altitude), target.usable, target.flight, target.r,
                target.centre, target.gate, target.early, target.late, radius, inclination, node_rate, argument_rate,
                start, step, edges[level],
            )  # fmt: skip
    return ReachMap(target=target, inclination=inclination, radii=radii, start=start, step=step, edges=edges)


def arcs(target: Target, inclination: float) -> tuple[Vector, Vector]:
    """Return start and length (a,) in rad of the arcs of nodes whose orbital plane passes within the target's gate."""
    distance = float(np.linalg.norm(target.centre))
    if not target.possible or distance == 0.0:
        return np.empty(0), np.empty(0)
    x, y, z = (target.centre / distance).tolist()
    g = min(target.gate / distance, 1.0)
    # The unit normal (sin i sin node, -sin i cos node, cos i) times the target's direction.
    a, b, longitude = math.sin(inclination) * math.hypot(x, y), math.cos(inclination) * z, math.atan2(y, x)
    if a < 1e-9:
        return (np.array([0.0]), np.array([math.tau])) if abs(b) <= g else (np.empty(0), np.empty(0))
    low, high = (-g - b) / a, (g - b) / a
    if low > 1.0 or high < -1.0:
        return np.empty(0), np.empty(0)
    first, last = math.asin(max(low, -1.0)), math.asin(min(high, 1.0))
    if low <= -1.0 and high >= 1.0:
        found = [(-math.pi, math.tau)]
    elif high >= 1.0:
        found = [(first, math.pi - 2.0 * first)]
    elif low <= -1.0:
        found = [(-math.pi - last, math.pi + 2.0 * last)]
    else:
        found = [(first, last - first), (math.pi - last, last - first)]
    return np.array([(longitude + each[0]) % math.tau for each in found]), np.array([each[1] for each in found])


@kernel
def state_at(
    radius: float, cos_o: float, sin_o: float, cos_i: float, sin_i: float, u: float, rate: float, drift: float
) -> tuple[float, float, float, float, float, float]:
    """Return position and velocity on a circle, as :func:`cupola.orbits.constellation.positions` does."""
    cos_u, sin_u = math.cos(u), math.sin(u)
    x = radius * (cos_o * cos_u - sin_o * cos_i * sin_u)
    y = radius * (sin_o * cos_u + cos_o * cos_i * sin_u)
    w = radius * rate
    return (
        x,
        y,
        radius * sin_i * sin_u,
        w * (-cos_o * sin_u - sin_o * cos_i * cos_u) - drift * y,
        w * (-sin_o * sin_u + cos_o * cos_i * cos_u) + drift * x,
        w * sin_i * cos_u,
    )


@kernel
def reaches(
    a: float,
    speed: float,
    floor: float,
    usable: Mask,
    flight: Vector,
    r_target: Vector,
    state: tuple[float, float, float, float, float, float],
) -> tuple[bool, float]:
    """Return whether one satellite reaches the target at any instant, and the least gap over what thrust covers."""
    x, y, z, vx, vy, vz = state
    r2 = x * x + y * y + z * z
    n2 = MU / (r2 * math.sqrt(r2))
    least = math.inf
    # Backwards: the last instant leaves most time to fly.
    for k in range(flight.shape[0] - 1, -1, -1):
        if not usable[k]:
            continue
        t = flight[k]
        tx, ty, tz = r_target[k, 0], r_target[k, 1], r_target[k, 2]
        q = n2 * t * t
        f, g = 1.0 - q * (0.5 - q / 24.0), t * (1.0 - q * (1.0 / 6.0 - q / 120.0))
        gx, gy, gz = f * x + g * vx - tx, f * y + g * vy - ty, f * z + g * vz - tz
        far = flyout_distance(a, speed, t)
        gap2, gate = gx * gx + gy * gy + gz * gz, far * (1.0 + 0.5 * q) + 5e3
        least = min(least, gap2 / (far * far))
        if gap2 > gate * gate:
            continue
        dv, _, _, _, _, _, _, low = shot(x, y, z, vx, vy, vz, tx, ty, tz, t, a)
        if dv <= speed and low >= floor:
            return True, math.sqrt(least)
    return False, math.sqrt(least)


@kernel
def _asked(
    law: tuple[float, float, float], usable: Mask, flight: Vector, r_target: Vector, plane: Plane, u: float
) -> tuple[bool, float]:
    """Return what :func:`reaches` says of the argument ``u`` of one plane."""
    radius, cos_o, sin_o, cos_i, sin_i, rate, drift = plane
    state = state_at(radius, cos_o, sin_o, cos_i, sin_i, u, rate, drift)
    return reaches(law[0], law[1], law[2], usable, flight, r_target, state)


@kernel
def _map(
    law: tuple[float, float, float], usable: Mask, flight: Vector, r_target: Vector,
    centre: Vector, gate: float, early: float, late: float,
    radius: float, inclination: float, node_rate: float, argument_rate: float,
    start: Vector, step: Vector, edges: Vector,
) -> None:  # fmt: skip
    cos_i, sin_i = math.cos(inclination), math.sin(inclination)
    distance = math.sqrt(centre[0] ** 2 + centre[1] ** 2 + centre[2] ** 2)
    cosine = (radius * radius + distance * distance - gate * gate) / (2.0 * radius * distance)
    psi = math.acos(min(max(cosine, -1.0), 1.0))
    # The satellite flies on along its orbit before the intercept.
    wide = min(2.0 * psi + argument_rate * (late - early), math.tau)
    for arc in range(edges.shape[0]):
        before = 0.0
        for k in range(edges.shape[1]):
            node = start[arc] + k * step[arc]
            cos_o, sin_o = math.cos(node), math.sin(node)
            along = centre[0] * cos_o + centre[1] * sin_o
            across = (centre[1] * cos_o - centre[0] * sin_o) * cos_i + centre[2] * sin_i
            middle = math.atan2(across, along)
            if k > 0:
                middle = before + (middle - before + math.pi) % math.tau - math.pi
            before = middle
            plane = (radius, cos_o, sin_o, cos_i, sin_i, argument_rate, node_rate)
            begin = middle - argument_rate * late - psi
            _stretch(law, usable, flight, r_target, plane, begin, begin + wide, edges[arc, k])


@kernel
def _stretch(
    law: tuple[float, float, float], usable: Mask, flight: Vector, r_target: Vector, plane: Plane,
    begin: float, end: float, out: Vector,
) -> None:  # fmt: skip
    """Write the stretch of arguments in [begin, end] that reaches, to 1e-6 rad, and the one outside which none does."""
    width = (end - begin) / _SAMPLES
    first, last, met = -1, -1, 0
    nearest, least = 0.5 * (begin + end), math.inf
    for j in range(_SAMPLES + 1):
        u = begin + j * width
        good, gap = _asked(law, usable, flight, r_target, plane, u)
        if good:
            first = j if first < 0 else first
            last, met = j, met + 1
        elif gap < least:
            nearest, least = u, gap
    low, high = begin + first * width, begin + last * width
    if first < 0:
        low, least = _hidden(law, usable, flight, r_target, plane, nearest - width, nearest + width)
        high = low
        if least > _NEAR:
            return
        if math.isnan(low):
            out[2], out[3] = nearest - 2.0 * width, nearest + 2.0 * width
            return
    low = _edge(law, usable, flight, r_target, plane, low, low - width)
    high = _edge(law, usable, flight, r_target, plane, high, high + width)
    out[2], out[3] = low, high
    # A stretch with a hole settles nobody: everyone in it is asked.
    whole = first < 0 or met == last - first + 1
    if whole:
        out[0], out[1] = low, high
    out[4] = (high - low) * (1.0 if whole else met / (last - first + 1.0))


@kernel
def _hidden(
    law: tuple[float, float, float], usable: Mask, flight: Vector, r_target: Vector, plane: Plane,
    left: float, right: float,
) -> tuple[float, float]:  # fmt: skip
    """Return an argument that reaches between two that do not, NaN where there is none, and the least gap met:
    golden section on the gap.
    """
    least = math.inf
    for _ in range(24):
        one, two = left + 0.381966 * (right - left), right - 0.381966 * (right - left)
        good_1, gap_1 = _asked(law, usable, flight, r_target, plane, one)
        good_2, gap_2 = _asked(law, usable, flight, r_target, plane, two)
        if good_1 or good_2:
            return one if good_1 else two, 0.0
        least = min(least, gap_1, gap_2)
        left, right = (left, two) if gap_1 < gap_2 else (one, right)
    return math.nan, least


@kernel
def _edge(
    law: tuple[float, float, float], usable: Mask, flight: Vector, r_target: Vector, plane: Plane,
    inside: float, outside: float,
) -> float:  # fmt: skip
    """Return the last argument that reaches between one that does and one that does not."""
    for _ in range(16):
        between = 0.5 * (inside + outside)
        good, _ = _asked(law, usable, flight, r_target, plane, between)
        if good:
            inside = between
        else:
            outside = between
    return inside


@kernel
def _area(step: Vector, edges: Vector) -> float:
    """Return the area of the region in rad2: trapezoids between rows; towards a tip the width goes as a square root."""
    total = 0.0
    rows = edges.shape[1]
    for arc in range(edges.shape[0]):
        for k in range(rows - 1):
            one, two = edges[arc, k, 4], edges[arc, k + 1, 4]
            if one > 0.0 and two > 0.0:
                total += 0.5 * (one + two) * step[arc]
            elif one > 0.0 or two > 0.0:
                inner = k - 1 if one > 0.0 else k + 2
                width = one + two
                wider = edges[arc, inner, 4] if 0 <= inner < rows else 0.0
                fall = wider * wider - width * width
                tip = min(width * width / fall, 1.0) if fall > 0.0 else 0.5
                total += 2.0 / 3.0 * width * tip * step[arc]
    return total
