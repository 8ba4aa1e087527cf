"""Ground radars: horizon and sector decide who can be seen, the range equation how well."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cupola.core.earth import (
    MEAN_RADIUS,
    ROTATION_RATE,
    Vector,
    ecef_to_eci,
    geodetic_to_ecef,
    local_basis,
    rotate_z,
    surface_velocity,
)
from cupola.core.sight import horizon_angle, refraction, tangent_basis
from cupola.sensors.looks import CODE, Flags, Looks, TargetSet
from cupola.sensors.signal import (
    LIGHT_SPEED,
    angle_accuracy,
    radar_constant,
    range_accuracy,
    ratio,
    steady_detection,
)
from cupola.sensors.spec import RADAR_BANDS, RadarSpec

SEEN = CODE["NONE"]
ABSENT = CODE["ABSENT"]
OUT_OF_RANGE = CODE["OUT_OF_RANGE"]
OUT_OF_FIELD = CODE["OUT_OF_FIELD"]
BELOW_HORIZON = CODE["BELOW_HORIZON"]
TOO_FAINT = CODE["TOO_FAINT"]
CLASS_EDGE = math.cos(0.25 * math.pi)
"""Cosine of the angle off the nose, or off the rear, within which a body counts as seen from there"""


@dataclass(frozen=True, kw_only=True)
class RadarSites:
    """Where the radars of one model stand, Earth-fixed.

    ``r_ecef`` (s, 3) in m with the antenna's height; ``basis`` (s, 3, 3) rows east, north, up; ``boresights`` (s, f)
    azimuths of the faces in rad, NaN-padded. A site without boresights turns or is trained, and covers every azimuth.
    """

    r_ecef: Vector
    basis: Vector
    boresights: Vector

    @classmethod
    def at(
        cls,
        places: Sequence[tuple[float, float, float]],
        boresights: Sequence[Sequence[float]],
        antenna_height: float,
    ) -> "RadarSites":
        """Return sites at geodetic ``places`` (latitude, longitude in rad, ground altitude in m), one boresight list
        each.
        """
        if len(places) != len(boresights):
            raise ValueError(
                f"got {len(places)} places and {len(boresights)} lists of boresights, accepted is one list each"
            )
        faces = max([1, *(len(row) for row in boresights)])
        azimuths = np.full((len(places), faces), np.nan)
        for i, row in enumerate(boresights):
            azimuths[i, : len(row)] = row
        return cls(
            r_ecef=np.array([geodetic_to_ecef(lat, lon, alt + antenna_height) for lat, lon, alt in places]),
            basis=np.array([local_basis(lat, lon) for lat, lon, _ in places]),
            boresights=azimuths,
        )


def range_constant(spec: RadarSpec) -> float:
    """Return k in m2 of SNR = k x cross-section / range^4 on a face's normal."""
    return radar_constant(
        spec.average_power * spec.dwell, ratio(spec.gain), spec.aperture, spec.system_temperature, ratio(spec.losses)
    )


def detection_range(spec: RadarSpec, cross_section: float, snr_db: float) -> float:
    """Return the range in m at which a cross-section in m2 gives a signal-to-noise ratio in dB in one look."""
    return float((range_constant(spec) * cross_section / ratio(snr_db)) ** 0.25)


def _numbers(spec: RadarSpec) -> Vector:
    return np.array(
        [
            range_constant(spec),
            ratio(spec.threshold_snr),
            0.5 * spec.azimuth_width,
            spec.minimum_elevation,
            spec.maximum_elevation,
            spec.maximum_range,
            spec.antenna_height,
            spec.face_elevation,
            spec.scan_exponent,
            spec.beamwidth,
            spec.bandwidth,
            spec.angle_bias,
            spec.range_bias,
        ]
    )


