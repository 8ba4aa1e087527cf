"""``cupola reproduce``: what others published, ours beside it, and whether they agree."""

import json
import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cupola.cli.exits import FAILED, exit_codes

if TYPE_CHECKING:
    from cupola.studies.reproduce import Row

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Topics or cases, e.g. flight or flight/boost-solid", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]

_STYLES = {"agrees": "green", "differs": "bold red", "error": "bold red"}


def command(names: Names = None, as_json: AsJson = False) -> None:
    """Play published cases and print each claim, ours, the difference, the tolerance and the source.

    Exit code 0 when everything agrees within its tolerance, 1 when not. What is only recalled is shown and never fails.
    """
    with exit_codes():
        from cupola.studies.reproduce import chosen, run_case

        played = [(topic, run_case(case)) for topic, case in chosen(names or [])]
    rows = [(topic, row) for topic, part in played for row in part]
    failed = sum(row.fails for _, row in rows)
    if as_json:
        document = {
            "cases": len(played),
            "rows": [_record(topic, row) for topic, row in rows],
            "failed": failed,
            "agrees": failed == 0,
        }
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print(rows, len(played), failed)
    if failed:
        raise SystemExit(FAILED)


def _record(topic: str, row: "Row") -> dict[str, Any]:
    published = row.published
    return {
        "id": f"{topic}/{row.case.id}",
        "claim": row.case.title,
        "method": row.case.method,
        "inputs": dict(row.case.inputs),
        "quantity": row.quantity,
        "unit": row.unit,
        "published": published if isinstance(published, str) or published[0] != published[1] else published[0],
        "ours": row.ours,
        "difference": None if math.isnan(row.difference) else row.difference,
        "tolerance": row.tolerance,
        "status": row.case.status,
        "verdict": row.verdict,
        "source": row.case.source,
        "note": row.note,
    }


def _print(rows: "list[tuple[str, Row]]", cases: int, failed: int) -> None:
    from rich.text import Text

    from cupola.cli.flightprint import terminal

    console = terminal()
    heads = ("", "published", "ours", "differs by", "allowed")
    console.print(Text(_line(heads), style="dim"))
    before = ""
    for topic, row in rows:
        name = f"{topic}/{row.case.id}"
        first = name != before
        if first:
            inputs = ", ".join(f"{key} {value}" for key, value in row.case.inputs.items())
            console.print()
            console.print(Text(row.case.title, style="bold"))
            console.print(Text(f"{name}: {inputs}\n{row.case.status}: {row.case.source}", style="dim"))
        before = name
        console.print(Text.assemble(_line(_cells(row)), (f"  {row.verdict}", _STYLES[row.verdict])))
        if row.note and first:
            console.print(Text(row.note, style="red" if row.fails else "dim"))
    console.print()
    agree = len(rows) - sum(row.verdict != "agrees" for _, row in rows)
    console.print(
        Text(
            f"{cases} cases, {len(rows)} figures: {agree} agree, {failed} count as failed"
            + (", what is only recalled or explained does not count." if agree + failed < len(rows) else "."),
            style="bold red" if failed else "bold green",
        )
    )


def _line(cells: Sequence[str]) -> str:
    widths = ("<17", ">17", ">12", ">11", ">9")
    return " ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))


def _cells(row: "Row") -> tuple[str, ...]:
    name = row.quantity.replace("_", " ")
    if isinstance(row.published, str):
        return name, row.published, str(row.ours), "", ""
    low, high = (f"{value:,.{row.digits}f}" for value in row.published)
    published = low if low == high else f"{low}-{high}"
    ours = "-" if row.ours is None else f"{row.ours:,.{row.digits}f}"
    difference = "-" if math.isnan(row.difference) else f"{row.difference:+,.{row.digits}f}"
    return name, f"{published} {row.unit}".rstrip(), ours, difference, row.allowed
