"""Space-based infrared: plumes and glowing skin through the air above the clouds, bodies by their warmth against space
or the Earth.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.core.radiation import band_radiance
from cupola.core.sight import lowest_altitude, tangent_basis
from cupola.sensors.background import radiance_contrast
from cupola.sensors.infrared_spec import InfraredSpec, noise_factor
from cupola.sensors.looks import CODE, Flags, Looks, TargetSet
from cupola.sensors.signal import centroid_accuracy, gaussian_detection
from cupola.sensors.sun import sunlit

SEEN = CODE["NONE"]
ABSENT = CODE["ABSENT"]
BEHIND_EARTH = CODE["BEHIND_EARTH"]
BELOW_LIMB = CODE["BELOW_LIMB"]
CLOUD = CODE["CLOUD"]
OUT_OF_RANGE = CODE["OUT_OF_RANGE"]
OUT_OF_FIELD = CODE["OUT_OF_FIELD"]
NO_SIGNAL = CODE["NO_SIGNAL"]
TOO_FAINT = CODE["TOO_FAINT"]
NOT_CUED = CODE["NOT_CUED"]
SUN = CODE["SUN"]
UNLIMITED = np.iinfo(np.int64).max

WARNING_LOW, WARNING_HIGH = 2.55e-6, 2.85e-6
"""m; edges of the 2.7 um warning band, assumed: nobody publishes the filters"""
GLOWS_FROM = 500.0
"""K; a cooler skin gives below 6 W/sr and square metre in the warning band, far under what any sensor can pick out"""
BEYOND_ANY_COSINE = 2.0


def _signal_numbers(spec: InfraredSpec, cloud_top_m: float) -> Vector:
    factor = noise_factor(spec)
    body_noise = spec.body_noise * factor if spec.sees_bodies else math.inf
    # The scene's structure is the same in every frame, so integration does not thin it.
    earth_noise = math.inf if spec.earth_noise is None else math.hypot(body_noise, spec.earth_noise)
    return np.array(
        [
            spec.plume_noise * factor if spec.sees_plumes else math.inf,
            body_noise,
            earth_noise,
            spec.earth_temperature,
            spec.band_low,
            spec.band_high,
            spec.minimum_tangent_height,
            cloud_top_m,
        ]
    )


def _field_numbers(spec: InfraredSpec, sun: Vector | None) -> Vector:
    """Return range limit, cosines of inner and outer edge, of the sun's exclusion, and the sun's direction."""
    blinds = sun is not None and spec.sun_exclusion > 0.0
    return np.array(
        [
            spec.maximum_range,
            math.cos(spec.minimum_off_nadir) if spec.minimum_off_nadir > 0.0 else BEYOND_ANY_COSINE,
            math.cos(spec.maximum_off_nadir) if spec.maximum_off_nadir < math.pi else -BEYOND_ANY_COSINE,
            math.cos(spec.sun_exclusion) if blinds else BEYOND_ANY_COSINE,
            *(np.zeros(3) if sun is None else sun),
        ]
    )


def _check(cued: Flags | None, sun: Vector | None, objects: int) -> None:
    if cued is not None and cued.shape != (objects,):
        raise ValueError(f"got cues of shape {cued.shape}, accepted is one flag for each of the {objects} objects")
    if sun is not None and (sun.shape != (3,) or not abs(float(sun @ sun) - 1.0) < 1e-6):
        raise ValueError(f"got {sun} as the sun's direction, accepted is a unit vector of three numbers")


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
    cued: Flags | None = None,
    sun: Vector | None = None,
) -> Looks:
    """Return the looks of satellites at inertial ``r_sensors`` (s, 3) in m, moving at ``v_sensors`` (s, 3) in m/s, at
    ``targets`` (n) at one time.

    A plume of intensity I gives the irradiance I / R^2 against ``plume_noise``, and so does a skin that the air has
    made glow, by its own radiance in the warning band. In the thermal band a body gives radiance contrast x emissivity
    x area / R^2: against space, where the ray through it stays above ``minimum_tangent_height``, over ``body_noise``;
    against the Earth over that and ``earth_noise``, brighter or darker than the scene alike. The strongest ratio
    counts. Only a plume counts as burning: by assumption its flicker and spectrum tell it from a steady glow.
    ``uniforms`` (s, n) decide hits, ``normals`` (s, n, >=2) are the noise, ``bias`` (s, >=2) standard normal draws, one
    row per satellite and run. ``cued`` (n,) are the objects that a sensor in need of a cue may look at (none: all),
    ``sun`` (3,) the inertial unit vector to the sun (none: it blinds nobody). Raises ``ValueError`` for cues or a sun
    of another shape.
    """
    objects = len(targets.exists)
    _check(cued, sun, objects)
    count = (len(r_sensors), objects)
    snr, sigma = np.zeros(count), np.full((*count, 2), np.nan)
    hit, burning = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    reason = np.empty(count, np.int8)
    u = np.empty((*count, 3))
    _scan(
        _signal_numbers(spec, cloud_top_m),
        _field_numbers(spec, sun),
        np.array([spec.pixel, spec.bias, spec.threshold_snr]),
        np.ascontiguousarray(r_sensors),
        targets.exists,
        cued if cued is not None and spec.needs_cue else np.ones(objects, np.bool_),
        targets.r,
        targets.plume,
        targets.body_temperature,
        targets.emissive_area,
        uniforms,
        normals,
        bias,
        (snr, sigma, hit, burning, reason, u),
    )
    return _report(spec, time_s, r_sensors, v_sensors, (snr, sigma, hit, burning, reason, u))


def _report(
    spec: InfraredSpec,
    time_s: float,
    r_sensors: Vector,
    v_sensors: Vector,
    seen: tuple[Vector, Vector, Flags, Flags, NDArray[np.int8], Vector],
) -> Looks:
    snr, sigma, hit, burning, reason, u = seen
    nothing = np.full(snr.shape, np.nan)
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
        looks_per_scan=UNLIMITED if spec.looks_per_revisit is None else spec.looks_per_revisit,
        resolution_angle=spec.resolution * spec.pixel,
        resolution_range=math.inf,
    )


@kernel
def _outside(
    field: Vector, cued: bool, lowest: float, sx: float, sy: float, sz: float, dx: float, dy: float, dz: float
) -> int:
    """Return why the sensor cannot look along a line, or SEEN. ``lowest`` is the lowest altitude on the way."""
    reach, inner, outer, sun_edge = field[:4]
    if lowest < 0.0:
        return BEHIND_EARTH
    d2 = dx * dx + dy * dy + dz * dz
    if d2 > reach * reach:
        return OUT_OF_RANGE
    distance = math.sqrt(d2)
    down = -(dx * sx + dy * sy + dz * sz) / (distance * math.sqrt(sx * sx + sy * sy + sz * sz))
    if down > inner or down < outer:
        return OUT_OF_FIELD
    if not cued:
        return NOT_CUED
    if dx * field[4] + dy * field[5] + dz * field[6] > sun_edge * distance and sunlit(
        sx, sy, sz, field[4], field[5], field[6]
    ):
        return SUN
    return SEEN


@kernel
def _ratios(
    numbers: Vector, bright: float, against_space: float, against_earth: float, d2: float, lowest: float, tangent: float
) -> tuple[float, float, int]:
    """Return signal-to-noise of plume and glow, of the body in the thermal band, and why either is zero."""
    plume_noise, body_noise, earth_noise = numbers[:3]
    limb, cloud_top = numbers[6], numbers[7]
    code = NO_SIGNAL
    bright_snr, body_snr = bright / (d2 * plume_noise), against_space / (d2 * body_noise)
    if body_snr > 0.0 and tangent < limb:
        body_snr, code = abs(against_earth) / (d2 * earth_noise), BELOW_LIMB
    if bright_snr + body_snr > 0.0 and lowest < cloud_top:
        bright_snr, body_snr, code = 0.0, 0.0, CLOUD
    return bright_snr, body_snr, code


@kernel
def _shown(numbers: Vector, plume: float, temperature: float, emissive_area: float) -> tuple[float, float, float]:
    """Return the W/sr of an object in the warning band, and of its body in the thermal band against space and Earth."""
    plume_noise, body_noise, earth_noise, earth_temperature, low, high = numbers[:6]
    bright, against_space, against_earth = plume, 0.0, 0.0
    if body_noise < np.inf:
        against_space = radiance_contrast(temperature, 0.0, low, high) * emissive_area
        if earth_noise < np.inf:
            against_earth = radiance_contrast(temperature, earth_temperature, low, high) * emissive_area
    if plume_noise < np.inf and temperature > GLOWS_FROM:
        bright += band_radiance(temperature, WARNING_LOW, WARNING_HIGH) * emissive_area
    return bright, against_space, against_earth


@kernel
def _scan(
    numbers: Vector,
    field: Vector,
    accuracy: Vector,
    r_sensors: Vector,
    exists: Flags,
    cued: Flags,
    r: Vector,
    plume: Vector,
    temperature: Vector,
    emissive_area: Vector,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    out: tuple[Vector, Vector, Flags, Flags, NDArray[np.int8], Vector],
) -> None:
    pixel, bias_sigma, threshold = accuracy
    snr, sigma, hit, burning, reason, u = out
    for j in range(r.shape[0]):
        if not exists[j]:
            reason[:, j] = ABSENT
            continue
        tx, ty, tz = r[j, 0], r[j, 1], r[j, 2]
        bright, against_space, against_earth = _shown(numbers, plume[j], temperature[j], emissive_area[j])
        for i in range(r_sensors.shape[0]):
            sx, sy, sz = r_sensors[i, 0], r_sensors[i, 1], r_sensors[i, 2]
            dx, dy, dz = tx - sx, ty - sy, tz - sz
            lowest = lowest_altitude(sx, sy, sz, tx, ty, tz, False)
            code = _outside(field, cued[j], lowest, sx, sy, sz, dx, dy, dz)
            if code != SEEN:
                reason[i, j] = code
                continue
            d2 = dx * dx + dy * dy + dz * dz
            tangent = lowest_altitude(sx, sy, sz, tx, ty, tz, True) if against_space > 0.0 else lowest
            bright_snr, body_snr, code = _ratios(numbers, bright, against_space, against_earth, d2, lowest, tangent)
            ratio = max(bright_snr, body_snr)
            snr[i, j] = ratio
            if ratio <= 0.0:
                reason[i, j] = code
                continue
            if uniforms[i, j] < gaussian_detection(ratio, threshold):
                reason[i, j], hit[i, j] = SEEN, True
            elif code == BELOW_LIMB and body_snr >= bright_snr:
                reason[i, j] = code
                continue
            else:
                # It makes no report, but its light is in that of what stands beside it.
                reason[i, j] = TOO_FAINT
            burning[i, j] = bright_snr > 0.0 and plume[j] / (d2 * numbers[0]) >= threshold
            noise = centroid_accuracy(max(ratio, 1.0), pixel)
            sigma[i, j, 0], sigma[i, j, 1] = noise, noise
            p = noise * normals[i, j, 0] + bias_sigma * bias[i, 0]
            q = noise * normals[i, j, 1] + bias_sigma * bias[i, 1]
            _turn(u[i, j], dx, dy, dz, sx, sy, sz, p, q)


@kernel
def _turn(u: Vector, dx: float, dy: float, dz: float, sx: float, sy: float, sz: float, p: float, q: float) -> None:
    """Write the unit sight line along d from s, turned by small angles p and q about it."""
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    ux, uy, uz = dx / distance, dy / distance, dz / distance
    ax, ay, az, bx, by, bz = tangent_basis(ux, uy, uz, sx, sy, sz)
    ux, uy, uz = ux + p * ax + q * bx, uy + p * ay + q * by, uz + p * az + q * bz
    norm = math.sqrt(ux * ux + uy * uy + uz * uz)
    u[0], u[1], u[2] = ux / norm, uy / norm, uz / norm