def look_radar(
    spec: RadarSpec,
    sites: RadarSites,
    targets: TargetSet,
    time_s: float,
    *,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
) -> Looks:
    """Return the looks of the radars at ``sites`` (s) at ``targets`` (n) at one time.

    ``uniforms`` (s, n) decide hits and, for Swerling-1 targets, the cross-section of the look; ``normals`` (s, n, 3)
    are the noise in azimuth-like angle, elevation-like angle and range; ``bias`` (s, 3) standard normal draws in the
    same order.
    """
    count = (len(sites.r_ecef), len(targets.exists))
    snr, u, distance = np.zeros(count), np.empty((*count, 3)), np.full(count, np.nan)
    sigma_angle, sigma_range = np.full((*count, 2), np.nan), np.full(count, np.nan)
    nothing = np.full(count, np.nan)
    hit, reason = np.zeros(count, np.bool_), np.empty(count, np.int8)
    r_sensors = ecef_to_eci(sites.r_ecef, time_s)
    numbers = _numbers(spec)
    _scan(
        numbers,
        spec.fluctuation == "swerling-1",
        r_sensors,
        np.ascontiguousarray(rotate_z(sites.basis, ROTATION_RATE * time_s)),
        sites.boresights,
        targets.exists,
        targets.r,
        targets.altitude,
        targets.nose,
        np.ascontiguousarray(targets.rcs[:, :, RADAR_BANDS.index(spec.band)]),
        uniforms,
        normals,
        bias,
        (snr, hit, reason, u, distance, sigma_angle, sigma_range),
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
        range_rate=nothing,
        sigma_range_rate=nothing,
        bias_angle=spec.angle_bias,
        bias_range=spec.range_bias,
        sees_plumes=False,
        feature=spec.feature_quality if spec.feature_quality > 0.0 else math.nan,
        tasked_per_object=count[0],
        looks_per_scan=max(1, int(spec.revisit / spec.dwell)),
        resolution_angle=spec.beamwidth,
        resolution_range=LIGHT_SPEED / (2.0 * spec.bandwidth),
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _face(boresights: Vector, azimuth: float, half_width: float) -> float:
    """Return the angle in rad off the nearest face's boresight; 0 for a trainable radar, NaN outside every sector."""
    nearest = np.inf
    trainable = True
    for f in range(boresights.shape[0]):
        if not math.isnan(boresights[f]):
            trainable = False
            off = abs((azimuth - boresights[f] + math.pi) % math.tau - math.pi)
            nearest = min(nearest, off)
    if trainable:
        return 0.0
    return nearest if nearest <= half_width + 1e-12 else math.nan


@njit(cache=True, error_model="numpy", nogil=True)
def _power_ratio(
    numbers: Vector,
    position: Vector,
    basis: Vector,
    boresights: Vector,
    target: Vector,
    altitude: float,
) -> tuple[float, int, float]:
    """Return mean power ratio per m2, reason code (SEEN where geometry allows) and range in m of one radar and one
    target.
    """
    constant, _, half_width, lowest, highest, reach, antenna, tilt, exponent = numbers[:9]
    dx, dy, dz = target[0] - position[0], target[1] - position[1], target[2] - position[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    east = basis[0, 0] * dx + basis[0, 1] * dy + basis[0, 2] * dz
    north = basis[1, 0] * dx + basis[1, 1] * dy + basis[1, 2] * dz
    up = basis[2, 0] * dx + basis[2, 1] * dy + basis[2, 2] * dz
    elevation = math.asin(min(max(up / distance, -1.0), 1.0))
    across = math.sqrt(east * east + north * north)
    ground_angle = math.atan2(across, MEAN_RADIUS + up)
    if elevation + refraction(elevation, ground_angle) < lowest or ground_angle > horizon_angle(antenna, altitude):
        return 0.0, BELOW_HORIZON, distance
    off = _face(boresights, math.atan2(east, north), half_width)
    if math.isnan(off) or elevation > highest:
        return 0.0, OUT_OF_FIELD, distance
    if distance > reach:
        return 0.0, OUT_OF_RANGE, distance
    cosine = math.cos(off) * math.cos(elevation) * math.cos(tilt) + math.sin(elevation) * math.sin(tilt)
    d2 = distance * distance
    return constant / (d2 * d2) * max(cosine, 0.0) ** exponent, SEEN, distance


@njit(cache=True, error_model="numpy", nogil=True)
def _scan(
    numbers: Vector,
    fluctuating: bool,
    r_sensors: Vector,
    basis: Vector,
    boresights: Vector,
    exists: Flags,
    r: Vector,
    altitude: Vector,
    nose: Vector,
    rcs: Vector,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    out: tuple[Vector, Flags, NDArray[np.int8], Vector, Vector, Vector, Vector],
) -> None:
    snr, hit, reason, u, measured, sigma_angle, sigma_range = out
    threshold = numbers[1]
    beamwidth, bandwidth, angle_bias, range_bias = numbers[9:]
    for i in range(r_sensors.shape[0]):
        for j in range(r.shape[0]):
            if not exists[j]:
                reason[i, j] = ABSENT
                continue
            per_area, code, distance = _power_ratio(numbers, r_sensors[i], basis[i], boresights[i], r[j], altitude[j])
            reason[i, j] = code
            if code != SEEN:
                continue
            ahead = 0.0
            for c in range(3):
                ahead += nose[j, c] * (r_sensors[i, c] - r[j, c])
            aspect = 0 if ahead > CLASS_EDGE * distance else (2 if ahead < -CLASS_EDGE * distance else 1)
            mean = per_area * rcs[j, aspect]
            snr[i, j] = mean
            if fluctuating:
                # Target and noise together are exponential with mean 1 + S: one draw gives both look and decision.
                power = -(1.0 + mean) * math.log(max(uniforms[i, j], 1e-300))
                seen, observed = power > threshold, power - 1.0
            else:
                seen, observed = uniforms[i, j] < steady_detection(mean, threshold), mean
            if not seen:
                reason[i, j] = TOO_FAINT
                continue
            observed = max(observed, 1.0)
            hit[i, j], snr[i, j] = True, observed
            angle, spread = angle_accuracy(observed, beamwidth), range_accuracy(observed, bandwidth)
            sigma_angle[i, j, 0], sigma_angle[i, j, 1], sigma_range[i, j] = angle, angle, spread
            measured[i, j] = distance + spread * normals[i, j, 2] + range_bias * bias[i, 2]
            ux, uy, uz = (r[j] - r_sensors[i]) / distance
            ax, ay, az, bx, by, bz = tangent_basis(ux, uy, uz, r_sensors[i, 0], r_sensors[i, 1], r_sensors[i, 2])
            p = angle * normals[i, j, 0] + angle_bias * bias[i, 0]
            q = angle * normals[i, j, 1] + angle_bias * bias[i, 1]
            ux, uy, uz = ux + p * ax + q * bx, uy + p * ay + q * by, uz + p * az + q * bz
            norm = math.sqrt(ux * ux + uy * uy + uz * uz)
            u[i, j, 0], u[i, j, 1], u[i, j, 2] = ux / norm, uy / norm, uz / norm
