"""A body that falls into the air, and a radar or a pair of satellites that look at it: the model of the re-entry
filters.

State x (7,): position m, velocity m/s and inverse ballistic coefficient m2/kg, in Earth-fixed axes (with the Earth's
rotation) or, for coasting flight, in inertial ones (rotation zero). A step is one midpoint step (Runge 1895; Hairer,
Nørsett and Wanner 1993, eq. II.1.4), whose derivative is exact, so that every filter of this model, ours or another's,
linearises the same map.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, FLATTENING, J2, MU, ROTATION_RATE, Vector
from cupola.core.kernel import kernel

STATES = 7
BULGE = EQUATORIAL_RADIUS * FLATTENING


@dataclass(frozen=True, kw_only=True)
class ReentryModel:
    """What the filter believes of the motion: axes, air, and how far the motion may wander from it.

    The air is the upper layer of Farina, Ristic and Benvenuti (2002), IEEE Trans. AES 38(2), sec. II, within a fifth of
    the 1976 standard atmosphere from 10 to 60 km, where a body of this kind loses its speed.
    """

    rotation_rate: float = ROTATION_RATE
    """rad/s of the axes; zero for inertial ones, in which the air stands still too."""
    surface_density: float = 1.754
    """kg/m3, of the exponential brought down to the surface; zero for coasting flight."""
    scale_height: float = 1.0 / 1.49e-4
    """m"""
    acceleration_noise: float = 1.0
    """m2/s3, white."""
    parameter_noise: float = 1e-12
    """(m2/kg)2/s, white."""

    def __post_init__(self) -> None:
        values = (self.surface_density, self.acceleration_noise, self.parameter_noise)
        sound = all(math.isfinite(value) and value >= 0.0 for value in values)
        if not sound or not self.scale_height > 0.0 or not math.isfinite(self.rotation_rate):
            raise ValueError(
                f"got {self}, accepted are finite figures, densities and noises from 0, a scale height above 0 m"
            )

    @property
    def constants(self) -> Vector:
        """Return the (5,) figures that kernels take: rotation, density, 1 / scale height, the two noises."""
        return np.array(
            [
                self.rotation_rate,
                self.surface_density,
                1.0 / self.scale_height,
                self.acceleration_noise,
                self.parameter_noise,
            ]
        )


@kernel(inline=True)
def altitude_and_slope(x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """Return the height in m over the ellipsoid r = a (1 - f z2/r2), right to 60 m, and its gradient (3)."""
    inverse2 = 1.0 / (x * x + y * y + z * z)
    inverse = math.sqrt(inverse2)
    share = z * z * inverse2
    radial = inverse - 2.0 * BULGE * share * inverse2
    height = 1.0 / inverse - EQUATORIAL_RADIUS + BULGE * share
    return height, radial * x, radial * y, radial * z + 2.0 * BULGE * z * inverse2


@kernel(inline=True)
def gravity_and_gradient(
    x: float, y: float, z: float
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Return gravity with J2 (3) in m/s2 (Vallado 2013, eq. 8-28) and its gradient xx, xy, xz, yy, yz, zz in 1/s2."""
    inverse2 = 1.0 / (x * x + y * y + z * z)
    c = -MU * inverse2 * math.sqrt(inverse2)
    ck = c * (1.5 * J2 * EQUATORIAL_RADIUS * EQUATORIAL_RADIUS) * inverse2
    u = z * z * inverse2
    level = c + ck * (1.0 - 5.0 * u)
    slope = inverse2 * (-3.0 * c - 5.0 * ck + 35.0 * ck * u)
    pole = -10.0 * ck * z * inverse2
    return (
        level * x,
        level * y,
        (level + 2.0 * ck) * z,
        level + slope * x * x,
        slope * x * y,
        (slope * z + pole) * x,
        level + slope * y * y,
        (slope * z + pole) * y,
        level + 2.0 * ck + (slope * z + 2.0 * pole) * z,
    )


@kernel
def acceleration(x: Vector, constants: Vector, a: Vector) -> None:
    """Write the acceleration a (3,) in m/s2 of the state x (7,)."""
    gx, gy, gz, _, _, _, _, _, _ = gravity_and_gradient(x[0], x[1], x[2])
    height, _, _, _ = altitude_and_slope(x[0], x[1], x[2])
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    push = -0.5 * constants[1] * math.exp(-height * constants[2]) * x[6] * speed
    turn = constants[0]
    a[0] = gx + push * x[3] + turn * (turn * x[0] + 2.0 * x[4])
    a[1] = gy + push * x[4] + turn * (turn * x[1] - 2.0 * x[3])
    a[2] = gz + push * x[5]


