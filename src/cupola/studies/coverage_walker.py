"""A Walker pattern asked for in words: the document behind ``cupola coverage walker``."""

import math
import re
from typing import Any

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.core.units import parse_quantity
from cupola.orbits.coverage_walker import TOLERANCE, Pattern, least_in_view, mean_in_view, worst_point
from cupola.orbits.footprint import (
    altitude_for,
    cap_fraction,
    elevation_at,
    footprint_angle,
    street_half_width,
    streets_sum,
)
from cupola.scenario.errors import ScenarioError

MOST_SATELLITES = 20_000
LOWEST, HIGHEST = 100e3, 400_000e3  # m: where nothing stays up, and beyond the Moon
LATITUDES = tuple(range(0, 91, 10))
_PATTERN = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*/\s*(\d+(?:\.\d+)?)\s*")
_ACCEPTED = "accepted is T/P/F, e.g. '24/6/1': satellites, planes, phasing from 0 to less than the planes"


def walker(
    pattern: str, *, inclination: str, altitude: str, min_elevation: str, star: str | None = None
) -> dict[str, Any]:
    """Return how well a Walker pattern ``"T/P/F"`` covers the globe: angles in degrees, lengths in km.

    Quantities are text with a unit. ``star`` is the spacing between the nodes of neighbouring planes that move alike;
    without it the planes share out the full circle. Raises :class:`ScenarioError` for what is not accepted.
    """
    shape = _shape(pattern, inclination, star)
    height = _quantity(altitude, "length", "--altitude")
    if not LOWEST <= height <= HIGHEST:
        raise ScenarioError(f"--altitude: got {altitude!r}, accepted is {LOWEST / 1e3:g} km to {HIGHEST / 1e3:,.0f} km")
    elevation = _quantity(min_elevation, "angle", "--min-elevation")
    try:
        half = footprint_angle(height, elevation)
    except ValueError as error:
        raise ScenarioError(f"--min-elevation: {str(error).removeprefix('elevation: ')}") from None
    worst = worst_point(shape)
    continuous = worst.angle <= half
    needed = altitude_for(worst.angle, elevation)
    document: dict[str, Any] = {
        "pattern": f"{shape.total}/{shape.planes}/{shape.phasing:g}",
        "kind": "delta" if shape.spacing is None else "star",
        "total": shape.total,
        "planes": shape.planes,
        "phasing": shape.phasing,
        "inclination_deg": _degrees(shape.inclination),
        "altitude_km": round(height / 1e3, 6),
        "min_elevation_deg": _degrees(elevation),
        "footprint_half_angle_deg": _degrees(half),
        "footprint_fraction": round(cap_fraction(half), 6),
        "worst_angle_deg": _degrees(worst.angle),
        "worst_angle_accuracy_deg": _degrees(TOLERANCE),
        "worst_latitude_deg": _degrees(worst.latitude),
        "continuous": continuous,
        "margin_deg": _degrees(half - worst.angle),
        "elevation_at_worst_deg": _degrees(elevation_at(height, worst.angle)),
        "least_altitude_for_continuous_km": round(needed / 1e3, 3) if math.isfinite(needed) else None,
        "mean_visible": round(shape.total * cap_fraction(half), 6),
        "by_latitude": [
            {
                "latitude_deg": latitude,
                "mean_visible": round(mean_in_view(shape, math.radians(latitude), half), 4),
                "min_visible": least_in_view(shape, math.radians(latitude), half),
            }
            for latitude in LATITUDES
        ],
        "streets": None if shape.spacing is None else _streets(shape, half),
        "assumptions": [
            f"spherical Earth of {EQUATORIAL_RADIUS / 1e3:,.3f} km, circular orbits of one altitude and inclination",
            "straight sight lines; the points covered lie on the sphere",
            "largest angle over all points and all times; the Earth's rotation does not change it",
        ],
    }
    return document


def _streets(shape: Pattern, half: float) -> dict[str, Any]:
    """Return the closed form for polar planes: what their streets and the help of neighbours add up to."""
    width, total = street_half_width(half, shape.per_plane), streets_sum(half, shape.planes, shape.per_plane)
    closed = math.isfinite(total)
    spacing = shape.spacing or 0.0
    return {
        "spacing_deg": _degrees(spacing),
        "seam_deg": _degrees(math.pi - (shape.planes - 1) * spacing),
        "street_half_width_deg": _degrees(width) if closed else None,
        "widest_spacing_deg": _degrees(half + width) if closed else None,
        "widest_seam_deg": _degrees(2.0 * width) if closed else None,
        "sum_deg": _degrees(total) if closed else None,
        "needed_deg": 180.0,
        "closes": bool(closed and total >= math.pi),
        "phasing_for_streets": 0.5 * shape.planes,
        "model": "polar planes, neighbours that move alike half a seat apart",
    }


def _shape(pattern: str, inclination: str, star: str | None) -> Pattern:
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        raise ScenarioError(f"T/P/F: got {pattern!r}, {_ACCEPTED}")
    total, planes, phasing = int(match[1]), int(match[2]), float(match[3])
    if not 1 <= total <= MOST_SATELLITES:
        raise ScenarioError(f"T/P/F: got {total} satellites, accepted is 1 to {MOST_SATELLITES:,}")
    if planes < 1 or total % planes:
        near = [p for p in range(1, total + 1) if total % p == 0 and abs(p - planes) <= max(planes, 4)]
        raise ScenarioError(
            f"T/P/F: got {total} satellites in {planes} planes, accepted is the same number in every plane; "
            f"hint: {total} can be shared out over {', '.join(map(str, near[:6]))} planes"
        )
    spacing = None if star is None else _quantity(star, "angle", "--star")
    tilt = _quantity(inclination, "angle", "--inclination")
    if not 0.0 <= tilt <= math.pi:
        raise ScenarioError(f"--inclination: got {inclination!r}, accepted is 0 deg to 180 deg")
    if spacing is not None and not 0.0 < spacing * max(planes - 1, 1) <= math.pi:
        raise ScenarioError(
            f"--star: got {star!r} between {planes} planes, accepted is more than 0 deg and at most "
            f"{180.0 / max(planes - 1, 1):g} deg, so that they fit into half a circle"
        )
    try:
        return Pattern(total=total, planes=planes, phasing=phasing, inclination=tilt, spacing=spacing)
    except ValueError as error:
        raise ScenarioError(f"T/P/F: {error}") from None


def _quantity(text: str, kind: str, name: str) -> float:
    try:
        return parse_quantity(text, kind)
    except ValueError as error:
        raise ScenarioError(f"{name}: {error}") from None


def _degrees(angle: float) -> float:
    return round(math.degrees(angle), 4)
