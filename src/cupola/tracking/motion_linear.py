"""The motion models linearised: gradient, transition matrix, process noise, and carrying a covariance.

J2 and the turn of the flight axes along the path are left out of the gradient: both are about 1e-3 of the gravity
gradient, which itself moves a fix by 1e-4 over one step.
"""

import math

from cupola.core.earth import MU, ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude
from cupola.tracking.motion import (
    BOOST,
    CLIMB_TIME,
    COAST,
    CRUISE,
    CRUISE_SIGMA,
    CRUISE_TIME,
    DRAG_CEILING,
    EXHAUST_SPEED,
    GLIDE,
    GLIDE_MEAN,
    GLIDE_SIGMA,
    GLIDE_TIME,
    IGNITION_TIME,
    LARGEST_THRUST,
    REENTRY,
    RESTART,
    SCALE_HEIGHT,
    STAGING_LOW,
    STAGING_RATE,
    STAGING_WIDTH,
    density,
    dimension,
    flight_axes,
    staging_rate,
)

THRUST_NOISE = 3.0  # (m/s2)^2/s, thrust profile and drag within a stage
STEERING_NOISE = 100.0  # m2/s3: 3 m/s2 off the velocity, correlated over some 5 s
COAST_NOISE = 1e-5  # m2/s3: neglected harmonics, about 1e-5 m/s2 with long correlation
WIND_NOISE = 1e-2  # m2/s3 of what flies on wings: gusts and the trim's small motions
DRAG_DRIFT = 0.2  # 1/sqrt(s), relative random walk of 1/beta while there is drag
DRAG_FLOOR = 2e-4  # m2/kg, added so that a parameter near zero can still move

THRUST_PRIOR = (30.0, 15.0)  # m/s2, mean and one sigma of an object first seen burning
HEAVY_BODY = 1e-4  # m2/kg, 1/beta of a re-entry vehicle of 10 t/m2
DRAG_SPREAD = 3e-4  # m2/kg, one sigma about it


@kernel
def prior(mode: int, k: int) -> tuple[float, float]:
    """Return mean and one sigma of parameter k (0, 1, 2) of a model before anything is known."""
    if mode == CRUISE:
        return 0.0, CRUISE_SIGMA[k]
    if mode == GLIDE:
        return GLIDE_MEAN[k], GLIDE_SIGMA[k]
    if k > 0 or mode == COAST:
        return 0.0, 0.0
    if mode == BOOST:
        return THRUST_PRIOR
    return HEAVY_BODY, DRAG_SPREAD


@kernel
def set_parameters(mode: int, x: Vector, p: Vector) -> None:
    """Set the parameters of x (9,) and p (9, 9) to what a model expects beforehand, unrelated to the rest."""
    for k in range(6, 9):
        for i in range(9):
            p[i, k] = 0.0
            p[k, i] = 0.0
    for k in range(3):
        mean, sigma = prior(mode, k)
        x[6 + k], p[6 + k, 6 + k] = mean, sigma * sigma


@kernel
def parameter_noise(mode: int, k: int, parameter: float, altitude: float) -> float:
    """Return the variance rate per second of parameter k at its value, in its own unit squared."""
    if mode == BOOST:
        jump = parameter - RESTART
        below = max(-jump, 0.0)
        return THRUST_NOISE + staging_rate(parameter) * jump * jump + below * below / IGNITION_TIME
    if mode == GLIDE:
        return 2.0 * GLIDE_SIGMA[k] * GLIDE_SIGMA[k] / GLIDE_TIME[k]
    if mode == CRUISE:
        return 2.0 * CRUISE_SIGMA[k] * CRUISE_SIGMA[k] / CRUISE_TIME[k]
    if mode == COAST or altitude > DRAG_CEILING:
        return 0.0
    spread = DRAG_DRIFT * (abs(parameter) + DRAG_FLOOR)
    return float(spread * spread)


@kernel
def _boost_gradient(p: float, wx: float, wy: float, wz: float, a: Vector) -> None:
    w = max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    direction = (wx / w, wy / w, wz / w)
    across = p / w
    for i in range(3):
        for j in range(3):
            a[i, 3 + j] = across * ((1.0 if i == j else 0.0) - direction[i] * direction[j])
        a[i, 6] = direction[i]
    growth = LARGEST_THRUST if p >= LARGEST_THRUST else 2.0 * max(p, 0.0)
    own = growth / EXHAUST_SPEED - staging_rate(p)
    if STAGING_LOW < p < STAGING_LOW + STAGING_WIDTH:
        own -= STAGING_RATE / STAGING_WIDTH * (p - RESTART)
    if p < RESTART:
        own -= 1.0 / IGNITION_TIME
    a[3, 6] = own


