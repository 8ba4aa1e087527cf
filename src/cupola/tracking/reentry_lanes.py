"""The extended filter of the re-entry case for many objects side by side, one in each lane of a vector loop.

The same filter as ``reentry_filter``'s extended one, for one radar that looks at equal intervals: a loop over ``LANES``
objects without a branch becomes vector code. Exponentials and arc tangents have loops of their own, since a call in the
middle would take everything around it out of the vectors. Only the lower triangle of the covariance is kept.
"""

import math

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.tracking.covariance_lanes import (
    AIR,
    EAST,
    LANES,
    LEVEL,
    MIDDLE,
    NORTH,
    RESIDUAL,
    ROWS,
    SQUARED,
    UP,
    A,
    F,
    H,
    P,
    X,
    carry,
    correct,
    load,
    store,
    unpack,
)
from cupola.tracking.reentry import (
    STATES,
    ReentryModel,
    altitude_and_slope,
    angle_difference,
    gravity_and_gradient,
)


@kernel
def _air(s, c):  # type: ignore[no-untyped-def]
    """Turn heights in m into densities in kg/m3."""
    for i in range(LANES):
        s[LANES * AIR + i] = c[1] * math.exp(-s[LANES * AIR + i] * c[2])


@kernel(contract=True)
def _begin(s):  # type: ignore[no-untyped-def]
    for i in range(LANES):
        height, _, _, _ = altitude_and_slope(s[LANES * X + i], s[LANES * (X + 1) + i], s[LANES * (X + 2) + i])
        s[LANES * AIR + i] = height


@kernel(contract=True, inline=True)
def _motion(x, y, z, u, v, w, b, air, turn, thin):  # type: ignore[no-untyped-def]
    """Return acceleration (3) and its derivatives by rows (3, 7)."""
    gx, gy, gz, gxx, gxy, gxz, gyy, gyz, gzz = gravity_and_gradient(x, y, z)
    _, hx, hy, hz = altitude_and_slope(x, y, z)
    square = u * u + v * v + w * w
    unit = -0.5 * air * math.sqrt(square)
    push = unit * b
    t = -push * thin
    d = push / square
    return (
        gx + push * u + turn * (turn * x + 2.0 * v),
        gy + push * v + turn * (turn * y - 2.0 * u),
        gz + push * w,
        gxx + turn * turn + t * u * hx,
        gxy + t * u * hy,
        gxz + t * u * hz,
        push + d * u * u,
        d * u * v + 2.0 * turn,
        d * u * w,
        unit * u,
        gxy + t * v * hx,
        gyy + turn * turn + t * v * hy,
        gyz + t * v * hz,
        d * v * u - 2.0 * turn,
        push + d * v * v,
        d * v * w,
        unit * v,
        gxz + t * w * hx,
        gyz + t * w * hy,
        gzz + t * w * hz,
        d * w * u,
        d * w * v,
        push + d * w * w,
        unit * w,
    )


@kernel(contract=True)
def _to_the_middle(s, c, h):  # type: ignore[no-untyped-def]
    """Keep the derivatives at the start, and go to the middle of the step."""
    turn, thin, q = c[0], c[2], 0.5 * h
    for i in range(LANES):
        x, y, z, u, v, w, b = load(s, LANES * X + i)
        m = _motion(x, y, z, u, v, w, b, s[LANES * AIR + i], turn, thin)
        store(s, LANES * A + i, m[3], m[4], m[5], m[6], m[7], m[8], m[9])
        store(s, LANES * (A + 7) + i, m[10], m[11], m[12], m[13], m[14], m[15], m[16])
        store(s, LANES * (A + 14) + i, m[17], m[18], m[19], m[20], m[21], m[22], m[23])
        x, y, z = x + q * u, y + q * v, z + q * w
        s[LANES * MIDDLE + i], s[LANES * (MIDDLE + 1) + i], s[LANES * (MIDDLE + 2) + i] = x, y, z
        s[LANES * (MIDDLE + 3) + i] = u + q * m[0]
        s[LANES * (MIDDLE + 4) + i] = v + q * m[1]
        s[LANES * (MIDDLE + 5) + i] = w + q * m[2]
        height, _, _, _ = altitude_and_slope(x, y, z)
        s[LANES * AIR + i] = height


