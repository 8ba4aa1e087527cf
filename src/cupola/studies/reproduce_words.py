"""Rows of published results in words and as records: what the terminal, Markdown, pages and JSON have in common."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cupola.studies.reproduce import VERDICTS, Row
from cupola.studies.reproduce_case import Case, Expected
from cupola.studies.reproduce_methods import QUANTITIES

Played = Sequence[tuple[str, Sequence[Row]]]
"""(topic, rows of one case) in order."""


def document(played: Played) -> dict[str, Any]:
    """Return what ``cupola reproduce --json`` prints."""
    rows = [(topic, row) for topic, part in played for row in part]
    failed = sum(row.fails for _, row in rows)
    return {
        "cases": len(played),
        "rows": [record(topic, row) for topic, row in rows],
        "verdicts": counts(row for _, row in rows),
        "failed": failed,
        "agrees": failed == 0,
    }


def record(topic: str, row: Row) -> dict[str, Any]:
    """Return one row as JSON holds it."""
    case, published = row.case, row.published
    return {
        "id": f"{topic}/{case.id}",
        "claim": case.title,
        "method": case.method,
        "inputs": dict(case.inputs),
        "open": {name: {"values": list(spec.values), "why": spec.why} for name, spec in case.open.items()},
        "quantity": row.quantity,
        "unit": row.unit,
        "published": published if isinstance(published, str) or published[0] != published[1] else published[0],
        "ours": _finite(row.ours),
        "difference": _finite(row.difference),
        "tolerance": row.tolerance,
        "status": case.status,
        "verdict": row.verdict,
        "reproduced_by": list(row.reproduced_by),
        "sweep": [{"inputs": point.inputs, "ours": _finite(point.ours)} for point in row.sweep],
        "source": case.source,
        "note": row.note,
        "fails": row.fails,
    }


def _finite(value: float | tuple[float, float] | str | None) -> float | tuple[float, float] | str | None:
    """Return a value as JSON can hold it: what is endless or no number is null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many rows have each verdict, every verdict named."""
    listed = [row.verdict for row in rows]
    return {verdict: listed.count(verdict) for verdict in VERDICTS}


def counted(numbers: Mapping[str, int]) -> str:
    """Return ``"37 agree, 3 disagree"`` of :func:`counts`."""
    words = {"agrees": "agree", "disagrees": "disagree", "error": "could not be played"}
    words["within stated spread"] = "are within the stated spread"
    words["not enough published inputs"] = "have not enough published inputs"
    return ", ".join(f"{number:,} {words[verdict]}" for verdict, number in numbers.items() if number)


def published_text(case: Case, name: str) -> str:
    """Return what was published of a quantity, in the unit and digits shown; a word as it stands."""
    expected: Expected = case.expected[name]
    if name not in QUANTITIES:
        return str(expected.value)
    quantity = QUANTITIES[name]
    texts = (expected.value, expected.value) if isinstance(expected.value, str) else expected.value
    return quantity.write(*(quantity.read(text) for text in texts))


def ours_text(row: Row, *, unit: bool = True) -> str:
    """Return ours, ``-`` where there is none."""
    if row.ours is None or isinstance(row.ours, str):
        return row.ours or "-"
    low, high = row.ours if isinstance(row.ours, tuple) else (row.ours, row.ours)
    return QUANTITIES[row.quantity].write(low, high, unit=unit)


def difference_text(row: Row) -> str:
    """Return the difference with its sign; nothing where there is none to tell."""
    if math.isnan(row.difference) or (row.sweep and row.difference == 0.0):
        return ""
    return f"{row.difference:+,.{row.digits}f}"


def inputs_text(inputs: Mapping[str, str]) -> str:
    """Return ``"salvo 5, speed 6 km/s"``."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in inputs.items())


def solutions_text(row: Row) -> str:
    """Return in a sentence which open inputs give what was published; nothing where none is open."""
    if not row.case.open:
        return ""
    names = " and ".join(name.replace("_", " ") for name in row.case.open)
    if not row.reproduced_by:
        spans = ", ".join(
            f"{name.replace('_', ' ')} {spec.values[0]} to {spec.values[-1]}" for name, spec in row.case.open.items()
        )
        return f"No value gives it: {spans}."
    return f"Open: {names}. It takes {'; '.join(inputs_text(each) for each in row.reproduced_by)}."
