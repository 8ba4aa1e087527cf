"""How a tracked object moves, as the filter believes: boost with staging, ballistic flight, drag near the Earth.

State x (7,): inertial position m, velocity m/s and one parameter. In BOOST that parameter is the thrust acceleration
in m/s2 along the air-relative velocity (a gravity turn). It grows by the rocket equation, da/dt = a^2 / ve, until the
stage is dropped. When that happens is unknown to the tracker, so it enters by its mean and variance: a jump from a to
``RESTART`` at a rate that rises with a. In COAST the parameter is 1/beta in m2/kg, the inverse ballistic coefficient.
"""

import math

from numba import njit

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, ROTATION_RATE, Vector
from cupola.core.sight import radial_altitude

NONE, BOOST, COAST = 0, 1, 2

EXHAUST_SPEED = 2700.0  # m/s, effective, between solid (about 2.8 km/s) and storable liquid propellants (about 2.6)
RESTART = 20.0  # m/s2, thrust acceleration at which an upper stage starts: thrust-to-weight of about two
STAGING_LOW = 30.0  # m/s2, below which no stage is dropped
STAGING_WIDTH = 20.0  # m/s2, over which the rate of dropping rises to its full value
STAGING_RATE = (
    1.0 / 20.0
)  # 1/s: balances the growth near 45 m/s2, the mean over the burn of three-stage open-literature models
IGNITION_TIME = 10.0  # s, time constant of thrust coming back after a stage was dropped
THRUST_NOISE = 3.0  # (m/s2)^2/s, thrust profile and drag within a stage
STEERING_NOISE = 100.0  # m2/s3: 3 m/s2 off the velocity, correlated over some 5 s
COAST_NOISE = 1e-5  # m2/s3: neglected harmonics, about 1e-5 m/s2 with long correlation
DRAG_CEILING = 120e3  # m
SEA_LEVEL_DENSITY = 1.225  # kg/m3
SCALE_HEIGHT = (
    7000.0  # m; exponential air within a factor two of USSA-76 up to 120 km, enough for an estimated parameter
)
DRAG_DRIFT = 0.2  # 1/sqrt(s), relative random walk of 1/beta while there is drag
DRAG_FLOOR = 2e-4  # m2/kg, added so that a parameter near zero can still move

BOOST_STEP = 5.0
COAST_STEP = 30.0
GROUND = -1000.0  # m, where coasting ends; below the surface by what a coarse track may err


@njit(cache=True, error_model="numpy", nogil=True)
def staging_rate(thrust: float) -> float:
    """Return the believed rate in 1/s at which a stage with this thrust acceleration in m/s2 is dropped."""
    return STAGING_RATE * min(max((thrust - STAGING_LOW) / STAGING_WIDTH, 0.0), 1.0)


@njit(cache=True, error_model="numpy", nogil=True)
def thrust_drift(thrust: float) -> float:
    """Return the mean rate of the thrust acceleration in m/s3: rocket equation, staging, re-ignition."""
    rate = thrust * thrust / EXHAUST_SPEED - staging_rate(thrust) * (thrust - RESTART)
    return rate + max(RESTART - thrust, 0.0) / IGNITION_TIME


@njit(cache=True, error_model="numpy", nogil=True)
def parameter_noise(mode: int, parameter: float, altitude: float) -> float:
    """Return the variance rate of the seventh state: (m/s2)^2/s in boost, (m2/kg)^2/s in coast."""
    if mode == BOOST:
        jump = parameter - RESTART
        below = max(-jump, 0.0)
        return THRUST_NOISE + staging_rate(parameter) * jump * jump + below * below / IGNITION_TIME
    if altitude > DRAG_CEILING:
        return 0.0
    spread = DRAG_DRIFT * (abs(parameter) + DRAG_FLOOR)
    return float(spread * spread)


