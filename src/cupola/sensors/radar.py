"""Radars on the ground and in the air: horizon and sector decide who can be seen, time who is looked at, the range
equation how well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import (
    ROTATION_RATE,
    Vector,
    ecef_to_eci,
    geodetic_to_ecef,
    local_basis,
    rotate_z,
    surface_velocity,
)
from cupola.sensors.looks import Flags, Looks, TargetSet
from cupola.sensors.platform import Patrols
from cupola.sensors.radar_scan import SEEN, geometry, measure
from cupola.sensors.radar_spec import RADAR_BANDS, AirborneRadarSpec, RadarHardware, RadarSpec
from cupola.sensors.signal import FLUCTUATIONS, LIGHT_SPEED, radar_constant, ratio
from cupola.sensors.time_budget import UNLIMITED, schedule, time_budget

DOPPLER_DRAWS = 4
"""Normal draws per look of a radar that measures range rates: two angles, range, rate"""


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


def range_constant(spec: RadarHardware) -> float:
    """Return k in m2 of SNR = k x cross-section / range^4 on a face's normal."""
    return radar_constant(
        spec.average_power * spec.dwell, ratio(spec.gain), spec.aperture, spec.system_temperature, ratio(spec.losses)
    )


def detection_range(spec: RadarHardware, cross_section: float, snr_db: float) -> float:
    """Return the range in m at which a cross-section in m2 gives a signal-to-noise ratio in dB in one look."""
    return float((range_constant(spec) * cross_section / ratio(snr_db)) ** 0.25)


def look_radar(
    spec: RadarSpec,
    sites: RadarSites,
    targets: TargetSet,
    time_s: float,
    *,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
    held: Flags | None = None,
    interval_s: float | None = None,
) -> Looks:
    """Return the looks of the radars at ``sites`` (s) at ``targets`` (n) at one time.

    ``uniforms`` (s, n) decide hits and, for fluctuating targets, the cross-section of the look; ``normals`` (s, n, 3)
    are the noise in azimuth-like angle, elevation-like angle and range, with a fourth column for the range rate of
    radars that measure it; ``bias`` (s, 3) standard normal draws in the same order.

    ``held`` (s, n) says which objects each radar has a track on, or was told of: they take track dwells, all else must
    cross the fence in the ``interval_s`` since the last look (default the revisit). Without it every object is looked
    at, and as many are reported as there is time for.
    """
    r_sensors = ecef_to_eci(sites.r_ecef, time_s)
    basis = np.ascontiguousarray(rotate_z(sites.basis, ROTATION_RATE * time_s))
    fence_top = spec.minimum_elevation + spec.fence_beams * spec.vertical_beamwidth
    limits = (
        0.5 * spec.azimuth_width,
        spec.minimum_elevation,
        spec.maximum_elevation,
        spec.maximum_range,
        spec.antenna_height,
        spec.face_elevation,
        spec.scan_exponent,
        spec.minimum_speed,
        spec.vertical_beamwidth,
        fence_top,
    )
    scene = _scene(spec, limits, False, (r_sensors, basis, sites.boresights), targets)
    interval = spec.revisit if interval_s is None else interval_s
    budget = time_budget(spec, interval_s=interval)
    per_scan = budget.tracks
    if held is not None and spec.rotation == 0.0:
        reason, sight, faces, phase = scene[1], scene[3], scene[4], scene[5]
        due = schedule(
            budget,
            visible=reason == SEEN,
            held=held,
            face=faces,
            fence_phase=phase,
            directions=sight,
            beamwidth=spec.beamwidth,
            time_s=time_s,
            interval_s=interval,
        )
        reason[...] = np.where(reason == SEEN, due, reason)
        per_scan = UNLIMITED
    motion = (r_sensors, surface_velocity(r_sensors))
    return measured_looks(
        spec, motion, targets, time_s, scene[:4], (uniforms, normals, bias), tasked=len(r_sensors), per_scan=per_scan
    )


