"""Which satellites can put an interceptor on a target, when, and for how much velocity.

An interceptor released at time 0 would follow its satellite's orbit. A burn at constant acceleration ``a`` in one
direction until it has gained ``dV``, then a drift, displaces it from that orbit by ``dV (T - dV / 2a)`` after ``T``
seconds (the fly-out rule of Harrison 2025, Build Your Own Golden Dome, is this law with the full ``dV``), and by what
gravity does differently along the displaced path, several km over some minutes. That second part is a quadrature over
two interior instants, solved twice.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import EQUATORIAL_RADIUS, FLATTENING, MU, Vector, gravity
from cupola.core.kepler import kepler_step, propagate
from cupola.core.kernel import kernel
from cupola.interceptors.spec import SpaceInterceptorSpec

Index = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SpaceReach:
    """Per satellite (s,): what it can do about one target.

    ``first``, ``best`` index the earliest feasible intercept time and the one that needs the smallest ``delta_v``, -1
    when there is none; ``delta_v`` in m/s and ``closing_speed`` in m/s are those at ``best``, NaN when there is none.
    """

    first: Index
    best: Index
    delta_v: Vector
    closing_speed: Vector


@dataclass(frozen=True, kw_only=True)
class SpaceShot:
    """One solved shot: ``delta_v`` (3,) m/s to gain from release, velocity (3,) at intercept, lowest height in m."""

    delta_v: Vector
    intercept_velocity: Vector
    lowest_altitude: float


@kernel
def flyout_distance(acceleration: float, speed: float, time: float) -> float:
    """Return the largest displacement in m from the free orbit after ``time`` s, without differential gravity.

    a tb^2 / 2 + dV (T - tb) with tb = dV / a, and a T^2 / 2 while it still burns: Harrison (2025).
    """
    burn = speed / acceleration
    return 0.5 * acceleration * time * time if time < burn else speed * (time - 0.5 * burn)


@kernel
def _height(x: float, y: float, z: float) -> float:
    """Return the height in m over the ellipsoid along the radius: within 150 m of the geodetic one below 1,000 km."""
    r2 = x * x + y * y + z * z
    return math.sqrt(r2) - EQUATORIAL_RADIUS * (1.0 - FLATTENING * z * z / r2)


@kernel
def _tide(x: float, y: float, z: float, dx: float, dy: float, dz: float) -> tuple[float, float, float]:
    """Return gravity at a point displaced by d from (x, y, z) less gravity at (x, y, z), in m/s2."""
    r2 = x * x + y * y + z * z
    px, py, pz = x + dx, y + dy, z + dz
    p2 = px * px + py * py + pz * pz
    here, there = MU / (r2 * math.sqrt(r2)), MU / (p2 * math.sqrt(p2))
    return here * x - there * px, here * y - there * py, here * z - there * pz


@kernel
def _gain(displacement: float, acceleration: float, time: float) -> float:
    """Return the dV that gives a displacement: the root of dV (T - dV / 2a) = D below a T, infinite if out of reach."""
    rest = time * time - 2.0 * displacement / acceleration
    # This form of the root keeps its digits for the small displacements of a target in the satellite's path.
    return 2.0 * displacement / (time + math.sqrt(rest)) if rest >= 0.0 else math.inf


@kernel
def _lowest(h0: float, h1: float, h2: float, h3: float) -> float:
    """Return the lowest height after release, from heights at thirds of the way and their cubic at 1/2 and 5/6."""
    between = min((9.0 * (h1 + h2) - h0 - h3) / 16.0, (h0 - 5.0 * h1 + 15.0 * h2 + 5.0 * h3) / 16.0)
    return min(min(h1, h2), min(h3, between))


Arc = tuple[
    float, float, float, float, float, float, float, float, float, float, float, float
]  # end position and velocity, positions at one and two thirds of the time


@kernel
def _free_arc(x: float, y: float, z: float, vx: float, vy: float, vz: float, time: float) -> Arc:
    """Return the unpowered motion: position and velocity after ``time``, J2's first term added, and positions on the
    way."""
    fx, fy, fz, wx, wy, wz = kepler_step(x, y, z, vx, vy, vz, time)
    gx, gy, gz = gravity(x, y, z)
    r = math.sqrt(x * x + y * y + z * z)
    central = -MU / (r * r * r)
    jx, jy, jz = gx - central * x, gy - central * y, gz - central * z
    half = 0.5 * time * time
    fx, fy, fz = fx + half * jx, fy + half * jy, fz + half * jz
    wx, wy, wz = wx + time * jx, wy + time * jy, wz + time * jz
    # Free orbit at T/3 and 2T/3 by the cubic through both end states.
    h = time * 2.0 / 27.0
    ax = (20.0 * x + 7.0 * fx) / 27.0 + h * (2.0 * vx - wx)
    ay = (20.0 * y + 7.0 * fy) / 27.0 + h * (2.0 * vy - wy)
    az = (20.0 * z + 7.0 * fz) / 27.0 + h * (2.0 * vz - wz)
    bx = (7.0 * x + 20.0 * fx) / 27.0 + h * (vx - 2.0 * wx)
    by = (7.0 * y + 20.0 * fy) / 27.0 + h * (vy - 2.0 * wy)
    bz = (7.0 * z + 20.0 * fz) / 27.0 + h * (vz - 2.0 * wz)
    return fx, fy, fz, wx, wy, wz, ax, ay, az, bx, by, bz


@kernel
def shot(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    tx: float,
    ty: float,
    tz: float,
    time: float,
    a: float,
) -> tuple[float, float, float, float, float, float, float, float]:
    """Return dV in m/s, its unit vector (3), the velocity at intercept (3) and the lowest height in m on the way.

    From the satellite state (m, m/s) to a point (m) ``time`` seconds later with acceleration ``a`` in m/s2; dV is
    infinite when even an endless burn is too slow. Inertial axes.
    """
    fx, fy, fz, wx, wy, wz, ax, ay, az, bx, by, bz = _free_arc(x, y, z, vx, vy, vz, time)
    dx, dy, dz = tx - fx, ty - fy, tz - fz
    p1x = p1y = p1z = p2x = p2y = p2z = 0.0
    d1x = d1y = d1z = d2x = d2y = d2z = 0.0
    ux, uy, uz, dv = 0.0, 0.0, 0.0, math.inf
    t2 = time * time
    for _ in range(2):
        # Displacement to be made by thrust: what is asked less what the gravity difference adds by itself.
        sx = dx - t2 * (0.25 * p1x + 0.125 * p2x)
        sy = dy - t2 * (0.25 * p1y + 0.125 * p2y)
        sz = dz - t2 * (0.25 * p1z + 0.125 * p2z)
        s = math.sqrt(sx * sx + sy * sy + sz * sz)
        dv = _gain(s, a, time)
        if dv == math.inf:
            break
        inverse = 1.0 / max(s, 1e-9)
        ux, uy, uz = sx * inverse, sy * inverse, sz * inverse
        s1, s2 = flyout_distance(a, dv, time / 3.0), flyout_distance(a, dv, 2.0 * time / 3.0)
        d1x = s1 * ux + t2 * (6.0 * p1x - p2x) / 216.0
        d1y = s1 * uy + t2 * (6.0 * p1y - p2y) / 216.0
        d1z = s1 * uz + t2 * (6.0 * p1z - p2z) / 216.0
        d2x = s2 * ux + t2 * p1x * 4.0 / 27.0
        d2y = s2 * uy + t2 * p1y * 4.0 / 27.0
        d2z = s2 * uz + t2 * p1z * 4.0 / 27.0
        p1x, p1y, p1z = _tide(ax, ay, az, d1x, d1y, d1z)
        p2x, p2y, p2z = _tide(bx, by, bz, d2x, d2y, d2z)
    h1, h2 = _height(ax + d1x, ay + d1y, az + d1z), _height(bx + d2x, by + d2y, bz + d2z)
    low = _lowest(_height(x, y, z), h1, h2, _height(tx, ty, tz))
    k = 0.75 * time
    return dv, ux, uy, uz, wx + dv * ux + k * p2x, wy + dv * uy + k * p2y, wz + dv * uz + k * p2z, low


@kernel
def usable_window(
    floor: float, longest: float, flight: Vector, r_target: Vector, usable: Mask
) -> tuple[float, float, float, float, float, float]:
    """Mark the usable instants; return the shortest and longest flight time, the target's middle point and spread."""
    count = flight.shape[0]
    early, late = math.inf, 0.0
    cx = cy = cz = spread = 0.0
    n = 0
    for k in range(count):
        high = _height(r_target[k, 0], r_target[k, 1], r_target[k, 2]) >= floor
        usable[k] = high and 0.0 < flight[k] <= longest
        if usable[k]:
            early, late, n = min(early, flight[k]), max(late, flight[k]), n + 1
            cx, cy, cz = cx + r_target[k, 0], cy + r_target[k, 1], cz + r_target[k, 2]
    if n == 0:
        return early, late, cx, cy, cz, spread
    cx, cy, cz = cx / n, cy / n, cz / n
    for k in range(count):
        if usable[k]:
            gap = (r_target[k, 0] - cx) ** 2 + (r_target[k, 1] - cy) ** 2 + (r_target[k, 2] - cz) ** 2
            spread = max(spread, math.sqrt(gap))
    return early, late, cx, cy, cz, spread


