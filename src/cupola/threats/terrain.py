"""Ground below low flight: what a user may bring, and the smooth way over it.

No terrain ships with the program. A terrain is any callable from latitudes and longitudes in rad to ground heights in m
above the ellipsoid; :func:`grid_terrain` reads one from a file.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from cupola.core.earth import Vector
from cupola.core.kernel import kernel

GRID_KEYS = ("latitude_deg", "longitude_deg", "height_m")


class Terrain(Protocol):
    """Ground heights (k,) in m above the ellipsoid at latitudes and longitudes (k,) in rad."""

    def __call__(self, latitude: Vector, longitude: Vector, /) -> Vector:
        """Return the heights; NaN where there are none."""
        ...


@dataclass(frozen=True, kw_only=True)
class GridTerrain:
    """Heights (n, m) in m on a grid of latitudes (n,) and longitudes (m,) in rad, rising; bilinear between, NaN
    outside.
    """

    latitude: Vector
    longitude: Vector
    height: Vector

    def __call__(self, latitude: Vector, longitude: Vector, /) -> Vector:
        """Return the heights (k,) in m at points (k,) in rad."""
        lat = np.asarray(latitude, dtype=np.float64)
        east = (np.asarray(longitude, dtype=np.float64) - self.longitude[0]) % math.tau
        lon = self.longitude[0] + np.where(east > math.tau - 1e-12, 0.0, east)
        i = np.clip(np.searchsorted(self.latitude, lat, side="right") - 1, 0, len(self.latitude) - 2)
        j = np.clip(np.searchsorted(self.longitude, lon, side="right") - 1, 0, len(self.longitude) - 2)
        p = (lat - self.latitude[i]) / (self.latitude[i + 1] - self.latitude[i])
        q = (lon - self.longitude[j]) / (self.longitude[j + 1] - self.longitude[j])
        low = (1.0 - q) * self.height[i, j] + q * self.height[i, j + 1]
        high = (1.0 - q) * self.height[i + 1, j] + q * self.height[i + 1, j + 1]
        slack = 1e-9
        outside = (p < -slack) | (p > 1.0 + slack) | (q < -slack) | (q > 1.0 + slack)
        return np.where(outside, np.nan, (1.0 - p) * low + p * high)


def grid_terrain(path: str | Path) -> GridTerrain:
    """Return the terrain of an ``.npz`` file with the arrays ``latitude_deg`` (n,), ``longitude_deg`` (m,), both
    rising, and ``height_m`` (n, m) above the ellipsoid.

    A grid across the date line counts its longitudes on past 180 deg. Raises ``ValueError`` for what is not such a
    file.
    """
    try:
        with np.load(Path(path), allow_pickle=False) as data:
            missing = [key for key in GRID_KEYS if key not in data]
            found = ", ".join(sorted(data))
            arrays = [] if missing else [np.asarray(data[key], dtype=np.float64) for key in GRID_KEYS]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{path}: got {error}, accepted is an .npz file with {', '.join(GRID_KEYS)}") from None
    if missing:
        raise ValueError(
            f"{path}: got the arrays {found or 'none'}, without {', '.join(missing)}; accepted are "
            f"{', '.join(GRID_KEYS)}; hint: numpy.savez(path, latitude_deg=..., longitude_deg=..., height_m=...)"
        )
    latitude, longitude, height = arrays
    for name, axis, limit in (("latitude_deg", latitude, 90.0), ("longitude_deg", longitude, 540.0)):
        if axis.ndim != 1 or len(axis) < 2 or not np.all(np.diff(axis) > 0.0) or np.abs(axis).max() > limit:
            raise ValueError(
                f"{path}: got {name} of shape {axis.shape}, accepted are two or more rising values within "
                f"{limit:.0f} deg; hint: numpy.flip turns a falling axis (and the heights with it)"
            )
    if longitude[-1] - longitude[0] > 360.0 + 1e-9:
        raise ValueError(
            f"{path}: got longitudes over {longitude[-1] - longitude[0]:.1f} deg, accepted is up to 360 deg"
        )
    if height.shape != (len(latitude), len(longitude)):
        raise ValueError(
            f"{path}: got height_m of shape {height.shape}, accepted is (latitudes, longitudes) = "
            f"({len(latitude)}, {len(longitude)})"
        )
    if not np.isfinite(height).all() or np.abs(height).max() > 12_000.0:
        raise ValueError(
            f"{path}: got heights that are not finite or beyond 12 km, accepted are metres; hint: fill gaps"
        )
    return GridTerrain(latitude=np.radians(latitude), longitude=np.radians(longitude), height=height)


@kernel
def smooth_above(floor: Vector, spacing: float, steepest: float, bend: float) -> Vector:
    """Return the lowest smooth heights (n,) in m above ``floor`` (n,), given every ``spacing`` m, that begin and end
    level.

    Between neighbours the slope stays within ``steepest`` and changes by at most ``bend`` per m. First every floor
    point is given the flanks of the fastest push-over over it (a parabola that runs out into a line: dilation by the
    Huber function, done as a cone, then a parabola), then valleys are filled up to what the fastest pull-up allows: the
    concave hull of the heights less a parabola. Both ends are mirrored.
    """
    n = floor.shape[0]
    flank = math.ceil(steepest / (bend * spacing)) + 1
    m = 3 * n - 2
    cone = np.empty(m)
    for i in range(m):
        k = abs(i - (n - 1))
        cone[i] = floor[k if k < n else 2 * (n - 1) - k]
    fall = steepest * spacing
    for i in range(1, m):
        cone[i] = max(cone[i], cone[i - 1] - fall)
    for i in range(m - 2, -1, -1):
        cone[i] = max(cone[i], cone[i + 1] - fall)
    curve = 0.5 * bend * spacing * spacing
    dilated = np.empty(m)
    for i in range(m):
        best = cone[i]
        for j in range(max(0, i - flank), min(m, i + flank + 1)):
            best = max(best, cone[j] - curve * (i - j) * (i - j))
        dilated[i] = best
    lowered = np.empty(m)
    for i in range(m):
        lowered[i] = dilated[i] - curve * float(i - m // 2) * float(i - m // 2)
    hull = np.empty(m, dtype=np.int64)
    top = 0
    for i in range(m):
        while top >= 2:
            a, b = hull[top - 2], hull[top - 1]
            if (lowered[b] - lowered[a]) * (i - a) > (lowered[i] - lowered[a]) * (b - a):
                break
            top -= 1
        hull[top] = i
        top += 1
    out = np.empty(n)
    at = 0
    for i in range(n - 1, 2 * n - 1):
        while hull[at + 1] < i:
            at += 1
        a, b = hull[at], hull[at + 1]
        share = (i - a) / (b - a)
        value = lowered[a] + share * (lowered[b] - lowered[a])
        out[i - n + 1] = value + curve * float(i - m // 2) * float(i - m // 2)
    return out


def spline(control: Vector, at: Vector) -> Vector:
    """Return the quadratic B-spline with the control heights (n,), mirrored at both ends, at places ``at`` (k,) in
    units of their spacing: within their slopes and bends, and level at both ends.
    """
    nearest = np.clip(np.rint(at).astype(np.int64), 0, len(control) - 1)
    offset = at - nearest
    padded = np.concatenate([control[1:2], control, control[-2:-1]])
    before, here, after = padded[nearest], padded[nearest + 1], padded[nearest + 2]
    middle = (before + 6.0 * here + after) / 8.0
    return np.asarray(middle + 0.5 * (after - before) * offset + 0.5 * (before - 2.0 * here + after) * offset * offset)
