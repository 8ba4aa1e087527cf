"""The kernels of microwave radars near the Earth: who can be seen, how strongly, and what is measured."""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import MEAN_RADIUS, ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.core.sight import REFRACTION_FACTOR, horizon_angle, refraction, tangent_basis
from cupola.sensors.looks import CODE, Flags
from cupola.sensors.signal import angle_accuracy, draw_look, range_accuracy, rate_accuracy

SEEN = CODE["NONE"]
ABSENT = CODE["ABSENT"]
OUT_OF_RANGE = CODE["OUT_OF_RANGE"]
OUT_OF_FIELD = CODE["OUT_OF_FIELD"]
BELOW_HORIZON = CODE["BELOW_HORIZON"]
TOO_FAINT = CODE["TOO_FAINT"]
TOO_SLOW = CODE["TOO_SLOW"]
CLASS_EDGE = math.cos(0.25 * math.pi)
"""Cosine of the angle off the nose, or off the rear, within which a body counts as seen from there"""
CEILING = 3.0
"""Height errors above the assumed height up to which a radar that finds no height takes targets"""
STEEPEST = 0.1
"""Cosine of elevation below which a radar that finds no height has no idea of it either"""


@kernel
def face_of(boresights: Vector, azimuth: float, half_width: float) -> tuple[int, float]:
    """Return the nearest face and the angle in rad clockwise off its boresight; face -1 outside every sector.

    A radar without boresights (all NaN) is trained on every target: face 0, angle 0.
    """
    nearest, face = np.inf, -1
    trainable = True
    for f in range(boresights.shape[0]):
        if not math.isnan(boresights[f]):
            trainable = False
            off = (azimuth - boresights[f] + math.pi) % math.tau - math.pi
            if abs(off) < abs(nearest):
                nearest, face = off, f
    if trainable:
        return 0, 0.0
    return (face if abs(nearest) <= half_width + 1e-12 else -1), nearest


@kernel
def ground_speed(target: Vector, velocity: Vector, ux: float, uy: float, uz: float) -> float:
    """Return the speed in m/s of an inertial ``velocity`` against the turning ground, along a unit sight line."""
    level = ux * (velocity[0] + ROTATION_RATE * target[1]) + uy * (velocity[1] - ROTATION_RATE * target[0])
    speed: float = level + uz * velocity[2]
    return speed


@kernel
def along(ux: float, uy: float, uz: float, velocity: Vector) -> float:
    """Return the part in m/s of a velocity (3,) along a unit sight line."""
    speed: float = ux * velocity[0] + uy * velocity[1] + uz * velocity[2]
    return speed


@kernel
def over_clutter(height: float, distance: float, elevation: float, beamwidth: float) -> bool:
    """Return whether a beam on a target holds ground at the target's range; m and rad, elevation as the ray arrives.

    Over a 4/3 Earth of radius q, ground at slant range R is seen from a height h under the depression d with
    sin d = (h^2 + 2 q h + R^2) / (2 (q + h) R), out to the horizon at R^2 = 2 q h + h^2 (Skolnik 2001, sec. 7.2 and
    8.5). Clutter that enters by the side lobes is left to the losses.
    """
    q = REFRACTION_FACTOR * MEAN_RADIUS
    excess = height * height + 2.0 * q * height
    if distance <= height or distance * distance > excess:
        return False
    depression = math.asin(min((excess + distance * distance) / (2.0 * (q + height) * distance), 1.0))
    return elevation + depression < 0.5 * beamwidth


@kernel
def aspect_of(nose: Vector, target: Vector, sensor: Vector, distance: float) -> int:
    """Return which side a body shows: 0 its nose, 1 its side, 2 its rear."""
    ahead = 0.0
    for c in range(3):
        ahead += nose[c] * (sensor[c] - target[c])
    return 0 if ahead > CLASS_EDGE * distance else (2 if ahead < -CLASS_EDGE * distance else 1)