@kernel
def _examine(
    a: float,
    speed: float,
    floor: float,
    state: tuple[float, float, float, float, float, float],
    n2: float,
    usable: Mask,
    flight: Vector,
    r_target: Vector,
    v_target: Vector,
) -> tuple[int, int, float, float]:
    """Return the first and the best instant for one satellite, with dV and closing speed at the best; -1 where none."""
    x, y, z, vx, vy, vz = state
    first, best, least, closing = -1, -1, math.nan, math.nan
    for k in range(flight.shape[0]):
        if not usable[k]:
            continue
        t = flight[k]
        tx, ty, tz = r_target[k, 0], r_target[k, 1], r_target[k, 2]
        q = n2 * t * t
        f, g = 1.0 - q * (0.5 - q / 24.0), t * (1.0 - q * (1.0 / 6.0 - q / 120.0))
        gx, gy, gz = f * x + g * vx - tx, f * y + g * vy - ty, f * z + g * vz - tz
        gate = flyout_distance(a, speed, t) * (1.0 + 0.5 * q) + 5e3
        if gx * gx + gy * gy + gz * gz > gate * gate:
            continue
        dv, _, _, _, wx, wy, wz, low = shot(x, y, z, vx, vy, vz, tx, ty, tz, t, a)
        if dv > speed or low < floor:
            continue
        if first < 0:
            first = k
        if best < 0 or dv < least:
            best, least = k, dv
            wx, wy, wz = wx - v_target[k, 0], wy - v_target[k, 1], wz - v_target[k, 2]
            closing = math.sqrt(wx * wx + wy * wy + wz * wz)
    return first, best, least, closing


