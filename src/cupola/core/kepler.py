"""Two-body motion: propagation for every kind of orbit, Lambert's problem, and short arcs under J2.

Kernels take and give SI scalars (they inline into the rooms' own kernels); ``propagate``, ``lambert`` and
``propagate_j2`` are the same for arrays. All frames are inertial, centred on the Earth.
"""

import math

import numpy as np

from cupola.core.earth import MU, Vector, gravity
from cupola.core.kernel import kernel

State = tuple[float, float, float, float, float, float]

_KEPLER_ROUNDS = 60
_LAMBERT_ROUNDS = 25


@kernel
def stumpff(psi: float) -> tuple[float, float]:
    """Return the Stumpff functions c2 and c3 of psi (Vallado 2013, Algorithm 1), by series where the closed forms
    cancel."""
    if psi > 0.3:
        root = math.sqrt(psi)
        return (1.0 - math.cos(root)) / psi, (root - math.sin(root)) / (psi * root)
    if psi < -0.3:
        root = math.sqrt(-psi)
        return (1.0 - math.cosh(root)) / psi, (math.sinh(root) - root) / (-psi * root)
    # Horner's form of 1/2! - psi/4! + psi^2/6! ... and 1/3! - psi/5! + ...: no divisions, full precision in this
    # interval.
    c2 = 1.0 / 3_628_800.0 - psi * (1.0 / 479_001_600.0 - psi * (1.0 / 87_178_291_200.0 - psi / 20_922_789_888_000.0))
    c3 = 1.0 / 39_916_800.0 - psi * (
        1.0 / 6_227_020_800.0 - psi * (1.0 / 1_307_674_368_000.0 - psi / 355_687_428_096_000.0)
    )
    c2 = 0.5 - psi * (1.0 / 24.0 - psi * (1.0 / 720.0 - psi * (1.0 / 40_320.0 - psi * c2)))
    c3 = 1.0 / 6.0 - psi * (1.0 / 120.0 - psi * (1.0 / 5_040.0 - psi * (1.0 / 362_880.0 - psi * c3)))
    return c2, c3


@kernel
def kepler_step(x: float, y: float, z: float, vx: float, vy: float, vz: float, dt: float) -> State:
    """Return the two-body position (m) and velocity (m/s) ``dt`` seconds later (or earlier, if negative).

    Universal variables (Battin 1999, section 4.5) solved by the Laguerre iteration of Conway (1986, Celestial Mechanics
    39), which converges from any start for ellipses, parabolas and hyperbolas; straight falls through the centre have
    no answer.
    """
    r0 = math.sqrt(x * x + y * y + z * z)
    root_mu = math.sqrt(MU)
    sigma = (x * vx + y * vy + z * vz) / root_mu
    alpha = 2.0 / r0 - (vx * vx + vy * vy + vz * vz) / MU
    if alpha > 0.0:
        period = math.tau / (root_mu * alpha * math.sqrt(alpha))
        if abs(dt) > period:
            dt -= period * math.floor(dt / period)
    target = root_mu * dt
    chi = target * alpha if alpha * r0 > 0.2 else target / r0
    if alpha < 0.0:
        # Far along a hyperbola the linear guess overflows the hyperbolic functions; this is its asymptote (Vallado Alg.
        # 8).
        edge = math.sqrt(-1.0 / alpha)
        inner = sigma + math.copysign(edge, dt) * (1.0 - r0 * alpha)
        argument = -2.0 * alpha * target / inner
        if argument > math.e:
            chi = math.copysign(edge, dt) * math.log(argument)
    c2, c3, r = 0.0, 0.0, r0
    for _ in range(_KEPLER_ROUNDS):
        chi2 = chi * chi
        psi = alpha * chi2
        c2, c3 = stumpff(psi)
        r = chi2 * c2 + sigma * chi * (1.0 - psi * c3) + r0 * (1.0 - psi * c2)
        f = sigma * chi2 * c2 + (1.0 - alpha * r0) * chi2 * chi * c3 + r0 * chi - target
        bend = sigma * (1.0 - psi * c2) + (1.0 - alpha * r0) * chi * (1.0 - psi * c3)
        step = 5.0 * f / (r + math.sqrt(abs(16.0 * r * r - 20.0 * f * bend)))
        chi -= step
        if abs(step) <= 1e-11 * abs(chi) + 1e-12:
            break
    chi2 = chi * chi
    psi = alpha * chi2
    c2, c3 = stumpff(psi)
    r = chi2 * c2 + sigma * chi * (1.0 - psi * c3) + r0 * (1.0 - psi * c2)
    f = 1.0 - chi2 * c2 / r0
    g = dt - chi2 * chi * c3 / root_mu
    g_dot = 1.0 - chi2 * c2 / r
    f_dot = root_mu * chi * (psi * c3 - 1.0) / (r * r0)
    return (
        f * x + g * vx,
        f * y + g * vy,
        f * z + g * vz,
        f_dot * x + g_dot * vx,
        f_dot * y + g_dot * vy,
        f_dot * z + g_dot * vz,
    )