@kernel
def sensitivities(x: Vector, constants: Vector, a: Vector) -> None:
    """Write the derivatives a (3, 7) of the acceleration by position, velocity and parameter."""
    _, _, _, gxx, gxy, gxz, gyy, gyz, gzz = gravity_and_gradient(x[0], x[1], x[2])
    height, hx, hy, hz = altitude_and_slope(x[0], x[1], x[2])
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    unit = -0.5 * constants[1] * math.exp(-height * constants[2]) * speed
    push = unit * x[6]
    thinning = -push * constants[2]
    turn = constants[0]
    a[0, 0], a[0, 1], a[0, 2] = gxx + turn * turn, gxy, gxz
    a[1, 0], a[1, 1], a[1, 2] = gxy, gyy + turn * turn, gyz
    a[2, 0], a[2, 1], a[2, 2] = gxz, gyz, gzz
    for i in range(3):
        a[i, 0] += thinning * x[3 + i] * hx
        a[i, 1] += thinning * x[3 + i] * hy
        a[i, 2] += thinning * x[3 + i] * hz
        for j in range(3):
            a[i, 3 + j] = push * x[3 + i] * x[3 + j] / (speed * speed)
        a[i, 3 + i] += push
        a[i, 6] = unit * x[3 + i]
    a[0, 4] += 2.0 * turn
    a[1, 3] -= 2.0 * turn


@kernel
def advance(x: Vector, h: float, constants: Vector, work: Vector) -> None:
    """Take one midpoint step of ``h`` seconds in place; work is (2, 7) at least."""
    a, middle = work[0, :3], work[1]
    acceleration(x, constants, a)
    for i in range(3):
        middle[i] = x[i] + 0.5 * h * x[3 + i]
        middle[3 + i] = x[3 + i] + 0.5 * h * a[i]
    middle[6] = x[6]
    acceleration(middle, constants, a)
    for i in range(3):
        x[i] += h * middle[3 + i]
        x[3 + i] += h * a[i]


@kernel
def transition(x: Vector, h: float, constants: Vector, f: Vector, work: Vector) -> None:
    """Write the exact derivative f (7, 7) of :func:`advance` at x; work is (8, 7) at least.

    With A = (G D e) the derivatives at the start and at the middle of the step, the rows of the position are
    (1, h, 0) + h2/2 A, those of the velocity (0, 1, 0) + h (A' + h/2 (0 G' 0)) + h2/2 D' A.
    """
    start, middle, state = work[:3], work[3:6], work[6]
    acceleration(x, constants, work[7, :3])
    for i in range(3):
        state[i] = x[i] + 0.5 * h * x[3 + i]
        state[3 + i] = x[3 + i] + 0.5 * h * work[7, i]
    state[6] = x[6]
    sensitivities(x, constants, start)
    sensitivities(state, constants, middle)
    half = 0.5 * h * h
    for i in range(3):
        for j in range(7):
            f[i, j] = half * start[i, j]
            chained = middle[i, 3] * start[0, j] + middle[i, 4] * start[1, j] + middle[i, 5] * start[2, j]
            if j >= 3 and j < 6:
                chained += middle[i, j - 3]
            f[3 + i, j] = h * middle[i, j] + half * chained
        f[i, i] += 1.0
        f[i, 3 + i] += h
        f[3 + i, 3 + i] += 1.0
    for j in range(7):
        f[6, j] = 1.0 if j == 6 else 0.0


@kernel
def process_noise(h: float, constants: Vector, q: Vector) -> None:
    """Write the covariance q (7, 7) that white acceleration and parameter rates add over ``h`` seconds."""
    for i in range(7):
        for j in range(7):
            q[i, j] = 0.0
    for i in range(3):
        q[i, i] = constants[3] * h * h * h / 3.0
        q[i, 3 + i] = constants[3] * h * h / 2.0
        q[3 + i, i] = q[i, 3 + i]
        q[3 + i, 3 + i] = constants[3] * h
    q[6, 6] = constants[4] * h


@kernel
def angle_difference(a: float, b: float) -> float:
    """Return a - b in rad, brought into [-pi, pi)."""
    d = a - b
    return d - 2.0 * math.pi * math.floor(d / (2.0 * math.pi) + 0.5)


@kernel
def sight(x: Vector, site: Vector, axes: Vector, z: Vector) -> None:
    """Write azimuth, elevation (rad) and range (m) z (3,) of the position in x from a site (3,) with axes (3, 3).

    The rows of ``axes`` are east, north and up, or any others that play their part: the azimuth counts from the second
    towards the first.
    """
    dx, dy, dz = x[0] - site[0], x[1] - site[1], x[2] - site[2]
    e = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    n = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    u = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    level = e * e + n * n
    z[0] = math.atan2(e, n)
    z[1] = math.atan2(u, math.sqrt(level))
    z[2] = math.sqrt(level + u * u)


@kernel
def sight_slope(x: Vector, site: Vector, axes: Vector, h: Vector) -> None:
    """Write the derivatives h (3, 7) of :func:`sight`."""
    dx, dy, dz = x[0] - site[0], x[1] - site[1], x[2] - site[2]
    e = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    n = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    u = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    level2 = e * e + n * n
    level = math.sqrt(level2)
    square = level2 + u * u
    distance = math.sqrt(square)
    for i in range(3):
        for j in range(7):
            h[i, j] = 0.0
    for j in range(3):
        h[0, j] = (n * axes[0, j] - e * axes[1, j]) / level2
        h[1, j] = (level * axes[2, j] - u * (e * axes[0, j] + n * axes[1, j]) / level) / square
        h[2, j] = (e * axes[0, j] + n * axes[1, j] + u * axes[2, j]) / distance
