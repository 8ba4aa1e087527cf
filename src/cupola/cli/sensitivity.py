"""``cupola sensitivity``: which factors the doubt in a result comes from."""

from typing import Any

from cupola.cli.study import spec_command


def _show(document: dict[str, Any]) -> None:
    from cupola.cli.studyprint import print_study, value_cell

    rows = [
        [outcome, each["path"], value_cell(each["first"]), value_cell(each["total"])]
        for outcome, found in document["indices"].items()
        for each in sorted(found["factors"], key=lambda factor: -factor["total"]["mean"])
    ]
    print_study(document, document["verdict"], [("outcome", "factor", "first order", "total"), *rows])


command = spec_command(
    "sensitivity",
    report="cupola.report.sensitivity_page",
    show=_show,
    doc="""Say which factors the variance of a result comes from: Sobol's indices with intervals, and what chance adds.

SPEC is a YAML file with 'kind: sensitivity' that names a scenario and factors. It plays samples x (factors + 2)
points, all with the same luck.
""",
)