@kernel
def _lambert_time(x: float, lam: float) -> tuple[float, float]:
    """Return Izzo's non-dimensional time of flight at ``x`` and the companion ``y`` (Izzo 2015, eq. 18 and 20)."""
    e = 1.0 - x * x
    y = math.sqrt(1.0 - lam * lam * e)
    if abs(x - 1.0) < 0.3:
        # The closed forms cancel near the parabola x = 1: Battin's hypergeometric series does not.
        eta = y - lam * x
        s = 0.5 * (1.0 - lam - x * eta)
        term, total = 1.0, 1.0
        for k in range(60):
            term *= (3.0 + k) * (1.0 + k) / (2.5 + k) * s / (k + 1.0)
            total += term
            if abs(term) < 1e-16:
                break
        return 0.5 * (eta * eta * eta * 4.0 / 3.0 * total + 4.0 * lam * eta), y
    if e > 0.0:
        psi = math.acos(min(max(x * y + lam * e, -1.0), 1.0))
        return (psi / math.sqrt(e) - x + lam * y) / e, y
    psi = math.acosh(max(x * y + lam * e, 1.0))
    return (psi / math.sqrt(-e) - x + lam * y) / e, y


@kernel
def _lambert_x(time: float, lam: float) -> float:
    """Return Izzo's free variable for a non-dimensional time (Izzo 2015, section 4), NaN when the iteration fails."""
    lam3 = lam * lam * lam
    t0 = math.acos(lam) + lam * math.sqrt(1.0 - lam * lam)
    t1 = 2.0 / 3.0 * (1.0 - lam3)
    if time >= t0:
        x = math.pow(t0 / time, 2.0 / 3.0) - 1.0
    elif time < t1:
        x = 2.5 * t1 * (t1 - time) / (time * (1.0 - lam3 * lam * lam)) + 1.0
    else:
        x = math.exp(math.log(2.0) * math.log(time / t0) / math.log(t1 / t0)) - 1.0
    for _ in range(_LAMBERT_ROUNDS):
        t, y = _lambert_time(x, lam)
        e = 1.0 - x * x
        if abs(e) < 1e-8:
            # The derivative formulas are 0/0 on the parabola itself; the limit of the first makes a Newton step.
            step = (t - time) / (-0.4 * (1.0 - lam3 * lam * lam))
        else:
            rest = 1.0 - lam * lam
            d1 = (3.0 * t * x - 2.0 + 2.0 * lam3 * x / y) / e
            d2 = (3.0 * t + 5.0 * x * d1 + 2.0 * rest * lam3 / (y * y * y)) / e
            d3 = (7.0 * x * d2 + 8.0 * d1 - 6.0 * rest * lam3 * lam * lam * x / (y * y * y * y * y)) / e
            f = t - time
            step = f * (d1 * d1 - 0.5 * f * d2) / (d1 * (d1 * d1 - f * d2) + d3 * f * f / 6.0)
        new = x - step
        if new <= -1.0:
            new = 0.5 * (x - 1.0)
        if abs(new - x) <= 1e-13 * max(1.0, abs(new)):
            return new
        x = new
    # Rounding can keep the last digits moving: an answer good to 1e-9 of the time is an answer.
    left, _ = _lambert_time(x, lam)
    return x if abs(left - time) <= 1e-9 * time else math.nan


@kernel
def lambert_step(
    x1: float, y1: float, z1: float, x2: float, y2: float, z2: float, time_of_flight: float, long_way: bool
) -> State:
    """Return the velocities (m/s) at both ends of the arc from point 1 to point 2 (m) in ``time_of_flight`` seconds.

    Less than one revolution; ``long_way`` takes the arc of more than 180 deg. NaN when the time is not positive or when
    the points are opposite each other, where the plane is free. Izzo (2015), Celestial Mechanics 121, Revisiting
    Lambert's problem.
    """
    r1 = math.sqrt(x1 * x1 + y1 * y1 + z1 * z1)
    r2 = math.sqrt(x2 * x2 + y2 * y2 + z2 * z2)
    c = math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2 + (z2 - z1) ** 2)
    bad = math.nan
    if time_of_flight <= 0.0 or c == 0.0:
        return bad, bad, bad, bad, bad, bad
    ux, uy, uz = x1 / r1, y1 / r1, z1 / r1
    wx, wy, wz = x2 / r2, y2 / r2, z2 / r2
    hx, hy, hz = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    if h < 1e-12:
        if ux * wx + uy * wy + uz * wz < 0.0:
            return bad, bad, bad, bad, bad, bad
        h = 1.0  # a vertical flight has no transverse velocity, so that its plane does not matter
    hx, hy, hz = hx / h, hy / h, hz / h
    s = 0.5 * (r1 + r2 + c)
    lam = math.sqrt(max(1.0 - c / s, 0.0))
    if long_way:
        lam, hx, hy, hz = -lam, -hx, -hy, -hz
    x = _lambert_x(math.sqrt(2.0 * MU / (s * s * s)) * time_of_flight, lam)
    y = math.sqrt(1.0 - lam * lam * (1.0 - x * x))
    gamma, rho = math.sqrt(0.5 * MU * s), (r1 - r2) / c
    transverse = gamma * math.sqrt(max(1.0 - rho * rho, 0.0)) * (y + lam * x)
    radial1 = gamma * ((lam * y - x) - rho * (lam * y + x)) / r1
    radial2 = -gamma * ((lam * y - x) + rho * (lam * y + x)) / r2
    across1, across2 = transverse / r1, transverse / r2
    return (
        radial1 * ux + across1 * (hy * uz - hz * uy),
        radial1 * uy + across1 * (hz * ux - hx * uz),
        radial1 * uz + across1 * (hx * uy - hy * ux),
        radial2 * wx + across2 * (hy * wz - hz * wy),
        radial2 * wy + across2 * (hz * wx - hx * wz),
        radial2 * wz + across2 * (hx * wy - hy * wx),
    )


