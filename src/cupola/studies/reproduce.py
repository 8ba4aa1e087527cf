"""Published results beside ours: cases are data, a method is the function that plays one, a row is the comparison.

The verdicts: *agrees* within the tolerance of the case; *within stated spread* of what the publication itself leaves
room for; *disagrees*; *not enough published inputs*, where the publication leaves an input open and some value of it
would reproduce the claim, or where nothing can be played; *error*, where a method failed.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from cupola.studies import reproduce_methods
from cupola.studies.reproduce_case import Case, Expected, Found, Inputs
from cupola.studies.reproduce_open import Point, combinations, reproducing
from cupola.studies.reproduce_quantities import WORDS

Verdict = Literal["agrees", "within stated spread", "disagrees", "not enough published inputs", "error"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_NEAR = 0.05
"""Share of what was published that a jump of ours over it may leave: counts that go from 995 to 1,003 reach 1,000."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One quantity of one case: published and ours in ``unit``.

    ``ours`` is None where nothing was played or the method failed, and the lowest and the highest of a sweep where
    inputs are open.
    """

    case: Case
    quantity: str
    unit: str
    digits: int
    published: tuple[float, float] | str
    """Lower and upper end, the same for a single figure; a word for a verdict."""
    ours: float | tuple[float, float] | str | None
    difference: float
    """Ours less the nearer end of what was published, 0 within; NaN for words and errors."""
    tolerance: float
    allowed: str
    """The tolerance as the case writes it."""
    verdict: Verdict
    note: str = ""
    sweep: tuple[Point, ...] = ()
    """What each combination of the open inputs gave."""
    reproduced_by: tuple[dict[str, str], ...] = ()
    """The open inputs that would give what was published."""

    @property
    def fails(self) -> bool:
        """Whether this row counts against us: what is only recalled never does, nor a difference that is explained."""
        explained = self.verdict == "disagrees" and bool(self.case.finding)
        return self.verdict in ("disagrees", "error") and self.case.status != "recalled" and not explained


def run_case(case: Case) -> tuple[Row, ...]:
    """Play a case and compare: one row per quantity. A method that fails gives rows that say why."""
    player = _Player(case)
    return tuple(
        _word_row(player, name, expected) if name in WORDS else _row(player, name, expected)
        for name, expected in case.expected.items()
    )


class _Player:
    """Plays one case with any values of its open inputs, each combination once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.problem = ""
        self._found: dict[tuple[tuple[str, str], ...], Found] = {}

    def __call__(self, opened: Inputs) -> Found:
        """Return what the method found; nothing, and :attr:`problem` says why, where it could not."""
        if self.case.missing:
            return {}
        key = tuple(sorted(opened.items()))
        if key not in self._found:
            try:
                self._found[key] = reproduce_methods.METHODS[self.case.method]({**self.case.inputs, **opened})
            except Exception as error:
                # Whatever breaks one case must not hide the others; the row counts as failed and carries the reason.
                self._found[key] = {}
                self.problem = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        return self._found[key]


def _word_row(player: _Player, name: str, expected: Expected) -> Row:
    ours = player({}).get(name)
    verdict: Verdict = "error" if ours is None else "agrees" if ours == expected.value else "disagrees"
    return Row(
        case=player.case,
        quantity=name,
        unit="",
        digits=0,
        published=str(expected.value),
        ours=None if ours is None else str(ours),
        difference=math.nan,
        tolerance=0.0,
        allowed="",
        verdict=verdict,
        note=_note(player, verdict),
    )


def _row(player: _Player, name: str, expected: Expected) -> Row:
    case, quantity = player.case, reproduce_methods.QUANTITIES[name]
    texts = (expected.value, expected.value) if isinstance(expected.value, str) else expected.value
    low, high = (quantity.read(text) for text in texts)
    tolerance = quantity.tolerance(expected.tolerance, high)
    spread = max(tolerance, quantity.tolerance(expected.spread, high))

    def ours(opened: Inputs) -> float | None:
        found = player(opened).get(name)
        return None if found is None else float(found) / quantity.per_unit

    def off(opened: Inputs) -> float | None:
        value = ours(opened)
        return None if value is None or math.isnan(value) else value - min(max(value, low), high)

    sweep: tuple[Point, ...] = ()
    by: tuple[dict[str, str], ...] = ()
    value: float | tuple[float, float] | None
    if case.open:
        sweep = tuple(Point(inputs=each, ours=ours(each)) for each in combinations(case))
        by = tuple(reproducing(case, off, tolerance, _NEAR * max(abs(low), abs(high))))
        finite = [point.ours for point in sweep if point.ours is not None and math.isfinite(point.ours)]
        value = (min(finite), max(finite)) if finite else None
        difference = _gap(value, low, high)
        verdict = _verdict_of_open(value, bool(by))
    else:
        value = ours({})
        miss = off({})
        difference = math.nan if miss is None else miss
        verdict = _verdict(case, value, difference, tolerance, spread, high > low)
    return Row(
        case=case,
        quantity=name,
        unit=quantity.unit,
        digits=quantity.digits,
        published=(low, high),
        ours=value,
        difference=difference,
        tolerance=tolerance,
        allowed=expected.tolerance,
        verdict=verdict,
        note=_note(player, verdict),
        sweep=sweep,
        reproduced_by=by,
    )


def _verdict(
    case: Case, value: float | None, difference: float, tolerance: float, spread: float, a_span: bool
) -> Verdict:
    if case.missing:
        return "not enough published inputs"
    if value is None:
        return "error"
    if abs(difference) <= tolerance:
        return "within stated spread" if a_span else "agrees"
    return "within stated spread" if abs(difference) <= spread else "disagrees"


def _verdict_of_open(value: tuple[float, float] | None, reproduced: bool) -> Verdict:
    if value is None:
        return "error"
    return "not enough published inputs" if reproduced else "disagrees"


def _gap(value: tuple[float, float] | None, low: float, high: float) -> float:
    """Return how far a range of ours stays from what was published; 0 where they touch."""
    if value is None:
        return math.nan
    return value[0] - high if value[0] > high else value[1] - low if value[1] < low else 0.0


def _note(player: _Player, verdict: Verdict) -> str:
    if verdict == "error":
        return player.problem or "the method does not return this quantity"
    said = (f"Not published: {player.case.missing}" if player.case.missing else "", player.case.finding)
    return " ".join(part for part in said if part)
