"""Extended and unscented filters of a body that re-enters or coasts, one object at a time, from a list of looks."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.linear import cholesky, multiply_transposed, predict_covariance, scalar_update
from cupola.tracking.reentry import (
    STATES,
    ReentryModel,
    advance,
    angle_difference,
    process_noise,
    sight,
    sight_slope,
    transition,
)
from cupola.tracking.unscented import Spread, correct, gather, sigma_points


@dataclass(frozen=True, kw_only=True)
class LookPlan:
    """Who looks when, and how well: k looks in the order of their times, from sites given in the state's axes."""

    interval_s: Vector
    """(k,) seconds since the look before it, the first since the state it starts from; zero for another sensor."""
    site: Vector
    """(k, 3) m."""
    axes: Vector
    """(k, 3, 3) rows east, north, up, or any others that play their part."""
    sigma: Vector
    """(k, 3) standard deviations of azimuth, elevation (rad) and range (m)."""
    ranged: NDArray[np.bool_]
    """(k,) whether the look measures range."""

    def __post_init__(self) -> None:
        k = len(self.interval_s)
        shapes = (self.site.shape, self.axes.shape, self.sigma.shape, self.ranged.shape)
        if shapes != ((k, 3), (k, 3, 3), (k, 3), (k,)):
            raise ValueError(f"got shapes {shapes} for {k} looks, accepted are (k, 3), (k, 3, 3), (k, 3), (k,)")
        if not (np.all(self.interval_s >= 0.0) and np.all(self.sigma > 0.0)):
            raise ValueError("got a negative interval or a sigma that is not positive; accepted are looks in order")

    def __len__(self) -> int:
        return len(self.interval_s)

    @classmethod
    def of_radar(
        cls, site: Vector, axes: Vector, interval_s: float, count: int, sigma_angle: float, sigma_range: float
    ) -> "LookPlan":
        """Return ``count`` looks of one radar at a constant interval."""
        return cls(
            interval_s=np.full(count, interval_s),
            site=np.tile(site, (count, 1)),
            axes=np.tile(axes, (count, 1, 1)),
            sigma=np.tile([sigma_angle, sigma_angle, sigma_range], (count, 1)),
            ranged=np.ones(count, np.bool_),
        )


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What a filter holds after each of k looks."""

    x: Vector
    """(k, 7)"""
    p: Vector
    """(k, 7, 7)"""
    nis: Vector
    """(k,) normalised innovation squared, of three quantities, or two where range is not measured."""


@kernel
def _extended(
    x: Vector,
    p: Vector,
    constants: Vector,
    interval: Vector,
    site: Vector,
    axes: Vector,
    sigma: Vector,
    ranged: NDArray[np.bool_],
    z: Vector,
    out_x: Vector,
    out_p: Vector,
    out_nis: Vector,
) -> None:
    work, f, q, w = np.empty((8, 7)), np.empty((7, 7)), np.empty((7, 7)), np.empty((7, 7))
    h, seen, before = np.empty((3, 7)), np.empty(3), np.empty(7)
    for k in range(len(interval)):
        if interval[k] > 0.0:
            transition(x, interval[k], constants, f, work)
            advance(x, interval[k], constants, work)
            process_noise(interval[k], constants, q)
            predict_covariance(f, p, q, w)
        sight(x, site[k], axes[k], seen)
        sight_slope(x, site[k], axes[k], h)
        for i in range(7):
            before[i] = x[i]
        squared = 0.0
        for c in range(3 if ranged[k] else 2):
            residual = z[k, c] - seen[c] if c == 2 else angle_difference(z[k, c], seen[c])
            # All components are linearised at the prediction: one at a time is then the joint update, without a
            # matrix to invert.
            for i in range(3):
                residual -= h[c, i] * (x[i] - before[i])
            squared += scalar_update(x, p, h[c], residual, sigma[k, c] * sigma[k, c], w)
        out_x[k] = x
        out_p[k] = p
        out_nis[k] = squared


@kernel
def predict_unscented(
    x: Vector,
    lower: Vector,
    h: float,
    constants: Vector,
    weights: tuple[float, float, float],
    points: Vector,
    work: Vector,
) -> bool:
    """Carry mean x (7,) and factor lower (7, 7) forward by ``h`` seconds in place.

    ``points`` is (15, 7) and work (25, 22); both are used up.
    """
    spread, centre, weight = weights
    q, q_lower = work[11:18, :7], work[18:25, :7]
    sigma_points(x, lower, spread, points)
    for i in range(points.shape[0]):
        advance(points[i], h, constants, work[:2, :7])
    process_noise(h, constants, q)
    cholesky(q, q_lower)
    return gather(points, q_lower, centre, weight, x, lower, work)


@kernel
def _unscented(
    x: Vector,
    lower: Vector,
    constants: Vector,
    weights: tuple[float, float, float],
    interval: Vector,
    site: Vector,
    axes: Vector,
    sigma: Vector,
    ranged: NDArray[np.bool_],
    z: Vector,
    out_x: Vector,
    out_p: Vector,
    out_nis: Vector,
) -> bool:
    spread, centre, weight = weights
    points, seen, work = np.empty((15, 7)), np.empty((15, 3)), np.empty((25, 22))
    first, innovation = np.empty(3), np.empty(3)
    for k in range(len(interval)):
        if interval[k] > 0.0 and not predict_unscented(x, lower, interval[k], constants, weights, points, work):
            return False
        m = 3 if ranged[k] else 2
        sigma_points(x, lower, spread, points)
        for i in range(15):
            sight(points[i], site[k], axes[k], seen[i])
            if i == 0:
                for c in range(3):
                    first[c] = seen[0, c]
            for c in range(3):
                seen[i, c] = seen[i, c] - first[c] if c == 2 else angle_difference(seen[i, c], first[c])
        for c in range(m):
            innovation[c] = z[k, c] - first[c] if c == 2 else angle_difference(z[k, c], first[c])
        squared = correct(points, seen, sigma[k], innovation[:m], centre, weight, x, lower, work)
        if math.isnan(squared):
            return False
        out_x[k] = x
        multiply_transposed(lower, out_p[k])
        out_nis[k] = squared
    return True


def follow(
    model: ReentryModel,
    plan: LookPlan,
    x: Vector,
    p: Vector,
    z: Vector,
    *,
    unscented: Spread | None = None,
) -> Followed:
    """Follow one object from state x (7,) and covariance p (7, 7) through measurements z (k, 3) of a plan's k looks.

    Extended Kalman filter, or the unscented one where a spread is given. The range of a look without one is not read.
    Raises ``ValueError`` for wrong shapes, a covariance that is not positive semi-definite, or a spread too wide for
    this problem.
    """
    if x.shape != (STATES,) or p.shape != (STATES, STATES) or z.shape != (len(plan), 3):
        raise ValueError(
            f"got x {x.shape}, p {p.shape}, z {z.shape}, accepted are (7,), (7, 7) and ({len(plan)}, 3) for this plan"
        )
    k = len(plan)
    out_x, out_p, out_nis = np.empty((k, STATES)), np.empty((k, STATES, STATES)), np.empty(k)
    looks = (plan.interval_s, plan.site, plan.axes, plan.sigma, plan.ranged, z)
    lower = np.empty((STATES, STATES))
    if not cholesky(p, lower):
        raise ValueError("got a covariance that is not positive semi-definite, accepted is a symmetric p >= 0")
    if unscented is None:
        _extended(x.copy(), p.copy(), model.constants, *looks, out_x, out_p, out_nis)
    else:
        weights = unscented.weights(STATES)
        if not _unscented(x.copy(), lower, model.constants, weights, *looks, out_x, out_p, out_nis):
            raise ValueError(
                f"got {unscented}, whose negative centre weight left no positive definite covariance; "
                "hint: the default spread has none"
            )
    return Followed(x=out_x, p=out_p, nis=out_nis)
