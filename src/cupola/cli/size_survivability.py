"""``cupola size survivability``: what losses leave of a layer in space, and how it comes back."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing


def command(
    path: Annotated[
        Path, typer.Argument(metavar="SPEC", help="Study file, YAML with 'kind: survivability'", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the answer (png, svg, pdf)")
    ] = None,
) -> None:
    """Say what losses of satellites leave of a layer in space, and how motion and replacement bring cover back."""
    with exit_codes():
        from cupola.cli.study_progress import study_progress
        from cupola.cli.survivalprint import print_survival
        from cupola.studies.survival import size_survivability

        if plot is not None:
            check_picture(plot, "--plot")
        with study_progress() as tell:
            found = size_survivability(path, tell)
        if plot is not None:
            from cupola.report.survivalplot import draw_survival

            with replacing(plot, "--plot") as picture:
                draw_survival(found, picture)
    if as_json:
        sys.stdout.write(json.dumps(found.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        print_survival(found, [] if plot is None else [str(plot)])
