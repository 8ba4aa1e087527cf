"""Shortest lines on the WGS-84 ellipsoid: how far and in which direction, and where a course leads.

Vincenty (1975), Direct and inverse solutions of geodesics on the ellipsoid with application of nested equations,
Survey Review 23 (176), 88-93: series to the sixth power of the eccentricity, within 0.1 mm in position.
"""

import math

from cupola.core.earth import EQUATORIAL_RADIUS, FLATTENING, POLAR_RADIUS
from cupola.core.kernel import kernel

CLOSE_ENOUGH = 1e-13  # rad, of the longitude on the auxiliary sphere: under a micrometre
MOST_ROUNDS = 200
_SECOND_ECCENTRICITY_SQUARED = (EQUATORIAL_RADIUS**2 - POLAR_RADIUS**2) / POLAR_RADIUS**2


def geodesic(lat1: float, lon1: float, lat2: float, lon2: float) -> tuple[float, float, float]:
    """Return the length in m of the shortest line between two points in rad, and its azimuths in rad, clockwise from
    north, at the first and at the second point (both in the sense of travel).

    Raises ``ValueError`` for points that lie almost opposite each other, where the shortest line is not unique.
    """
    distance, azimuth1, azimuth2 = inverse(lat1, lon1, lat2, lon2)
    if math.isnan(distance):
        raise ValueError(
            f"got the points {_degrees(lat1, lon1)} and {_degrees(lat2, lon2)}, which lie on opposite sides of the "
            "Earth, where no line is the shortest; hint: go by a point in between"
        )
    return distance, azimuth1, azimuth2


def geodesic_point(latitude: float, longitude: float, azimuth: float, distance: float) -> tuple[float, float, float]:
    """Return latitude, longitude and azimuth in rad reached from a point along the geodesic that leaves it with
    ``azimuth`` rad, after ``distance`` m.
    """
    lat2, lon2, azimuth2 = direct(latitude, longitude, azimuth, distance)
    return lat2, lon2, azimuth2


@kernel
def inverse(lat1: float, lon1: float, lat2: float, lon2: float) -> tuple[float, float, float]:
    """Return distance in m and both azimuths in rad (Vincenty 1975, eq. 13 to 21); NaN where the iteration does not
    settle because the points are nearly antipodal. Coincident points have the azimuth zero.
    """
    difference = _wrapped(lon2 - lon1)
    sin_u1, cos_u1 = _reduced(lat1)
    sin_u2, cos_u2 = _reduced(lat2)
    lam = difference
    for _ in range(MOST_ROUNDS):
        sin_lam, cos_lam = math.sin(lam), math.cos(lam)
        across, along = cos_u2 * sin_lam, cos_u1 * sin_u2 - sin_u1 * cos_u2 * cos_lam
        sin_sigma = math.sqrt(across * across + along * along)
        if sin_sigma < 1e-16 and cos_lam > 0.0:
            return 0.0, 0.0, 0.0
        cos_sigma = sin_u1 * sin_u2 + cos_u1 * cos_u2 * cos_lam
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_alpha = cos_u1 * cos_u2 * sin_lam / sin_sigma
        cos2_alpha = 1.0 - sin_alpha * sin_alpha
        middle = cos_sigma - 2.0 * sin_u1 * sin_u2 / cos2_alpha if cos2_alpha > 1e-15 else 0.0
        before = lam
        lam = difference + _longitude_lag(sin_alpha, cos2_alpha, sigma, sin_sigma, cos_sigma, middle)
        if abs(lam) > math.pi + 1e-9:
            return math.nan, math.nan, math.nan
        if abs(lam - before) < CLOSE_ENOUGH:
            a, b = _series(cos2_alpha)
            distance = POLAR_RADIUS * a * (sigma - _arc_correction(b, sin_sigma, cos_sigma, middle))
            back = math.atan2(cos_u1 * sin_lam, cos_u1 * sin_u2 * cos_lam - sin_u1 * cos_u2)
            return distance, math.atan2(across, along) % math.tau, back % math.tau
    return math.nan, math.nan, math.nan


