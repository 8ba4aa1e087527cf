"""How an unpowered lifting body commands lift and bank: smooth functions of its state inside each phase.

The range left is governed by the bank, which spends surplus speed, and the heading by the side of the bank, which is
reversed when the heading error leaves a dead band: the scheme of entry guidance since the Shuttle (Harpold and Graves
1979, Journal of the Astronautical Sciences 27). The range that a speed is worth is that of an equilibrium glide
(Eggers, Allen and Neice 1957, NACA TN 4046), written for a turning Earth. The vertical share of the lift balances
weight less centrifugal force and damps the phugoid. The dive is proportional navigation (Zarchan 2012, Tactical and
Strategic Missile Guidance, ch. 2) with the weight compensated.
"""

import math

from cupola.core.earth import MU, STANDARD_GRAVITY, Vector
from cupola.core.integrate import SCALE_HEIGHT
from cupola.core.kernel import kernel

# The phases of a guided flight; FIXED holds one bank and one share of the lift for good.
FIXED, COAST, PULL_UP, GLIDE, SKIP, DIVE = range(6)
PHASES = 6

# Columns of a law.
(
    LIFT_TO_DRAG,
    INVERSE_BETA,
    GREATEST_LIFT,  # m/s2, the load limit
    LEAST_COSINE,  # of the bank, at its limit
    DEAD_BAND,  # rad, of the heading error
    DIVE_RANGE,  # m over the ground from the aim point
    DIVE_SPEED,  # m/s
    AIM_X,  # m, Earth-fixed
    AIM_Y,
    AIM_Z,
    WITHOUT_DAMPING,  # 1 for a skipping glide
    BANK,  # rad, and
    SHARE,  # of the full lift, of a FIXED phase
) = range(13)
LAW_COLUMNS = 13

CLIMB_TIME = 60.0  # s in which a glide closes its distance from the equilibrium height
LIFT_TIME = 15.0  # s in which it takes up the climb that this asks for
SLACK = 1.0  # m/s of climb asked for beyond: a steady glide then flies all its lift, clear of the limit's corner
BANK_ROUNDING = 0.01  # of the squared sine of the bank
LOAD_ROUNDING = 0.02  # of lift times limit
ROUNDING = 0.04  # of the lift: how far from its corners the limits of the lift are rounded
RANGE_BUFFER = 60e3  # m added to range and worth alike: keeps their ratio calm where both go to nothing
HEADING_GAIN = 3.0  # rad of bank per rad of heading error beyond the dead band
NAVIGATION_CONSTANT = 4.0
BLIND_RANGE = 300.0  # m: nearer than this the line of sight turns no faster
LEAST_WEIGHT = 0.02  # of the weight: what is left of it near orbital speed

Three = tuple[float, float, float]
# Vertical, velocity in the air, lift upward, lift to the right (unit vectors), speed, rate of climb, density.
Frame = tuple[Three, Three, Three, Three, float, float, float]


@kernel
def command(
    time: float,
    state: Vector,
    phase: int,
    side: float,
    law: Vector,
    spin: float,
    frame: Frame,
    pull: Three,
    full: float,
) -> tuple[float, float]:
    """Return the lift in m/s2 upward in the vertical plane and to the right that a phase commands, of ``full`` m/s2
    at the most.
    """
    if phase == FIXED:
        return law[SHARE] * full * math.cos(law[BANK]), law[SHARE] * full * math.sin(law[BANK])
    if phase == COAST:
        return 0.0, 0.0
    # The load limit with a rounded corner: half of a + b - sqrt((a - b)2 + a b / 50), never above the lesser.
    limit = law[GREATEST_LIFT]
    lift = 0.5 * (full + limit - math.sqrt((full - limit) * (full - limit) + LOAD_ROUNDING * full * limit))
    if phase == PULL_UP:
        return lift, 0.0
    if phase == DIVE:
        return _homing(time, state, law, spin, frame, pull, lift)
    error = heading_error(time, state, law, spin, frame)
    if phase == SKIP:
        most = math.acos(law[LEAST_COSINE])
        bank = min(max(HEADING_GAIN * error, -most), most)
        return lift * math.cos(bank), lift * math.sin(bank)
    return _gliding(time, state, side, law, spin, frame, pull, lift, error)


