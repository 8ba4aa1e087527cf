"""Inputs that a publication leaves open: sweep them, and find which value would reproduce the claim."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cupola.studies.reproduce_case import Case, OpenInput

Play = Callable[[Mapping[str, str]], float | None]
"""The signed distance from what was published of one quantity, of given open inputs; None where it cannot be played."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One combination of open inputs and what it gave, in the unit shown; ``ours`` is None where it failed."""

    inputs: dict[str, str]
    ours: float | None


def combinations(case: Case) -> list[dict[str, str]]:
    """Return every combination of the open inputs' values; the last input varies fastest."""
    names = list(case.open)
    return [dict(zip(names, each, strict=True)) for each in itertools.product(*(case.open[n].values for n in names))]


def reproducing(case: Case, off: Play, tolerance: float, near: float) -> list[dict[str, str]]:
    """Return the open inputs that give what was published, within ``tolerance``.

    All but the last open input keep the values of the case; along the last, values between two neighbours that miss on
    either side are found by halving. Neighbours that all agree are joined to one span. A value is *about* one where the
    case says ``refine: 0``, which takes a straight line, and where ours jumps over the claim, as counts do; a jump that
    leaves ours farther off than ``near`` is none.
    """
    *outer, last = case.open
    spec = case.open[last]
    found: list[dict[str, str]] = []
    for values in itertools.product(*(case.open[name].values for name in outer)):
        fixed = dict(zip(outer, values, strict=True))

        def along_last(text: str, fixed: dict[str, str] = fixed) -> float | None:
            return off({**fixed, last: text})

        hits = _along(spec, along_last, tolerance, near)
        found += [{**fixed, last: hit} for hit in hits]
    return found


def _along(spec: OpenInput, off: Callable[[str], float | None], tolerance: float, near: float) -> list[str]:
    misses = [off(text) for text in spec.values]
    hits: list[str] = []
    run: list[str] = []
    for index, (text, miss) in enumerate(zip(spec.values, misses, strict=True)):
        if miss is not None and abs(miss) <= tolerance:
            run.append(text)
            continue
        hits += _joined(run)
        run = []
        before = misses[index - 1] if index else None
        if miss is None or before is None or abs(before) <= tolerance or (miss > 0.0) == (before > 0.0):
            continue
        ends = (spec.values[index - 1], before), (text, miss)
        between = _between(spec.refine, off, ends, tolerance, near)
        hits += [] if between is None else [between]
    return hits + _joined(run)


def _joined(run: list[str]) -> list[str]:
    return [run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"] if run else []


def _between(
    refine: int,
    off: Callable[[str], float | None],
    ends: tuple[tuple[str, float], tuple[str, float]],
    tolerance: float,
    near: float,
) -> str | None:
    """Return the value between two neighbours (text, miss) that miss on either side; None where there is none."""
    (low, at_low), (high, at_high) = ends
    (a, frame), (b, other) = number_of(low), number_of(high)
    if a is None or b is None or frame != other:
        return None
    if not refine:
        return f"about {_written(a + (b - a) * at_low / (at_low - at_high), frame)}"
    middle, miss = a, at_low
    for _ in range(refine):
        middle = 0.5 * (a + b)
        there = off(_text(repr(middle), frame))
        if there is None:
            return None
        miss = there
        if miss == 0.0:
            break
        if (miss > 0.0) == (at_low > 0.0):
            a = middle
        else:
            b = middle
    if abs(miss) > max(tolerance, near):
        return None
    return _written(middle, frame) if abs(miss) <= tolerance else f"about {_written(middle, frame)}"


def number_of(text: str) -> tuple[float | None, tuple[str, str]]:
    """Return the number of ``"$22 M"`` and what stands before and after it; None for a word."""
    found = re.fullmatch(r"\s*(\$?)\s*([-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)\s*(\D.*?)?\s*", text)
    return (None, ("", text)) if found is None else (float(found[2]), (found[1], found[3] or ""))


def _written(value: float, frame: tuple[str, str]) -> str:
    """Return a value that was found, in four digits."""
    return _text(f"{value:.0f}" if abs(value) >= 1e3 else f"{value:.4g}", frame)


def _text(number: str, frame: tuple[str, str]) -> str:
    return f"{frame[0]}{number} {frame[1]}".strip()
