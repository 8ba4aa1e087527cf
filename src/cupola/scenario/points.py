"""Places as they are written on a command line: ``39.0,125.7``, ``39.0N, 125.7E`` or the name of a city."""

import math
import re

from cupola.scenario.errors import ScenarioError
from cupola.scenario.raids import find_city

_NUMBER = re.compile(
    r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf|infinity))\s*(?:°|deg)?\s*([NSEWnsew]?)\s*"
)
ACCEPTED = "accepted is LATITUDE,LONGITUDE in degrees, e.g. '39.0,125.7' or '33.9S,151.2E', or the name of a city"


def parse_point(text: str) -> tuple[float, float]:
    """Return latitude and longitude in rad of what a user wrote.

    North and east are positive, or have the letters N, S, E, W. Raises :class:`ScenarioError` with what was given and
    what is accepted.
    """
    if not text.strip():
        raise ScenarioError(f"got {text!r}, {ACCEPTED}")
    parts = text.split(",")
    matches = [_NUMBER.fullmatch(part) for part in parts]
    if not any(match and match[1] for match in matches):
        return _city(text)
    first, second = (*matches, None)[:2]
    if len(parts) != 2 or first is None or second is None:
        raise ScenarioError(f"got {text!r}, {ACCEPTED}")
    if first[2].upper() in ("E", "W") or second[2].upper() in ("N", "S"):
        raise ScenarioError(f"got {text!r}, with the longitude first; {ACCEPTED}")
    latitude, longitude = _degrees(first, text), _degrees(second, text)
    if not -90.0 <= latitude <= 90.0:
        swap = "; hint: the latitude comes first" if abs(latitude) <= 180.0 and abs(longitude) <= 90.0 else ""
        raise ScenarioError(
            f"got {text!r}: the latitude {latitude:g} lies outside the Earth; accepted is -90 to 90{swap}"
        )
    if not -180.0 <= longitude <= 180.0:
        turned = (longitude + 180.0) % 360.0 - 180.0
        raise ScenarioError(
            f"got {text!r}: the longitude {longitude:g} lies outside the map; accepted is -180 to 180; "
            f"hint: that meridian is {turned:g}"
        )
    return math.radians(latitude), math.radians(longitude)


def written(latitude: float, longitude: float) -> str:
    """Return a point in rad as text: ``39.00° N, 125.70° E``."""
    lat, lon = math.degrees(latitude), math.degrees(longitude)
    return f"{abs(lat):.2f}° {'S' if lat < 0.0 else 'N'}, {abs(lon):.2f}° {'W' if lon < 0.0 else 'E'}"


def _degrees(match: "re.Match[str]", text: str) -> float:
    value = float(match[1])
    if not math.isfinite(value):
        raise ScenarioError(f"got {text!r}, which is not finite; {ACCEPTED}")
    if match[2] and match[1].startswith("-"):
        raise ScenarioError(f"got {text!r}, with a sign and a letter; {ACCEPTED}")
    return -value if match[2].upper() in ("S", "W") else value


def _city(text: str) -> tuple[float, float]:
    try:
        city = find_city(text.strip())
    except ScenarioError as error:
        # A name that is nearly right needs no lecture on coordinates.
        raise ScenarioError(str(error) if str(error).endswith("?") else f"{error}; {ACCEPTED}") from None
    return math.radians(city.latitude_deg), math.radians(city.longitude_deg)
