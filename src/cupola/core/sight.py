"""Lines of sight: what the Earth hides, how low a ray passes over it, and where a site sees a target.

Rays are followed over the WGS-84 ellipsoid. Stretching the polar axis by a/b turns the ellipsoid into a sphere, where
the closest approach of a straight line is one division; the altitude of that point is then taken over the ellipsoid.
Altitudes here are radial ones, within 15 m of the geodetic altitude below 2,000 km.
"""

import math

import numpy as np

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    MEAN_RADIUS,
    POLAR_RADIUS,
    Vector,
    geodetic_to_ecef,
    local_basis,
)
from cupola.core.kernel import kernel

STRETCH = EQUATORIAL_RADIUS / POLAR_RADIUS
REFRACTION_FACTOR = 4.0 / 3.0  # effective over true Earth radius for radio waves in a standard atmosphere
REFRACTION_TOP = 10_000.0  # m, above which radio rays are taken as straight


@kernel
def radial_altitude(x: float, y: float, z: float) -> float:
    """Return the height in m of a position above the WGS-84 surface, measured along the radius."""
    p2 = x * x + y * y
    r2 = p2 + z * z
    return math.sqrt(r2) * (1.0 - EQUATORIAL_RADIUS / math.sqrt(p2 + STRETCH * STRETCH * z * z))


def radial_altitudes(r: Vector) -> Vector:
    """Return the heights (...,) in m of positions (..., 3), as :func:`radial_altitude`."""
    stretched = r * np.array([1.0, 1.0, STRETCH])
    return np.asarray(np.linalg.norm(r, axis=-1) * (1.0 - EQUATORIAL_RADIUS / np.linalg.norm(stretched, axis=-1)))


@kernel
def lowest_altitude(sx: float, sy: float, sz: float, tx: float, ty: float, tz: float, beyond: bool) -> float:
    """Return the lowest altitude in m along the sight line from a sensor to a target, positions in m from the Earth's
    centre.

    With ``beyond`` the ray goes on behind the target, which is what sets the background that the target is seen
    against: the result is then the tangent height, or the sensor's own altitude for a ray that only climbs. Otherwise
    the line ends at the target; a negative result means that the Earth stands between.
    """
    dx, dy, dz = tx - sx, ty - sy, tz - sz
    qz, wz = STRETCH * sz, STRETCH * dz
    share = -(sx * dx + sy * dy + qz * wz) / (dx * dx + dy * dy + wz * wz)
    share = max(share, 0.0)
    if not beyond:
        share = min(share, 1.0)
    return radial_altitude(sx + share * dx, sy + share * dy, sz + share * dz)


@kernel
def _altitudes(r_sensors: Vector, r_targets: Vector, beyond: bool) -> Vector:
    out = np.empty((r_sensors.shape[0], r_targets.shape[0]))
    for i in range(r_sensors.shape[0]):
        for j in range(r_targets.shape[0]):
            out[i, j] = lowest_altitude(
                r_sensors[i, 0],
                r_sensors[i, 1],
                r_sensors[i, 2],
                r_targets[j, 0],
                r_targets[j, 1],
                r_targets[j, 2],
                beyond,
            )
    return out


def tangent_heights(r_sensors: Vector, r_targets: Vector) -> Vector:
    """Return (s, n) tangent heights in m of the rays from (s, 3) sensors through (n, 3) targets and on behind them.

    Positions in m in one frame whose z axis is the Earth's. A ray that only climbs has its sensor's altitude.
    """
    return np.asarray(_altitudes(np.ascontiguousarray(r_sensors), np.ascontiguousarray(r_targets), True))


def sight_altitudes(r_sensors: Vector, r_targets: Vector) -> Vector:
    """Return the (s, n) lowest altitudes in m of the lines between (s, 3) sensors and (n, 3) targets; negative is
    blocked.
    """
    return np.asarray(_altitudes(np.ascontiguousarray(r_sensors), np.ascontiguousarray(r_targets), False))


def limb_geometry(sensor_altitude: float, target_altitude: float, tangent_altitude: float) -> tuple[float, float]:
    """Return central angle in rad and slant range in m from a sensor past the limb to a target, all altitudes in m.

    The sight line touches the sphere of ``tangent_altitude`` over the equatorial radius and reaches the target behind
    the limb: psi = acos(rt/rs) + acos(rt/r), a right triangle on either side of the tangent point.
    """
    tangent = EQUATORIAL_RADIUS + tangent_altitude
    sensor, target = EQUATORIAL_RADIUS + sensor_altitude, EQUATORIAL_RADIUS + target_altitude
    if tangent > min(sensor, target):
        raise ValueError(
            f"got a tangent altitude of {tangent_altitude} m, accepted is at most the lower of sensor and target "
            f"({min(sensor_altitude, target_altitude)} m)"
        )
    angle = math.acos(tangent / sensor) + math.acos(tangent / target)
    return angle, math.sqrt(sensor**2 - tangent**2) + math.sqrt(target**2 - tangent**2)


