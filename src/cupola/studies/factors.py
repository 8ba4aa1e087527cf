"""What a study varies: the values of a path, as a list, a range or a distribution, tried on the scenario beforehand."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from cupola.core.spec import PositiveCount, Spec
from cupola.scenario.checking import validated
from cupola.scenario.document import Document
from cupola.scenario.errors import KeyPath, Problem, ScenarioError
from cupola.scenario.schema import Scenario
from cupola.scenario.uncertainty import Distribution, is_distribution
from cupola.scenario.values import leaves_below, locate, with_values

_NOT_PLAYED = ("name", "runs", "seed")
_LEADING = re.compile(r"\s*([-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")
_MOST_VALUES = 1_000
TAILS = (0.05, 0.95)
"""Where a distribution is taken when a few of its values must stand for it."""


class Range(Spec):
    """Values from one to another."""

    from_: int | float | str = Field(alias="from", description="First value, with its unit, e.g. '10 s'")
    to: int | float | str = Field(description="Last value, in the same unit")
    steps: PositiveCount | None = Field(
        default=None,
        ge=2,
        le=_MOST_VALUES,
        description="Values, ends included; none: 5, and the ends for one-at-a-time",
    )
    scale: Literal["linear", "log"] = Field(default="linear", description="log: by equal ratios")

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        low, high, _ = _ends(self)
        if self.scale == "log" and low <= 0.0:
            raise ValueError(f"scale: got log from {self.from_}, accepted is a range above zero")
        if low >= high:
            raise ValueError(f"got from {self.from_} to {self.to}, accepted is a range that rises")
        return self


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One path that is varied. ``written`` is how the file says it; ``base`` the scenario's own value, in SI."""

    path: str
    written: str
    base: str
    few: tuple[str, ...]
    """The values of a list; the ends of a range, or the tails of a distribution."""
    many: tuple[str, ...]
    """The values of a list or of a range; of a distribution none."""
    quantile: Callable[[float], str]
    """Share of what is possible (0 to 1) -> value as a scenario file would hold it."""


def factors_of(factors: Mapping[str, Any], scenario: Scenario, document: Document) -> tuple[Factor, ...]:
    """Return the factors of a study file. Raises :class:`ScenarioError` with every problem, placed in the file."""
    found: list[Factor] = []
    problems: list[Problem] = []
    for path, written in factors.items():
        place: KeyPath = ("factors", path)
        try:
            factor = _factor(path, written, scenario, document, place)
        except ScenarioError as error:
            problems += [each if each.file else document.problem(place, each.message) for each in error.problems]
            continue
        twin = next((other for other in found if other.path == factor.path), None)
        if twin is not None:
            problems.append(document.problem(place, f"{factor.path} is varied twice"))
        found.append(factor)
    if problems:
        raise ScenarioError(*problems)
    return tuple(found)


def _factor(path: str, written: Any, scenario: Scenario, document: Document, place: KeyPath) -> Factor:
    canonical = locate(scenario, path)[0]
    if canonical in _NOT_PLAYED:
        raise ScenarioError(f"{canonical!r} changes nothing that is played; accepted are parts of the scenario")
    base = leaves_below(scenario, path)
    whole = bool(base) and re.fullmatch(r"[-+]?\d+", base[0][1]) is not None
    few, many, quantile = _values(written, whole, document, place)
    for text in (*few, *many):
        with_values(scenario, {path: text})
    value = ", ".join(text for _, text in base) or "none"
    return Factor(path=canonical, written=_shown(written), base=value, few=few, many=many, quantile=quantile)


_Values = tuple[tuple[str, ...], tuple[str, ...], Callable[[float], str]]


def _values(written: Any, whole: bool, document: Document, place: KeyPath) -> _Values:
    if isinstance(written, list):
        return _listed(written)
    if isinstance(written, dict):
        return _ranged(validated(Range, written, lambda p, m: document.problem((*place, *p), m)), whole)
    if isinstance(written, str) and is_distribution(written):
        distribution = Distribution.parse(written)

        def drawn(share: float) -> str:
            number, unit = number_of(distribution.quantile(share)) or (0.0, "")
            return _whole(str(number)) if whole else _with_unit(number, unit)

        return tuple(drawn(tail) for tail in TAILS), (), drawn
    raise ScenarioError(
        f"got {written!r}, accepted are a list of values, {{from, to, steps}}, or a distribution such as 'beta(8, 2)'"
    )


def _listed(written: list[Any]) -> _Values:
    if not written or any(isinstance(value, list | dict | None.__class__) for value in written):
        raise ScenarioError(f"got {written!r}, accepted is a list of single values")
    if len(written) > _MOST_VALUES:
        raise ScenarioError(f"got {len(written):,} values, accepted are at most {_MOST_VALUES:,}")
    texts = tuple(_text(value) for value in written)
    twice = [text for text in texts if texts.count(text) > 1]
    if twice:
        raise ScenarioError(f"got {twice[0]} twice, accepted are values that differ")
    return texts, texts, lambda share: texts[min(int(share * len(texts)), len(texts) - 1)]


def _ranged(range_: Range, whole: bool) -> _Values:
    low, high, unit = _ends(range_)

    def at(share: float) -> str:
        value = low * (high / low) ** share if range_.scale == "log" else low + (high - low) * share
        return _with_unit(value, unit)

    def drawn(share: float) -> str:
        if not whole or range_.scale == "log":
            return _whole(at(share)) if whole else at(share)
        return str(min(math.floor(low + share * (high - low + 1.0)), round(high)))

    ends = (_whole(at(0.0)), _whole(at(1.0))) if whole else (at(0.0), at(1.0))
    many = [at(float(share)) for share in np.linspace(0.0, 1.0, range_.steps or 5)]
    texts = tuple(dict.fromkeys(_whole(text) for text in many)) if whole else tuple(many)
    return ends if range_.steps is None else texts, texts, drawn


def _ends(range_: Range) -> tuple[float, float, str]:
    read = []
    for key, written in (("from", range_.from_), ("to", range_.to)):
        match = _LEADING.fullmatch(_text(written))
        if match is None or isinstance(written, bool):
            raise ValueError(f"{key}: got {written!r}, accepted is a number, with its unit where the value has one")
        read.append((float(match[1]), match[2]))
    (low, unit), (high, other) = read
    if unit != other:
        raise ValueError(f"got from {range_.from_} to {range_.to}, accepted is one and the same unit on both")
    return low, high, unit


def number_of(text: str) -> tuple[float, str] | None:
    """Return the number and the unit that a value begins with, or ``None`` for a value in words."""
    match = _LEADING.fullmatch(text)
    return None if match is None else (float(match[1]), match[2])


def _with_unit(value: float, unit: str) -> str:
    # Six digits: finer than any of these values is known, and a point's name can be read.
    text = f"{value:.6g}"
    return f"{text} {unit}" if unit else text


def _whole(text: str) -> str:
    return str(round(float(text.split()[0])))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(written: Any) -> str:
    if isinstance(written, dict):
        scale = ", by equal ratios" if written.get("scale") == "log" else ""
        return f"{written['from']} to {written['to']}{scale}"
    return ", ".join(map(_text, written)) if isinstance(written, list) else str(written)