@njit(cache=True, error_model="numpy", nogil=True)
def derivative(
    mode: int, rx: float, ry: float, rz: float, vx: float, vy: float, vz: float, parameter: float
) -> tuple[float, float, float, float]:
    """Return acceleration (3) in m/s2 and the rate of the parameter. Gravity with J2: Vallado (2013), eq. 8-28."""
    r2 = rx * rx + ry * ry + rz * rz
    central = -MU / (r2 * math.sqrt(r2))
    k = 1.5 * J2 * EQUATORIAL_RADIUS * EQUATORIAL_RADIUS / r2
    flat = central * (1.0 + k * (1.0 - 5.0 * rz * rz / r2))
    ax, ay, az = flat * rx, flat * ry, (flat + 2.0 * central * k) * rz
    push, rate = 0.0, 0.0
    wx, wy = vx + ROTATION_RATE * ry, vy - ROTATION_RATE * rx
    if mode == BOOST:
        push = parameter / max(math.sqrt(wx * wx + wy * wy + vz * vz), 1.0)
        rate = thrust_drift(parameter)
    else:
        altitude = radial_altitude(rx, ry, rz)
        if altitude < DRAG_CEILING:
            density = SEA_LEVEL_DENSITY * math.exp(-max(altitude, 0.0) / SCALE_HEIGHT)
            push = -0.5 * density * max(parameter, 0.0) * math.sqrt(wx * wx + wy * wy + vz * vz)
    return ax + push * wx, ay + push * wy, az + push * vz, rate


@njit(cache=True, error_model="numpy", nogil=True)
def step_length(mode: int, x: Vector, remaining: float) -> float:
    """Return the length in s of the next step, at most ``remaining``: short where thrust or drag change the motion.

    0 for a coasting object that has met the ground.
    """
    if mode == BOOST:
        return min(remaining, BOOST_STEP)
    altitude = radial_altitude(x[0], x[1], x[2])
    if altitude < GROUND:
        return 0.0
    if altitude > 400e3:
        return min(remaining, COAST_STEP)
    if altitude > 150e3:
        return min(remaining, 10.0)
    density = SEA_LEVEL_DENSITY * math.exp(-max(altitude, 0.0) / SCALE_HEIGHT)
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    braking = 0.5 * density * max(x[6], 0.0) * speed
    return float(min(remaining, min(2.0, max(0.5 / max(braking, 1e-9), 0.02))))


@njit(cache=True, error_model="numpy", nogil=True)
def step(mode: int, x: Vector, h: float) -> None:
    """Advance the state x (7,) in place by ``h`` seconds with the classical fourth-order Runge-Kutta method."""
    rx, ry, rz, vx, vy, vz, p = x
    a1, b1, c1, d1 = derivative(mode, rx, ry, rz, vx, vy, vz, p)
    k = 0.5 * h
    ux, uy, uz = vx + k * a1, vy + k * b1, vz + k * c1
    a2, b2, c2, d2 = derivative(mode, rx + k * vx, ry + k * vy, rz + k * vz, ux, uy, uz, p + k * d1)
    sx, sy, sz = vx + k * a2, vy + k * b2, vz + k * c2
    a3, b3, c3, d3 = derivative(mode, rx + k * ux, ry + k * uy, rz + k * uz, sx, sy, sz, p + k * d2)
    tx, ty, tz = vx + h * a3, vy + h * b3, vz + h * c3
    a4, b4, c4, d4 = derivative(mode, rx + h * sx, ry + h * sy, rz + h * sz, tx, ty, tz, p + h * d3)
    k = h / 6.0
    x[0] += k * (vx + 2.0 * (ux + sx) + tx)
    x[1] += k * (vy + 2.0 * (uy + sy) + ty)
    x[2] += k * (vz + 2.0 * (uz + sz) + tz)
    x[3] += k * (a1 + 2.0 * (a2 + a3) + a4)
    x[4] += k * (b1 + 2.0 * (b2 + b3) + b4)
    x[5] += k * (c1 + 2.0 * (c2 + c3) + c4)
    x[6] += k * (d1 + 2.0 * (d2 + d3) + d4)


