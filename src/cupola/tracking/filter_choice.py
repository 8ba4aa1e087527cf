"""Which filter the models of a run's tracks use, extended or unscented: the type of ``kind`` says, chosen by the
scenario and carried in ``Work.kind``.

None or a number and not a function, so that the compiled kernels stay cached; Numba leaves out the branch that a type
cannot take.
"""

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking import filter as extended
from cupola.tracking import filter_unscented as unscented
from cupola.tracking.reports import Reports


@kernel
def propagate(
    kind: int | None, mode: int, x: Vector, p: Vector, c: Vector, columns: int, seconds: float, work: Vector
) -> bool:
    """Carry x (9,), p (9, 9) and the first ``columns`` of c forward in place; return False where the ground was met."""
    if kind is None:
        return bool(extended.propagate(mode, x, p, c, columns, seconds, work))
    return bool(unscented.propagate(mode, x, p, c, columns, seconds, work))


@kernel
def update(
    kind: int | None,
    mode: int,
    x: Vector,
    p: Vector,
    c: Vector,
    columns: int,
    slot: int,
    reports: Reports,
    k: int,
    work: Vector,
) -> float:
    """Take report k in place and return its log likelihood."""
    if kind is None:
        return float(extended.update(mode, x, p, c, columns, slot, reports, k, work))
    return float(unscented.update(mode, x, p, c, columns, slot, reports, k, work))


@kernel
def innovation(
    kind: int | None,
    x: Vector,
    p: Vector,
    c: Vector,
    columns: int,
    slot: int,
    reports: Reports,
    k: int,
    z: Vector,
    s: Vector,
    work: Vector,
) -> int:
    """Write the joint residual z (4,) of report k and its covariance s (4, 4); return how many rows count."""
    if kind is None:
        return int(extended.innovation(x, p, c, columns, slot, reports, k, z, s, work))
    return int(unscented.innovation(x, p, c, columns, slot, reports, k, z, s, work))


@kernel
def surprise(
    kind: int | None,
    mode: int,
    x: Vector,
    p: Vector,
    c: Vector,
    columns: int,
    slot: int,
    reports: Reports,
    k: int,
    z: Vector,
    s: Vector,
    work: Vector,
) -> float:
    """Return the largest squared residual over its variance among the rows of report k, without taking it; z (4,) and
    s (4, 4) are room.
    """
    if kind is None:
        return float(extended.surprise(mode, x, p, c, slot, reports, k, work))
    worst = 0.0
    for row in range(unscented.innovation(x, p, c, columns, slot, reports, k, z, s, work)):
        worst = max(worst, z[row] * z[row] / s[row, row])
    return worst
