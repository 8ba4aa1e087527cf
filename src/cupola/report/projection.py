"""Azimuthal equidistant map projection about any point of the sphere, and land areas cut for it.

Snyder (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, pp. 191-202. Distances and directions
from the centre are true; the pole and the date line are ordinary places.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EARTH_RADIUS_KM = 6_371.0088
_ARC_STEP = math.radians(4.0)


@dataclass(frozen=True, kw_only=True)
class Azimuthal:
    """A projection centred on ``latitude`` and ``longitude`` (rad); plane coordinates in km.

    ``turn`` (rad, anticlockwise) turns the plane from north up at the centre.
    """

    latitude: float
    longitude: float
    turn: float = 0.0

    def project(self, latitude_deg: Array, longitude_deg: Array) -> tuple[Array, Array]:
        """Return x and y in km of points in degrees, any shape; x is east and y north at the centre before the turn."""
        phi, lam = np.radians(latitude_deg), np.radians(longitude_deg) - self.longitude
        s0, c0 = math.sin(self.latitude), math.cos(self.latitude)
        east = np.cos(phi) * np.sin(lam)
        north = c0 * np.sin(phi) - s0 * np.cos(phi) * np.cos(lam)
        toward = s0 * np.sin(phi) + c0 * np.cos(phi) * np.cos(lam)
        flat = np.hypot(east, north)
        angle = np.arctan2(flat, toward)
        # At the centre the ratio tends to one; at the antipode the direction is arbitrary.
        scale = EARTH_RADIUS_KM * np.divide(angle, flat, out=np.ones_like(flat), where=flat > 1e-12)
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return (cos * east - sin * north) * scale, (sin * east + cos * north) * scale


def centred_on(latitudes_deg: Array, longitudes_deg: Array) -> Azimuthal:
    """Return the projection centred on the middle of the given points, taken as directions from the Earth's centre."""
    phi, lam = np.radians(latitudes_deg), np.radians(longitudes_deg)
    x, y, z = (np.mean(v) for v in (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)))
    if math.hypot(x, y, z) < 1e-6:
        return Azimuthal(latitude=float(phi.flat[0]), longitude=float(lam.flat[0]))
    return Azimuthal(latitude=math.atan2(z, math.hypot(x, y)), longitude=math.atan2(y, x))


def land_rings(
    rings: Sequence[Array], projection: Azimuthal, reach_km: float, frame: tuple[float, float, float, float]
) -> list[Array]:
    """Return closed (k, 2) rings in km that fill the land inside ``frame`` by the non-zero winding rule.

    ``rings`` are (k, 2) longitudes and latitudes in degrees; ``frame`` is (left, bottom, right, top) in km and lies
    within ``reach_km`` of the centre. Points beyond that are drawn in to a circle just outside it; land that holds
    the antipode gets that circle, turned the other way, as a second ring.
    """
    edge = min(reach_km * 1.05, math.pi * EARTH_RADIUS_KM * 0.999)
    left, bottom, right, top = frame
    out: list[Array] = []
    for ring in rings:
        x, y = projection.project(ring[:, 1], ring[:, 0])
        distance = np.hypot(x, y)
        turns = _turns(x, y)
        beyond = abs(turns) > 0.5 and _holds_antipode(x, y)
        if distance.min() > edge and (beyond or abs(turns) < 0.5):
            continue
        cut = _thin(_drawn_in(x, y, edge), reach_km / 1500.0)
        (x0, y0), (x1, y1) = cut.min(axis=0), cut.max(axis=0)
        if len(cut) >= 3 and x1 > left and x0 < right and y1 > bottom and y0 < top:
            out += [cut, _circle(edge, clockwise=turns > 0.0)] if beyond else [cut]
    return out


def _drawn_in(x: Array, y: Array, edge: float) -> Array:
    """Return a ring (k, 2) whose points beyond ``edge`` lie on the circle of that radius, joined along the circle."""
    distance = np.hypot(x, y)
    azimuth = np.arctan2(y, x)
    pull = np.where(distance < edge, 1.0, edge / np.maximum(distance, 1e-9))
    points = np.column_stack((x * pull, y * pull))
    turn = (np.roll(azimuth, -1) - azimuth + math.pi) % math.tau - math.pi
    outside = (distance >= edge) & (np.roll(distance, -1) >= edge)
    steps = np.where(outside, np.ceil(np.abs(turn) / _ARC_STEP), 1.0).astype(int)
    if steps.max(initial=1) <= 1:
        return points
    parts = []
    for i, count in enumerate(steps):
        parts.append(points[i : i + 1])
        if count > 1:
            between = azimuth[i] + turn[i] * np.arange(1, count) / count
            parts.append(edge * np.column_stack((np.cos(between), np.sin(between))))
    return np.concatenate(parts)


def _turns(x: Array, y: Array) -> float:
    """Signed turns of a closed ring around the projection's centre."""
    azimuth = np.unwrap(np.arctan2(np.append(y, y[0]), np.append(x, x[0])))
    return float(azimuth[-1] - azimuth[0]) / math.tau


def _holds_antipode(x: Array, y: Array) -> bool:
    """Say whether the land is on the far side of a ring that circles the centre: no land covers half the Earth."""
    angle = np.hypot(x, y) / EARTH_RADIUS_KM
    angle = np.append(angle, angle[0])
    azimuth = np.unwrap(np.arctan2(np.append(y, y[0]), np.append(x, x[0])))
    cap = abs(float(np.sum((1.0 - np.cos((angle[1:] + angle[:-1]) / 2.0)) * np.diff(azimuth))))
    return cap > math.tau


def _thin(points: Array, step_km: float) -> Array:
    """Drop points closer than ``step_km`` to the last one kept; a page needs no detail finer than its pixels."""
    keep = [0]
    for i in range(1, len(points)):
        if abs(points[i, 0] - points[keep[-1], 0]) + abs(points[i, 1] - points[keep[-1], 1]) >= step_km:
            keep.append(i)
    return points[keep]


def _circle(radius: float, *, clockwise: bool) -> Array:
    angle = np.linspace(0.0, math.tau, 181)[:-1] * (-1.0 if clockwise else 1.0)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
