"""Routes over the ground: geodesics from way point to way point, joined by turns of the radius that is flown."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector, ecef_to_geodetic, geodetic_of
from cupola.core.geodesic import geodesic
from cupola.core.surface import course, follow, places_along, surface_start
from cupola.threats.flight import InfeasibleFlight

SHARPEST_TURN = math.radians(170.0)  # beyond, a turn that cuts the corner leads away from the way point
Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A way over the ellipsoid: ``start`` the kernels' state (6,) at launch; pieces of ``lengths`` (m,) in m with
    geodesic curvatures ``turns`` (m,) in rad/m, zero on geodesics; ``azimuth`` rad at launch.
    """

    start: Vector
    azimuth: float
    lengths: Vector
    turns: Vector
    corners: NDArray[np.int64]
    """(m,) which way point a piece turns at, from zero; -1 on geodesics"""

    @property
    def length(self) -> float:
        """Distance on the ellipsoid in m."""
        return float(self.lengths.sum())

    @property
    def ends(self) -> Vector:
        """Distances (m,) from launch in m at which the pieces end."""
        return np.cumsum(self.lengths)

    def points(self, at: Vector) -> tuple[Vector, Vector]:
        """Return latitudes and longitudes (k,) in rad at distances (k,), rising, from launch in m."""
        places = places_along(self.start, self.lengths, self.turns, np.ascontiguousarray(at, dtype=np.float64))
        geodetic = geodetic_of(places)
        return geodetic[:, 0].copy(), geodetic[:, 1].copy()


def leg_lengths(points: Sequence[Point]) -> list[float]:
    """Return the geodesic distances in m between points that follow on each other.

    Raises :class:`InfeasibleFlight` where two of them coincide or lie opposite each other.
    """
    lengths = []
    for number, (one, other) in enumerate(itertools.pairwise(points)):
        distance = _geodesic(one, other)[0]
        if distance < 1.0:
            raise InfeasibleFlight(
                f"waypoints: leg {number + 1} from {_shown(one)} to {_shown(other)} has no length; "
                "hint: leave the doubled point out"
            )
        lengths.append(distance)
    return lengths


def route_of(points: Sequence[Point], radii: Sequence[float]) -> Route:
    """Return the route through ``points`` (latitude, longitude in rad; launch, way points, aim).

    ``radii`` holds the turn radius in m on the ellipsoid of each way point. A turn begins early enough to cut the
    corner (fly-by) and ends when the course leads to the next point: all legs are geodesics, and the aim is hit.
    Raises :class:`InfeasibleFlight` where a turn does not fit between its neighbours.
    """
    distance, azimuth, arrival = _geodesic(points[0], points[1])
    launch_azimuth = azimuth
    lengths, turns, corners = [distance], [0.0], [-1]
    leg_start = (points[0], azimuth)
    for number, (here, ahead, radius) in enumerate(zip(points[1:-1], points[2:], radii, strict=True), 1):
        _, onward, _ = _geodesic(here, ahead)
        angle = math.remainder(onward - arrival, math.tau)
        if abs(angle) > 1e-9:
            lead = _lead(number, angle, radius, lengths[-1])
            lengths[-1] -= lead
            tangent = follow(surface_start(*leg_start[0], leg_start[1]), 0.0, lengths[-1])
            arc, leaving = _turn(number, tangent, math.copysign(1.0 / radius, angle), abs(angle) * radius, ahead)
            lengths.append(arc)
            turns.append(math.copysign(1.0 / radius, angle))
            corners.append(number - 1)
            here = _point(leaving)
        distance, azimuth, arrival = _geodesic(here, ahead)
        leg_start = (here, azimuth)
        lengths.append(distance)
        turns.append(0.0)
        corners.append(-1)
    start = surface_start(*points[0], launch_azimuth)
    return Route(
        start=start,
        azimuth=launch_azimuth,
        lengths=np.array(lengths),
        turns=np.array(turns),
        corners=np.array(corners, dtype=np.int64),
    )


def _lead(number: int, angle: float, radius: float, available: float) -> float:
    """Return how far before a way point the turn begins."""
    lead = radius * math.tan(0.5 * min(abs(angle), SHARPEST_TURN))
    if abs(angle) > SHARPEST_TURN or lead > available:
        raise InfeasibleFlight(
            f"waypoints: the turn of {math.degrees(abs(angle)):.0f} deg at way point {number} with a radius of "
            f"{radius / 1e3:.2f} km begins {lead / 1e3:.2f} km before it, but only {available / 1e3:.2f} km of the leg "
            f"are left (turns up to {math.degrees(SHARPEST_TURN):.0f} deg are accepted); hint: move the way point "
            "farther away or make the turn wider"
        )
    return lead


def _turn(number: int, tangent: Vector, turn: float, guess: float, ahead: Point) -> tuple[float, Vector]:
    """Return the length of the arc after which the course leads to the next point, and the state (6,) there."""

    def off(length: float) -> tuple[float, Vector]:
        state = follow(tangent, turn, length)
        place = _point(state)
        return math.remainder(_geodesic(place, ahead)[1] - course(*place, state[3:]), math.tau), state

    length = guess
    missing, state = off(length)
    for _ in range(30):
        if abs(missing) < 1e-12:
            return length, state
        step = missing / turn
        length += step
        before = missing
        missing, state = off(length)
        if abs(missing) > abs(before):
            break
    if abs(missing) < 1e-9 and length > 0.0:
        return length, state
    raise InfeasibleFlight(
        f"waypoints: after the turn at way point {number}, of {1e-3 / abs(turn):.2f} km radius, the next point lies "
        "inside the turn; hint: move the points farther apart"
    )


def _geodesic(one: Point, other: Point) -> tuple[float, float, float]:
    try:
        return geodesic(*one, *other)
    except ValueError as error:
        raise InfeasibleFlight(f"range: {error}") from None


def _point(state: Vector) -> Point:
    latitude, longitude, _ = ecef_to_geodetic(*state[:3])
    return latitude, longitude


def _shown(point: Point) -> str:
    return f"({math.degrees(point[0]):.4f}, {math.degrees(point[1]):.4f}) deg"
