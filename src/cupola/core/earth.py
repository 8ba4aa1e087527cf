"""The Earth: WGS-84 ellipsoid, rotation, gravity and the frames between them.

Inertial axes (ECI) are the Earth-fixed axes (ECEF) at time zero, so ``r_ecef = Rz(omega t) r_eci``. Kernels take SI
floats. Source of the constants: NIMA TR8350.2 (2000), tables 3.1 to 3.4.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.core.kernel import kernel

Vector = NDArray[np.float64]

MU = 3.986004418e14  # m3/s2
EQUATORIAL_RADIUS = 6_378_137.0  # m
FLATTENING = 1.0 / 298.257223563
POLAR_RADIUS = EQUATORIAL_RADIUS * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
MEAN_RADIUS = 6_371_008.8  # m, (2a + b) / 3
ROTATION_RATE = 7.292115e-5  # rad/s
J2 = 1.082626684e-3
STANDARD_GRAVITY = 9.80665  # m/s2, by definition


@kernel
def geodetic_to_ecef(latitude: float, longitude: float, altitude: float) -> tuple[float, float, float]:
    """Return Earth-fixed x, y, z in m of a geodetic latitude and longitude in rad and an ellipsoidal altitude in m."""
    sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
    n = EQUATORIAL_RADIUS / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    return (
        (n + altitude) * cos_lat * math.cos(longitude),
        (n + altitude) * cos_lat * math.sin(longitude),
        (n * (1.0 - ECCENTRICITY_SQUARED) + altitude) * sin_lat,
    )


@kernel
def ecef_to_geodetic(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Return geodetic latitude and longitude in rad and altitude in m of an Earth-fixed position in m.

    Bowring's (1976, Survey Review 23) parametric-latitude iteration, three rounds: below 1e-6 m from the surface to
    GEO.
    """
    p = math.sqrt(x * x + y * y)
    longitude = math.atan2(y, x)
    second = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    beta = math.atan2(EQUATORIAL_RADIUS * z, POLAR_RADIUS * p)
    latitude = 0.0
    for _ in range(3):
        sin_b, cos_b = math.sin(beta), math.cos(beta)
        latitude = math.atan2(
            z + second * POLAR_RADIUS * sin_b * sin_b * sin_b,
            p - ECCENTRICITY_SQUARED * EQUATORIAL_RADIUS * cos_b * cos_b * cos_b,
        )
        beta = math.atan2((1.0 - FLATTENING) * math.sin(latitude), math.cos(latitude))
    sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
    n = EQUATORIAL_RADIUS / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    # This form has no singularity at the poles, unlike p / cos(latitude) - n.
    altitude = p * cos_lat + z * sin_lat - EQUATORIAL_RADIUS * EQUATORIAL_RADIUS / n
    return latitude, longitude, altitude


@kernel(contract=True, inline=True)
def gravity(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Return the acceleration in m/s2 of central gravity and J2 at an inertial or Earth-fixed position in m.

    Vallado (2013), Fundamentals of Astrodynamics, eq. 8-28.
    """
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    inverse2 = inverse * inverse
    central = -MU * inverse * inverse2
    k = 1.5 * J2 * EQUATORIAL_RADIUS * EQUATORIAL_RADIUS * inverse2
    level = central * (1.0 + k * (1.0 - 5.0 * z * z * inverse2))
    return level * x, level * y, (level + 2.0 * central * k) * z


def rotate_z(vectors: Vector, angle: float) -> Vector:
    """Return (..., 3) ``vectors`` turned by ``angle`` rad about the polar axis (the vectors turn, not the axes)."""
    cos, sin = math.cos(angle), math.sin(angle)
    out = np.empty_like(vectors)
    out[..., 0] = cos * vectors[..., 0] - sin * vectors[..., 1]
    out[..., 1] = sin * vectors[..., 0] + cos * vectors[..., 1]
    out[..., 2] = vectors[..., 2]
    return out


def ecef_to_eci(r_ecef: Vector, time_s: float) -> Vector:
    """Return inertial (..., 3) positions in m of Earth-fixed ones at ``time_s`` seconds from the epoch."""
    return rotate_z(r_ecef, ROTATION_RATE * time_s)


def eci_to_ecef(r_eci: Vector, time_s: float) -> Vector:
    """Return Earth-fixed (..., 3) positions in m of inertial ones at ``time_s`` seconds from the epoch."""
    return rotate_z(r_eci, -ROTATION_RATE * time_s)


def surface_velocity(r_eci: Vector) -> Vector:
    """Return the inertial velocity in m/s of points (..., 3) that turn with the Earth."""
    out = np.empty_like(r_eci)
    out[..., 0] = -ROTATION_RATE * r_eci[..., 1]
    out[..., 1] = ROTATION_RATE * r_eci[..., 0]
    out[..., 2] = 0.0
    return out


def geodetic_of(r_ecef: Vector) -> Vector:
    """Return (n, 3) latitude, longitude (rad) and altitude (m) of (n, 3) Earth-fixed positions in m."""
    return np.asarray(_geodetic_many(np.ascontiguousarray(r_ecef, dtype=np.float64)))


@kernel
def _geodetic_many(r_ecef: Vector) -> Vector:
    out = np.empty_like(r_ecef)
    for i in range(r_ecef.shape[0]):
        out[i, 0], out[i, 1], out[i, 2] = ecef_to_geodetic(r_ecef[i, 0], r_ecef[i, 1], r_ecef[i, 2])
    return out


def local_basis(latitude: float, longitude: float) -> Vector:
    """Return the (3, 3) rows east, north, up in Earth-fixed axes at a geodetic latitude and longitude in rad."""
    sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
    sin_lon, cos_lon = math.sin(longitude), math.cos(longitude)
    return np.array(
        [
            [-sin_lon, cos_lon, 0.0],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        ]
    )


def central_angle(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the angle in rad at the centre of a sphere between two points (Vincenty's form, sound at every
    distance).
    """
    d = lon2 - lon1
    s1, c1, s2, c2 = math.sin(lat1), math.cos(lat1), math.sin(lat2), math.cos(lat2)
    return math.atan2(math.hypot(c2 * math.sin(d), c1 * s2 - s1 * c2 * math.cos(d)), s1 * s2 + c1 * c2 * math.cos(d))


def great_circle_azimuth(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the azimuth in rad, clockwise from north in [0, 2 pi), at point 1 of the great circle to point 2."""
    d = lon2 - lon1
    y = math.sin(d) * math.cos(lat2)
    x = math.cos(lat1) * math.sin(lat2) - math.sin(lat1) * math.cos(lat2) * math.cos(d)
    return math.atan2(y, x) % math.tau


def great_circle_point(latitude: float, longitude: float, azimuth: float, angle: float) -> tuple[float, float]:
    """Return the latitude and longitude in rad reached from a point along ``azimuth`` after a central ``angle``, in
    rad.
    """
    lat2 = math.asin(math.sin(latitude) * math.cos(angle) + math.cos(latitude) * math.sin(angle) * math.cos(azimuth))
    lon2 = longitude + math.atan2(
        math.sin(azimuth) * math.sin(angle) * math.cos(latitude),
        math.cos(angle) - math.sin(latitude) * math.sin(lat2),
    )
    return lat2, (lon2 + math.pi) % math.tau - math.pi