@kernel
def horizon_angle(antenna_height: float, target_altitude: float) -> float:
    """Return the largest central angle in rad at which a radio ray from an antenna still reaches a target; heights in
    m.

    Below 10 km the ray bends as over an Earth of 4/3 the radius, d = sqrt(2 k R ha) + sqrt(2 k R ht) (Skolnik 2001,
    Introduction to Radar Systems, sec. 8.5). Above it the air is too thin to bend: the ray leaves the layer at the
    slope that it has there and goes straight, or a 4/3 Earth would show targets in space hundreds of kilometres too
    early.
    """
    effective = 2.0 * REFRACTION_FACTOR * MEAN_RADIUS
    low = min(max(target_altitude, 0.0), REFRACTION_TOP)
    angle = (math.sqrt(effective * max(antenna_height, 0.0)) + math.sqrt(effective * low)) / MEAN_RADIUS
    if target_altitude > REFRACTION_TOP:
        slope = math.atan(math.sqrt(2.0 * REFRACTION_TOP / (REFRACTION_FACTOR * MEAN_RADIUS)))
        inner, outer = MEAN_RADIUS + REFRACTION_TOP, MEAN_RADIUS + target_altitude
        angle += math.acos(inner * math.cos(slope) / outer) - slope
    return angle


@kernel
def refraction(elevation: float, ground_angle: float) -> float:
    """Return how much higher in rad than straight geometry a radar sees a target, from the part of the ray below 10 km.

    Over a 4/3 Earth a ray of central angle psi arrives psi (1 - 1/k) / 2 above the straight line (Doerry 2013, Earth
    curvature and atmospheric refraction effects on radar signal propagation, sec. 3).
    """
    within = REFRACTION_TOP / (MEAN_RADIUS * math.tan(max(elevation, 1e-3)))
    grazing = math.sqrt(2.0 * REFRACTION_FACTOR * REFRACTION_TOP / MEAN_RADIUS)
    return min(ground_angle, min(within, grazing)) * (1.0 - 1.0 / REFRACTION_FACTOR) / 2.0


def radio_horizon(antenna_height: float, target_altitude: float) -> float:
    """Return the ground distance in m of the 4/3-Earth radio horizon between two heights in m (see
    :func:`horizon_angle`).
    """
    return MEAN_RADIUS * float(horizon_angle(antenna_height, target_altitude))


def look_angles(latitude: float, longitude: float, altitude: float, r_ecef: Vector) -> Vector:
    """Return (n, 3) azimuth clockwise from north in [0, 2 pi), elevation (rad) and range (m) of (n, 3) Earth-fixed
    targets.

    The site is given by geodetic latitude and longitude in rad and altitude in m; elevation is over the ellipsoid's
    horizon, straight-line, without refraction.
    """
    site = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    east, north, up = local_basis(latitude, longitude) @ (np.atleast_2d(r_ecef) - site).T
    distance = np.sqrt(east**2 + north**2 + up**2)
    return np.column_stack([np.arctan2(east, north) % math.tau, np.arcsin(up / distance), distance])


@kernel
def tangent_basis(
    ux: float, uy: float, uz: float, rx: float, ry: float, rz: float
) -> tuple[float, float, float, float, float, float]:
    """Return two unit vectors across a unit sight line u seen from r: first the horizontal one, then the one towards
    up.

    Both sensors and trackers resolve angle errors along these two axes. Where the line is vertical the first axis
    falls back on a fixed one.
    """
    ax, ay, az = uy * rz - uz * ry, uz * rx - ux * rz, ux * ry - uy * rx
    norm = math.sqrt(ax * ax + ay * ay + az * az)
    if norm < 1e-6 * math.sqrt(rx * rx + ry * ry + rz * rz):
        if abs(uz) < 0.9:
            ax, ay, az = -uy, ux, 0.0
        else:
            ax, ay, az = 0.0, -uz, uy
        norm = math.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / norm, ay / norm, az / norm
    return ax, ay, az, ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux
