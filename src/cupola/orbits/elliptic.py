"""Satellites on ellipses: Kepler's equation, and the drift of node, perigee and phase under J2.

Elements are Brouwer's mean ones to first order in J2. What is left out are the short-period terms, some kilometres
near apogee and some tens near perigee, and the pulls of sun and Moon.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.orbits.spec import EllipticSpec


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    """What an elliptic constellation has beyond a circular one, one entry (s,) per satellite.

    ``eccentricity``; ``perigee`` its argument in rad and ``perigee_rate`` in rad/s; ``keeps_track``: the random epoch
    of a run moves the satellites along their ground tracks.
    """

    eccentricity: Vector
    perigee: Vector
    perigee_rate: Vector
    keeps_track: bool


@kernel
def eccentric_anomaly(mean_anomaly: float, eccentricity: float) -> float:
    """Return E in rad of M = E - e sin E for 0 <= e < 1, M in rad, exact to rounding.

    Danby's start and quartic step (1987, Celestial Mechanics 40, eq. 13), which converges for every M and e below 1.
    """
    turns = math.floor((mean_anomaly + math.pi) / math.tau)
    m = mean_anomaly - math.tau * turns
    e = m + math.copysign(0.85 * eccentricity, m)
    for _ in range(30):
        sine, cosine = eccentricity * math.sin(e), eccentricity * math.cos(e)
        f, slope = e - sine - m, 1.0 - cosine
        step = -f / slope
        step = -f / (slope + 0.5 * step * sine)
        step = -f / (slope + 0.5 * step * sine + step * step * cosine / 6.0)
        e += step
        if abs(step) < 1e-15 * (1.0 + abs(e)):
            break
    return e + math.tau * turns


def elliptic_rates(semi_major: float, eccentricity: float, inclination: float) -> tuple[float, float, float]:
    """Return the J2 rates in rad/s of node, argument of perigee and mean anomaly of an orbit with mean elements.

    With n = sqrt(mu/a^3) and k = J2 (Re/p)^2: node -1.5 n k cos i, perigee 0.75 n k (4 - 5 sin^2 i), mean anomaly
    n [1 + 0.75 k sqrt(1 - e^2) (2 - 3 sin^2 i)] (Vallado 2013, eq. 9-37, 9-39 and 9-41). ``semi_major`` in m.
    """
    n = math.sqrt(MU / semi_major**3)
    shape = 1.0 - eccentricity**2
    k = J2 * (EQUATORIAL_RADIUS / (semi_major * shape)) ** 2
    s2 = math.sin(inclination) ** 2
    return (
        -1.5 * n * k * math.cos(inclination),
        0.75 * n * k * (4.0 - 5.0 * s2),
        n * (1.0 + 0.75 * k * math.sqrt(shape) * (2.0 - 3.0 * s2)),
    )


def elements(spec: EllipticSpec) -> tuple[Vector, Vector, Vector, Vector, Vector, Vector, Ellipse]:
    """Return semi-major axis, inclination, node, mean argument of latitude, the rates of the last two, all (s,), and
    the ellipse.
    """
    near, far = EQUATORIAL_RADIUS + spec.perigee, EQUATORIAL_RADIUS + spec.apogee
    semi_major, eccentricity = 0.5 * (near + far), (far - near) / (far + near)
    node_rate, perigee_rate, mean_rate = elliptic_rates(semi_major, eccentricity, spec.inclination)
    count = len(spec.nodes)
    perigee = np.full(count, spec.argument_of_perigee)
    ellipse = Ellipse(
        eccentricity=np.full(count, eccentricity),
        perigee=perigee,
        perigee_rate=np.full(count, perigee_rate),
        keeps_track=spec.ground_track == "fixed",
    )
    return (
        np.full(count, semi_major),
        np.full(count, spec.inclination),
        np.array(spec.nodes, dtype=np.float64),
        perigee + np.array(spec.mean_anomalies, dtype=np.float64),
        np.full(count, node_rate),
        np.full(count, mean_rate + perigee_rate),
        ellipse,
    )


def time_on_track(turn_rad: float, node_rate: float) -> float:
    """Return the time in s by which satellites are older when their nodes are turned by ``turn_rad`` over a given
    Earth.

    The Earth turns under a node at (its rate - the node's): an epoch tau later finds every node that much further west
    of its meridian, and every satellite tau further along, so that tracks over the ground stay where they are.
    """
    return -turn_rad / (ROTATION_RATE - node_rate)


@kernel
def place(
    semi_major: Vector,
    inclination: Vector,
    node: Vector,
    argument: Vector,
    node_rate: Vector,
    argument_rate: Vector,
    eccentricity: Vector,
    perigee: Vector,
    perigee_rate: Vector,
    time: float,
    turn: float,
    slide: float,
    r: Vector,
    v: Vector,
) -> None:
    """Write inertial positions and velocities (s, 3) at a time into ``r`` and ``v``, SI and rad.

    ``argument`` is perigee + mean anomaly. Velocity is the exact derivative of the position given here, drifts of node
    and perigee included.
    """
    for i in range(semi_major.shape[0]):
        omega = node[i] + node_rate[i] * time + turn
        w = perigee[i] + perigee_rate[i] * time
        mean = argument[i] + argument_rate[i] * time + slide - w
        a, e = semi_major[i], eccentricity[i]
        anomaly = eccentric_anomaly(mean, e)
        cos_e, sin_e = math.cos(anomaly), math.sin(anomaly)
        minor = a * math.sqrt(1.0 - e * e)
        speed = (argument_rate[i] - perigee_rate[i]) / (1.0 - e * cos_e)
        # In the plane: p towards perigee, q a quarter turn on.
        p, q = a * (cos_e - e), minor * sin_e
        p_dot = -a * sin_e * speed - perigee_rate[i] * q
        q_dot = minor * cos_e * speed + perigee_rate[i] * p
        cos_w, sin_w = math.cos(w), math.sin(w)
        along, across = cos_w * p - sin_w * q, sin_w * p + cos_w * q
        along_dot, across_dot = cos_w * p_dot - sin_w * q_dot, sin_w * p_dot + cos_w * q_dot
        cos_o, sin_o, cos_i, sin_i = (
            math.cos(omega),
            math.sin(omega),
            math.cos(inclination[i]),
            math.sin(inclination[i]),
        )
        x = cos_o * along - sin_o * cos_i * across
        y = sin_o * along + cos_o * cos_i * across
        r[i, 0], r[i, 1], r[i, 2] = x, y, sin_i * across
        v[i, 0] = cos_o * along_dot - sin_o * cos_i * across_dot - node_rate[i] * y
        v[i, 1] = sin_o * along_dot + cos_o * cos_i * across_dot + node_rate[i] * x
        v[i, 2] = sin_i * across_dot
