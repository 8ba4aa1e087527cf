"""Radars on satellites that find what moves over the ground: grazing angle, clutter notch, range equation."""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.core.sight import lowest_altitude
from cupola.sensors.looks import CODE, Flags, Looks, TargetSet
from cupola.sensors.radar import measured_looks, range_constant
from cupola.sensors.radar_scan import ABSENT, OUT_OF_FIELD, OUT_OF_RANGE, SEEN, TOO_SLOW, ground_speed
from cupola.sensors.radar_spec import SpaceRadarSpec

BEHIND_EARTH = CODE["BEHIND_EARTH"]
GRAZING = CODE["GRAZING"]
GROUND_SLACK = 50.0
"""m below the ellipsoid that a sight line may end: radial and geodetic heights differ by some 15 m on the ground"""


def look_space_radar(
    spec: SpaceRadarSpec,
    r_sensors: Vector,
    v_sensors: Vector,
    targets: TargetSet,
    time_s: float,
    *,
    uniforms: Vector,
    normals: Vector,
    bias: Vector,
) -> Looks:
    """Return the looks of satellites at inertial ``r_sensors`` (s, 3) in m, moving at ``v_sensors`` (s, 3) in m/s, at
    ``targets`` (n) at one time.

    Draws as in :func:`cupola.sensors.radar.look_radar`. The ray must meet the horizontal at the target between the two
    grazing angles, and lie near broadside to the satellite's motion. Where it goes on to the ground, the target must
    move along it faster than ``minimum_speed`` against the turning Earth; against space there is no clutter.
    """
    count = (len(r_sensors), len(targets.exists))
    per_area, reason = np.zeros(count), np.empty(count, np.int8)
    ranges, sight = np.full(count, np.nan), np.empty((*count, 3))
    r_sensors, v_sensors = np.ascontiguousarray(r_sensors), np.ascontiguousarray(v_sensors)
    _geometry(
        np.array(
            [
                range_constant(spec),
                spec.maximum_range,
                math.sin(spec.minimum_grazing),
                math.sin(spec.maximum_grazing),
                math.sin(spec.squint_limit),
                spec.minimum_speed,
            ]
        ),
        r_sensors,
        v_sensors,
        targets.exists,
        targets.r,
        targets.v,
        (per_area, reason, ranges, sight),
    )
    return measured_looks(
        spec,
        (r_sensors, v_sensors),
        targets,
        time_s,
        (per_area, reason, ranges, sight),
        (uniforms, normals, bias),
        tasked=spec.tasked_per_object,
        per_scan=max(1, int(spec.revisit / spec.dwell)),
    )


@kernel
def _geometry(
    numbers: Vector,
    r_sensors: Vector,
    v_sensors: Vector,
    exists: Flags,
    r: Vector,
    v: Vector,
    out: tuple[Vector, NDArray[np.int8], Vector, Vector],
) -> None:
    constant, reach, flattest, steepest, squint, minimum_speed = numbers
    per_area, reason, ranges, sight = out
    for i in range(r_sensors.shape[0]):
        sx, sy, sz = r_sensors[i, 0], r_sensors[i, 1], r_sensors[i, 2]
        speed = math.sqrt(v_sensors[i, 0] ** 2 + v_sensors[i, 1] ** 2 + v_sensors[i, 2] ** 2)
        for j in range(r.shape[0]):
            if not exists[j]:
                reason[i, j] = ABSENT
                continue
            dx, dy, dz = r[j, 0] - sx, r[j, 1] - sy, r[j, 2] - sz
            distance = math.sqrt(dx * dx + dy * dy + dz * dz)
            ux, uy, uz = dx / distance, dy / distance, dz / distance
            ranges[i, j] = distance
            sight[i, j, 0], sight[i, j, 1], sight[i, j, 2] = ux, uy, uz
            if lowest_altitude(sx, sy, sz, r[j, 0], r[j, 1], r[j, 2], False) < -GROUND_SLACK:
                reason[i, j] = BEHIND_EARTH
                continue
            if distance > reach:
                reason[i, j] = OUT_OF_RANGE
                continue
            radius = math.sqrt(r[j, 0] ** 2 + r[j, 1] ** 2 + r[j, 2] ** 2)
            down = -(ux * r[j, 0] + uy * r[j, 1] + uz * r[j, 2]) / radius
            if down < flattest or down > steepest:
                reason[i, j] = GRAZING
                continue
            along = ux * v_sensors[i, 0] + uy * v_sensors[i, 1] + uz * v_sensors[i, 2]
            if abs(along) > squint * speed:
                reason[i, j] = OUT_OF_FIELD
                continue
            on_ground = lowest_altitude(sx, sy, sz, r[j, 0], r[j, 1], r[j, 2], True) < 0.0
            if on_ground and abs(ground_speed(r[j], v[j], ux, uy, uz)) < minimum_speed:
                reason[i, j] = TOO_SLOW
                continue
            reason[i, j] = SEEN
            d2 = distance * distance
            per_area[i, j] = constant / (d2 * d2)
