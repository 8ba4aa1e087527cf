"""Skywave radars: over the horizon by way of the ionosphere, with an HF range equation, clutter and external noise.

A plain model of one hop: a mirror at a virtual height, noise from outside that drowns the receiver, clutter of the
ground under the target that the Doppler filter suppresses by a stated ratio, and an ionosphere that either holds for a
run or does not (Headrick and Skolnik 1974, Over-the-horizon radar in the HF band, Proc. IEEE 62, for the terms).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from cupola.core.earth import MEAN_RADIUS, ROTATION_RATE, Vector, ecef_to_eci, rotate_z, surface_velocity
from cupola.core.kernel import kernel
from cupola.core.sight import tangent_basis
from cupola.sensors.looks import CODE, Flags, Looks, TargetSet
from cupola.sensors.radar import RadarSites, require_rate_draws
from cupola.sensors.radar_scan import ABSENT, OUT_OF_FIELD, OUT_OF_RANGE, SEEN, TOO_FAINT, TOO_SLOW, face_of
from cupola.sensors.signal import (
    FLUCTUATIONS,
    LIGHT_SPEED,
    angle_accuracy,
    draw_look,
    radar_constant,
    range_accuracy,
    rate_accuracy,
    ratio,
)
from cupola.sensors.skywave_spec import SkywaveSpec

INSIDE_SKIP_ZONE = CODE["INSIDE_SKIP_ZONE"]
NO_PROPAGATION = CODE["NO_PROPAGATION"]
STANDARD_TEMPERATURE = 290.0  # K, to which external noise figures refer
GEOMAGNETIC_POLE = (math.radians(80.7), math.radians(-72.7))
"""Latitude and longitude in rad of the northern dipole axis, 2020 (IGRF-13, Alken et al. 2021)"""
RESONANT_SHARE = 0.15
"""Mean cross-section in squared wavelengths of a half-wave dipole over all orientations, as of chaff (Skolnik 2001)"""


def prolate_depolarisation(fineness: float) -> float:
    """Return the depolarisation factor along the long axis of a conducting spheroid, length over diameter > 1.

    (1 - e^2) / e^3 (artanh e - e), e^2 = 1 - 1 / fineness^2 (Bohren and Huffman 1983, eq. 5.33).
    """
    e = math.sqrt(1.0 - 1.0 / fineness**2)
    return (1.0 - e * e) / e**3 * (math.atanh(e) - e)


def hf_cross_section(projected_area: Vector, wavelength: float, fineness: float) -> Vector:
    """Return HF cross-sections (n,) in m2 of thin bodies from their mean projected areas (n,) in m2.

    A convex body shows a quarter of its surface on average (Cauchy); that of a cylinder is about pi L^2 / fineness,
    which gives the length L. Below resonance it scatters as a spheroid of that length, k^4 (V / N)^2 / 4 pi, a fifth of
    it over all orientations (mean of cos^4); near and above resonance it cannot exceed what a half-wave dipole shows,
    0.15 wavelength^2 over all orientations. The two are joined as parallel limits, a b / (a + b).
    """
    length = np.sqrt(4.0 * projected_area * fineness / math.pi)
    volume = math.pi / 6.0 * length**3 / fineness**2
    k = math.tau / wavelength
    thin = k**4 * (volume / prolate_depolarisation(fineness)) ** 2 / (4.0 * math.pi) / 5.0
    resonant = RESONANT_SHARE * wavelength**2
    return np.asarray(thin * resonant / (thin + resonant))


def path_length(ground_angle: float, virtual_height: float) -> float:
    """Return the length in m of a ray up to a mirror and down again to the ground ``ground_angle`` rad away.

    Two sides of the triangles at the Earth's centre: 2 sqrt(R^2 + (R + h)^2 - 2 R (R + h) cos(angle / 2)).
    """
    return float(_path(ground_angle, virtual_height))


@kernel
def _path(ground_angle: float, virtual_height: float) -> float:
    top = MEAN_RADIUS + virtual_height
    return 2.0 * math.sqrt(MEAN_RADIUS**2 + top * top - 2.0 * MEAN_RADIUS * top * math.cos(0.5 * ground_angle))


def skywave_constant(spec: SkywaveSpec) -> float:
    """Return k in m2 of SNR = k x cross-section / path^4 against external noise."""
    wavelength = LIGHT_SPEED / spec.frequency
    aperture = ratio(spec.receive_gain) * wavelength**2 / (4.0 * math.pi)
    noise = STANDARD_TEMPERATURE * ratio(spec.external_noise)
    return radar_constant(spec.average_power * spec.dwell, ratio(spec.gain), aperture, noise, ratio(spec.losses))


def look_skywave(
    spec: SkywaveSpec,
    sites: RadarSites,
    targets: TargetSet,
    time_s: float,
    *,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
) -> Looks:
    """Return the looks of the skywave radars at ``sites`` (s) at ``targets`` (n) at one time.

    ``uniforms`` (s, n) decide hits; ``normals`` (s, n, 4) are the noise in azimuth, unused, ground range and range
    rate; ``bias`` (s, 3) standard normal draws per radar and run: azimuth, whether the ionosphere serves in this run,
    ground range. Reports stand at the assumed height over the measured ground position, whatever the target's own.
    """
    require_rate_draws(normals)
    count = (len(sites.r_ecef), len(targets.exists))
    snr, hit, reason = np.zeros(count), np.zeros(count, np.bool_), np.empty(count, np.int8)
    distance, sigma_range, rate, sigma_rate = (np.full(count, np.nan) for _ in range(4))
    sigma_angle, u = np.full((*count, 2), np.nan), np.full((*count, 3), np.nan)
    r_sensors = ecef_to_eci(sites.r_ecef, time_s)
    wavelength = LIGHT_SPEED / spec.frequency
    area = targets.emissive_area / spec.skin_emissivity
    _scan(
        _numbers(spec, wavelength),
        FLUCTUATIONS[spec.fluctuation],
        r_sensors,
        np.ascontiguousarray(rotate_z(sites.basis, ROTATION_RATE * time_s)),
        sites.boresights,
        ndtr(bias[:, 1]) < spec.availability,
        _dipole_axis(time_s),
        targets.exists,
        targets.r,
        targets.v,
        targets.altitude,
        hf_cross_section(area, wavelength, spec.fineness) * ratio(spec.cross_section_factor),
        uniforms,
        normals,
        bias,
        (snr, hit, reason, u, distance, sigma_angle, sigma_range, rate, sigma_rate),
    )
    return Looks(
        time_s=time_s,
        r_sensors=r_sensors,
        v_sensors=surface_velocity(r_sensors),
        snr=snr,
        hit=hit,
        reason=reason,
        burning=np.zeros(count, np.bool_),
        u=u,
        range_m=distance,
        sigma_angle=sigma_angle,
        sigma_range=sigma_range,
        range_rate=rate,
        sigma_range_rate=sigma_rate,
        bias_angle=spec.angle_bias,
        bias_range=spec.range_bias,
        sees_plumes=False,
        feature=math.nan,
        tasked_per_object=count[0],
        looks_per_scan=max(1, int(spec.revisit / spec.dwell)),
        resolution_angle=spec.resolution * spec.beamwidth,
        resolution_range=spec.resolution * LIGHT_SPEED / (2.0 * spec.bandwidth),
    )


def _dipole_axis(time_s: float) -> Vector:
    latitude, longitude = GEOMAGNETIC_POLE
    level = math.cos(latitude)
    axis = np.array([level * math.cos(longitude), level * math.sin(longitude), math.sin(latitude)])
    return rotate_z(axis, ROTATION_RATE * time_s)


def _numbers(spec: SkywaveSpec, wavelength: float) -> Vector:
    return np.array(
        [
            skywave_constant(spec),
            ratio(spec.threshold_snr),
            0.5 * spec.azimuth_width,
            spec.minimum_ground_range,
            spec.maximum_ground_range,
            spec.maximum_altitude,
            spec.virtual_height,
            spec.minimum_speed,
            math.sin(spec.auroral_latitude),
            ratio(spec.auroral_loss),
            spec.auroral_minimum_speed,
            ratio(spec.clutter_coefficient) * spec.beamwidth * LIGHT_SPEED / (2.0 * spec.bandwidth),
            ratio(spec.subclutter_visibility),
            spec.beamwidth,
            spec.bandwidth,
            wavelength,
            spec.dwell,
            spec.assumed_height,
            spec.height_error,
            spec.angle_bias,
            spec.range_bias,
            spec.rate_error,
        ]
    )


@kernel
def _scan(
    numbers: Vector,
    fluctuation: int,
    r_sensors: Vector,
    basis: Vector,
    boresights: Vector,
    propagates: Flags,
    pole: Vector,
    exists: Flags,
    r: Vector,
    v: Vector,
    altitude: Vector,
    cross_section: Vector,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    out: tuple[Vector, Flags, NDArray[np.int8], Vector, Vector, Vector, Vector, Vector, Vector],
) -> None:
    constant, threshold, half_width, nearest, farthest, ceiling, virtual_height = numbers[:7]
    slowest, oval, oval_loss, oval_slowest, clutter_per_range, visibility = numbers[7:13]
    snr, hit, reason = out[:3]
    for i in range(r_sensors.shape[0]):
        for j in range(r.shape[0]):
            if not exists[j]:
                reason[i, j] = ABSENT
                continue
            angle, azimuth = _ground(r_sensors[i], basis[i], r[j])
            ground = MEAN_RADIUS * angle
            if ground < nearest or ground > farthest:
                reason[i, j] = INSIDE_SKIP_ZONE if ground < nearest else OUT_OF_RANGE
                continue
            face, _ = face_of(boresights[i], azimuth, half_width)
            if face < 0 or altitude[j] > ceiling:
                reason[i, j] = OUT_OF_FIELD
                continue
            if not propagates[i]:
                reason[i, j] = NO_PROPAGATION
                continue
            radius = math.sqrt(r[j, 0] ** 2 + r[j, 1] ** 2 + r[j, 2] ** 2)
            auroral = pole[0] * r[j, 0] + pole[1] * r[j, 1] + pole[2] * r[j, 2] >= oval * radius
            rate = _range_rate(r_sensors[i], r[j], v[j])
            if abs(rate) < (max(slowest, oval_slowest) if auroral else slowest):
                reason[i, j] = TOO_SLOW
                continue
            path = _path(angle, virtual_height)
            noise_ratio = constant * cross_section[j] / (path * path * path * path)
            if auroral:
                noise_ratio /= oval_loss
            clutter_ratio = cross_section[j] * visibility / (clutter_per_range * ground)
            mean = noise_ratio * clutter_ratio / max(noise_ratio + clutter_ratio, 1e-300)
            snr[i, j] = mean
            seen, observed = draw_look(fluctuation, mean, threshold, uniforms[i, j])
            if not seen:
                reason[i, j] = TOO_FAINT
                continue
            reason[i, j], hit[i, j], snr[i, j] = SEEN, True, observed
            _report(numbers, i, j, r_sensors[i], r[j], altitude[j], angle, rate, observed, normals, bias, out)


@kernel
def _ground(sensor: Vector, basis: Vector, target: Vector) -> tuple[float, float]:
    """Return the angle at the Earth's centre and the azimuth, both in rad, of a target from a site."""
    dot, s2, t2 = 0.0, 0.0, 0.0
    for c in range(3):
        dot += sensor[c] * target[c]
        s2 += sensor[c] * sensor[c]
        t2 += target[c] * target[c]
    east, north = 0.0, 0.0
    for c in range(3):
        east += basis[0, c] * (target[c] - sensor[c])
        north += basis[1, c] * (target[c] - sensor[c])
    return math.acos(min(max(dot / math.sqrt(s2 * t2), -1.0), 1.0)), math.atan2(east, north)