@njit(cache=True, error_model="numpy", nogil=True)
def _sensitivities(mode: int, x: Vector, a: Vector) -> None:
    """Write the acceleration's derivatives into a (4, 7): rows 0-2 by r, v, parameter; a[3, 6] is the parameter's own
    rate.
    """
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    r = math.sqrt(r2)
    central = MU / (r2 * r)
    wx, wy, wz = x[3] + ROTATION_RATE * x[1], x[4] - ROTATION_RATE * x[0], x[5]
    w = max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    along, across, slope, own = 0.0, 0.0, 0.0, 0.0
    push = 1.0 / w
    p = x[6]
    if mode == BOOST:
        across = p / w
        own = 2.0 * p / EXHAUST_SPEED - staging_rate(p)
        if STAGING_LOW < p < STAGING_LOW + STAGING_WIDTH:
            own -= STAGING_RATE / STAGING_WIDTH * (p - RESTART)
        if p < RESTART:
            own -= 1.0 / IGNITION_TIME
    else:
        push = 0.0
        altitude = radial_altitude(x[0], x[1], x[2])
        if altitude < DRAG_CEILING:
            density = SEA_LEVEL_DENSITY * math.exp(-max(altitude, 0.0) / SCALE_HEIGHT)
            push = -0.5 * density * w
            across = push * max(p, 0.0)
            along = 2.0 * across
            slope = -across / SCALE_HEIGHT
    direction = (wx / w, wy / w, wz / w)
    flow = (wx, wy, wz)
    position = (x[0] / r, x[1] / r, x[2] / r)
    for i in range(3):
        for j in range(3):
            same = 1.0 if i == j else 0.0
            a[i, j] = central * (3.0 * position[i] * position[j] - same) + slope * flow[i] * position[j]
            a[i, 3 + j] = across * (same - direction[i] * direction[j]) + along * direction[i] * direction[j]
        a[i, 6] = push * flow[i]
    a[3, 6] = own


@njit(cache=True, error_model="numpy", nogil=True)
def transition(mode: int, middle: Vector, h: float, a: Vector, f: Vector) -> None:
    """Write the transition matrix f (7, 7) over ``h`` seconds, I + A h + A^2 h^2 / 2 at the state in the middle of the
    step.

    ``a`` (4, 7) is work space and holds the acceleration's derivatives afterwards.
    """
    _sensitivities(mode, middle, a)
    half = 0.5 * h * h
    own = a[3, 6]
    for i in range(3):
        for j in range(7):
            product = a[i, 3] * a[0, j] + a[i, 4] * a[1, j] + a[i, 5] * a[2, j]
            if j >= 3 and j < 6:
                product += a[i, j - 3]
            if j == 6:
                product += a[i, 6] * own
            f[i, j] = half * a[i, j]
            f[3 + i, j] = h * a[i, j] + half * product
        f[i, 6] += h * half / 3.0 * a[i, 6] * own
        f[i, i] += 1.0
        f[i, 3 + i] += h
        f[3 + i, 3 + i] += 1.0
        f[6, i] = 0.0
        f[6, 3 + i] = 0.0
    f[6, 6] = 1.0 + h * own + half * own * own


@njit(cache=True, error_model="numpy", nogil=True)
def add_noise(mode: int, x: Vector, h: float, a: Vector, p: Vector) -> None:
    """Add the process noise of ``h`` seconds to the covariance p (7, 7); ``a`` as :func:`transition` left it.

    The parameter's noise reaches velocity and position through the acceleration: the integral over the step of
    q g g^T, g = (d s^2 / 2, d s, 1) with d the acceleration's derivative, by three Gauss points, which is exact.
    """
    white = STEERING_NOISE if mode == BOOST else COAST_NOISE
    for i in range(3):
        p[i, i] += white * h * h * h / 3.0
        p[i, 3 + i] += white * h * h / 2.0
        p[3 + i, i] += white * h * h / 2.0
        p[3 + i, 3 + i] += white * h
    q = parameter_noise(mode, x[6], radial_altitude(x[0], x[1], x[2]))
    if q == 0.0:
        return
    for node in range(-1, 2):
        s = 0.5 * h * (1.0 + node * 0.7745966692414834)
        weight = q * h * (4.0 / 9.0 if node == 0 else 5.0 / 18.0)
        for i in range(7):
            left = 1.0 if i == 6 else (0.5 * s * s * a[i, 6] if i < 3 else s * a[i - 3, 6])
            for j in range(7):
                right = 1.0 if j == 6 else (0.5 * s * s * a[j, 6] if j < 3 else s * a[j - 3, 6])
                p[i, j] += weight * left * right


@njit(cache=True, error_model="numpy", nogil=True)
def carry(f: Vector, p: Vector, w: Vector) -> None:
    """Replace the covariance p (7, 7) by f p f^T, symmetric to the last bit; w (7, 7) is work space."""
    for i in range(6):
        for j in range(7):
            total = 0.0
            for k in range(7):
                total += f[i, k] * p[k, j]
            w[i, j] = total
    for j in range(7):
        w[6, j] = f[6, 6] * p[6, j]
    for i in range(7):
        for j in range(i + 1):
            total = 0.0
            for k in range(7):
                total += w[i, k] * f[j, k]
            p[i, j] = total
            p[j, i] = total
