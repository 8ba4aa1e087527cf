"""Where the satellites of a constellation are: orbits that precess under J2, circular ones thousands at a time.

A satellite on a circle is four numbers and two rates. ``altitude`` is the mean height over the equatorial radius, so
that the rates below are those of an orbit whose *average radius* is the given one (what an operator publishes), not of
a mean semi-major axis. Ellipses are in :mod:`cupola.orbits.elliptic`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.orbits.elliptic import Ellipse, elements, place, time_on_track
from cupola.orbits.spec import EllipticSpec, GeostationarySpec, WalkerSpec

Index = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Constellation:
    """Mean elements at time 0, one entry (s,) per satellite: m, rad, rad/s.

    ``radius`` orbit radius, ``inclination``, ``node`` right ascension of the ascending node, ``argument`` of latitude,
    their secular rates, ``plane`` 0-based plane index. ``turns_with_earth``: geostationary, so that no random phase
    applies. With an ``ellipse``, ``radius`` is the semi-major axis and ``argument`` the mean argument of latitude,
    perigee + mean anomaly.
    """

    radius: Vector
    inclination: Vector
    node: Vector
    argument: Vector
    node_rate: Vector
    argument_rate: Vector
    plane: Index
    turns_with_earth: bool = False
    ellipse: Ellipse | None = None

    @property
    def count(self) -> int:
        """Number of satellites."""
        return len(self.radius)


def secular_rates(radius: float, inclination: float) -> tuple[float, float]:
    """Return the J2 rates in rad/s of the node and of the argument of latitude of a circular orbit.

    ``radius`` in m is the orbit's mean radius. Node: -1.5 n J2 (Re/r)^2 cos i (Vallado 2013, eq. 9-37). Argument of
    latitude: the mean radial balance n^2 r (1 + 1.5 J2 (Re/r)^2 (1 - 1.5 sin^2 i)) gives the angular rate in space,
    from which the node's share is taken; to first order in J2 this equals Brouwer's rate with his mean axis replaced by
    the mean radius.
    """
    n = math.sqrt(MU / radius**3)
    k = J2 * (EQUATORIAL_RADIUS / radius) ** 2
    node_rate = -1.5 * n * k * math.cos(inclination)
    in_space = n * (1.0 + 0.75 * k * (1.0 - 1.5 * math.sin(inclination) ** 2))
    return node_rate, in_space - node_rate * math.cos(inclination)


def of(spec: WalkerSpec | GeostationarySpec | EllipticSpec) -> Constellation:
    """Return the satellites of a Walker pattern (plane by plane), of geostationary longitudes or of ellipses."""
    if isinstance(spec, WalkerSpec):
        return _walker(spec)
    return _elliptic(spec) if isinstance(spec, EllipticSpec) else _geostationary(spec)


def _elliptic(spec: EllipticSpec) -> Constellation:
    radius, inclination, node, argument, node_rate, argument_rate, ellipse = elements(spec)
    return Constellation(
        radius=radius,
        inclination=inclination,
        node=node,
        argument=argument,
        node_rate=node_rate,
        argument_rate=argument_rate,
        plane=np.arange(len(spec.nodes), dtype=np.int32),
        ellipse=ellipse,
    )


def _walker(spec: WalkerSpec) -> Constellation:
    """Walker (1984), Satellite constellations, J. Brit. Interplanetary Soc. 37: T/P/F at nodes spread over 360 or 180
    deg."""
    per_plane = spec.total // spec.planes
    plane = np.repeat(np.arange(spec.planes, dtype=np.int32), per_plane)
    seat = np.tile(np.arange(per_plane), spec.planes)
    spread = math.tau if spec.pattern == "delta" else math.pi
    top = spec.altitude if spec.altitude_top is None else spec.altitude_top
    heights = (
        np.linspace(spec.altitude, top, spec.planes) if spec.planes > 1 else np.array([0.5 * (spec.altitude + top)])
    )
    heights = heights[_mixed(spec.planes)]
    rates = np.array([secular_rates(EQUATORIAL_RADIUS + float(h), spec.inclination) for h in heights])
    return Constellation(
        radius=EQUATORIAL_RADIUS + heights[plane],
        inclination=np.full(spec.total, spec.inclination),
        node=spread * plane / spec.planes,
        argument=math.tau * (seat / per_plane + plane * spec.phasing / spec.total) % math.tau,
        node_rate=rates[plane, 0],
        argument_rate=rates[plane, 1],
        plane=plane,
    )


def _mixed(planes: int) -> Index:
    """Return an order of heights that puts neighbouring planes far apart: steps of the golden section round the circle.

    Were the height to rise with the node instead, whoever looks up would see one height by day and another by night.
    """
    step = max(1, round(planes * (math.sqrt(5.0) - 1.0) / 2.0))
    while math.gcd(step, planes) > 1:
        step += 1
    return np.asarray(np.arange(planes) * step % planes, dtype=np.int32)


def _geostationary(spec: GeostationarySpec) -> Constellation:
    count = len(spec.longitudes)
    # The equatorial radial balance with J2 at the Earth's own rate; one fixed-point round is exact to centimetres here.
    radius = (MU / ROTATION_RATE**2) ** (1.0 / 3.0)
    radius *= (1.0 + 1.5 * J2 * (EQUATORIAL_RADIUS / radius) ** 2) ** (1.0 / 3.0)
    return Constellation(
        radius=np.full(count, radius),
        inclination=np.zeros(count),
        node=np.zeros(count),
        argument=np.array(spec.longitudes, dtype=np.float64),
        node_rate=np.zeros(count),
        argument_rate=np.full(count, ROTATION_RATE),
        plane=np.zeros(count, dtype=np.int32),
        turns_with_earth=True,
    )


def positions(
    constellation: Constellation,
    time_s: float,
    *,
    turn_rad: float = 0.0,
    slide_rad: float = 0.0,
    out: tuple[Vector, Vector] | None = None,
) -> tuple[Vector, Vector]:
    """Return inertial positions in m and velocities in m/s, both (s, 3), at ``time_s`` seconds from the epoch.

    ``turn_rad`` turns every node, ``slide_rad`` moves every satellite along its orbit: a run's random epoch of the raid
    relative to the orbits. Neither applies to satellites that turn with the Earth; ellipses that keep their ground
    track move along it by as much as the turn says. ``out`` is a pair of (s, 3) arrays to reuse. Raises ``ValueError``
    when ``out`` has another shape.
    """
    shape = (constellation.count, 3)
    r, v = (np.empty(shape), np.empty(shape)) if out is None else out
    if r.shape != shape or v.shape != shape:
        raise ValueError(f"got out arrays of shape {r.shape} and {v.shape}, accepted is {shape} for both")
    if constellation.turns_with_earth:
        turn_rad = slide_rad = 0.0
    if constellation.ellipse is not None:
        _elliptic_positions(constellation, constellation.ellipse, time_s, turn_rad, slide_rad, r, v)
        return r, v
    _positions(
        constellation.radius,
        constellation.inclination,
        constellation.node,
        constellation.argument,
        constellation.node_rate,
        constellation.argument_rate,
        time_s,
        turn_rad,
        slide_rad,
        r,
        v,
    )
    return r, v


def _elliptic_positions(
    constellation: Constellation, ellipse: Ellipse, time: float, turn: float, slide: float, r: Vector, v: Vector
) -> None:
    node = constellation.node
    if ellipse.keeps_track:
        older = time_on_track(turn, float(constellation.node_rate[0]))
        # The nodes have turned by the Earth's rate and their own: the turn asked for, once `older` has been added.
        time, slide, turn = time + older, 0.0, -ROTATION_RATE * older
    place(
        constellation.radius,
        constellation.inclination,
        node,
        constellation.argument,
        constellation.node_rate,
        constellation.argument_rate,
        ellipse.eccentricity,
        ellipse.perigee,
        ellipse.perigee_rate,
        time,
        turn,
        slide,
        r,
        v,
    )


@kernel
def _positions(
    radius: Vector,
    inclination: Vector,
    node: Vector,
    argument: Vector,
    node_rate: Vector,
    argument_rate: Vector,
    time: float,
    turn: float,
    slide: float,
    r: Vector,
    v: Vector,
) -> None:
    last_node, last_inclination = math.nan, math.nan
    cos_o, sin_o, cos_i, sin_i = 1.0, 0.0, 1.0, 0.0
    for i in range(radius.shape[0]):
        # Satellites of one plane are neighbours and share these four.
        omega = node[i] + node_rate[i] * time + turn
        if omega != last_node or inclination[i] != last_inclination:
            last_node, last_inclination = omega, inclination[i]
            cos_o, sin_o = math.cos(omega), math.sin(omega)
            cos_i, sin_i = math.cos(inclination[i]), math.sin(inclination[i])
        u = argument[i] + argument_rate[i] * time + slide
        cos_u, sin_u = math.cos(u), math.sin(u)
        a = radius[i]
        x = a * (cos_o * cos_u - sin_o * cos_i * sin_u)
        y = a * (sin_o * cos_u + cos_o * cos_i * sin_u)
        r[i, 0], r[i, 1], r[i, 2] = x, y, a * sin_i * sin_u
        w, drift = a * argument_rate[i], node_rate[i]
        v[i, 0] = w * (-cos_o * sin_u - sin_o * cos_i * cos_u) - drift * y
        v[i, 1] = w * (-sin_o * sin_u + cos_o * cos_i * cos_u) + drift * x
        v[i, 2] = w * sin_i * cos_u
