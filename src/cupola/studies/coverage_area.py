"""Which cells of a grid lie in the part of the globe that is asked about."""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.orbits.coverage import Grid, middles
from cupola.scenario.catalogue import entry
from cupola.scenario.errors import ScenarioError
from cupola.studies.coverage_spec import AreaSpec

Flags = NDArray[np.bool_]


def grid_of(step: float, area: AreaSpec) -> Grid:
    """Return the grid of cells of ``step`` rad with middles in the area. Raises :class:`ScenarioError` for none."""
    latitude, longitude = middles(step)
    try:
        return Grid.of(step, _inside(latitude[:, None], longitude[None, :], area))
    except ValueError as error:
        raise ScenarioError(f"area: {error}") from None


def title_of(area: AreaSpec) -> str:
    """Return what the area is called."""
    if area.name:
        return area.name
    if area.latitudes is not None:
        return f"latitudes {_degrees(area.latitudes[0])} to {_degrees(area.latitudes[1])}"
    if area.box is not None:
        return "box " + ", ".join(_degrees(bound) for bound in area.box)
    if area.polygon is not None:
        return f"polygon of {len(area.polygon)} corners"
    if area.region is not None:
        return f"within {area.within / 1e3:,.0f} km of {area.region}"
    return "globe"


def _degrees(angle: float) -> str:
    return f"{math.degrees(angle):g}°"


def _inside(latitude: Vector, longitude: Vector, area: AreaSpec) -> Flags | None:
    """Return which cells (rows, columns) are inside; none for all."""
    everywhere = np.ones((len(latitude), longitude.shape[1]), dtype=np.bool_)
    if area.latitudes is not None:
        south, north = area.latitudes
        return np.asarray(everywhere & (latitude >= south) & (latitude <= north))
    if area.box is not None:
        south, north, west, east = area.box
        across = (
            (longitude >= west) & (longitude <= east) if west <= east else (longitude >= west) | (longitude <= east)
        )
        return np.asarray(everywhere & (latitude >= south) & (latitude <= north) & across)
    if area.polygon is not None:
        return _in_polygon(latitude, longitude, area.polygon) & everywhere
    if area.region is not None:
        return _near_region(latitude, longitude, area.region, area.within)
    return None


def _near_region(latitude: Vector, longitude: Vector, region: str, within: float) -> Flags:
    near = np.zeros((len(latitude), longitude.shape[1]), dtype=np.bool_)
    for place in entry("regions", region).spec.areas.values():
        lat, lon = place.position
        cosine = np.sin(latitude) * math.sin(lat) + np.cos(latitude) * math.cos(lat) * np.cos(longitude - lon)
        near |= np.arccos(np.clip(cosine, -1.0, 1.0)) <= within / MEAN_RADIUS
    return near


def _in_polygon(latitude: Vector, longitude: Vector, corners: tuple[tuple[float, float], ...]) -> Flags:
    """Return which points a polygon holds, by the parity of edges that a meridian southward crosses.

    Each edge goes the nearer way round, so that a polygon may lie across the date line; one that holds a pole winds
    round it and has no inside here.
    """
    lat = np.array([corner[0] for corner in corners])
    lon = np.unwrap(np.array([corner[1] for corner in (*corners, corners[0])]))
    if abs(lon[-1] - lon[0]) > 1e-9:
        raise ScenarioError(
            "area.polygon: it winds round a pole, accepted are polygons that hold none; hint: give latitudes instead"
        )
    lon = lon[:-1]
    inside = np.zeros((len(latitude), longitude.shape[1]), dtype=np.bool_)
    for turn in (-math.tau, 0.0, math.tau):
        x = longitude + turn
        for a, b in zip(range(len(lat)), [*range(1, len(lat)), 0], strict=True):
            between = (lon[a] <= x) != (lon[b] <= x)
            width = lon[b] - lon[a] if lon[b] != lon[a] else 1.0
            inside ^= between & (latitude > lat[a] + (x - lon[a]) / width * (lat[b] - lat[a]))
    return inside