@kernel
def _range_rate(sensor: Vector, target: Vector, velocity: Vector) -> float:
    """Return the rate in m/s of the straight distance between a site on the turning Earth and a target, inertial."""
    dx, dy, dz = target[0] - sensor[0], target[1] - sensor[1], target[2] - sensor[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    vx, vy = velocity[0] + ROTATION_RATE * sensor[1], velocity[1] - ROTATION_RATE * sensor[0]
    rate: float = (dx * vx + dy * vy + dz * velocity[2]) / distance
    return rate


@kernel
def _report(
    numbers: Vector,
    i: int,
    j: int,
    sensor: Vector,
    target: Vector,
    altitude: float,
    angle: float,
    rate: float,
    observed: float,
    normals: Vector,
    bias: Vector,
    out: tuple[Vector, Flags, NDArray[np.int8], Vector, Vector, Vector, Vector, Vector, Vector],
) -> None:
    """Fill what one hit measures: the ground position with its errors, raised to the assumed height, from the site.

    Along and across errors turn into range and angles of the straight line to that point, which dips by half the
    ground angle below either horizontal.
    """
    beamwidth, bandwidth, wavelength, dwell, assumed, height_error, angle_bias, range_bias, rate_error = numbers[13:]
    u, measured, sigma_angle, sigma_range, range_rate, sigma_rate = out[3:]
    spread, turn = range_accuracy(observed, bandwidth), angle_accuracy(observed, beamwidth)
    ahead = (spread * normals[i, j, 2] + range_bias * bias[i, 2]) / MEAN_RADIUS
    aside = (turn * normals[i, j, 0] + angle_bias * bias[i, 0]) * math.sin(angle)
    radius = math.sqrt(target[0] ** 2 + target[1] ** 2 + target[2] ** 2)
    kx, ky, kz = target[0] / radius, target[1] / radius, target[2] / radius
    s = math.sqrt(sensor[0] ** 2 + sensor[1] ** 2 + sensor[2] ** 2)
    cosine, sine = math.cos(angle), max(math.sin(angle), 1e-12)
    # Unit vectors at the target: onward along the great circle from the site, and to the right of it.
    ox, oy, oz = (
        (cosine * kx - sensor[0] / s) / sine,
        (cosine * ky - sensor[1] / s) / sine,
        (cosine * kz - sensor[2] / s) / sine,
    )
    ax, ay, az, _, _, _ = tangent_basis(ox, oy, oz, target[0], target[1], target[2])
    px, py, pz = kx + ahead * ox + aside * ax, ky + ahead * oy + aside * ay, kz + ahead * oz + aside * az
    reach = (radius - altitude + assumed) / math.sqrt(px * px + py * py + pz * pz)
    dx, dy, dz = reach * px - sensor[0], reach * py - sensor[1], reach * pz - sensor[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    u[i, j, 0], u[i, j, 1], u[i, j, 2] = dx / distance, dy / distance, dz / distance
    measured[i, j] = distance
    dip, rise = math.cos(0.5 * angle), math.sin(0.5 * angle)
    sigma_angle[i, j, 0] = turn * MEAN_RADIUS * sine / distance
    sigma_angle[i, j, 1] = math.sqrt((dip * height_error) ** 2 + (rise * spread) ** 2) / distance
    sigma_range[i, j] = math.sqrt((dip * spread) ** 2 + (rise * height_error) ** 2)
    sigma_rate[i, j] = math.sqrt(rate_accuracy(observed, wavelength, dwell) ** 2 + rate_error**2)
    range_rate[i, j] = rate + sigma_rate[i, j] * normals[i, j, 3]