@kernel
def _air_gradient(mode: int, x: Vector, r: float, wx: float, wy: float, wz: float, a: Vector) -> None:
    """Add drag, and in GLIDE lift: flow axes along f, up across it n, right s; climb angle g.

    ds/dw = (-f + tan g n) s^T / w and dn/dw = (-f n^T - tan g s s^T) / w, from s = w x up / |w x up|, n = s x f.
    """
    w = max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    half = 0.5 * density(radial_altitude(x[0], x[1], x[2])) * w
    f = (wx / w, wy / w, wz / w)
    drag = half * max(x[6], 0.0)
    for i in range(3):
        for j in range(3):
            a[i, 3 + j] = -drag * ((1.0 if i == j else 0.0) + f[i] * f[j])
            a[i, j] += drag * w * f[i] * x[j] / (r * SCALE_HEIGHT)
        a[i, 6] = -half * w * f[i]
    a[3, 6] = 0.0
    if mode == REENTRY:
        return
    ux, uy, uz, sx, sy, sz, level = flight_axes(x[0], x[1], x[2], wx, wy, wz)
    s = (sx, sy, sz)
    n = (sy * f[2] - sz * f[1], sz * f[0] - sx * f[2], sx * f[1] - sy * f[0])
    slope = (wx * ux + wy * uy + wz * uz) / level
    up, side = half * x[7], half * x[8]
    for i in range(3):
        lift = up * n[i] + side * s[i]
        for j in range(3):
            turned = up * (f[i] * n[j] + slope * s[i] * s[j]) + side * (f[i] - slope * n[i]) * s[j]
            a[i, 3 + j] += 2.0 * lift * f[j] - turned
            a[i, j] -= lift * w * x[j] / (r * SCALE_HEIGHT)
        a[i, 7], a[i, 8] = half * w * n[i], half * w * s[i]
    a[3, 6], a[3, 7], a[3, 8] = -1.0 / GLIDE_TIME[0], -1.0 / GLIDE_TIME[1], -1.0 / GLIDE_TIME[2]


@kernel
def _cruise_gradient(x: Vector, r: float, wx: float, wy: float, wz: float, a: Vector) -> None:
    w = max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    flow = (wx, wy, wz)
    ux, uy, uz, sx, sy, sz, level = flight_axes(x[0], x[1], x[2], wx, wy, wz)
    u, s = (ux, uy, uz), (sx, sy, sz)
    climb = wx * ux + wy * uy + wz * uz
    along, side = x[6] / w, x[8] / level
    for i in range(3):
        for j in range(3):
            level_i, level_j = (flow[i] - climb * u[i]) / level, (flow[j] - climb * u[j]) / level
            bend = u[i] * (2.0 * level * level_j / r + u[j] / CLIMB_TIME)
            a[i, 3 + j] = (
                along * ((1.0 if i == j else 0.0) - flow[i] * flow[j] / (w * w)) - bend - side * level_i * s[j]
            )
            a[i, j] = -u[i] * level * level_j / (r * CLIMB_TIME)
        a[i, 6], a[i, 7], a[i, 8] = flow[i] / w, u[i], s[i]
    a[0, 4] -= 2.0 * ROTATION_RATE
    a[1, 3] += 2.0 * ROTATION_RATE
    a[0, 0] -= ROTATION_RATE * ROTATION_RATE
    a[1, 1] -= ROTATION_RATE * ROTATION_RATE
    a[3, 6], a[3, 7], a[3, 8] = -1.0 / CRUISE_TIME[0], -1.0 / CRUISE_TIME[1], -1.0 / CRUISE_TIME[2]


@kernel
def gradient(mode: int, x: Vector, a: Vector) -> None:
    """Write the acceleration's derivatives into a (4, 9) or larger: rows 0-2 by r, v, parameters; row 3 the
    parameters' own rates.

    COAST leaves the columns behind r alone, as they are zero.
    """
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    r = math.sqrt(r2)
    wx, wy, wz = x[3] + ROTATION_RATE * x[1], x[4] - ROTATION_RATE * x[0], x[5]
    if mode == CRUISE:
        _cruise_gradient(x, r, wx, wy, wz, a)
    else:
        central = MU / (r2 * r)
        for i in range(3):
            for j in range(i + 1):
                value = central * (3.0 * x[i] * x[j] / r2 - (1.0 if i == j else 0.0))
                a[i, j] = value
                a[j, i] = value
        if mode == COAST:
            return
        if mode == BOOST:
            _boost_gradient(x[6], wx, wy, wz, a)
        else:
            _air_gradient(mode, x, r, wx, wy, wz, a)
    for i in range(3):
        # The flow moves with the turning air: dw/dr = -O x.
        a[i, 0] -= ROTATION_RATE * a[i, 4]
        a[i, 1] += ROTATION_RATE * a[i, 3]


