"""How a tracked object moves, as the filter believes: boost with staging, free fall, re-entry, glide and cruise.

State x (9,): inertial position m, velocity m/s and three parameters, of which a model uses the first few; the others
stay zero (:func:`dimension`).

======== ============================================================================================================
BOOST    p0 thrust acceleration in m/s2 along the air-relative velocity (a gravity turn). It grows by the rocket
         equation, da/dt = a^2 / ve, until the stage is dropped. When that happens is unknown to the tracker, so it
         enters by its mean and variance: a jump from a to ``RESTART`` at a rate that rises with a.
COAST    gravity with J2, no air.
REENTRY  p0 = 1/beta in m2/kg, the inverse ballistic coefficient.
GLIDE    p0 drag, p1 lift in the vertical plane, p2 lift to the side, each coefficient x area / mass in m2/kg. Lift in
         the plane is Cl A/m cos(bank), to the side Cl A/m sin(bank): bank reversals move p2 through zero.
CRUISE   level flight over the turning Earth; p0 acceleration along the air-relative velocity, p1 upwards beyond what
         holds level flight, p2 to the side, m/s2.
======== ============================================================================================================

The parameters of the last two fade to a mean: Singer (1970), IEEE Trans. Aerospace and Electronic Systems 6, 473; Li
and Jilkov (2003), Survey of maneuvering target tracking part I, sec. IV; part II (2010) for the ballistic ones.
"""

import math

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.core.sight import STRETCH, radial_altitude

NONE, BOOST, COAST, REENTRY, GLIDE, CRUISE = 0, 1, 2, 3, 4, 5
N = 9

EXHAUST_SPEED = 2700.0  # m/s, effective, between solid (about 2.8 km/s) and storable liquid propellants (about 2.6)
RESTART = 20.0  # m/s2, thrust acceleration at which an upper stage starts: thrust-to-weight of about two
STAGING_LOW = 30.0  # m/s2, below which no stage is dropped
STAGING_WIDTH = 20.0  # m/s2, over which the rate of dropping rises to its full value
STAGING_RATE = (
    1.0 / 20.0
)  # 1/s: balances the growth near 45 m/s2, the mean over the burn of three-stage open-literature models
LARGEST_THRUST = 100.0  # m/s2, beyond which the mass left is not believed to shrink faster: 10 g is a light upper stage
IGNITION_TIME = 10.0  # s, time constant of thrust coming back after a stage was dropped

DRAG_CEILING = 120e3  # m
SEA_LEVEL_DENSITY = 1.225  # kg/m3
SCALE_HEIGHT = (
    7000.0  # m; exponential air within a factor two of USSA-76 up to 120 km, enough for an estimated parameter
)

# Assumed from the open HTV-2 class, m/(Cd A) 13,000 kg/m2 and a lift-to-drag ratio of 2.6 (Tracy and Wright 2020,
# Science & Global Security 28), widened to vehicles of a third to three times that and to ratios of 1 to 4.
GLIDE_MEAN = (1.0e-4, 2.0e-4, 0.0)  # m2/kg: drag, lift upwards, lift to the side
GLIDE_SIGMA = (8.0e-5, 2.0e-4, 2.0e-4)  # m2/kg, one sigma of what a glider may fly
GLIDE_TIME = (200.0, 100.0, 60.0)  # s, over which it forgets

# Assumed: a subsonic missile's 30 deg bank pulls 5.7 m/s2; throttle is slow, height is held.
CRUISE_SIGMA = (0.7, 1.5, 3.0)  # m/s2: along, upwards, to the side
CRUISE_TIME = (30.0, 20.0, 20.0)  # s
CLIMB_TIME = 60.0  # s, over which a cruising object levels out

BOOST_STEP = 5.0
COAST_STEP = 30.0
GLIDE_STEP = 4.0
CRUISE_STEP = 5.0
GROUND = -1000.0  # m, where falling ends; below the surface by what a coarse track may err


@kernel
def dimension(mode: int) -> int:
    """Return how many leading elements of the state a model uses."""
    if mode == COAST:
        return 6
    return 9 if mode >= GLIDE else 7


@kernel
def staging_rate(thrust: float) -> float:
    """Return the believed rate in 1/s at which a stage with this thrust acceleration in m/s2 is dropped."""
    return STAGING_RATE * min(max((thrust - STAGING_LOW) / STAGING_WIDTH, 0.0), 1.0)


