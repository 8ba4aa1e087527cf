"""``cupola sweep``: many points of one scenario."""

from typing import Any

from cupola.cli.study import spec_command


def _show(document: dict[str, Any]) -> None:
    """Print every point with its outcomes."""
    from cupola.cli.studyprint import print_study, value_cell, with_unpriced

    rows = [
        [point["name"], *(value_cell(point["outcomes"][name]) for name in document["outcomes"])]
        for point in document["points"]
    ]
    answer = with_unpriced(document["verdict"], *([document["cost"]] if "cost" in document else []))
    print_study(document, answer, [("point", *document["outcomes"]), *rows])


command = spec_command(
    "sweep",
    report="cupola.report.sweep_page",
    show=_show,
    doc="""Play a grid, a Latin hypercube or one factor at a time, all points with the same luck.

SPEC is a YAML file with 'kind: sweep' that names a scenario and what is varied. Every point is a run folder of its
own: what was stopped goes on with --resume, and points that are there are not played again.
""",
)