@kernel(contract=True, inline=True)
def _chained(s, i, h, dx, dy, dz, gx, gy, gz, ax, ay, az, e):  # type: ignore[no-untyped-def]
    """Return a row of the velocity's transition less the unit: h (A' + h/2 (0 G' 0)) + h2/2 D' A."""
    k = 0.5 * h * h
    p, q, r = load(s, LANES * A + i), load(s, LANES * (A + 7) + i), load(s, LANES * (A + 14) + i)
    return (
        h * gx + k * (dx * p[0] + dy * q[0] + dz * r[0]),
        h * gy + k * (dx * p[1] + dy * q[1] + dz * r[1]),
        h * gz + k * (dx * p[2] + dy * q[2] + dz * r[2]),
        h * ax + k * (dx * p[3] + dy * q[3] + dz * r[3] + gx),
        h * ay + k * (dx * p[4] + dy * q[4] + dz * r[4] + gy),
        h * az + k * (dx * p[5] + dy * q[5] + dz * r[5] + gz),
        h * e + k * (dx * p[6] + dy * q[6] + dz * r[6]),
    )


@kernel(contract=True)
def _to_the_end(s, c, h):  # type: ignore[no-untyped-def]
    """Move the state to the end of the step and write the transition."""
    turn, thin, k = c[0], c[2], 0.5 * h * h
    for i in range(LANES):
        x, y, z, u, v, w = load(s, LANES * MIDDLE + i)[:6]
        b = s[LANES * (X + 6) + i]
        m = _motion(x, y, z, u, v, w, b, s[LANES * AIR + i], turn, thin)
        f = _chained(s, i, h, m[6], m[7], m[8], m[3], m[4], m[5], m[6], m[7], m[8], m[9])
        store(s, LANES * (F + 21) + i, f[0], f[1], f[2], 1.0 + f[3], f[4], f[5], f[6])
        f = _chained(s, i, h, m[13], m[14], m[15], m[10], m[11], m[12], m[13], m[14], m[15], m[16])
        store(s, LANES * (F + 28) + i, f[0], f[1], f[2], f[3], 1.0 + f[4], f[5], f[6])
        f = _chained(s, i, h, m[20], m[21], m[22], m[17], m[18], m[19], m[20], m[21], m[22], m[23])
        store(s, LANES * (F + 35) + i, f[0], f[1], f[2], f[3], f[4], 1.0 + f[5], f[6])
        a = load(s, LANES * A + i)
        store(s, LANES * F + i, 1.0 + k * a[0], k * a[1], k * a[2], h + k * a[3], k * a[4], k * a[5], k * a[6])
        a = load(s, LANES * (A + 7) + i)
        store(s, LANES * (F + 7) + i, k * a[0], 1.0 + k * a[1], k * a[2], k * a[3], h + k * a[4], k * a[5], k * a[6])
        a = load(s, LANES * (A + 14) + i)
        store(s, LANES * (F + 14) + i, k * a[0], k * a[1], 1.0 + k * a[2], k * a[3], k * a[4], h + k * a[5], k * a[6])
        s[LANES * X + i] += h * u
        s[LANES * (X + 1) + i] += h * v
        s[LANES * (X + 2) + i] += h * w
        s[LANES * (X + 3) + i] += h * m[0]
        s[LANES * (X + 4) + i] += h * m[1]
        s[LANES * (X + 5) + i] += h * m[2]


@kernel(contract=True)
def _look(s, site, axes):  # type: ignore[no-untyped-def]
    """Write the slopes of azimuth, elevation and range, and what the angles are made of; take the range off."""
    for i in range(LANES):
        dx, dy, dz = s[LANES * X + i] - site[0], s[LANES * (X + 1) + i] - site[1], s[LANES * (X + 2) + i] - site[2]
        e = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
        n = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
        u = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
        level2 = e * e + n * n
        level = math.sqrt(level2)
        distance = math.sqrt(level2 + u * u)
        s[LANES * EAST + i], s[LANES * NORTH + i], s[LANES * UP + i], s[LANES * LEVEL + i] = e, n, u, level
        s[LANES * (RESIDUAL + 2) + i] -= distance
        a, b = n / level2, -e / level2
        s[LANES * H + i] = a * axes[0, 0] + b * axes[1, 0]
        s[LANES * (H + 1) + i] = a * axes[0, 1] + b * axes[1, 1]
        s[LANES * (H + 2) + i] = a * axes[0, 2] + b * axes[1, 2]
        k = 1.0 / (distance * distance)
        a, b, g = -u * e * k / level, -u * n * k / level, level * k
        s[LANES * (H + 3) + i] = a * axes[0, 0] + b * axes[1, 0] + g * axes[2, 0]
        s[LANES * (H + 4) + i] = a * axes[0, 1] + b * axes[1, 1] + g * axes[2, 1]
        s[LANES * (H + 5) + i] = a * axes[0, 2] + b * axes[1, 2] + g * axes[2, 2]
        k = 1.0 / distance
        s[LANES * (H + 6) + i], s[LANES * (H + 7) + i], s[LANES * (H + 8) + i] = dx * k, dy * k, dz * k


