"""The reach of an interceptor as a document of plain values: what ``cupola reach --json`` prints."""

import math
from typing import Any

import numpy as np

from cupola.studies.reach import Fan, GroundReach, SpaceReach, farthest

ROWS, COLUMNS = 24, 12
"""Steps of range and of altitude in the printed table"""


def describe(found: GroundReach | SpaceReach) -> dict[str, Any]:
    """Return what an interceptor reaches, in km, km/s, s and degrees. Points out of reach are left out of tables."""
    if isinstance(found, SpaceReach):
        return _space(found)
    spec = found.spec
    document: dict[str, Any] = {
        "interceptor": found.interceptor,
        "title": found.title,
        "kind": spec.kind,
        "layer": found.layer,
        "site": None
        if not found.site
        else {
            "name": found.site,
            "latitude_deg": round(math.degrees(found.latitude), 4),
            "longitude_deg": round(math.degrees(found.longitude), 4),
        },
        "burnout_s": round(found.burnout_s, 2),
        "limits": {
            "minimum_altitude_km": _km(spec.minimum_altitude),
            "maximum_altitude_km": _km(spec.maximum_altitude),
            "maximum_range_km": _km(spec.maximum_range),
            "maximum_flight_time_s": round(spec.maximum_flight_time, 2),
        },
        "fans": [_fan(fan) for fan in found.fans],
    }
    return document


def _fan(fan: Fan) -> dict[str, Any]:
    edge = farthest(fan)
    reached = np.isfinite(fan.time_s)
    up, along = max((len(fan.altitude_m) - 1) // COLUMNS, 1), max((len(fan.range_m) - 1) // ROWS, 1)
    return {
        "azimuth_deg": fan.azimuth_deg,
        "soonest_s": round(float(fan.time_s[reached].min()), 2) if reached.any() else None,
        "farthest_km": _km(float(np.nanmax(edge))) if reached.any() else None,
        "highest_km": _km(float(fan.altitude_m[reached.any(axis=0)].max())) if reached.any() else None,
        "edge": [
            {"altitude_km": _km(float(h)), "range_km": _km(float(x))}
            for h, x in zip(fan.altitude_m[::up], edge[::up], strict=True)
            if math.isfinite(x)
        ],
        "table": [
            {
                "range_km": _km(float(fan.range_m[i])),
                "altitude_km": _km(float(fan.altitude_m[j])),
                "time_s": round(float(fan.time_s[i, j]), 2),
                "speed_km_s": round(float(fan.speed_m_s[i, j]) / 1e3, 4),
            }
            for i in range(0, len(fan.range_m), along)
            for j in range(0, len(fan.altitude_m), up)
            if reached[i, j]
        ],
    }


def _space(found: SpaceReach) -> dict[str, Any]:
    spec = found.spec
    return {
        "interceptor": found.interceptor,
        "title": found.title,
        "kind": spec.kind,
        "layer": found.layer,
        "intercept_altitude_km": _km(found.intercept_altitude_m),
        "burn_s": round(spec.speed / spec.acceleration, 2),
        "limits": {
            "minimum_altitude_km": _km(spec.minimum_altitude),
            "maximum_flight_time_s": round(spec.maximum_flight_time, 2),
        },
        "circles": [
            {
                "time_s": round(float(time_s), 2),
                "displacement_km": _km(float(far)),
                "radius_km": [
                    {"orbit_altitude_km": _km(float(orbit)), "radius_km": _km(float(radius))}
                    for orbit, radius in zip(found.orbit_altitudes_m, row, strict=True)
                    if math.isfinite(radius)
                ],
            }
            for time_s, far, row in zip(found.time_s, found.displacement_m, found.radius_m, strict=True)
        ],
    }


def _km(metres: float) -> float:
    return round(metres / 1e3, 3)