@kernel
def thrust_drift(thrust: float) -> float:
    """Return the mean rate of the thrust acceleration in m/s3: rocket equation, staging, re-ignition.

    The rocket equation alone runs to infinity within EXHAUST_SPEED / thrust seconds, and a braking thrust, which noise
    can make a filter believe in for a while, burns no fuel.
    """
    rate = thrust * min(max(thrust, 0.0), LARGEST_THRUST) / EXHAUST_SPEED - staging_rate(thrust) * (thrust - RESTART)
    return rate + max(RESTART - thrust, 0.0) / IGNITION_TIME


@kernel
def density(altitude: float) -> float:
    """Return the air density in kg/m3 that the filter believes at an altitude in m; none above ``DRAG_CEILING``."""
    if altitude > DRAG_CEILING:
        return 0.0
    return SEA_LEVEL_DENSITY * math.exp(-max(altitude, 0.0) / SCALE_HEIGHT)


@kernel
def flight_axes(
    rx: float, ry: float, rz: float, wx: float, wy: float, wz: float
) -> tuple[float, float, float, float, float, float, float]:
    """Return the unit vector up (3), the unit vector to the right of the flow w (3) and the level part of w in m/s.

    Up is the ellipsoid's normal at the foot of the radius. The right one fades to zero as the flight turns vertical,
    where no side is defined.
    """
    uz = STRETCH * STRETCH * rz
    norm = math.sqrt(rx * rx + ry * ry + uz * uz)
    ux, uy, uz = rx / norm, ry / norm, uz / norm
    sx, sy, sz = wy * uz - wz * uy, wz * ux - wx * uz, wx * uy - wy * ux
    level = max(math.sqrt(sx * sx + sy * sy + sz * sz), 1.0)
    return ux, uy, uz, sx / level, sy / level, sz / level, level


@kernel
def _cruise_acceleration(
    rx: float, ry: float, rz: float, wx: float, wy: float, wz: float, p0: float, p1: float, p2: float
) -> tuple[float, float, float]:
    """Return the inertial acceleration in m/s2 that keeps a flow-relative course level over the turning ellipsoid.

    In axes that turn with the Earth the course bends down by the level speed squared over the radius; turning adds
    2 O x w + O x (O x r). A climb fades over ``CLIMB_TIME``.
    """
    ux, uy, uz, sx, sy, sz, level = flight_axes(rx, ry, rz, wx, wy, wz)
    climb = wx * ux + wy * uy + wz * uz
    radius = math.sqrt(rx * rx + ry * ry + rz * rz)
    push = p0 / max(math.sqrt(wx * wx + wy * wy + wz * wz), 1.0)
    lift = p1 - level * level / radius - climb / CLIMB_TIME
    turn = ROTATION_RATE * ROTATION_RATE
    return (
        push * wx + lift * ux + p2 * sx - 2.0 * ROTATION_RATE * wy - turn * rx,
        push * wy + lift * uy + p2 * sy + 2.0 * ROTATION_RATE * wx - turn * ry,
        push * wz + lift * uz + p2 * sz,
    )