@kernel
def transition(mode: int, middle: Vector, h: float, a: Vector, f: Vector) -> None:
    """Write the transition matrix over ``h`` seconds into the leading square of f (9, 9): I + A h + A^2 h^2 / 2 at the
    state in the middle of the step.

    ``a`` (9, 9) is work space and holds the acceleration's derivatives afterwards.
    """
    gradient(mode, middle, a)
    half = 0.5 * h * h
    if mode == COAST:
        for i in range(3):
            for j in range(3):
                same = 1.0 if i == j else 0.0
                f[i, j] = same + half * a[i, j]
                f[3 + i, j] = h * a[i, j]
                f[i, 3 + j] = same * h
                f[3 + i, 3 + j] = f[i, j]
        return
    n = dimension(mode)
    for i in range(3):
        for j in range(n):
            product = a[i, 3] * a[0, j] + a[i, 4] * a[1, j] + a[i, 5] * a[2, j]
            if j >= 6:
                product += a[i, j] * a[3, j]
            elif j >= 3:
                product += a[i, j - 3]
            f[i, j] = half * a[i, j]
            f[3 + i, j] = h * a[i, j] + half * product
            if j >= 6:
                # Position feels a parameter at second order; this term is to it what A^2 is to velocity.
                f[i, j] += h * half / 3.0 * product
        f[i, i] += 1.0
        f[i, 3 + i] += h
        f[3 + i, 3 + i] += 1.0
    for i in range(6, n):
        for j in range(n):
            f[i, j] = 0.0
        f[i, i] = 1.0 + h * a[3, i] + half * a[3, i] * a[3, i]


@kernel
def shake(p: Vector, white: float, h: float) -> None:
    """Add to the covariance p (9, 9) what ``h`` seconds of white acceleration of density ``white`` m2/s3 bring."""
    h2 = h * h
    for i in range(3):
        p[i, i] += white * h2 * h / 3.0
        p[i, 3 + i] += white * h2 / 2.0
        p[3 + i, i] += white * h2 / 2.0
        p[3 + i, 3 + i] += white * h


@kernel
def add_noise(mode: int, x: Vector, h: float, a: Vector, p: Vector) -> None:
    """Add the process noise of ``h`` seconds to the covariance p (9, 9); ``a`` as :func:`transition` left it.

    A parameter's noise reaches velocity and position through the acceleration: the integral over the step of
    q g g^T, g = (d s^2 / 2, d s, 1) with d the acceleration's derivative.
    """
    white = COAST_NOISE
    if mode == BOOST:
        white = STEERING_NOISE
    elif mode >= GLIDE:
        white = WIND_NOISE
    shake(p, white, h)
    if mode == COAST:
        return
    h2 = h * h
    h3 = h2 * h
    altitude = radial_altitude(x[0], x[1], x[2])
    for k in range(6, dimension(mode)):
        q = parameter_noise(mode, k - 6, x[k], altitude)
        if q == 0.0:
            continue
        for i in range(3):
            for j in range(3):
                d = q * a[i, k] * a[j, k]
                p[i, j] += d * h3 * h2 / 20.0
                p[3 + i, 3 + j] += d * h3 / 3.0
                p[i, 3 + j] += d * h2 * h2 / 8.0
                p[3 + j, i] += d * h2 * h2 / 8.0
            slow, fast = q * h3 / 6.0 * a[i, k], q * h2 / 2.0 * a[i, k]
            p[i, k] += slow
            p[k, i] += slow
            p[3 + i, k] += fast
            p[k, 3 + i] += fast
        p[k, k] += q * h


@kernel(inline=True)
def _carry(n, f, p, w):  # type: ignore[no-untyped-def]
    for i in range(6):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += f[i, k] * p[k, j]
            w[i, j] = total
    for i in range(6, n):
        for j in range(n):
            w[i, j] = f[i, i] * p[i, j]
    for i in range(n):
        for j in range(min(i + 1, 6)):
            total = 0.0
            for k in range(n):
                total += w[i, k] * f[j, k]
            p[i, j] = total
            p[j, i] = total
        for j in range(6, i + 1):
            total = w[i, j] * f[j, j]
            p[i, j] = total
            p[j, i] = total


@kernel
def carry(n: int, f: Vector, p: Vector, w: Vector) -> None:
    """Replace the leading (n, n) of the covariance p by f p f^T, symmetric to the last bit; w (9, 9) is work space.

    Rows of f behind the sixth have their diagonal alone. Known lengths make the loops twice as fast.
    """
    if n == 6:
        _carry(6, f, p, w)
    elif n == 7:
        _carry(7, f, p, w)
    else:
        _carry(9, f, p, w)


@kernel(inline=True)
def _carry_cross(n, f, c, columns, w):  # type: ignore[no-untyped-def]
    for k in range(columns):
        for i in range(6):
            total = 0.0
            for j in range(n):
                total += f[i, j] * c[j, k]
            w[0, i] = total
        for i in range(6):
            c[i, k] = w[0, i]
        for i in range(6, n):
            c[i, k] *= f[i, i]


@kernel
def carry_cross(n: int, f: Vector, c: Vector, columns: int, w: Vector) -> None:
    """Replace the leading n rows and ``columns`` of the cross-covariance c by f c, as :func:`carry` does."""
    if n == 6:
        _carry_cross(6, f, c, columns, w)
    elif n == 7:
        _carry_cross(7, f, c, columns, w)
    else:
        _carry_cross(9, f, c, columns, w)
