"""Units are parsed once, at the edge; everything inside is SI floats and radians.

A spec field declares what it measures by its type (``Length``, ``Angle`` ...). A user writes ``"400 km"``; the field
holds ``400000.0``. Bare numbers are refused where a unit is needed, because a bare ``400`` is how wrong altitudes
enter a study.
"""

import functools
import math
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

# Quantity kind -> (SI unit that the parsed float is in, an example of what a user writes).
KINDS: dict[str, tuple[str, str]] = {
    "length": ("m", "400 km"),
    "area": ("m**2", "9.2 m^2"),
    "time": ("s", "30 s"),
    "speed": ("m/s", "6 km/s"),
    "acceleration": ("m/s**2", "15 g_0"),
    "mass": ("kg", "1000 kg"),
    "force": ("N", "792 kN"),
    "power": ("W", "150 kW"),
    "angle": ("rad", "20 deg"),
    "angular_rate": ("rad/s", "6 deg/s"),
    "frequency": ("Hz", "9.5 GHz"),
    "rate": ("1/s", "2 1/h"),
    "temperature": ("K", "300 K"),
    "radiant_intensity": ("W/sr", "300 kW/sr"),
    "radiance": ("W/m**2/sr", "38.5 W/m^2/sr"),
    "irradiance": ("W/m**2", "1e-12 W/m^2"),
    "fluence": ("J/m**2", "1 kJ/cm^2"),
    "areal_density": ("kg/m**2", "12000 kg/m^2"),
    "decibel": ("dB", "8 dB"),
    "dimensionless": ("1", "0.8"),
}


@functools.cache
def _registry() -> "pint.UnitRegistry[Any]":
    import pint

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=None)


@functools.lru_cache(maxsize=4096)
def _parsed(text: str, kind: str) -> float:
    unit, example = KINDS[kind]
    return _convert(text, unit, kind, example)


def parse_quantity(text: object, kind: str) -> float:
    """Return the SI value of what a user wrote.

    ``text`` is a string with a unit such as ``"400 km"``; ``kind`` is a key of :data:`KINDS`. Dimensionless kinds
    take plain numbers. Decibels are ratios and stay in dB. Raises ``ValueError`` that says what was given and what is
    accepted.
    """
    unit, example = KINDS[kind]
    if kind == "dimensionless":
        return _plain_number(text, "a plain number")
    if isinstance(text, bool) or not isinstance(text, str):
        raise ValueError(f"got {text!r}, but {_a(kind)} needs a unit, written like {example!r}")
    if kind == "decibel":
        if not text.strip().endswith("dB"):
            raise ValueError(f"got {text!r}, but {_a(kind)} is written like {example!r}")
        return _plain_number(text.strip()[:-2], f"a number before dB, like {example!r}")
    value = _written_in_si(text, unit)
    if value is None:
        value = _parsed(text, kind)
    if not math.isfinite(value):
        raise ValueError(f"got {text!r}, which is not a finite {_words(kind)}")
    return value


def half_of_last_digit(text: str, kind: str) -> float:
    """Return in SI how far rounding may have moved a quantity: half a unit of the last digit that ``text`` gives.

    ``"6040.9 km"`` gives 50 m and ``"53 min"`` 30 s; trailing zeros before the point count as digits. Raises
    ``ValueError`` as :func:`parse_quantity` does.
    """
    value = parse_quantity(text, kind)
    number = re.match(r"\s*[-+]?\d*\.?\d*(?:[eE][-+]?\d+)?", text)
    written = "" if number is None else number.group().strip()
    try:
        exponent = Decimal(written).as_tuple().exponent
    except InvalidOperation:
        return 0.0
    scale = float(written)
    if scale == 0.0 or not isinstance(exponent, int):
        return 0.0
    return 0.5 * 10.0**exponent * abs(value / scale)


def _written_in_si(text: str, unit: str) -> float | None:
    """Resolved scenarios hold thousands of values in SI: reading those needs no unit registry, and is exact."""
    number, space, rest = text.partition(" ")
    if not space or rest != unit:
        return None
    try:
        return float(number)
    except ValueError:
        return None


def _convert(text: str, unit: str, kind: str, example: str) -> float:
    import pint

    registry = _registry()
    try:
        quantity: Any = registry.Quantity(text)
    except pint.errors.UndefinedUnitError as error:
        name = error.unit_names if isinstance(error.unit_names, str) else ", ".join(error.unit_names)
        raise ValueError(
            f"got {text!r}, with the unknown unit {name!r}; {_a(kind)} is written like {example!r}"
        ) from None
    except Exception:  # pint raises tokenizer, assertion and attribute errors of many kinds on malformed text
        raise ValueError(
            f"got {text!r}, which is not a number with a unit; {_a(kind)} is written like {example!r}"
        ) from None
    if quantity.dimensionless and unit != "rad":
        raise ValueError(f"got {text!r} without a unit; {_a(kind)} is written like {example!r}")
    if unit == "rad" and quantity.unitless:
        raise ValueError(f"got {text!r} without a unit; an angle is written like {example!r}")
    try:
        return float(quantity.to(unit).magnitude)
    except pint.errors.DimensionalityError:
        raise ValueError(
            f"got {text!r}, whose unit {quantity.units:~} is not {_a(kind)}; it is written like {example!r}"
        ) from None


def _plain_number(text: object, accepted: str) -> float:
    try:
        if isinstance(text, bool):
            raise TypeError
        value = float(text)  # type: ignore[arg-type]  # anything else than a number or numeric string raises here
    except (TypeError, ValueError):
        raise ValueError(f"got {text!r}, accepted is {accepted}") from None
    if not math.isfinite(value):
        raise ValueError(f"got {text!r}, which is not finite")
    return value


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {_words(kind)}"
