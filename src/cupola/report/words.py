"""Numbers and names as people write them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with its 95 % limits; a limit that the sample cannot give is NaN."""

    mean: float
    low: float
    high: float


def estimate_of(data: object) -> Estimate:
    """Return the estimate that ``{"mean", "low", "high"}`` or a bare number stands for; missing limits are NaN."""
    if isinstance(data, Mapping):
        return Estimate(mean=_number(data.get("mean")), low=_number(data.get("low")), high=_number(data.get("high")))
    return Estimate(mean=_number(data), low=math.nan, high=math.nan)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def number(value: float) -> str:
    """Return a count or mean with two to three significant figures and thin thousands: 0.04, 3.2, 17, 7,800."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 9.95 or value == round(value):
        return f"{value:,.0f}" if size >= 99.5 or value == round(value) else f"{value:.1f}".removesuffix(".0")
    return f"{value:.1f}" if size >= 0.95 else f"{value:.2f}"


def measured(value: float) -> str:
    """Return a measured mean or limit, whose digits depend on its size alone: 0, 0.04, 3.0, 57.0, 312."""
    if not math.isfinite(value):
        return "–"
    if value == 0.0:
        return "0"
    size = abs(value)
    return f"{value:,.0f}" if size >= 99.5 else f"{value:.1f}" if size >= 0.95 else f"{value:.2f}"


def percent(share: float) -> str:
    """Return a share as a percentage: 0 %, 0.4 %, 34 %, 99.6 %, 100 %."""
    if not math.isfinite(share):
        return "–"
    value = 100.0 * share
    if abs(value - 50.0) > 50.0 - 1e-9:
        return f"{value:.0f} %"
    if value < 0.05:
        return "< 0.1 %"
    if value > 99.95:
        return "> 99.9 %"
    return f"{value:.1f} %" if value < 9.95 or value > 90.05 else f"{value:.0f} %"


def interval(estimate: Estimate, *, share: bool = False) -> str:
    """Return ``low to high`` of an estimate, or an en dash when a limit is unknown."""
    if math.isnan(estimate.low) and math.isnan(estimate.high):
        return "–"
    form = percent if share else measured
    if math.isnan(estimate.high):
        return f"at least {form(estimate.low)}"
    return f"{form(estimate.low)} to {form(estimate.high)}"


def counted(count: float, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``one missile``, ``12 missiles``, ``no missiles``."""
    noun = singular if count == 1 else plural or f"{singular}s"
    word = _SMALL[int(count)] if count == int(count) and 0 <= count < len(_SMALL) else number(count)
    return f"{word} {noun}"


def listed(items: Sequence[str], limit: int = 6) -> str:
    """Return ``a, b and c``; beyond ``limit`` items the rest is counted."""
    if len(items) > limit:
        return ", ".join(items[:limit]) + f" and {len(items) - limit} more"
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def clock(seconds: float) -> str:
    """Return a duration: 45 s, 3 min 20 s, 31 min."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min" if rest == 0 or minutes >= 15 else f"{minutes} min {rest} s"


def capital(text: str) -> str:
    """Return ``text`` with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def place_name(key: str) -> str:
    """Return a catalogue key as a place is written (``fort-greely``: Fort Greely); other names stay as they are."""
    if key != key.lower() or " " in key:
        return key
    return " ".join(capital(part) for part in key.split("-"))