@kernel
def _angles(s):  # type: ignore[no-untyped-def]
    """Take the predicted angles off the measured ones."""
    for i in range(LANES):
        azimuth = math.atan2(s[LANES * EAST + i], s[LANES * NORTH + i])
        elevation = math.atan2(s[LANES * UP + i], s[LANES * LEVEL + i])
        s[LANES * RESIDUAL + i] = angle_difference(s[LANES * RESIDUAL + i], azimuth)
        s[LANES * (RESIDUAL + 1) + i] = angle_difference(s[LANES * (RESIDUAL + 1) + i], elevation)


@kernel
def _follow_many(x, p, h, c, site, axes, variances, z, out_x, out_p, out_nis, last_p):  # type: ignore[no-untyped-def]
    runs, looks = z.shape[0], z.shape[1]
    s = np.empty(ROWS * LANES)
    for first in range(0, runs, LANES):
        for i in range(LANES):
            for a in range(7):
                s[LANES * (X + a) + i] = x[min(first + i, runs - 1), a]
                for b in range(a + 1):
                    s[LANES * (P + a * (a + 1) // 2 + b) + i] = p[a, b]
        width = min(LANES, runs - first)
        for k in range(looks):
            for i in range(LANES):
                # Lanes without a run of their own repeat the last one.
                run = min(first + i, runs - 1)
                for a in range(3):
                    s[LANES * (RESIDUAL + a) + i] = z[run, k, a]
                s[LANES * SQUARED + i] = 0.0
            _begin(s)
            _air(s, c)
            _to_the_middle(s, c, h)
            _air(s, c)
            _to_the_end(s, c, h)
            carry(s, c, h)
            _look(s, site, axes)
            _angles(s)
            for component in range(3):
                correct(s, component, variances[component])
            for i in range(width):
                for a in range(7):
                    out_x[first + i, k, a] = s[LANES * (X + a) + i]
                out_nis[first + i, k] = s[LANES * SQUARED + i]
            if len(out_p):
                for i in range(width):
                    unpack(s, i, out_p[first + i, k])
        for i in range(width):
            unpack(s, i, last_p[first + i])


def follow_many(
    model: ReentryModel,
    site: Vector,
    axes: Vector,
    interval_s: float,
    sigma: Vector,
    x: Vector,
    p: Vector,
    z: Vector,
    *,
    covariances: bool = False,
) -> tuple[Vector, Vector, Vector]:
    """Follow many objects with the extended filter: the same looks of one radar, other starts and measurements.

    ``x`` (runs, 7) and ``p`` (7, 7) start; ``z`` (runs, k, 3) are azimuth, elevation and range at ``interval_s``, with
    ``sigma`` (3,). Returns states (runs, k, 7), normalised innovations squared (runs, k) and covariances, the last ones
    (runs, 7, 7) or all (runs, k, 7, 7). Raises ``ValueError`` for other shapes.
    """
    runs = len(x)
    shapes = (x.shape, p.shape, z.shape[::2], sigma.shape, site.shape, axes.shape)
    if shapes != ((runs, STATES), (STATES, STATES), (runs, 3), (3,), (3,), (3, 3)) or runs == 0:
        raise ValueError(
            f"got shapes {shapes}, accepted are x (runs, 7), p (7, 7), z (runs, k, 3), sigma (3,), site (3,), axes "
            "(3, 3) for one run or more"
        )
    if not interval_s > 0.0 or not np.all(sigma > 0.0):
        raise ValueError(f"got interval {interval_s} s and sigma {sigma}, accepted are positive ones")
    k = z.shape[1]
    out_x, out_nis, last = np.empty((runs, k, STATES)), np.empty((runs, k)), np.empty((runs, STATES, STATES))
    every = np.empty((runs if covariances else 0, k, STATES, STATES))
    _follow_many(
        np.ascontiguousarray(x),
        np.ascontiguousarray(p),
        interval_s,
        model.constants,
        np.ascontiguousarray(site),
        np.ascontiguousarray(axes),
        np.square(sigma),
        np.ascontiguousarray(z),
        out_x,
        every,
        out_nis,
        last,
    )
    return out_x, out_nis, every if covariances else last
