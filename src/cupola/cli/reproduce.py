"""``cupola reproduce``: what others published, ours beside it, and whether they agree."""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cupola.cli.exits import FAILED, exit_codes

if TYPE_CHECKING:
    from rich.console import Console

    from cupola.studies.reproduce import Row

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Topics or cases, e.g. flight or flight/boost-solid", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]
Markdown = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write the table as Markdown", show_default=False)
]
Page = Annotated[
    Path | None, typer.Option("--page", metavar="FILE", help="Write the table as a page of HTML", show_default=False)
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="W", help="Processes that play topics side by side; default one per core", min=1),
]

SPARSE_S = 10.0
_STYLES = {
    "agrees": "green",
    "within stated spread": "green",
    "not enough published inputs": "yellow",
    "disagrees": "bold red",
    "error": "bold red",
}


def command(
    names: Names = None,
    markdown: Markdown = None,
    page: Page = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Play published cases and print each claim, ours, the difference, the tolerance and the source.

    Where a publication leaves an input open, it is swept, and the value that would reproduce the claim is told.
    Exit code 0 when nothing disagrees beyond its tolerance without an explanation, 1 when something does. What is only
    recalled is shown and never fails.
    """
    with exit_codes():
        from cupola.cli.files import check_writable, replacing
        from cupola.studies.reproduce_play import play
        from cupola.studies.reproduce_words import document

        for option, target in (("--markdown", markdown), ("--page", page)):
            if target:
                check_writable(target, option)
        played = list(play(names or [], workers or os.cpu_count() or 1, _Told()))
        if markdown:
            from cupola.report.reproduction import whole_table

            with replacing(markdown, "--markdown") as beside:
                beside.write_text(whole_table(played), encoding="utf-8")
        if page:
            from cupola.report.reproduction_page import build_page

            with replacing(page, "--page") as beside:
                beside.write_text(build_page(played), encoding="utf-8")
    found = document(played)
    written = [path for path in (markdown, page) if path]
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _print([(topic, row) for topic, part in played for row in part], len(played), written)
    if found["failed"]:
        raise SystemExit(FAILED)


class _Told:
    """Says on stderr how far it is, no oftener than every ten seconds: a short answer needs no word."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if done < total and time.monotonic() - self._said >= SPARSE_S:
            self._said = time.monotonic()
            sys.stderr.write(f"{done} of {total} cases\n")
            sys.stderr.flush()


def _print(rows: "list[tuple[str, Row]]", cases: int, written: Sequence[Path]) -> None:
    from rich.text import Text

    from cupola.cli.flightprint import terminal
    from cupola.studies.reproduce_words import counted, counts

    console = terminal()
    console.print(Text(_line(("", "published", "ours", "differs by", "allowed")), style="dim"))
    before = ""
    for topic, row in rows:
        name = f"{topic}/{row.case.id}"
        _print_row(console, name, row, first=name != before)
        before = name
    console.print()
    failed = sum(row.fails for _, row in rows)
    tail = f"{failed} count as failed" if failed else "none counts as failed"
    console.print(
        Text(
            f"{cases} cases, {len(rows)} figures: {counted(counts(row for _, row in rows))}; {tail}.",
            style="bold red" if failed else "bold green",
        )
    )
    for path in written:
        console.print(Text(f"written: {path}"), soft_wrap=True)


def _print_row(console: "Console", name: str, row: "Row", *, first: bool) -> None:
    from rich.text import Text

    from cupola.studies.reproduce_words import inputs_text, solutions_text

    case = row.case
    if first:
        console.print()
        console.print(Text(case.title, style="bold"))
        inputs = f": {inputs_text(case.inputs)}" if case.inputs else ""
        console.print(Text(f"{name}{inputs}\n{case.status}: {case.source}", style="dim"))
    # The long verdicts stand on a line of their own: 80 columns hold a row and a short one.
    gap = "  " if len(row.verdict) < 10 else "\n  "
    console.print(Text.assemble(_line(_cells(row)), (f"{gap}{row.verdict}", _STYLES[row.verdict])))
    if row.case.open:
        console.print(Text(solutions_text(row), style="yellow" if row.reproduced_by else "red"))
    if row.note and first:
        console.print(Text(row.note, style="red" if row.fails else "dim"))


def _line(cells: Sequence[str]) -> str:
    widths = ("<17", ">17", ">12", ">11", ">8")
    return " ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))


def _cells(row: "Row") -> tuple[str, ...]:
    from cupola.studies.reproduce_words import difference_text, ours_text, published_text

    published = published_text(row.case, row.quantity)
    ours = ours_text(row, unit=False)
    return row.quantity.replace("_", " "), published, ours, difference_text(row), row.allowed
