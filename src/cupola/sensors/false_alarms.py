"""Reports of what is not there: where a sensor's false alarms lie, and how precise they look.

A false alarm is noise or clutter that passed the sensor's own m-of-n rule. It lies anywhere that the sensor looks, with
equal chance: infrared satellites over the Earth's disc and the space just above its limb, radars over the volume of
their sector. Its report carries the errors of a signal at the detection threshold, as a weak detection would. Assumed:
real false alarms crowd where clutter is, at sunlit cloud edges, coasts and aurora; nobody publishes maps of them.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    MEAN_RADIUS,
    ROTATION_RATE,
    Vector,
    ecef_to_eci,
    rotate_z,
    surface_velocity,
)
from cupola.core.sight import horizon_angle, lowest_altitude, radial_altitude
from cupola.sensors.detection import Places
from cupola.sensors.looks import Flags, Indices, Measurements
from cupola.sensors.platform import Patrols
from cupola.sensors.radar import RadarSites
from cupola.sensors.radar_scan import height_line
from cupola.sensors.radar_spec import RadarHardware
from cupola.sensors.signal import (
    LIGHT_SPEED,
    angle_accuracy,
    centroid_accuracy,
    range_accuracy,
    rate_accuracy,
    ratio,
)
from cupola.sensors.spec import (
    AirborneRadarSpec,
    InfraredSpec,
    RadarSpec,
    SensorSpec,
    SkywaveSpec,
    SpaceRadarSpec,
)

LIMB_TOP = 500e3
"""m above the Earth up to which the space over its limb is watched (assumed: most of a missile's path lies below)"""
FASTEST = 1_000.0
"""m/s over the ground, either way, within which the range rate of a false alarm may lie (assumed: Doppler filters of
radars that look for aircraft and cruise missiles)"""
GROUND_SLACK = 50.0
ATTEMPTS = 200


def false_reports(
    spec: SensorSpec,
    sensors: Places,
    time_s: float,
    counts: Indices,
    generator: np.random.Generator,
    *,
    bias: Vector,
    sensor_offset: int = 0,
) -> Measurements:
    """Return ``counts`` (s,) false reports of each sensor of a group at one time; fewer where it can see nowhere.

    ``sensors`` as in :func:`cupola.sensors.detection.look`; ``bias`` (s, 3) the group's standard normal draws of the
    run, which say whether a skywave radar has its ionosphere; ``sensor_offset`` as in
    :meth:`cupola.sensors.looks.Looks.measurements`. Rows are in order of sensors. Nothing in a false report burns.
    """
    which = np.repeat(np.arange(len(counts)), counts)
    r, v, basis, boresights = _placed(spec, sensors, time_s)
    if isinstance(spec, InfraredSpec):
        return _infrared(spec, r, v, which, time_s, generator, sensor_offset)
    if isinstance(spec, SkywaveSpec):
        which = which[ndtr(bias[which, 1]) < spec.availability]
        return _skywave(spec, (r, v, basis, boresights), which, time_s, generator, sensor_offset)
    if isinstance(spec, SpaceRadarSpec):
        points, found = _until(lambda rows: _swath(spec, r[which[rows]], v[which[rows]], generator), len(which))
    else:
        points, found = _until(lambda rows: _sector(spec, (r, basis, boresights), which[rows], generator), len(which))
    return _microwave(spec, r, v, which[found], points[found], time_s, generator, sensor_offset)


def _placed(spec: SensorSpec, sensors: Places, time_s: float) -> tuple[Vector, Vector, Vector, Vector]:
    """Return inertial positions and velocities (s, 3), and for radars bases (s, 3, 3) and boresights (s, f)."""
    if isinstance(sensors, RadarSites):
        r = ecef_to_eci(sensors.r_ecef, time_s)
        return r, surface_velocity(r), rotate_z(sensors.basis, ROTATION_RATE * time_s), sensors.boresights
    if isinstance(sensors, Patrols):
        r, v, basis = sensors.at(time_s)
        return r, v, basis, sensors.boresights
    if not isinstance(spec, InfraredSpec | SpaceRadarSpec):
        raise ValueError(f"got a {spec.kind} spec with {type(sensors).__name__}, accepted are sites or patrols")
    return (*sensors, np.empty(0), np.empty(0))


def _until(draw: Callable[[Indices], tuple[Vector, Flags]], count: int) -> tuple[Vector, Flags]:
    """Draw points (count, 3) anew until all are good, as often as makes sense; return them and which are."""
    points, good = np.zeros((count, 3)), np.zeros(count, np.bool_)
    for _ in range(ATTEMPTS):
        todo = np.flatnonzero(~good)
        if len(todo) == 0:
            break
        points[todo], good[todo] = draw(todo)
    return points, good


def _azimuths(boresights: Vector, width: float, which: Indices, generator: np.random.Generator) -> Vector:
    """Return azimuths (k,) in rad spread evenly over the faces of the radars ``which`` (k,)."""
    faces = np.isfinite(boresights).sum(axis=1)
    turn, off = generator.random((2, len(which)))
    face = np.minimum((turn * faces[which]).astype(np.int64), np.maximum(faces[which] - 1, 0))
    ordered = np.sort(boresights, axis=1)  # NaN last
    return np.asarray(np.where(faces[which] > 0, ordered[which, face] + (off - 0.5) * width, math.tau * off))


def _above(r: Vector, points: Vector) -> Flags:
    """Return which points (k, 3) are seen from ``r`` (k, 3) past the Earth."""
    lowest = [lowest_altitude(a[0], a[1], a[2], b[0], b[1], b[2], False) for a, b in zip(r, points, strict=True)]
    return np.asarray(np.array(lowest) > -GROUND_SLACK)


def _sector(
    spec: RadarSpec | AirborneRadarSpec,
    places: tuple[Vector, Vector, Vector],
    which: Indices,
    generator: np.random.Generator,
) -> tuple[Vector, Flags]:
    """Return points (k, 3) spread evenly over the volume of a radar's sector, and which of them it can see.

    A radar that finds no height sees a thin layer at the height that it assumes, out to that layer's horizon.
    """
    r, basis, boresights = places
    azimuth = _azimuths(boresights, spec.azimuth_width, which, generator)
    turn, far = generator.random((2, len(which)))
    low, high = math.sin(spec.minimum_elevation), math.sin(spec.maximum_elevation)
    rise = low + (high - low) * turn
    distance = spec.maximum_range * np.cbrt(far)
    if not spec.finds_height:
        own = spec.antenna_height if isinstance(spec, RadarSpec) else spec.altitude
        reach = min(spec.maximum_range, MEAN_RADIUS * float(horizon_angle(own, spec.assumed_height)))
        rise, distance = np.zeros(len(which)), reach * np.sqrt(far)
    level = np.sqrt(1.0 - rise * rise)
    local = np.stack([level * np.sin(azimuth), level * np.cos(azimuth), rise], axis=1)
    u = np.einsum("kc,kcx->kx", local, basis[which])
    points = r[which] + distance[:, None] * u
    return points, np.ones(len(which), np.bool_) if not spec.finds_height else _above(r[which], points)


def _swath(spec: SpaceRadarSpec, r: Vector, v: Vector, generator: np.random.Generator) -> tuple[Vector, Flags]:
    """Return points (k, 3) spread evenly over the ground within the horizon of satellites, and which are in a swath."""
    distance = np.linalg.norm(r, axis=1)
    turn, far = generator.random((2, len(r)))
    edge = np.minimum(EQUATORIAL_RADIUS / distance, 1.0)
    cosine = 1.0 - far * (1.0 - edge)
    points = _surface(_turned(r / distance[:, None], cosine, math.tau * turn), spec.assumed_height)
    line = points - r
    reach = np.linalg.norm(line, axis=1)
    u = line / reach[:, None]
    down = -np.einsum("kc,kc->k", u, points) / np.linalg.norm(points, axis=1)
    along = np.abs(np.einsum("kc,kc->k", u, v)) / np.linalg.norm(v, axis=1)
    good = (reach <= spec.maximum_range) & (along <= math.sin(spec.squint_limit)) & _above(r, points)
    return points, good & (down >= math.sin(spec.minimum_grazing)) & (down <= math.sin(spec.maximum_grazing))


def _turned(axis: Vector, cosine: Vector, azimuth: Vector) -> Vector:
    """Return unit vectors (k, 3) at an angle from the unit vectors ``axis`` (k, 3), turned about them in rad."""
    reference = np.where(np.abs(axis[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(axis, reference)
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(axis, first)
    sine = np.sqrt(np.maximum(1.0 - cosine * cosine, 0.0))
    across = np.cos(azimuth)[:, None] * first + np.sin(azimuth)[:, None] * second
    return np.asarray(cosine[:, None] * axis + sine[:, None] * across)


def _surface(directions: Vector, height: float) -> Vector:
    """Return points (k, 3) ``height`` m above the ellipsoid, measured along the radius, in unit directions (k, 3)."""
    sea = [MEAN_RADIUS - radial_altitude(*(MEAN_RADIUS * d)) + height for d in directions]
    return np.asarray(np.array(sea).reshape(-1, 1) * directions)


def _infrared(
    spec: InfraredSpec,
    r: Vector,
    v: Vector,
    which: Indices,
    time_s: float,
    generator: np.random.Generator,
    sensor_offset: int,
) -> Measurements:
    """Return false sight lines (k), spread evenly over the solid angle that a satellite watches.

    That is its field of regard as far as the Earth's disc and the space up to ``LIMB_TOP`` above its limb; a sensor
    that sees bodies against space alone has the space alone.
    """
    distance = np.linalg.norm(r, axis=1)
    outer = np.arcsin(np.minimum((EQUATORIAL_RADIUS + LIMB_TOP) / distance, 1.0))
    inner = np.full(len(r), spec.minimum_off_nadir)
    if not spec.sees_plumes and spec.earth_noise is None:
        limb = np.arcsin(np.minimum((EQUATORIAL_RADIUS + spec.minimum_tangent_height) / distance, 1.0))
        inner = np.maximum(inner, limb)
    outer = np.minimum(outer, spec.maximum_off_nadir)
    which = which[outer[which] > inner[which]]
    turn, far = generator.random((2, len(which)))
    low, high = np.cos(outer[which]), np.cos(inner[which])
    u = _turned(-r[which] / distance[which, None], low + (high - low) * far, math.tau * turn)
    return _rows(
        which + sensor_offset,
        time_s,
        (r[which], v[which], u),
        sigma_angle=np.full((len(which), 2), centroid_accuracy(max(spec.threshold_snr, 1.0), spec.pixel)),
        bias_angle=spec.bias,
        sees_plumes=spec.sees_plumes,
        feature=spec.feature_quality if spec.feature_quality > 0.0 else np.nan,
    )


def _rows(
    sensor: Indices,
    time_s: float,
    lines: tuple[Vector, Vector, Vector],
    *,
    sigma_angle: Vector,
    bias_angle: float,
    feature: float = np.nan,
    sees_plumes: bool = False,
    range_m: Vector | float = np.nan,
    sigma_range: Vector | float = np.nan,
    bias_range: float = np.nan,
    range_rate: Vector | float = np.nan,
    sigma_range_rate: float = np.nan,
) -> Measurements:
    """Return rows (k) of ``lines``, positions and velocities of the sensors and sight lines, one value for all where
    one is given.
    """
    count = len(sensor)
    r_sensor, v_sensor, u = lines
    return Measurements(
        sensor=sensor,
        time_s=np.full(count, time_s),
        r_sensor=r_sensor,
        v_sensor=v_sensor,
        u=u,
        sigma_angle=sigma_angle,
        bias_angle=np.full(count, bias_angle),
        range_m=np.full(count, range_m),
        sigma_range=np.full(count, sigma_range),
        bias_range=np.full(count, bias_range),
        range_rate=np.full(count, range_rate),
        sigma_range_rate=np.full(count, sigma_range_rate),
        burning=np.zeros(count, np.bool_),
        sees_plumes=np.full(count, sees_plumes),
        feature=np.full(count, feature),
    )


def _microwave(
    spec: RadarHardware,
    r: Vector,
    v: Vector,
    which: Indices,
    points: Vector,
    time_s: float,
    generator: np.random.Generator,
    sensor_offset: int,
) -> Measurements:
    """Return the reports of false alarms at ``points`` (k, 3) of the radars ``which`` (k,)."""
    count, snr = len(which), ratio(spec.threshold_snr)
    line = points - r[which]
    distance = np.linalg.norm(line, axis=1)
    u = line / np.maximum(distance, 1e-9)[:, None]
    upward = np.full(count, angle_accuracy(snr, spec.vertical_beamwidth))
    if not spec.finds_height:
        for k, i in enumerate(which):
            radius = float(np.linalg.norm(r[i])) - radial_altitude(*r[i]) + spec.assumed_height
            if isinstance(spec, SpaceRadarSpec):
                radius = float(np.linalg.norm(points[k]))
            along, site = u[k], r[i]
            ux, uy, uz, per_metre = height_line(
                along[0], along[1], along[2], site[0], site[1], site[2], distance[k], radius
            )
            u[k], upward[k] = (ux, uy, uz), spec.height_error * per_metre
    ground = surface_velocity(r[which] + distance[:, None] * u) - v[which]
    rate = np.einsum("kc,kc->k", u, ground) + FASTEST * generator.uniform(-1.0, 1.0, count)
    error = rate_accuracy(snr, LIGHT_SPEED / spec.frequency, spec.dwell)
    return _rows(
        which + sensor_offset,
        time_s,
        (r[which], v[which], u),
        sigma_angle=np.column_stack([np.full(count, angle_accuracy(snr, spec.beamwidth)), upward]),
        bias_angle=spec.angle_bias,
        feature=spec.feature_quality if spec.feature_quality > 0.0 else np.nan,
        range_m=distance,
        sigma_range=range_accuracy(snr, spec.bandwidth),
        bias_range=spec.range_bias,
        range_rate=rate if spec.doppler else np.nan,
        sigma_range_rate=error if spec.doppler else np.nan,
    )


def _skywave(
    spec: SkywaveSpec,
    places: tuple[Vector, Vector, Vector, Vector],
    which: Indices,
    time_s: float,
    generator: np.random.Generator,
    sensor_offset: int,
) -> Measurements:
    """Return false alarms spread evenly over the ground that a skywave radar lights, at the height that it assumes.

    Errors along and across the ground turn into those of the straight line as in :mod:`cupola.sensors.skywave`.
    """
    r, v, basis, boresights = places
    count, snr = len(which), ratio(spec.threshold_snr)
    azimuth = _azimuths(boresights, spec.azimuth_width, which, generator)
    near, far = spec.minimum_ground_range**2, spec.maximum_ground_range**2
    angle = np.sqrt(near + (far - near) * generator.random(count)) / MEAN_RADIUS
    up = r[which] / np.linalg.norm(r[which], axis=1)[:, None]
    ahead = np.sin(azimuth)[:, None] * basis[which, 0] + np.cos(azimuth)[:, None] * basis[which, 1]
    ahead -= np.einsum("kc,kc->k", ahead, up)[:, None] * up
    ahead /= np.linalg.norm(ahead, axis=1)[:, None]
    points = _surface(np.cos(angle)[:, None] * up + np.sin(angle)[:, None] * ahead, spec.assumed_height)
    line = points - r[which]
    distance = np.linalg.norm(line, axis=1)
    u = line / distance[:, None]
    spread, turn = range_accuracy(snr, spec.bandwidth), angle_accuracy(snr, spec.beamwidth)
    dip, rise = np.cos(0.5 * angle), np.sin(0.5 * angle)
    sigma_angle = np.column_stack(
        [
            turn * MEAN_RADIUS * np.sin(angle) / distance,
            np.hypot(dip * spec.height_error, rise * spread) / distance,
        ]
    )
    rate = np.einsum("kc,kc->k", u, surface_velocity(points) - v[which]) + FASTEST * generator.uniform(-1.0, 1.0, count)
    error = math.hypot(rate_accuracy(snr, LIGHT_SPEED / spec.frequency, spec.dwell), spec.rate_error)
    return _rows(
        which + sensor_offset,
        time_s,
        (r[which], v[which], u),
        sigma_angle=sigma_angle,
        bias_angle=spec.angle_bias,
        range_m=distance,
        sigma_range=np.hypot(dip * spread, rise * spec.height_error),
        bias_range=spec.range_bias,
        range_rate=rate,
        sigma_range_rate=error,
    )
