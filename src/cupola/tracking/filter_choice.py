"""Which filter the models of a run's tracks use, extended or unscented: ``Work.kind`` says, chosen by the scenario.

A number and not a function, so that the compiled kernels stay cached.
"""

from numba import njit

from cupola.core.earth import Vector
from cupola.tracking import filter as extended
from cupola.tracking import filter_unscented as unscented
from cupola.tracking.imm_mixing import UNSCENTED, Work
from cupola.tracking.imm_tracks import Reports


@njit(cache=True, error_model="numpy", nogil=True)
def propagate(mode: int, x: Vector, p: Vector, c: Vector, columns: int, seconds: float, work: Work) -> bool:
    """Carry x (9,), p (9, 9) and the first ``columns`` of c forward in place; return False where the ground was met."""
    if work.kind == UNSCENTED:
        return bool(unscented.propagate(mode, x, p, c, columns, seconds, work.filter))
    return bool(extended.propagate(mode, x, p, c, columns, seconds, work.filter))


@njit(cache=True, error_model="numpy", nogil=True)
def update(
    mode: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, row: int, work: Work
) -> float:
    """Take report ``row`` in place and return its log likelihood."""
    if work.kind == UNSCENTED:
        return float(unscented.update(
            mode, x, p, c, columns, slot,
            reports.r_sensor[row], reports.v_sensor[row], reports.u[row], reports.sigma_angle[row],
            reports.bias_angle[row], reports.range_m[row], reports.sigma_range[row], reports.bias_range[row],
            reports.range_rate[row], reports.sigma_range_rate[row], work.filter,
        ))  # fmt: skip
    return float(extended.update(
        mode, x, p, c, columns, slot,
        reports.r_sensor[row], reports.v_sensor[row], reports.u[row], reports.sigma_angle[row],
        reports.bias_angle[row], reports.range_m[row], reports.sigma_range[row], reports.bias_range[row],
        reports.range_rate[row], reports.sigma_range_rate[row], work.filter,
    ))  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def innovation(
    mode: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, row: int, work: Work
) -> int:
    """Write the joint residual ``work.z`` (4,) of report ``row`` and its covariance ``work.s`` (4, 4); return how many
    rows count.
    """
    if work.kind == UNSCENTED:
        return int(unscented.innovation(
            mode, x, p, c, columns, slot,
            reports.r_sensor[row], reports.v_sensor[row], reports.u[row], reports.sigma_angle[row],
            reports.bias_angle[row], reports.range_m[row], reports.sigma_range[row], reports.bias_range[row],
            reports.range_rate[row], reports.sigma_range_rate[row], work.z, work.s, work.filter,
        ))  # fmt: skip
    return int(extended.innovation(
        mode, x, p, c, columns, slot,
        reports.r_sensor[row], reports.v_sensor[row], reports.u[row], reports.sigma_angle[row],
        reports.bias_angle[row], reports.range_m[row], reports.sigma_range[row], reports.bias_range[row],
        reports.range_rate[row], reports.sigma_range_rate[row], work.z, work.s, work.filter,
    ))  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def surprise(
    mode: int, x: Vector, p: Vector, c: Vector, columns: int, slot: int, reports: Reports, row: int, work: Work
) -> float:
    """Return the largest squared residual over its variance among the rows of report ``row``, without taking it."""
    if work.kind == UNSCENTED:
        worst = 0.0
        for k in range(innovation(mode, x, p, c, columns, slot, reports, row, work)):
            worst = max(worst, work.z[k] * work.z[k] / work.s[k, k])
        return worst
    return float(
        extended.surprise(
            mode, x, p, c, slot,
            reports.r_sensor[row], reports.v_sensor[row], reports.u[row], reports.sigma_angle[row],
            reports.bias_angle[row], reports.range_m[row], reports.sigma_range[row], reports.bias_range[row],
            reports.range_rate[row], reports.sigma_range_rate[row], work.filter,
        )
    )  # fmt: skip
