"""Which points of a shell a satellite can look at: between two angles around the point beneath it.

On a sphere every rule of access (the Earth in the way, clouds, the bright limb behind a cold body, range, elevation)
is a bound on the angle at the Earth's centre between the satellite and the point looked at. Together they leave a disc
or a ring. The sphere has WGS-84's equatorial radius; sight lines are straight.
"""

import math

import numpy as np

from cupola.core.earth import EQUATORIAL_RADIUS, ROTATION_RATE, Vector
from cupola.core.kernel import kernel

FLOOR, LIMB, REACH, ELEVATION = range(4)
"""Columns of a row of access rules"""


def rules(*, floor: float = 0.0, limb: float | None, reach: float, elevation: float | None = None) -> Vector:
    """Return one sensor's rules as a row for :func:`look_down`.

    ``floor`` in m: the sight line up to the point stays above it, as over the ground or over clouds. ``limb`` in m: the
    line, followed on behind the point, stays above it, so that a cold body has space behind it; none for what is
    bright. ``reach`` in m: the greatest distance. ``elevation`` in rad, not negative: the satellite stands so high, or
    higher, over the point's own horizontal; none for no bound.
    """
    if reach <= 0.0:
        raise ValueError(f"reach: got {reach:g} m, accepted is more than 0 m")
    if elevation is not None and not 0.0 <= elevation < 0.5 * math.pi:
        raise ValueError(f"elevation: got {math.degrees(elevation):g} deg, accepted is 0 deg to less than 90 deg")
    return np.array([floor, np.nan if limb is None else limb, reach, np.nan if elevation is None else elevation])


@kernel
def ring(radius: float, shell: float, rule: Vector) -> tuple[float, float]:
    """Return inner and outer angle in rad of what a satellite at ``radius`` m sees of a shell of radius ``shell`` m.

    ``rule`` is a row of :func:`rules`. Outer below inner: nothing. A line that passes the centre at distance p meets
    satellite and shell at acos(p/rs) and acos(p/rt) from its nearest point: their sum bounds what lies behind it, their
    difference what lies before it.
    """
    floor, limb = EQUATORIAL_RADIUS + rule[FLOOR], EQUATORIAL_RADIUS + rule[LIMB]
    inner = 0.0
    if shell < floor or radius < floor:
        return 0.0, -1.0
    outer = math.acos(floor / radius) + math.acos(floor / shell)
    if not math.isnan(limb):
        if shell < limb or radius < limb:
            return 0.0, -1.0
        outer = min(outer, math.acos(limb / radius) + math.acos(limb / shell))
        # From below, the line past the point only climbs; from above, it must not go down into the limb behind it.
        inner = max(math.acos(limb / radius) - math.acos(limb / shell), 0.0)
    cosine = (radius * radius + shell * shell - rule[REACH] * rule[REACH]) / (2.0 * radius * shell)
    if cosine > 1.0:
        return 0.0, -1.0
    outer = min(outer, math.acos(max(cosine, -1.0)))
    if not math.isnan(rule[ELEVATION]):
        level = shell * math.cos(rule[ELEVATION]) / radius
        if level > 1.0:
            return 0.0, -1.0
        outer = min(outer, math.acos(level) - rule[ELEVATION])
    return inner, outer


@kernel
def look_down(r: Vector, times: Vector, shell: float, rule: Vector, out: Vector) -> None:
    """Write where satellites stand over the turning Earth and what they see, from inertial positions ``r`` (m, s, 3).

    ``times`` (m,) in s from the epoch; ``out`` (m, s, 6): unit vector to the satellite in Earth-fixed axes, its radius
    in m, cosines of the outer and the inner angle. An outer cosine of 2 sees nothing, an inner one of 2 has no hole.
    """
    for k in range(r.shape[0]):
        cos, sin = math.cos(ROTATION_RATE * times[k]), math.sin(ROTATION_RATE * times[k])
        for i in range(r.shape[1]):
            x, y, z = r[k, i, 0], r[k, i, 1], r[k, i, 2]
            radius = math.sqrt(x * x + y * y + z * z)
            out[k, i, 0], out[k, i, 1] = (cos * x + sin * y) / radius, (cos * y - sin * x) / radius
            out[k, i, 2], out[k, i, 3] = z / radius, radius
            inner, outer = ring(radius, shell, rule)
            out[k, i, 4] = math.cos(outer) if outer >= inner else 2.0
            out[k, i, 5] = math.cos(inner) if inner > 0.0 else 2.0