@kernel
def _reach(
    a: float,
    speed: float,
    floor: float,
    longest: float,
    r_sat: Vector,
    v_sat: Vector,
    ready: Mask,
    flight: Vector,
    r_target: Vector,
    v_target: Vector,
    first: Index,
    best: Index,
    delta_v: Vector,
    closing: Vector,
) -> None:
    usable = np.zeros(flight.shape[0], dtype=np.bool_)
    early, late, cx, cy, cz, spread = usable_window(floor, longest, flight, r_target, usable)
    if late <= 0.0:
        return
    middle, window = 0.5 * (early + late), 0.5 * (late - early)
    far = flyout_distance(a, speed, late)
    # A first look costs no root: no satellite is faster than escape, and its path bends by less than g T^2 / 2.
    coarse = far * (1.0 + 0.8e-6 * late * late) + spread + 11e3 * window + 5.0 * middle * middle
    for i in range(r_sat.shape[0]):
        if not ready[i]:
            continue
        x, y, z, vx, vy, vz = r_sat[i, 0], r_sat[i, 1], r_sat[i, 2], v_sat[i, 0], v_sat[i, 1], v_sat[i, 2]
        gx, gy, gz = x + middle * vx - cx, y + middle * vy - cy, z + middle * vz - cz
        if gx * gx + gy * gy + gz * gz > coarse * coarse:
            continue
        r2 = x * x + y * y + z * z
        n2 = MU / (r2 * math.sqrt(r2))
        q = n2 * middle * middle
        f, g = 1.0 - q * (0.5 - q / 24.0), middle * (1.0 - q * (1.0 / 6.0 - q / 120.0))
        gx, gy, gz = f * x + g * vx - cx, f * y + g * vy - cy, f * z + g * vz - cz
        # Gravity helps a vertical displacement by at most n^2 T^2 / 3; the satellite moves at nearly its speed now.
        gate = far * (1.0 + 0.5 * n2 * late * late) + spread + window * 1.1 * math.sqrt(vx * vx + vy * vy + vz * vz)
        if gx * gx + gy * gy + gz * gz > gate * gate:
            continue
        first[i], best[i], delta_v[i], closing[i] = _examine(
            a, speed, floor, (x, y, z, vx, vy, vz), n2, usable, flight, r_target, v_target
        )


