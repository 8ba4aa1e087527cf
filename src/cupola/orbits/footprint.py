"""What one satellite sees of a sphere, and streets of coverage: closed forms.

A footprint is the set of points that see the satellite at a minimum elevation or better; its half angle is measured at
the Earth's centre. The Earth here is the sphere of WGS-84's equatorial radius.
"""

import math

from cupola.core.earth import EQUATORIAL_RADIUS


def footprint_angle(altitude: float, elevation: float) -> float:
    """Return a footprint's half angle in rad: satellite ``altitude`` in m, minimum ``elevation`` in rad.

    theta = acos(R cos e / (R + h)) - e (Wertz 2001, Mission Geometry, sec. 9.1). Raises ``ValueError`` outside
    0 < h and 0 <= e < 90 deg.
    """
    _check(altitude, elevation)
    return math.acos(EQUATORIAL_RADIUS * math.cos(elevation) / (EQUATORIAL_RADIUS + altitude)) - elevation


def elevation_at(altitude: float, angle: float) -> float:
    """Return the elevation in rad at which a point sees a satellite ``angle`` rad away at the Earth's centre.

    Negative below the horizon; the inverse of :func:`footprint_angle`.
    """
    radius = EQUATORIAL_RADIUS + altitude
    return math.atan2(radius * math.cos(angle) - EQUATORIAL_RADIUS, radius * math.sin(angle))


def altitude_for(angle: float, elevation: float) -> float:
    """Return the altitude in m at which the footprint's half angle is ``angle`` rad; infinite where none is enough."""
    if angle + elevation >= 0.5 * math.pi:
        return math.inf
    return EQUATORIAL_RADIUS * (math.cos(elevation) / math.cos(angle + elevation) - 1.0)


def cap_fraction(angle: float) -> float:
    """Return the share of a sphere within ``angle`` rad of a point: (1 - cos theta) / 2."""
    return 0.5 * (1.0 - math.cos(angle))


def street_half_width(angle: float, per_plane: int) -> float:
    """Return the half width in rad of the strip that ``per_plane`` evenly spaced satellites of one plane always cover.

    cos c = cos theta / cos(pi / S) (Rider 1985, J. Astronautical Sci. 33; Adams and Rider 1987). NaN where neighbours
    leave gaps even under their track.
    """
    share = math.cos(angle) / math.cos(math.pi / per_plane) if per_plane > 2 else math.inf
    return math.acos(share) if share <= 1.0 else math.nan


def streets_sum(angle: float, planes: int, per_plane: int) -> float:
    """Return the angle in rad that polar planes close between them: (P - 1)(theta + c) + 2 c; pi covers the globe.

    Neighbours that move alike help each other (theta + c between planes, phased half a seat apart); across the seam
    they pass each other, and only the streets count (2 c). NaN without streets.
    """
    half = street_half_width(angle, per_plane)
    return (planes - 1) * (angle + half) + 2.0 * half


def _check(altitude: float, elevation: float) -> None:
    if altitude <= 0.0:
        raise ValueError(f"altitude: got {altitude:g} m, accepted is more than 0 m")
    if not 0.0 <= elevation < 0.5 * math.pi:
        raise ValueError(f"elevation: got {math.degrees(elevation):g} deg, accepted is 0 deg to less than 90 deg")