@kernel
def derivative(
    mode: int,
    rx: float,
    ry: float,
    rz: float,
    vx: float,
    vy: float,
    vz: float,
    p0: float,
    p1: float,
    p2: float,
) -> tuple[float, float, float, float, float, float]:
    """Return acceleration (3) in m/s2 and the rates of the parameters (3).

    Gravity with J2: Vallado (2013), eq. 8-28.
    """
    wx, wy = vx + ROTATION_RATE * ry, vy - ROTATION_RATE * rx
    if mode == CRUISE:
        ax, ay, az = _cruise_acceleration(rx, ry, rz, wx, wy, vz, p0, p1, p2)
        return ax, ay, az, -p0 / CRUISE_TIME[0], -p1 / CRUISE_TIME[1], -p2 / CRUISE_TIME[2]
    r2 = rx * rx + ry * ry + rz * rz
    central = -MU / (r2 * math.sqrt(r2))
    k = 1.5 * J2 * EQUATORIAL_RADIUS * EQUATORIAL_RADIUS / r2
    flat = central * (1.0 + k * (1.0 - 5.0 * rz * rz / r2))
    ax, ay, az = flat * rx, flat * ry, (flat + 2.0 * central * k) * rz
    if mode == COAST:
        return ax, ay, az, 0.0, 0.0, 0.0
    w = max(math.sqrt(wx * wx + wy * wy + vz * vz), 1.0)
    if mode == BOOST:
        push = p0 / w
        return ax + push * wx, ay + push * wy, az + push * vz, thrust_drift(p0), 0.0, 0.0
    air = 0.5 * density(radial_altitude(rx, ry, rz)) * w
    push = -air * max(p0, 0.0)
    ax, ay, az = ax + push * wx, ay + push * wy, az + push * vz
    if mode == REENTRY:
        return ax, ay, az, 0.0, 0.0, 0.0
    d0, d1 = (GLIDE_MEAN[0] - p0) / GLIDE_TIME[0], (GLIDE_MEAN[1] - p1) / GLIDE_TIME[1]
    d2 = (GLIDE_MEAN[2] - p2) / GLIDE_TIME[2]
    _, _, _, sx, sy, sz, _ = flight_axes(rx, ry, rz, wx, wy, vz)
    # Upwards across the flow is right x flow, of length w.
    nx, ny, nz = sy * vz - sz * wy, sz * wx - sx * vz, sx * wy - sy * wx
    side = p2 * w
    return (
        ax + air * (p1 * nx + side * sx),
        ay + air * (p1 * ny + side * sy),
        az + air * (p1 * nz + side * sz),
        d0,
        d1,
        d2,
    )


@kernel
def step_length(mode: int, x: Vector, remaining: float) -> float:
    """Return the length in s of the next step, at most ``remaining``: short where thrust or air change the motion.

    0 for a falling or gliding object that has met the ground.
    """
    if mode == BOOST:
        return min(remaining, BOOST_STEP)
    if mode == CRUISE:
        return min(remaining, CRUISE_STEP)
    altitude = radial_altitude(x[0], x[1], x[2])
    if altitude < GROUND:
        return 0.0
    if altitude > 400e3:
        return min(remaining, COAST_STEP)
    if altitude > 150e3 or mode == COAST:
        return min(remaining, 10.0)
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    braking = 0.5 * density(altitude) * max(x[6], 0.0) * speed
    longest = GLIDE_STEP if mode == GLIDE else 2.0
    return float(min(remaining, min(longest, max(0.5 / max(braking, 1e-9), 0.02))))


@kernel
def step(mode: int, x: Vector, h: float) -> None:
    """Advance the state x (9,) in place by ``h`` seconds with the classical fourth-order Runge-Kutta method."""
    rx, ry, rz, vx, vy, vz = x[0], x[1], x[2], x[3], x[4], x[5]
    p, q, s = x[6], x[7], x[8]
    a1, b1, c1, d1, e1, f1 = derivative(mode, rx, ry, rz, vx, vy, vz, p, q, s)
    k = 0.5 * h
    ux, uy, uz = vx + k * a1, vy + k * b1, vz + k * c1
    a2, b2, c2, d2, e2, f2 = derivative(
        mode, rx + k * vx, ry + k * vy, rz + k * vz, ux, uy, uz, p + k * d1, q + k * e1, s + k * f1
    )
    sx, sy, sz = vx + k * a2, vy + k * b2, vz + k * c2
    a3, b3, c3, d3, e3, f3 = derivative(
        mode, rx + k * ux, ry + k * uy, rz + k * uz, sx, sy, sz, p + k * d2, q + k * e2, s + k * f2
    )
    tx, ty, tz = vx + h * a3, vy + h * b3, vz + h * c3
    a4, b4, c4, d4, e4, f4 = derivative(
        mode, rx + h * sx, ry + h * sy, rz + h * sz, tx, ty, tz, p + h * d3, q + h * e3, s + h * f3
    )
    k = h / 6.0
    x[0] += k * (vx + 2.0 * (ux + sx) + tx)
    x[1] += k * (vy + 2.0 * (uy + sy) + ty)
    x[2] += k * (vz + 2.0 * (uz + sz) + tz)
    x[3] += k * (a1 + 2.0 * (a2 + a3) + a4)
    x[4] += k * (b1 + 2.0 * (b2 + b3) + b4)
    x[5] += k * (c1 + 2.0 * (c2 + c3) + c4)
    x[6] += k * (d1 + 2.0 * (d2 + d3) + d4)
    x[7] += k * (e1 + 2.0 * (e2 + e3) + e4)
    x[8] += k * (f1 + 2.0 * (f2 + f3) + f4)
