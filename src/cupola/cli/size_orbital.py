"""``cupola size orbital``: how many space interceptors it takes, counted on their orbits."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing


def command(
    path: Annotated[
        Path, typer.Argument(metavar="SPEC", help="Study file, YAML with 'kind: orbital'", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the answer (png, svg, pdf)")
    ] = None,
) -> None:
    """Count the space interceptors that reach each missile of a file, and find the smallest constellation."""
    with exit_codes():
        from cupola.cli.orbitalprint import print_orbital
        from cupola.cli.study_progress import study_progress
        from cupola.studies.orbital import size_orbital

        if plot is not None:
            check_picture(plot, "--plot")
        with study_progress() as tell:
            found = size_orbital(path, tell)
        if plot is not None:
            from cupola.report.orbitalplot import draw_orbital

            with replacing(plot, "--plot") as picture:
                draw_orbital(found, picture)
    if as_json:
        sys.stdout.write(json.dumps(found.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        print_orbital(found, [] if plot is None else [str(plot)])