def reach(
    spec: SpaceInterceptorSpec,
    r_sat: Vector,
    v_sat: Vector,
    ready: Mask,
    release_s: float,
    times: Vector,
    r_target: Vector,
    v_target: Vector,
) -> SpaceReach:
    """Return what each satellite can do about one target that is at ``r_target`` with ``v_target`` (k, 3) at ``times``
    (k,).

    ``r_sat``, ``v_sat`` (s, 3) inertial m, m/s at ``release_s``; ``ready`` (s,) those that still hold an interceptor. A
    shot is feasible when the velocity it needs does not exceed the interceptor's, it flies no longer than it may, and
    neither the intercept nor the way there is below the interceptor's minimum altitude.
    """
    count = len(r_sat)
    first, best = np.full(count, -1, dtype=np.int32), np.full(count, -1, dtype=np.int32)
    delta_v, closing = np.full(count, np.nan), np.full(count, np.nan)
    _reach(
        spec.acceleration,
        spec.speed,
        spec.minimum_altitude,
        spec.maximum_flight_time,
        np.ascontiguousarray(r_sat),
        np.ascontiguousarray(v_sat),
        ready,
        np.asarray(times, dtype=np.float64) - release_s,
        np.ascontiguousarray(r_target),
        np.ascontiguousarray(v_target),
        first,
        best,
        delta_v,
        closing,
    )
    return SpaceReach(first=first, best=best, delta_v=delta_v, closing_speed=closing)


def solve(
    spec: SpaceInterceptorSpec, r_sat: Vector, v_sat: Vector, flight_time_s: float, r_target: Vector
) -> SpaceShot:
    """Return the shot from one satellite state (3,), (3,) that meets the point ``r_target`` (3,) after
    ``flight_time_s``.

    Raises ``ValueError`` when the point is beyond even an endless burn.
    """
    x, y, z = map(float, r_sat)
    vx, vy, vz = map(float, v_sat)
    tx, ty, tz = map(float, r_target)
    time = float(flight_time_s)
    dv, ux, uy, uz, wx, wy, wz, low = shot(x, y, z, vx, vy, vz, tx, ty, tz, time, spec.acceleration)
    if not math.isfinite(dv):
        raise ValueError(f"got a point that no burn at {spec.acceleration:.0f} m/s2 reaches in {flight_time_s:.0f} s")
    return SpaceShot(
        delta_v=dv * np.array([ux, uy, uz]), intercept_velocity=np.array([wx, wy, wz]), lowest_altitude=low
    )


def path(
    spec: SpaceInterceptorSpec,
    r_sat: Vector,
    v_sat: Vector,
    release_s: float,
    intercept_s: float,
    r_target: Vector,
    points: int = 12,
) -> tuple[Vector, Vector]:
    """Return times (n,) in s and inertial positions (n, 3) in m of one shot from release to intercept, both ends
    included."""
    total = intercept_s - release_s
    dv = solve(spec, r_sat, v_sat, total, r_target).delta_v
    size = float(np.linalg.norm(dv))
    times = np.linspace(0.0, total, points)
    free = np.array([propagate(r_sat, v_sat, float(t))[0] for t in times])
    push = np.array([flyout_distance(spec.acceleration, size, float(t)) for t in times])[:, None] * dv / max(size, 1e-9)
    # What gravity adds to the thrust grows as the cube of time to leading order; the last point is the target exactly.
    rest = np.asarray(r_target) - free[-1] - push[-1]
    return times + release_s, free + push + rest * (times[:, None] / total) ** 3