@kernel
def geometry(
    numbers: Vector,
    aloft: bool,
    r_sensors: Vector,
    basis: Vector,
    boresights: Vector,
    exists: Flags,
    r: Vector,
    v: Vector,
    altitude: Vector,
    out: tuple[Vector, NDArray[np.int8], Vector, Vector, NDArray[np.int8], Vector],
) -> None:
    """Fill for s radars and n targets: mean power ratio per m2, reason code (SEEN where geometry allows), range in m,
    unit sight line (s, n, 3), face, and place in the fence as a share of the frame (NaN above it).
    ``basis`` (s, 3, 3) are the rows east, north, up at the radars. ``aloft`` radars look down: a beam that does not
    reach so low is a limit of the field, not the horizon.
    """
    constant, half_width, lowest, highest, reach, height, tilt, exponent = numbers[:8]
    minimum_speed, beamwidth, fence_top = numbers[8:]
    per_area, reason, ranges, sight, faces, phase = out
    for i in range(r_sensors.shape[0]):
        for j in range(r.shape[0]):
            phase[i, j], faces[i, j] = np.nan, 0
            if not exists[j]:
                reason[i, j] = ABSENT
                continue
            dx, dy, dz = r[j, 0] - r_sensors[i, 0], r[j, 1] - r_sensors[i, 1], r[j, 2] - r_sensors[i, 2]
            distance = math.sqrt(dx * dx + dy * dy + dz * dz)
            ranges[i, j] = distance
            sight[i, j, 0], sight[i, j, 1], sight[i, j, 2] = dx / distance, dy / distance, dz / distance
            b = basis[i]
            east = b[0, 0] * dx + b[0, 1] * dy + b[0, 2] * dz
            north = b[1, 0] * dx + b[1, 1] * dy + b[1, 2] * dz
            up = b[2, 0] * dx + b[2, 1] * dy + b[2, 2] * dz
            elevation = math.asin(min(max(up / distance, -1.0), 1.0))
            ground_angle = math.atan2(math.sqrt(east * east + north * north), MEAN_RADIUS + height + up)
            arrival = elevation + refraction(elevation, ground_angle)
            if ground_angle > horizon_angle(height, altitude[j]) or (arrival < lowest and not aloft):
                reason[i, j] = BELOW_HORIZON
                continue
            azimuth = math.atan2(east, north)
            face, off = face_of(boresights[i], azimuth, half_width)
            if face < 0 or elevation > highest or arrival < lowest:
                reason[i, j] = OUT_OF_FIELD
                continue
            if distance > reach:
                reason[i, j] = OUT_OF_RANGE
                continue
            if minimum_speed > 0.0 and over_clutter(height, distance, arrival, beamwidth):
                u = sight[i, j]
                if abs(ground_speed(r[j], v[j], u[0], u[1], u[2])) < minimum_speed:
                    reason[i, j] = TOO_SLOW
                    continue
            cosine = math.cos(off) * math.cos(elevation) * math.cos(tilt) + math.sin(elevation) * math.sin(tilt)
            d2 = distance * distance
            per_area[i, j] = constant / (d2 * d2) * max(cosine, 0.0) ** exponent
            reason[i, j], faces[i, j] = SEEN, face
            if arrival <= fence_top:
                turned = off + half_width if not math.isnan(boresights[i, 0]) else azimuth % (2.0 * half_width)
                phase[i, j] = turned / (2.0 * half_width)


@kernel
def height_line(
    ux: float, uy: float, uz: float, sx: float, sy: float, sz: float, distance: float, radius: float
) -> tuple[float, float, float, float]:
    """Return the unit sight line in the vertical plane of u on which ``distance`` leads from s to ``radius`` from the
    Earth's centre, and by how many rad its elevation changes per m of that radius.

    The cosine rule: radius^2 = s^2 + R^2 + 2 s R sin(elevation). Where no elevation leads there, the steepest that a
    report is put at.
    """
    s = math.sqrt(sx * sx + sy * sy + sz * sz)
    kx, ky, kz = sx / s, sy / s, sz / s
    rise = (radius * radius - s * s - distance * distance) / (2.0 * s * distance)
    limit = math.sqrt(1.0 - STEEPEST * STEEPEST)
    rise = min(max(rise, -limit), limit)
    level = math.sqrt(1.0 - rise * rise)
    lift = ux * kx + uy * ky + uz * kz
    hx, hy, hz = ux - lift * kx, uy - lift * ky, uz - lift * kz
    h = max(math.sqrt(hx * hx + hy * hy + hz * hz), 1e-12)
    share = level / h
    return rise * kx + share * hx, rise * ky + share * hy, rise * kz + share * hz, radius / (s * distance * level)