@kernel
def _gliding(
    time: float,
    state: Vector,
    side: float,
    law: Vector,
    spin: float,
    frame: Frame,
    pull: Three,
    lift: float,
    error: float,
) -> tuple[float, float]:
    cosine = cosine_of_bank(time, state, law, spin, frame)
    excess = abs(error) - law[DEAD_BAND]
    if excess > 0.0:
        cosine = max(cosine * math.cos(min(HEADING_GAIN * excess, 1.5)), law[LEAST_COSINE])
    speed, climb = frame[4], frame[5]
    weight = weight_left(state, frame, pull)
    sink = -2.0 * SCALE_HEIGHT * STANDARD_GRAVITY / (law[LIFT_TO_DRAG] * cosine * max(speed, 1.0))
    below = -SCALE_HEIGHT * math.log(weight / (cosine * max(lift, 1e-6 * weight)))
    # No faster towards the equilibrium height than half the weight can stop.
    limit = math.sqrt(weight * abs(below)) + 1.0
    wanted = sink + SLACK + limit * math.tanh(below / (CLIMB_TIME * limit))
    # Limits with rounded corners, which the integrator's steps may straddle.
    soft = ROUNDING * lift
    asked = (weight + (wanted - climb) / LIFT_TIME) / cosine
    asked = 0.5 * (asked + math.sqrt(asked * asked + soft * soft))
    over = asked - lift
    total = 0.5 * (asked + lift - math.sqrt(over * over + soft * soft))
    return total * cosine, side * total * math.sqrt(max(1.0 - cosine * cosine, 0.0))


@kernel
def _homing(
    time: float, state: Vector, law: Vector, spin: float, frame: Frame, pull: Three, lift: float
) -> tuple[float, float]:
    """Proportional navigation onto the aim point in the Earth's axes, the weight across the velocity added."""
    _, _, w, right, speed, _, _ = frame
    cos, sin = math.cos(spin * time), math.sin(spin * time)
    dx = cos * law[AIM_X] - sin * law[AIM_Y] - state[0]
    dy = sin * law[AIM_X] + cos * law[AIM_Y] - state[1]
    dz = law[AIM_Z] - state[2]
    far = max(math.sqrt(dx * dx + dy * dy + dz * dz), BLIND_RANGE)
    gain = NAVIGATION_CONSTANT * speed * speed / (far * far)
    # N times the turn rate of the line of sight, crossed with the velocity, is N V2 / d2 times the part of d across it.
    up = gain * (dx * w[0] + dy * w[1] + dz * w[2])
    side = gain * (dx * right[0] + dy * right[1] + dz * right[2])
    up = up - (pull[0] * w[0] + pull[1] * w[1] + pull[2] * w[2])
    side = side - (pull[0] * right[0] + pull[1] * right[1] + pull[2] * right[2])
    asked = math.sqrt(up * up + side * side)
    share = lift / asked if asked > lift else 1.0
    return share * up, share * side


