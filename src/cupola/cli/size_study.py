"""What ``cupola size`` does with a study file: ask, draw, print."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing


def _file_command(kind: str, *, ask: str, draw: str, show: str, doc: str) -> Callable[..., None]:
    """Return the command that answers study files of a kind; ``doc`` is its help.

    ``ask``, ``draw`` and ``show`` name functions as ``module:name``, loaded when they are called: the study of a file,
    its picture and its print.
    """

    def command(
        path: Annotated[
            Path, typer.Argument(metavar="SPEC", help=f"Study file, YAML with 'kind: {kind}'", show_default=False)
        ],
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")] = False,
        plot: Annotated[
            Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the answer (png, svg, pdf)")
        ] = None,
    ) -> None:
        with exit_codes():
            from cupola.cli.study_progress import study_progress

            if plot is not None:
                check_picture(plot, "--plot")
            with study_progress() as tell:
                found = _loaded(ask)(path, tell)
            if plot is not None:
                with replacing(plot, "--plot") as picture:
                    _loaded(draw)(found, picture)
        if as_json:
            sys.stdout.write(json.dumps(found.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        else:
            _loaded(show)(found, [] if plot is None else [str(plot)])

    command.__doc__ = doc
    return command


def _loaded(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


orbital = _file_command(
    "orbital",
    ask="cupola.studies.orbital:size_orbital",
    draw="cupola.report.orbitalplot:draw_orbital",
    show="cupola.cli.orbitalprint:print_orbital",
    doc="Count the space interceptors that reach each missile of a file, and find the smallest constellation.",
)
sensors = _file_command(
    "sensors",
    ask="cupola.studies.stereo:size_sensors",
    draw="cupola.report.stereoplot:draw_layers",
    show="cupola.cli.stereoprint:print_layers",
    doc="Find the smallest layer of satellites that keeps the flights of a file in view from two sides at once.",
)
survivability = _file_command(
    "survivability",
    ask="cupola.studies.survival:size_survivability",
    draw="cupola.report.survivalplot:draw_survival",
    show="cupola.cli.survivalprint:print_survival",
    doc="Say what losses of satellites leave of a layer in space, and how motion and replacement bring cover back.",
)