def look_airborne(
    spec: AirborneRadarSpec,
    patrols: Patrols,
    targets: TargetSet,
    time_s: float,
    *,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
) -> Looks:
    """Return the looks of the aircraft of ``patrols`` (s) at ``targets`` (n) at one time.

    Draws as in :func:`look_radar`. The horizon is that of the aircraft's height; a target over ground that the beam
    holds at the same range must outrun the clutter.
    """
    r_sensors, v_sensors, basis = patrols.at(time_s)
    limits = (
        0.5 * spec.azimuth_width,
        spec.minimum_elevation,
        spec.maximum_elevation,
        spec.maximum_range,
        spec.altitude,
        0.0,
        0.0,
        spec.minimum_speed,
        spec.vertical_beamwidth,
        -math.pi,
    )
    scene = _scene(spec, limits, True, (r_sensors, basis, patrols.boresights), targets)
    per_scan = max(1, int(spec.revisit / spec.dwell))
    return measured_looks(
        spec,
        (r_sensors, v_sensors),
        targets,
        time_s,
        scene[:4],
        (uniforms, normals, bias),
        tasked=len(r_sensors),
        per_scan=per_scan,
    )


Scene = tuple[Vector, NDArray[np.int8], Vector, Vector, NDArray[np.int8], Vector]
"""Power ratio per m2, reason, range, sight line, face, place in the fence; as ``radar_scan.geometry`` fills them"""


def _scene(
    spec: RadarHardware,
    limits: tuple[float, ...],
    aloft: bool,
    places: tuple[Vector, Vector, Vector],
    targets: TargetSet,
) -> Scene:
    r_sensors, basis, boresights = places
    count = (len(r_sensors), len(targets.exists))
    scene = (
        np.zeros(count),
        np.empty(count, np.int8),
        np.full(count, np.nan),
        np.empty((*count, 3)),
        np.zeros(count, np.int8),
        np.full(count, np.nan),
    )
    geometry(
        np.array([range_constant(spec), *limits]),
        aloft,
        r_sensors,
        basis,
        boresights,
        targets.exists,
        targets.r,
        targets.v,
        targets.altitude,
        scene,
    )
    return scene


def require_rate_draws(normals: Vector) -> None:
    """Raise ``ValueError`` when ``normals`` (s, n, k) hold no column for range rates."""
    if normals.shape[2] < DOPPLER_DRAWS:
        raise ValueError(
            f"got normals with {normals.shape[2]} columns, accepted are {DOPPLER_DRAWS} for a radar that measures "
            "range rates; hint: draw as many as cupola.sensors.detection.draws_per_look says"
        )


def _measuring(spec: RadarHardware) -> Vector:
    return np.array(
        [
            ratio(spec.threshold_snr),
            spec.beamwidth,
            spec.vertical_beamwidth,
            spec.bandwidth,
            spec.angle_bias,
            spec.range_bias,
            LIGHT_SPEED / spec.frequency,
            spec.dwell,
            spec.assumed_height,
            spec.height_error,
        ]
    )


def measured_looks(
    spec: RadarHardware,
    motion: tuple[Vector, Vector],
    targets: TargetSet,
    time_s: float,
    scene: tuple[Vector, NDArray[np.int8], Vector, Vector],
    draws: tuple[Vector, Vector, Vector],
    *,
    tasked: int,
    per_scan: int,
) -> Looks:
    """Return the looks of radars in ``motion``, (s, 3) in m and m/s, whose ``scene`` is known: power ratio per m2,
    reason, range (s, n) and unit sight lines (s, n, 3).

    ``draws`` are uniforms, normals and bias as in :func:`look_radar`. Raises ``ValueError`` when a radar that measures
    range rates is given no fourth column of normals.
    """
    per_area, reason, ranges, u = scene
    uniforms, normals, bias = draws
    if spec.doppler:
        require_rate_draws(normals)
    count = reason.shape
    snr, hit = np.zeros(count), np.zeros(count, np.bool_)
    distance, sigma_range, rate, sigma_rate = (np.full(count, np.nan) for _ in range(4))
    sigma_angle = np.full((*count, 2), np.nan)
    measure(
        _measuring(spec),
        (FLUCTUATIONS[spec.fluctuation], spec.finds_height, spec.doppler),
        *motion,
        targets.r,
        targets.v,
        targets.altitude,
        targets.nose,
        np.ascontiguousarray(targets.rcs[:, :, RADAR_BANDS.index(spec.band)]),
        uniforms,
        normals,
        bias,
        (per_area, ranges),
        (snr, hit, reason, u, distance, sigma_angle, sigma_range, rate, sigma_rate),
    )
    return Looks(
        time_s=time_s,
        r_sensors=motion[0],
        v_sensors=motion[1],
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
        feature=spec.feature_quality if spec.feature_quality > 0.0 else math.nan,
        tasked_per_object=tasked,
        looks_per_scan=per_scan,
        resolution_angle=spec.resolution * spec.beamwidth,
        resolution_range=spec.resolution * LIGHT_SPEED / (2.0 * spec.bandwidth),
    )
