"""The inputs of the published calculator of space-based interceptors: names, units, defaults, limits and sources.

A value is written with its unit (``"300 km"``, ``"15 g"``, ``"$70 M"``) or as a bare number in the unit of the
publication, where that is one unit. Inside, values stay in the publication's units, so that its figures come out.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cupola.core.units import parse_quantity
from cupola.economics.money import millions_of_dollars
from cupola.scenario.errors import ScenarioError, did_you_mean

PAPER = "Harrison (2025), Build Your Own Golden Dome, American Enterprise Institute"
CALCULATOR = "AEI Space-Based Interceptor Calculator, default value"

_KILOMETRES = {"km": 1.0, "m": 1e-3}
_SPEEDS = {"km/s": 1.0, "m/s": 1e-3}
_KILOGRAMS = {"kg": 1.0, "t": 1e3}
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_YEARS = {"yr": 1.0, "year": 1.0, "years": 1.0, "a": 1.0}
_GRAVITIES = {"g": 1.0, "g_0": 1.0, "m/s^2": 1.0 / 9.80665, "m/s**2": 1.0 / 9.80665}
_SHARES = {"%": 0.01}
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input: ``unit`` of bare numbers and of ``default``; ``low`` to ``high`` is accepted, ends included."""

    label: str
    default: float
    unit: str = ""
    units: Mapping[str, float] | None = None
    """Units known without the registry, whose start would take half a second, and their worth in ``unit``."""
    kind: str = "dimensionless"
    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    open_low: bool = False
    open_high: bool = False
    bare: bool = True
    example: str

    @property
    def accepted(self) -> str:
        """Return in words what is accepted."""
        low = f"more than {self.low:g}" if self.open_low else f"at least {self.low:,g}"
        high = f"less than {self.high:,.12g}" if self.open_high else f"at most {self.high:,.12g}"
        number = "a whole number, " if self.whole else ""
        return f"{number}{low} and {high} {self.unit}".rstrip() + f", e.g. {self.example}"


def _length(label: str, default: float, low: float, example: str) -> Input:
    return Input(
        label=label, default=default, unit="km", units=_KILOMETRES, kind="length", low=low, high=1e5, example=example
    )


def _speed(label: str, default: float, low: float) -> Input:
    return Input(
        label=label, default=default, unit="km/s", units=_SPEEDS, kind="speed", low=low, high=50.0, example="6 km/s"
    )


def _mass(label: str, default: float, low: float) -> Input:
    return Input(
        label=label, default=default, unit="kg", units=_KILOGRAMS, kind="mass", low=low, high=1e6, example="25 kg"
    )


def _years(label: str, default: float) -> Input:
    return Input(label=label, default=default, unit="yr", units=_YEARS, kind="time", low=0.1, high=1e3, example="5 yr")


def _money(label: str, default: float, example: str, unit: str = "M$") -> Input:
    return Input(label=label, default=default, unit=unit, kind="money", low=0.0, high=1e9, example=example)


def _learning(label: str, default: float) -> Input:
    return Input(
        label=label, default=default, units=_SHARES, low=0.5, high=1.0, open_low=True, example="0.85 (or 85 %)"
    )


INPUTS: dict[str, Input] = {
    "orbit_altitude": _length("altitude of the interceptors' circular orbits", 300.0, 100.0, "300 km"),
    "acceleration": Input(
        label="mean acceleration of the interceptor while it burns, in units of 9.80665 m/s^2",
        default=15.0,
        unit="g",
        units=_GRAVITIES,
        kind="acceleration",
        low=0.01,
        high=1e4,
        example="15 g",
    ),
    "speed": _speed("speed that the interceptor gains by its burn", 6.0, 0.01),
    "divert": _speed("speed that the kill vehicle keeps for the chase", 2.5, 0.0),
    "isp": Input(
        label="specific impulse of both",
        default=240.0,
        unit="s",
        units=_SECONDS,
        kind="time",
        low=50.0,
        high=1e5,
        example="240 s",
    ),
    "kill_vehicle_mass": _mass("kill vehicle without propellant", 25.0, 0.0),
    "body_mass": _mass("interceptor body without propellant and kill vehicle", 25.0, 0.0),
    "support_mass": _mass("module that houses it in orbit and stays behind", 50.0, 0.0),
    "lifetime": _years("years in orbit before it is replaced", 5.0),
    "kill_probability": Input(
        label="chance that one shot kills",
        default=0.8,
        units=_SHARES,
        low=1e-6,
        high=1.0,
        example="0.8 (or 80 %)",
    ),
    "composite_kill_probability": Input(
        label="wanted chance that a missile is killed by all shots at it",
        default=0.96,
        units=_SHARES,
        low=1e-6,
        high=1.0,
        open_high=True,
        example="0.96 (or 96 %)",
    ),
    "salvo": Input(label="missiles launched together", default=1.0, low=1.0, high=1e6, whole=True, example="5"),
    "intercept_altitude": _length("altitude at which missiles are met", 200.0, 0.0, "200 km"),
    "max_latitude": Input(
        label="latitude up to which all is covered, north and south",
        default=90.0,
        unit="deg",
        units={"deg": 1.0, "°": 1.0},
        kind="angle",
        low=0.0,
        high=90.0,
        open_low=True,
        example="45 deg",
    ),
    "flyout_time": Input(
        label="time from the order to fire to the last chance to hit",
        default=120.0,
        unit="s",
        units=_SECONDS,
        kind="time",
        low=0.1,
        high=1e5,
        example="120 s",
    ),
    "development_cost": _money("development, paid once", 7000.0, "$7 B"),
    "first_unit_cost": _money("first interceptor made", 70.0, "$70 M"),
    "unit_learning": _learning("cost of the 2n-th interceptor over that of the n-th", 0.85),
    "operations_cost": _money("operations and support in a year", 450.0, "$450 M", "M$/yr"),
    "period": _years("years that are counted", 20.0),
    "launch_capacity": Input(
        label="what one launch carries to that orbit",
        default=45_000.0,
        unit="kg",
        units=_KILOGRAMS,
        kind="mass",
        low=1.0,
        high=1e7,
        bare=False,
        example="45 t",
    ),
    "first_launch_cost": _money("first launch", 150.0, "$150 M"),
    "launch_learning": _learning("cost of the 2n-th launch over that of the n-th", 0.95),
}


