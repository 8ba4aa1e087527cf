"""Reports as the kernels take them: columns of measurements, and the rows of one of them that a filter sees.

A report is a unit sight line u (3,) from ``r_sensor`` (3,) moving at ``v_sensor`` (3,), with ``sigma_angle`` (2,) along
the two axes across it, and unless NaN a range and a range rate; SI units, inertial axes. Its rows are, in this order:
two angles in the tangent plane of the measured direction, range, range rate.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from cupola.core.earth import Vector
from cupola.core.sight import tangent_basis
from cupola.sensors.looks import Flags, Indices, Measurements

ROWS = 4


class Reports(NamedTuple):
    """The columns of :class:`cupola.sensors.looks.Measurements` that a filter may see: all but the target."""

    sensor: Indices
    time_s: Vector
    r_sensor: Vector
    v_sensor: Vector
    u: Vector
    sigma_angle: Vector
    bias_angle: Vector
    range_m: Vector
    sigma_range: Vector
    bias_range: Vector
    range_rate: Vector
    sigma_range_rate: Vector
    burning: Flags
    sees_plumes: Flags


def reports_of(measurements: Measurements) -> Reports:
    """Return the columns of ``measurements`` for the kernels, as contiguous arrays."""
    return Reports(*(np.ascontiguousarray(getattr(measurements, name)) for name in Reports._fields))


@njit(cache=True, error_model="numpy", nogil=True)
def measured(row: int, reports: Reports, k: int) -> tuple[float, float, float, float, float, float]:
    """Return one row of report k: value, its noise and bias, one sigma, and the unit axis (3) along which an angle is
    measured. The value is NaN for a row that the report has not.
    """
    if row == 2:
        return reports.range_m[k], reports.sigma_range[k], reports.bias_range[k], 0.0, 0.0, 0.0
    if row == 3:
        return reports.range_rate[k], reports.sigma_range_rate[k], 0.0, 0.0, 0.0, 0.0
    u, sensor = reports.u[k], reports.r_sensor[k]
    ex, ey, ez, fx, fy, fz = tangent_basis(u[0], u[1], u[2], sensor[0], sensor[1], sensor[2])
    if row == 1:
        ex, ey, ez = fx, fy, fz
    return 0.0, reports.sigma_angle[k, row], reports.bias_angle[k], ex, ey, ez
