"""Distributions as a user writes them: ``"beta(8, 2)"``, ``"uniform(20 s, 40 s)"``, ``"record(10, 18)"``."""

import math
import re
from dataclasses import dataclass

from cupola.scenario.errors import ScenarioError, did_you_mean

_FORM = re.compile(r"\s*([a-z_]+)\s*\((.*)\)\s*", re.DOTALL)
_NUMBER = re.compile(r"\s*([-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")

# Name -> (what a user writes, how many arguments).
FORMS: dict[str, tuple[str, tuple[int, ...]]] = {
    "beta": ("beta(a, b) on 0 to 1, or beta(a, b, low, high)", (2, 4)),
    "uniform": ("uniform(low, high)", (2,)),
    "triangular": ("triangular(low, mode, high)", (3,)),
    "normal": ("normal(mean, standard deviation), or with low and high to cut it off", (2, 4)),
    "lognormal": ("lognormal(median, geometric standard deviation)", (2,)),
    "record": ("record(hits, tests), or record(hits, tests, reliability counted elsewhere)", (2, 3)),
}


def is_distribution(text: str) -> bool:
    """Whether a text has the form ``name(...)``, rather than being a plain value."""
    return _FORM.fullmatch(text) is not None


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution of one number with its unit; ``quantile`` gives what a scenario file would hold."""

    form: str
    arguments: tuple[float, ...]
    unit: str

    @staticmethod
    def parse(text: str) -> "Distribution":
        """Return the distribution that ``text`` describes. Raises :class:`ScenarioError` for any other text."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ScenarioError(
                f"got {text!r}, accepted is a distribution such as 'beta(8, 2)' or 'uniform(20 s, 40 s)'"
            )
        form, inside = match.groups()
        if form not in FORMS:
            raise ScenarioError(
                f"unknown distribution {form!r}; accepted are {', '.join(FORMS)}{did_you_mean(form, FORMS)}"
            )
        written, counts = FORMS[form]
        parts = [part for part in inside.split(",") if part.strip()]
        if len(parts) not in counts:
            raise ScenarioError(f"got {text!r} with {len(parts)} arguments, accepted is {written}")
        numbers = [_number(part, text) for part in parts]
        unit = _unit(form, [unit for _, unit in numbers], text)
        distribution = Distribution(form=form, arguments=tuple(value for value, _ in numbers), unit=unit)
        distribution._check(text, written)
        return distribution

    def quantile(self, u: float) -> str:
        """Return, as text with the unit, the value below which a share ``u`` (0 to 1) of the distribution lies."""
        value = repr(float(self._inverse(u)))
        return f"{value} {self.unit}" if self.unit else value

    def _inverse(self, u: float) -> float:
        # Closed forms over special functions: the full statistics package takes a second to import.
        from scipy import special

        a = self.arguments
        if self.form == "beta":
            low, high = (a[2], a[3]) if len(a) == 4 else (0.0, 1.0)
            return float(low + (high - low) * special.betaincinv(a[0], a[1], u))
        if self.form == "record":
            # Jeffreys' prior for a chance, Beta(1/2, 1/2), after the tests (Brown, Cai and DasGupta 2001).
            chance = float(special.betaincinv(a[0] + 0.5, a[1] - a[0] + 0.5, u))
            return min(chance / a[2], 1.0) if len(a) == 3 else chance
        if self.form == "uniform":
            return a[0] + (a[1] - a[0]) * u
        if self.form == "triangular":
            low, mode, high = a
            if u * (high - low) < mode - low:
                return low + math.sqrt(u * (high - low) * (mode - low))
            return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))
        if self.form == "lognormal":
            return float(a[0] * a[1] ** special.ndtri(u))
        if len(a) == 4:
            below, above = (special.ndtr((limit - a[0]) / a[1]) for limit in a[2:])
            return float(min(max(a[0] + a[1] * special.ndtri(below + u * (above - below)), a[2]), a[3]))
        return float(a[0] + a[1] * special.ndtri(u))

    def _check(self, text: str, written: str) -> None:
        a = self.arguments
        sound = {
            "beta": a[0] > 0 and a[1] > 0 and (len(a) == 2 or a[-2] < a[-1]),
            "uniform": a[0] < a[1],
            "triangular": len(a) == 3 and a[0] <= a[1] <= a[2] and a[0] < a[2],
            "normal": a[1] > 0 and (len(a) == 2 or a[-2] < a[-1]),
            "lognormal": a[0] > 0 and a[1] > 1,
            "record": _whole_counts(a[:2]) and 0 <= a[0] <= a[1] and (len(a) == 2 or 0 < a[2] <= 1),
        }[self.form]
        if not sound:
            raise ScenarioError(
                f"got {text!r}, whose arguments are out of order or not positive; accepted is {written}"
                + (
                    ", with whole numbers, no more hits than tests and a reliability of at most 1"
                    * (self.form == "record")
                )
            )


def _whole_counts(values: tuple[float, ...]) -> bool:
    return all(value == int(value) for value in values) and values[-1] >= 1


def _number(part: str, text: str) -> tuple[float, str]:
    match = _NUMBER.fullmatch(part)
    if match is None:
        raise ScenarioError(
            f"got {part.strip()!r} in {text!r}, accepted is a number, with its unit where the value has one"
        )
    return float(match[1]), match[2]


def _unit(form: str, units: list[str], text: str) -> str:
    shapes = {"beta": 2, "lognormal": 1}
    bare = units[:2] if form == "beta" else units[1:] if form == "lognormal" else units if form == "record" else []
    carrying = units[shapes[form] :] if form == "beta" else units[:1] if form == "lognormal" else units
    if any(bare) or len(set(carrying)) > 1:
        raise ScenarioError(
            f"got {text!r}, accepted is one and the same unit on every value, and none on shape numbers"
        )
    return carrying[0] if carrying else ""
