"""How stories write numbers, places and times."""

import math

from cupola.core.reason import Reason


def sentence(reasons: type[Reason], code: str) -> str:
    """Return the sentence behind a stored code, or the code itself when it is not known."""
    return next((reason.sentence for reason in reasons if reason.code == code), code)


def number(value: object) -> float:
    """Return a number of an event's data; NaN for anything else."""
    return float(value) if isinstance(value, int | float) else math.nan


def km(metres: object) -> str:
    """Return a distance: 850 m, 12.3 km, 1,204 km."""
    value = number(metres)
    if not math.isfinite(value):
        return "an unknown distance"
    if abs(value) < 995.0:
        return f"{value:.0f} m"
    return f"{value / 1e3:.1f} km" if abs(value) < 99.95e3 else f"{value / 1e3:,.0f} km"


def place(latitude_deg: object, longitude_deg: object) -> str:
    """Return a position: 40.9°N 127.7°E."""
    lat, lon = number(latitude_deg), number(longitude_deg)
    return f"{abs(lat):.1f}°{'N' if lat >= 0.0 else 'S'} {abs(lon):.1f}°{'E' if lon >= 0.0 else 'W'}"


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds: 2:35; minus for what was before the launch."""
    if not math.isfinite(seconds):
        return "an unknown time"
    minutes, rest = divmod(round(abs(seconds)), 60)
    return f"{'-' if round(seconds) < 0 else ''}{minutes}:{rest:02d}"
