"""``cupola compare``: two scenarios with common random numbers."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.options import (
    AsJson,
    Changes,
    NoReport,
    Overwrite,
    Resume,
    Runs,
    ScenarioFile,
    Seed,
    StudyOut,
    Workers,
    changes_of,
)
from cupola.cli.study import played


def command(
    a: ScenarioFile,
    b: Annotated[
        Path | None, typer.Argument(metavar="[B]", help="The other scenario; none: the first with --set changes")
    ] = None,
    runs: Runs = None,
    seed: Seed = None,
    workers: Workers = None,
    out: StudyOut = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    change: Changes = None,
    as_json: AsJson = False,
    no_report: NoReport = False,
) -> None:
    """Play two scenarios with the same luck and say what differs: leaks, kills by layer, shots, with paired intervals.

    Run k of both meets the same random numbers, so that the difference shows with fewer runs. --set changes B.
    """
    with exit_codes():
        changes = changes_of(change)
    played(
        "compare",
        a,
        b,
        changes=changes,
        report="cupola.report.compare_page",
        show=_show,
        workers=workers,
        as_json=as_json,
        no_report=no_report,
        out=out,
        runs=runs,
        seed=seed,
        resume=resume,
        overwrite=overwrite,
    )


def _show(document: dict[str, Any]) -> None:
    from cupola.cli.studyprint import print_study, value_cell, with_unpriced

    rows = [
        [name, *(value_cell(found[key]) for key in ("a", "b", "difference"))]
        for name, found in document["outcomes"].items()
        if not name.startswith(("engaged", "killed"))
    ]
    answer = with_unpriced(document["verdict"], document["a"]["cost"], document["b"]["cost"])
    print_study(document, answer, [("", "A", "B", "B less A"), *rows])