def read_inputs(given: Mapping[str, object]) -> dict[str, float]:
    """Return every input in its unit: what is given, defaults for the rest.

    Raises :class:`ScenarioError` with every problem at once: unknown names, missing units, values out of bounds.
    """
    problems: list[str] = []
    values = {name: spec.default for name, spec in INPUTS.items()}
    for name, text in given.items():
        if name not in INPUTS:
            problems.append(f"unknown input {name!r}; accepted are {', '.join(INPUTS)}{did_you_mean(name, INPUTS)}")
            continue
        try:
            values[name] = read_value(INPUTS[name], text)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise ScenarioError(*problems)
    return values


def read_value(spec: Input, text: object) -> float:
    """Return one value in the unit of its input. Raises ``ValueError`` that says what was given and is accepted."""
    value = _number(spec, text)
    if spec.kind == "dimensionless" and spec.high == 1.0 and 1.0 < value <= 100.0:
        raise ValueError(f"got {text!r}, accepted is {spec.accepted}; hint: {value:g} % is {value / 100.0:g}")
    inside = (value > spec.low if spec.open_low else value >= spec.low) and (
        value < spec.high if spec.open_high else value <= spec.high
    )
    if not inside or (spec.whole and value != round(value)):
        raise ValueError(f"got {text!r}, accepted is {spec.accepted}")
    return value


def _number(spec: Input, text: object) -> float:
    plain = _plain(text)
    if plain is not None:
        if not math.isfinite(plain):
            raise ValueError(f"got {text!r}, which is not finite; accepted is {spec.accepted}")
        if not spec.bare:
            raise ValueError(
                f"got {text!r} without a unit: the paper writes tonnes and its calculator kilograms, so a unit is "
                f"needed, e.g. {spec.example}"
            )
        return plain
    if not isinstance(text, str):
        raise ValueError(f"got {text!r}, accepted is {spec.accepted}")
    if spec.kind == "money":
        return _dollars(spec, text)
    number, unit = _split(text)
    if number is not None and unit in (spec.units or {}):
        return number * (spec.units or {})[unit]
    if spec.kind == "dimensionless":
        raise ValueError(f"got {text!r}, accepted is {spec.accepted}")
    per_unit = parse_quantity(f"1 {'g_0' if spec.unit == 'g' else spec.unit}", spec.kind)
    return parse_quantity(text, spec.kind) / per_unit


def _plain(text: object) -> float | None:
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return None
    if isinstance(text, str) and _THOUSANDS.fullmatch(text.strip()):
        text = text.replace(",", "")
    try:
        return float(text)
    except (ValueError, OverflowError):
        return None


def _split(text: str) -> tuple[float | None, str]:
    """Return the number and the unit of ``"15 g"``; None for the number where there is none."""
    found = re.fullmatch(r"\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*([^0-9.\s].*?)\s*", text)
    number = None if found is None else _plain(found[1])
    return number, "" if found is None else found[2]


def _dollars(spec: Input, text: str) -> float:
    """Return a price in millions of dollars; only what is paid by the year may say so."""
    price = re.sub(r"\s*/\s*(yr|year)$", "", text.strip()) if spec.unit == "M$/yr" else text
    try:
        return millions_of_dollars(price)
    except ValueError:
        raise ValueError(f"got {text!r}, which is not a price; accepted is {spec.accepted}") from None