@kernel
def measure(
    numbers: Vector,
    flags: tuple[int, bool, bool],
    r_sensors: Vector,
    v_sensors: Vector,
    r: Vector,
    v: Vector,
    altitude: Vector,
    nose: Vector,
    rcs: Vector,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    given: tuple[Vector, Vector],
    out: tuple[Vector, Flags, NDArray[np.int8], Vector, Vector, Vector, Vector, Vector, Vector],
) -> None:
    """Draw the looks that geometry and schedule allow, ``reason`` SEEN on entry, and fill what they measure.

    ``given`` are mean power ratio per m2 and range (s, n). ``out`` are power ratio, hit, reason, measured sight line
    (the true one on entry), range, angle sigmas, range sigma, range rate and its sigma. The angle noise lies along the
    axes of :func:`cupola.core.sight.tangent_basis`. A radar that finds no height puts its reports at the assumed one,
    and leaves out what flies far above: its place would be wrong by more than the report says.
    """
    fluctuation, finds_height, doppler = flags
    threshold, beamwidth, vertical, bandwidth, angle_bias, range_bias = numbers[:6]
    wavelength, dwell, assumed, spread_of_height = numbers[6:]
    per_area, ranges = given
    snr, hit, reason, u, measured, sigma_angle, sigma_range, rate, sigma_rate = out
    for i in range(r_sensors.shape[0]):
        sx, sy, sz = r_sensors[i, 0], r_sensors[i, 1], r_sensors[i, 2]
        for j in range(r.shape[0]):
            if reason[i, j] != SEEN:
                continue
            if not finds_height and altitude[j] > assumed + CEILING * spread_of_height:
                reason[i, j] = OUT_OF_FIELD
                continue
            distance = ranges[i, j]
            mean = per_area[i, j] * rcs[j, aspect_of(nose[j], r[j], r_sensors[i], distance)]
            snr[i, j] = mean
            hit[i, j], observed = draw_look(fluctuation, mean, threshold, uniforms[i, j])
            if not hit[i, j]:
                reason[i, j] = TOO_FAINT
                continue
            snr[i, j] = observed
            spread = range_accuracy(observed, bandwidth)
            measured[i, j] = distance + spread * normals[i, j, 2] + range_bias * bias[i, 2]
            ux, uy, uz = u[i, j, 0], u[i, j, 1], u[i, j, 2]
            if doppler:
                error = rate_accuracy(observed, wavelength, dwell)
                rate[i, j] = along(ux, uy, uz, v[j] - v_sensors[i]) + error * normals[i, j, 3]
                sigma_rate[i, j] = error
            ax, ay, az, bx, by, bz = tangent_basis(ux, uy, uz, sx, sy, sz)
            across, upward = angle_accuracy(observed, beamwidth), angle_accuracy(observed, vertical)
            p = across * normals[i, j, 0] + angle_bias * bias[i, 0]
            q = upward * normals[i, j, 1] + angle_bias * bias[i, 1] if finds_height else 0.0
            ux, uy, uz = ux + p * ax + q * bx, uy + p * ay + q * by, uz + p * az + q * bz
            if not finds_height:
                level = math.sqrt(r[j, 0] ** 2 + r[j, 1] ** 2 + r[j, 2] ** 2) - altitude[j] + assumed
                ux, uy, uz, per_metre = height_line(ux, uy, uz, sx, sy, sz, measured[i, j], level)
                upward = spread_of_height * per_metre
            sigma_angle[i, j, 0], sigma_angle[i, j, 1], sigma_range[i, j] = across, upward, spread
            norm = math.sqrt(ux * ux + uy * uy + uz * uz)
            u[i, j, 0], u[i, j, 1], u[i, j, 2] = ux / norm, uy / norm, uz / norm
