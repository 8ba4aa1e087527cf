"""``cupola size sensors``: the smallest layer of satellites that keeps flights in stereo."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing


def command(
    path: Annotated[
        Path, typer.Argument(metavar="SPEC", help="Study file, YAML with 'kind: sensors'", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the answer (png, svg, pdf)")
    ] = None,
) -> None:
    """Find the smallest layer of satellites that keeps the flights of a file in view from two sides at once."""
    with exit_codes():
        from cupola.cli.stereoprint import print_layers
        from cupola.cli.study_progress import study_progress
        from cupola.studies.stereo import size_sensors

        if plot is not None:
            check_picture(plot, "--plot")
        with study_progress() as tell:
            found = size_sensors(path, tell)
        if plot is not None:
            from cupola.report.stereoplot import draw_layers

            with replacing(plot, "--plot") as picture:
                draw_layers(found, picture)
    if as_json:
        sys.stdout.write(json.dumps(found.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        print_layers(found, [] if plot is None else [str(plot)])
