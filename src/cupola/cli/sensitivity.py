"""``cupola sensitivity``: which factors the doubt in a result comes from."""

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
    """Say which factors the variance of a result comes from: Sobol's indices with intervals, and what chance adds.

    SPEC is a YAML file with 'kind: sensitivity' that names a scenario and factors. It plays samples x (factors + 2)
    points, all with the same luck.
    """
    played(
        "sensitivity", spec, report="cupola.report.sensitivity_page", show=_show, workers=workers, as_json=as_json,
        no_report=no_report, out=out, runs=runs, seed=seed, resume=resume, overwrite=overwrite,
    )  # fmt: skip


def _show(document: dict[str, Any]) -> None:
    from cupola.cli.studyprint import print_study, value_cell

    rows = [
        [outcome, each["path"], value_cell(each["first"]), value_cell(each["total"])]
        for outcome, found in document["indices"].items()
        for each in sorted(found["factors"], key=lambda factor: -factor["total"]["mean"])
    ]
    print_study(document, document["verdict"], [("outcome", "factor", "first order", "total"), *rows])