@kernel
def j2_step(x: float, y: float, z: float, vx: float, vy: float, vz: float, dt: float, step: float) -> State:
    """Return position and velocity ``dt`` seconds later under central gravity and J2, by Runge-Kutta 4 in steps <=
    ``step`` s.

    In low orbit 20 s steps keep 1 m over ten minutes.
    """
    count = max(math.ceil(abs(dt) / step), 1)
    h = dt / count
    for _ in range(count):
        ax, ay, az = gravity(x, y, z)
        px, py, pz = vx + 0.5 * h * ax, vy + 0.5 * h * ay, vz + 0.5 * h * az
        bx, by, bz = gravity(x + 0.5 * h * vx, y + 0.5 * h * vy, z + 0.5 * h * vz)
        qx, qy, qz = vx + 0.5 * h * bx, vy + 0.5 * h * by, vz + 0.5 * h * bz
        cx, cy, cz = gravity(x + 0.5 * h * px, y + 0.5 * h * py, z + 0.5 * h * pz)
        sx, sy, sz = vx + h * cx, vy + h * cy, vz + h * cz
        dx, dy, dz = gravity(x + h * qx, y + h * qy, z + h * qz)
        x += h / 6.0 * (vx + 2.0 * (px + qx) + sx)
        y += h / 6.0 * (vy + 2.0 * (py + qy) + sy)
        z += h / 6.0 * (vz + 2.0 * (pz + qz) + sz)
        vx += h / 6.0 * (ax + 2.0 * (bx + cx) + dx)
        vy += h / 6.0 * (ay + 2.0 * (by + cy) + dy)
        vz += h / 6.0 * (az + 2.0 * (bz + cz) + dz)
    return x, y, z, vx, vy, vz


def propagate(r: Vector, v: Vector, dt_s: float) -> tuple[Vector, Vector]:
    """Return two-body positions and velocities (..., 3) in m, m/s, ``dt_s`` seconds after ``r``, ``v`` (..., 3)."""
    return _each(r, v, dt_s, 0.0)


def propagate_j2(r: Vector, v: Vector, dt_s: float, step_s: float = 20.0) -> tuple[Vector, Vector]:
    """Return positions and velocities (..., 3) after ``dt_s`` seconds under central gravity and J2; see
    :func:`j2_step`."""
    if step_s <= 0.0:
        raise ValueError(f"got step_s {step_s!r}, accepted is a positive number of seconds")
    return _each(r, v, dt_s, step_s)


def _each(r: Vector, v: Vector, dt_s: float, step_s: float) -> tuple[Vector, Vector]:
    states = np.concatenate([np.asarray(r, dtype=np.float64), np.asarray(v, dtype=np.float64)], axis=-1)
    moved = _many(np.ascontiguousarray(states.reshape(-1, 6)), dt_s, step_s).reshape(states.shape)
    return moved[..., :3], moved[..., 3:]


@kernel
def _many(states: Vector, dt: float, step: float) -> Vector:
    out = np.empty_like(states)
    for i in range(states.shape[0]):
        x, y, z, vx, vy, vz = states[i]
        if step > 0.0:
            out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4], out[i, 5] = j2_step(x, y, z, vx, vy, vz, dt, step)
        else:
            out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4], out[i, 5] = kepler_step(x, y, z, vx, vy, vz, dt)
    return out


def lambert(r1: Vector, r2: Vector, time_of_flight_s: float, long_way: bool = False) -> tuple[Vector, Vector]:
    """Return the velocities (3,) in m/s at ``r1`` and ``r2`` (3,) in m of the free arc between them; see
    :func:`lambert_step`.

    Raises ``ValueError`` for a time that is not positive and for opposite or equal points.
    """
    if not (time_of_flight_s > 0.0 and math.isfinite(time_of_flight_s)):
        raise ValueError(
            f"got a time of flight of {time_of_flight_s!r} s, accepted is a positive finite number of seconds"
        )
    x1, y1, z1 = map(float, r1)
    x2, y2, z2 = map(float, r2)
    six = lambert_step(x1, y1, z1, x2, y2, z2, float(time_of_flight_s), long_way)
    if not all(map(math.isfinite, six)):
        raise ValueError(
            "got end points that are equal or opposite each other, where the plane of the arc is not determined"
        )
    return np.array(six[:3]), np.array(six[3:])
