"""Space-based infrared: plumes and glowing skin through the air above the clouds, cold bodies against space above the
limb.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.radiation import band_radiance
from cupola.core.sight import lowest_altitude, tangent_basis
from cupola.sensors.looks import CODE, Flags, Looks, TargetSet
from cupola.sensors.signal import centroid_accuracy, gaussian_detection
from cupola.sensors.spec import InfraredSpec

SEEN = CODE["NONE"]
ABSENT = CODE["ABSENT"]
BEHIND_EARTH = CODE["BEHIND_EARTH"]
BELOW_LIMB = CODE["BELOW_LIMB"]
CLOUD = CODE["CLOUD"]
OUT_OF_RANGE = CODE["OUT_OF_RANGE"]
NO_SIGNAL = CODE["NO_SIGNAL"]
TOO_FAINT = CODE["TOO_FAINT"]
UNLIMITED = np.iinfo(np.int64).max

WARNING_LOW, WARNING_HIGH = 2.55e-6, 2.85e-6
"""m; edges of the 2.7 um warning band, assumed: nobody publishes the filters"""
GLOWS_FROM = 500.0
"""K; a cooler skin gives below 6 W/sr and square metre in the warning band, far under what any sensor can pick out"""


def _numbers(spec: InfraredSpec, cloud_top_m: float) -> Vector:
    return np.array(
        [
            spec.plume_noise if spec.sees_plumes else math.inf,
            spec.body_noise if spec.sees_bodies else math.inf,
            spec.band_low,
            spec.band_high,
            spec.minimum_tangent_height,
            spec.maximum_range,
            cloud_top_m,
            spec.pixel,
            spec.bias,
            spec.threshold_snr,
        ]
    )


def look_infrared(
    spec: InfraredSpec,
    r_sensors: Vector,
    v_sensors: Vector,
    targets: TargetSet,
    time_s: float,
    *,
    cloud_top_m: float,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
) -> Looks:
    """Return the looks of satellites at inertial ``r_sensors`` (s, 3) in m, moving at ``v_sensors`` (s, 3) in m/s, at
    ``targets`` (n) at one time.

    A plume of intensity I gives the irradiance I / R^2 against ``plume_noise``, and so does a skin that the air has
    made glow, by its own radiance in the warning band; a cold body gives thermal-band radiance x emissivity x area /
    R^2 against ``body_noise`` where the ray through it stays above ``minimum_tangent_height``. The stronger ratio
    counts. Only a plume counts as burning: by assumption its flicker and spectrum tell it from a steady glow.
    ``uniforms`` (s, n) decide hits, ``normals`` (s, n, >=2) are the noise, ``bias`` (s, >=2) standard normal draws, one
    row per satellite and run.
    """
    count = (len(r_sensors), len(targets.exists))
    snr, sigma = np.zeros(count), np.full((*count, 2), np.nan)
    hit, burning = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    reason = np.empty(count, np.int8)
    u = np.empty((*count, 3))
    numbers = _numbers(spec, cloud_top_m)
    _scan(
        numbers,
        np.ascontiguousarray(r_sensors),
        targets.exists,
        targets.r,
        targets.plume,
        targets.body_temperature,
        targets.emissive_area,
        uniforms,
        normals,
        bias,
        (snr, sigma, hit, burning, reason, u),
    )
    nothing = np.full(count, np.nan)
    return Looks(
        time_s=time_s,
        r_sensors=r_sensors,
        v_sensors=v_sensors,
        snr=snr,
        hit=hit,
        reason=reason,
        burning=burning,
        u=u,
        range_m=nothing,
        sigma_angle=sigma,
        sigma_range=nothing,
        range_rate=nothing,
        sigma_range_rate=nothing,
        bias_angle=spec.bias,
        bias_range=math.nan,
        sees_plumes=spec.sees_plumes,
        feature=spec.feature_quality if spec.feature_quality > 0.0 else math.nan,
        tasked_per_object=spec.tasked_per_object,
        looks_per_scan=UNLIMITED,
        resolution_angle=1.5 * spec.pixel,
        resolution_range=math.inf,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def _scan(
    numbers: Vector,
    r_sensors: Vector,
    exists: Flags,
    r: Vector,
    plume: Vector,
    temperature: Vector,
    emissive_area: Vector,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    out: tuple[Vector, Vector, Flags, Flags, NDArray[np.int8], Vector],
) -> None:
    plume_noise, body_noise, band_low, band_high, limb, reach, cloud_top = numbers[:7]
    pixel, bias_sigma, threshold = numbers[7:]
    snr, sigma, hit, burning, reason, u = out
    for j in range(r.shape[0]):
        body, bright = 0.0, plume[j]
        if exists[j] and body_noise < np.inf:
            body = band_radiance(temperature[j], band_low, band_high) * emissive_area[j]
        if exists[j] and plume_noise < np.inf and temperature[j] > GLOWS_FROM:
            bright += band_radiance(temperature[j], WARNING_LOW, WARNING_HIGH) * emissive_area[j]
        for i in range(r_sensors.shape[0]):
            if not exists[j]:
                reason[i, j] = ABSENT
                continue
            sx, sy, sz = r_sensors[i, 0], r_sensors[i, 1], r_sensors[i, 2]
            dx, dy, dz = r[j, 0] - sx, r[j, 1] - sy, r[j, 2] - sz
            d2 = dx * dx + dy * dy + dz * dz
            lowest = lowest_altitude(sx, sy, sz, r[j, 0], r[j, 1], r[j, 2], False)
            if lowest < 0.0 or d2 > reach * reach:
                reason[i, j] = BEHIND_EARTH if lowest < 0.0 else OUT_OF_RANGE
                continue
            code = NO_SIGNAL
            bright_snr, body_snr = bright / (d2 * plume_noise), body / (d2 * body_noise)
            if body_snr > 0.0 and lowest_altitude(sx, sy, sz, r[j, 0], r[j, 1], r[j, 2], True) < limb:
                body_snr, code = 0.0, BELOW_LIMB
            if bright_snr > 0.0 and lowest < cloud_top:
                bright_snr, code = 0.0, CLOUD
            ratio = max(bright_snr, body_snr)
            snr[i, j] = ratio
            if ratio <= 0.0:
                reason[i, j] = code
                continue
            if uniforms[i, j] >= gaussian_detection(ratio, threshold):
                reason[i, j] = TOO_FAINT
                continue
            reason[i, j], hit[i, j] = SEEN, True
            burning[i, j] = bright_snr > 0.0 and plume[j] / (d2 * plume_noise) >= threshold
            noise = centroid_accuracy(max(ratio, 1.0), pixel)
            sigma[i, j, 0], sigma[i, j, 1] = noise, noise
            distance = math.sqrt(d2)
            ux, uy, uz = dx / distance, dy / distance, dz / distance
            ax, ay, az, bx, by, bz = tangent_basis(ux, uy, uz, sx, sy, sz)
            p = noise * normals[i, j, 0] + bias_sigma * bias[i, 0]
            q = noise * normals[i, j, 1] + bias_sigma * bias[i, 1]
            ux, uy, uz = ux + p * ax + q * bx, uy + p * ay + q * by, uz + p * az + q * bz
            norm = math.sqrt(ux * ux + uy * uy + uz * uz)
            u[i, j, 0], u[i, j, 1], u[i, j, 2] = ux / norm, uy / norm, uz / norm
