"""``cupola sweep``: many points of one scenario."""

from typing import Any

from cupola.cli.options import AsJson, NoReport, Overwrite, Resume, Runs, Seed, SpecFile, StudyOut, Workers
from cupola.cli.study import played


def command(
    spec: SpecFile,
    runs: Runs = None,
    seed: Seed = None,
    workers: Workers = None,
    out: StudyOut = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
    no_report: NoReport = False,
) -> None:
    """Play a grid, a Latin hypercube or one factor at a time, all points with the same luck.

    SPEC is a YAML file with 'kind: sweep' that names a scenario and what is varied. Every point is a run folder of its
    own: what was stopped goes on with --resume, and points that are there are not played again.
    """
    played(
        "sweep", spec, report="cupola.report.sweep_page", show=show_points, workers=workers, as_json=as_json,
        no_report=no_report, out=out, runs=runs, seed=seed, resume=resume, overwrite=overwrite,
    )  # fmt: skip


def show_points(document: dict[str, Any]) -> None:
    """Print every point with its outcomes."""
    from cupola.cli.studyprint import print_study, value_cell, with_unpriced

    rows = [
        [point["name"], *(value_cell(point["outcomes"][name]) for name in document["outcomes"])]
        for point in document["points"]
    ]
    answer = with_unpriced(document["verdict"], *([document["cost"]] if "cost" in document else []))
    print_study(document, answer, [("point", *document["outcomes"]), *rows])
