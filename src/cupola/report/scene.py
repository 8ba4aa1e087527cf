"""What the maps draw, and the part of the Earth that each of them shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cupola.report.labels import Box
from cupola.report.projection import Azimuthal, centred_on
from cupola.report.read import DRAWN_ROLES, Layer

Array = NDArray[np.float64]

_FAR_KM = 2500.0


@dataclass(frozen=True, kw_only=True)
class City:
    """An aim point of the kept run and how many warheads reached it."""

    name: str
    latitude_deg: float
    longitude_deg: float
    population: int
    arrived: int


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What there is to draw, independent of the cut."""

    replay: dict[str, Any]
    layers: tuple[Layer, ...]
    cities: tuple[City, ...]
    rings: Sequence[Array]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A projection and the rectangle (left, bottom, right, top) in km that a map shows."""

    projection: Azimuthal
    frame: Box
    width: int
    height: int

    @property
    def reach_km(self) -> float:
        """Distance in km from the projection's centre to the farthest corner."""
        left, bottom, right, top = self.frame
        return math.hypot(max(abs(left), abs(right)), max(abs(bottom), abs(top)))

    @property
    def km_per_pixel(self) -> float:
        """Scale of the map."""
        return (self.frame[2] - self.frame[0]) / self.width

    def pixels(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return pixel positions, from the lower left corner, of points in km."""
        return (x - self.frame[0]) / self.km_per_pixel, (y - self.frame[1]) / self.km_per_pixel

    def holds(self, x: Array, y: Array) -> NDArray[np.bool_]:
        """Return which points lie inside."""
        left, bottom, right, top = self.frame
        return (x >= left) & (x <= right) & (y >= bottom) & (y <= top)


def flying(scene: Scene) -> list[dict[str, Any]]:
    """Return the missiles and warheads of the kept run that have a track; what else was released is not drawn."""
    return [obj for obj in scene.replay.get("objects", ()) if obj["role"] in DRAWN_ROLES and obj["track"]]


def gets_through(scene: Scene, obj: dict[str, Any]) -> bool:
    """Say whether an object gets through; a missile does when one of its warheads does."""
    if obj["role"] != "booster":
        return bool(obj["outcome"] == "leaked")
    return any(o["missile"] == obj["missile"] and o["outcome"] == "leaked" for o in scene.replay.get("objects", ()))


def cut_around(
    points_deg: Sequence[tuple[float, float]],
    *,
    width: int,
    heights: tuple[int, int],
    projection: Azimuthal | None = None,
    margin: float = 0.06,
    least_km: float = 900.0,
) -> Cut:
    """Return the cut that holds all points (latitude, longitude in degrees), at least ``least_km`` high.

    Its height in pixels follows the points' shape within ``heights`` (least, most). Without a ``projection`` it is
    centred on the points, north up.
    """
    lat, lon = np.array(points_deg, dtype=float).T
    centred = projection or centred_on(lat, lon)
    x, y = centred.project(lat, lon)
    left, right, bottom, top = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    half_w, half_h = (right - left) / 2.0 * (1.0 + 2.0 * margin), (top - bottom) / 2.0 * (1.0 + 2.0 * margin)
    shape = half_h / half_w if half_w > 0.0 else math.inf
    height = round(min(max(width * shape, heights[0]), heights[1]))
    half_h = max(half_h, half_w * height / width, least_km / 2.0)
    half_w = half_h * width / height
    cx, cy = (left + right) / 2.0, (bottom + top) / 2.0
    frame = (cx - half_w, cy - half_h, cx + half_w, cy + half_h)
    return Cut(projection=centred, frame=frame, width=width, height=height)


def raid_projection(scene: Scene) -> Azimuthal:
    """Return the projection centred half-way between the launch points and the aim points.

    A long raid is turned to run across the page, the nearer way from north up.
    """
    objects = scene.replay.get("objects", ())
    ends = [centred_on(*np.array([obj[key] for obj in objects], dtype=float).T) for key in ("launch", "aim")]
    latitude, longitude = (np.degrees([getattr(end, name) for end in ends]) for name in ("latitude", "longitude"))
    return across_the_page(centred_on(latitude, longitude), latitude, longitude)


def across_the_page(middle: Azimuthal, latitude_deg: Array, longitude_deg: Array) -> Azimuthal:
    """Return a projection turned so that what leads from the first to the second point (deg) runs across the page.

    It turns the nearer way from north up, and not at all for ends closer than 2,500 km.
    """
    x, y = middle.project(latitude_deg, longitude_deg)
    across, up = float(x[1] - x[0]), float(y[1] - y[0])
    if math.hypot(across, up) < _FAR_KM:
        return middle
    turn = -math.atan2(up, across) if across >= 0.0 else -math.atan2(-up, -across)
    return Azimuthal(latitude=middle.latitude, longitude=middle.longitude, turn=turn)


def raid_points(scene: Scene) -> list[tuple[float, float]]:
    """Return latitude and longitude of everything the overview must hold."""
    objects = [obj for obj in scene.replay.get("objects", ()) if obj["role"] in DRAWN_ROLES]
    points = [(obj[key][0], obj[key][1]) for obj in objects for key in ("launch", "aim")]
    points += [(row[1], row[2]) for obj in objects for row in obj["track"][::8]]
    points += [(shot["intercept"][0], shot["intercept"][1]) for shot in scene.replay.get("shots", ())]
    return [(float(a), float(b)) for a, b in points]
