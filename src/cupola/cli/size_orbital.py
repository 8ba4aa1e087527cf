"""``cupola size orbital``: how many space interceptors it takes, counted on their orbits."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cupola.cli.exits import exit_codes


def command(
    path: Annotated[
        Path, typer.Argument(metavar="SPEC", help="Study file, YAML with 'kind: orbital'", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
) -> None:
    """Count the space interceptors that reach each missile of a file, and find the smallest constellation."""
    with exit_codes():
        from cupola.cli.orbitalprint import print_orbital
        from cupola.cli.study_progress import study_progress
        from cupola.studies.orbital import size_orbital

        with study_progress() as tell:
            found = size_orbital(path, tell)
    if as_json:
        sys.stdout.write(json.dumps(found.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        print_orbital(found, [])