@kernel
def weight_left(state: Vector, frame: Frame, pull: Three) -> float:
    """Return weight less centrifugal force in m/s2 along the vertical, at least a fiftieth of the weight."""
    n = frame[0]
    down = -(pull[0] * n[0] + pull[1] * n[1] + pull[2] * n[2])
    v2 = state[3] * state[3] + state[4] * state[4] + state[5] * state[5]
    r = math.sqrt(state[0] * state[0] + state[1] * state[1] + state[2] * state[2])
    rise = (state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / r
    return float(max(down - (v2 - rise * rise) / r, LEAST_WEIGHT * down))


@kernel
def sinking(state: Vector, law: Vector, frame: Frame, pull: Three) -> bool:
    """Return whether a pull-up is not over: too little lift still, or a fall steeper than an equilibrium glide's."""
    speed, climb, density = frame[4], frame[5], frame[6]
    full = min(0.5 * density * speed * speed * law[INVERSE_BETA] * law[LIFT_TO_DRAG], law[GREATEST_LIFT])
    if full < weight_left(state, frame, pull):
        return True
    return bool(climb < -2.0 * SCALE_HEIGHT * STANDARD_GRAVITY / (law[LIFT_TO_DRAG] * speed))


@kernel
def ground_angle(time: float, state: Vector, law: Vector, spin: float) -> float:
    """Return the angle in rad at the Earth's centre between the body and the aim point."""
    cos, sin = math.cos(spin * time), math.sin(spin * time)
    ax, ay, az = cos * law[AIM_X] - sin * law[AIM_Y], sin * law[AIM_X] + cos * law[AIM_Y], law[AIM_Z]
    x, y, z = state[0], state[1], state[2]
    cx, cy, cz = y * az - z * ay, z * ax - x * az, x * ay - y * ax
    return math.atan2(math.sqrt(cx * cx + cy * cy + cz * cz), x * ax + y * ay + z * az)


@kernel
def to_dive(time: float, state: Vector, law: Vector, spin: float) -> float:
    """Return the way in m, at the body's height, to where the dive begins."""
    r = math.sqrt(state[0] * state[0] + state[1] * state[1] + state[2] * state[2])
    return float(ground_angle(time, state, law, spin) * r - law[DIVE_RANGE])


@kernel
def heading_error(time: float, state: Vector, law: Vector, spin: float, frame: Frame) -> float:
    """Return the angle in rad from the course over the ground to the bearing of the aim point, positive to the
    right.
    """
    cos, sin = math.cos(spin * time), math.sin(spin * time)
    ax, ay, az = cos * law[AIM_X] - sin * law[AIM_Y], sin * law[AIM_X] + cos * law[AIM_Y], law[AIM_Z]
    n, u = frame[0], frame[1]
    rise = ax * n[0] + ay * n[1] + az * n[2]
    ax, ay, az = ax - rise * n[0], ay - rise * n[1], az - rise * n[2]
    climb = u[0] * n[0] + u[1] * n[1] + u[2] * n[2]
    hx, hy, hz = u[0] - climb * n[0], u[1] - climb * n[1], u[2] - climb * n[2]
    ahead = ax * hx + ay * hy + az * hz
    # (course x vertical) points to the right.
    right = ax * (hy * n[2] - hz * n[1]) + ay * (hz * n[0] - hx * n[2]) + az * (hx * n[1] - hy * n[0])
    return math.atan2(right, ahead)


@kernel
def wanted_side(error: float, side: float, law: Vector) -> float:
    """Return +1 for a bank to the right, -1 to the left: towards the aim point once the error leaves the dead band."""
    if abs(error) > law[DEAD_BAND]:
        return math.copysign(1.0, error)
    return side


@kernel
def glide_worth(state: Vector, law: Vector, spin: float, frame: Frame) -> float:
    """Return the range in m that an equilibrium glide, wings level, makes of the speed above the dive's.

    With V = u + w, where w is the ground's own speed along the course: the integral of u du / (g - V2/r), times L/D.
    """
    speed, u = frame[4], frame[1]
    r = math.sqrt(state[0] * state[0] + state[1] * state[1] + state[2] * state[2])
    circular2 = MU / r
    circular = math.sqrt(circular2)
    carried = spin * (state[0] * u[1] - state[1] * u[0])
    top = min(speed + carried, 0.995 * circular)
    low = law[DIVE_SPEED] + carried
    if top <= low:
        return 0.0
    still = 0.5 * r * math.log((circular2 - low * low) / (circular2 - top * top))
    turning = carried * r / circular * (math.atanh(top / circular) - math.atanh(low / circular))
    return float(law[LIFT_TO_DRAG] * (still - turning))


@kernel
def cosine_of_bank(time: float, state: Vector, law: Vector, spin: float, frame: Frame) -> float:
    """Return the cosine of the bank that makes the range left out of the speed left, within its limits.

    Where there is no speed to spare the bank goes to a few degrees smoothly: its sine would have a corner there.
    """
    left = max(to_dive(time, state, law, spin), 0.0)
    worth = glide_worth(state, law, spin, frame)
    ratio = (left + RANGE_BUFFER) / (worth + RANGE_BUFFER)
    square = 1.0 - ratio * ratio
    square = 0.5 * (square + math.sqrt(square * square + BANK_ROUNDING * BANK_ROUNDING))
    return float(max(math.sqrt(1.0 - min(square, 1.0)), law[LEAST_COSINE]))