@kernel
def direct(latitude: float, longitude: float, azimuth: float, distance: float) -> tuple[float, float, float]:
    """Return latitude, longitude and azimuth in rad after ``distance`` m (Vincenty 1975, eq. 1 to 12)."""
    sin_az, cos_az = math.sin(azimuth), math.cos(azimuth)
    sin_u, cos_u = _reduced(latitude)
    sigma1 = math.atan2(sin_u, cos_u * cos_az)
    sin_alpha = cos_u * sin_az
    cos2_alpha = 1.0 - sin_alpha * sin_alpha
    a, b = _series(cos2_alpha)
    straight = distance / (POLAR_RADIUS * a)
    sigma = straight
    for _ in range(MOST_ROUNDS):
        sin_sigma, cos_sigma = math.sin(sigma), math.cos(sigma)
        middle = math.cos(2.0 * sigma1 + sigma)
        before = sigma
        sigma = straight + _arc_correction(b, sin_sigma, cos_sigma, middle)
        if abs(sigma - before) < CLOSE_ENOUGH:
            break
    sin_sigma, cos_sigma = math.sin(sigma), math.cos(sigma)
    middle = math.cos(2.0 * sigma1 + sigma)
    inner = sin_u * sin_sigma - cos_u * cos_sigma * cos_az
    lat2 = math.atan2(
        sin_u * cos_sigma + cos_u * sin_sigma * cos_az,
        (1.0 - FLATTENING) * math.sqrt(sin_alpha * sin_alpha + inner * inner),
    )
    lam = math.atan2(sin_sigma * sin_az, cos_u * cos_sigma - sin_u * sin_sigma * cos_az)
    lag = _longitude_lag(sin_alpha, cos2_alpha, sigma, sin_sigma, cos_sigma, middle)
    lon2 = _wrapped(longitude + lam - lag)
    return lat2, lon2, math.atan2(sin_alpha, -inner) % math.tau


@kernel
def _wrapped(angle: float) -> float:
    """Return the same angle within half a turn of zero, to the last bit where it is already."""
    # Rounding may carry half a turn one bit past it.
    return min(max(angle - math.tau * math.floor(angle / math.tau + 0.5), -math.pi), math.pi)


@kernel
def _reduced(latitude: float) -> tuple[float, float]:
    """Return sine and cosine of the reduced latitude, sound at the poles."""
    y, x = (1.0 - FLATTENING) * math.sin(latitude), math.cos(latitude)
    norm = math.sqrt(x * x + y * y)
    return y / norm, x / norm


@kernel
def _series(cos2_alpha: float) -> tuple[float, float]:
    """Return A and B (Vincenty 1975, eq. 3 and 4)."""
    u2 = cos2_alpha * _SECOND_ECCENTRICITY_SQUARED
    a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)))
    b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)))
    return a, b


@kernel
def _arc_correction(b: float, sin_sigma: float, cos_sigma: float, middle: float) -> float:
    """Return the correction of the arc on the auxiliary sphere (Vincenty 1975, eq. 6)."""
    m2 = middle * middle
    inner = cos_sigma * (2.0 * m2 - 1.0) - b / 6.0 * middle * (4.0 * sin_sigma * sin_sigma - 3.0) * (4.0 * m2 - 3.0)
    return b * sin_sigma * (middle + b / 4.0 * inner)


@kernel
def _longitude_lag(
    sin_alpha: float, cos2_alpha: float, sigma: float, sin_sigma: float, cos_sigma: float, middle: float
) -> float:
    """Return by how much the longitude on the auxiliary sphere exceeds the true one (Vincenty 1975, eq. 10, 11)."""
    c = FLATTENING / 16.0 * cos2_alpha * (4.0 + FLATTENING * (4.0 - 3.0 * cos2_alpha))
    inner = middle + c * cos_sigma * (2.0 * middle * middle - 1.0)
    return (1.0 - c) * FLATTENING * sin_alpha * (sigma + c * sin_sigma * inner)


def _degrees(latitude: float, longitude: float) -> str:
    return f"({math.degrees(latitude):.4f}, {math.degrees(longitude):.4f}) deg"
