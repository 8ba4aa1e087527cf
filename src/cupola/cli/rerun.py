"""``cupola rerun``: play one stored run again and say whether it is the same bit for bit."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cupola.cli.exits import FAILED, exit_codes

if TYPE_CHECKING:
    from cupola.campaign.repeat import Repetition

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Run folder", show_default=False)]
Run = Annotated[int, typer.Option("--run", metavar="K", help="Run index, from 0", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]

_SHOWN = 10


def command(folder: Folder, run: Run, as_json: AsJson = False) -> None:
    """Play one run of a folder again and compare it with the stored rows.

    Exit code 0 when every value is the same bit for bit, 1 when not, 2 when there is no such run.
    """
    with exit_codes():
        from cupola.campaign.repeat import check_run, repeat
        from cupola.campaign.scenario_chain import ScenarioChain, stored_campaign

        scenario, plan = stored_campaign(folder)
        check_run(plan, run)
        repetition = repeat(folder, ScenarioChain(scenario=scenario), plan, run)
    if as_json:
        sys.stdout.write(json.dumps(_document(folder, repetition), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_text(folder, repetition))
    if not repetition.identical:
        raise SystemExit(FAILED)


def _document(folder: Path, repetition: "Repetition") -> dict[str, object]:
    return {
        "folder": str(folder),
        "run": repetition.run,
        "stored": repetition.stored,
        "identical": repetition.identical,
        "lethal": repetition.record.lethal,
        "leaked": repetition.record.leaked,
        "rows": repetition.rows,
        "differences": [
            {"table": d.table, "column": d.column, "row": d.row, "stored": d.stored, "repeated": d.repeated}
            for d in repetition.differences
        ],
    }


def _text(folder: Path, repetition: "Repetition") -> str:
    record = repetition.record
    head = f"Run {repetition.run}: {record.leaked} of {record.lethal} warheads leaked, {len(record.shots)} shots.\n"
    if not repetition.stored:
        return head + f"{folder} does not hold this run yet, so there is nothing to compare it with.\n"
    if repetition.identical:
        rows = repetition.rows
        return head + (
            f"Identical to the stored run, bit for bit ({rows['objects']} objects, {rows['shots']} shots compared).\n"
        )
    lines = [
        f"  {d.table}.{d.column}, row {d.row}: stored {d.stored}, now {d.repeated}"
        for d in repetition.differences[:_SHOWN]
    ]
    more = len(repetition.differences) - _SHOWN
    return head + "\n".join(
        [
            f"NOT identical to the stored run: {len(repetition.differences)} values differ.",
            *lines,
            *([f"  and {more} more"] if more > 0 else []),
            "Another version of Cupola, NumPy or Numba, or another processor, can be the cause.\n",
        ]
    )
