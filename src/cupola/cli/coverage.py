"""``cupola coverage``: what a set of sensors sees of the globe, and when; or a Walker pattern as pure geometry."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cupola.cli.exits import exit_codes
from cupola.cli.files import check_picture, replacing

SPEC, WALKER = "spec", "walker"


class SpecByDefault(TyperGroup):
    """Takes the first word for a file unless it is a command of this group: ``cupola coverage SPEC``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that is meant first, as the parser wants it."""
        words = [word for word in args if not word.startswith("-")]
        if words[:1] == [WALKER]:
            rest = list(args)
            rest.remove(WALKER)
            args = [WALKER, *rest]
        elif args and args[0] not in ("-h", "--help"):
            args = [SPEC, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=SpecByDefault,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="What sensors cover: 'cupola coverage SPEC' for a file of sensors, shells and flights (see 'cupola coverage "
    "spec --help'), 'cupola coverage walker T/P/F ...' for the pure geometry of a Walker pattern.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout")]


@app.command(SPEC)
def spec(
    path: Annotated[
        Path, typer.Argument(metavar="SPEC", help="Coverage file, YAML with 'kind: coverage'", show_default=False)
    ],
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.png", help="Draw the maps on coastlines (png, svg, pdf)")
    ] = None,
) -> None:
    """Map what the sensors of a file see: shares of the globe, stereo, gaps, age of information, custody of flights."""
    with exit_codes():
        from cupola.cli.coverageprint import print_coverage
        from cupola.studies.coverage import coverage

        if out is not None:
            check_picture(out, "--out")
        found = coverage(path)
        if out is not None:
            from cupola.report.coverageplot import draw_coverage

            with replacing(out, "--out") as picture:
                draw_coverage(found, picture)
    if as_json:
        _print_json(found.document)
    else:
        print_coverage(found, [] if out is None else [str(out)])


@app.command(WALKER)
def walker(
    pattern: Annotated[
        str, typer.Argument(metavar="T/P/F", help="Satellites, planes, phasing, e.g. 24/6/1", show_default=False)
    ],
    inclination: Annotated[str, typer.Option("--inclination", metavar="Q", help="e.g. '55 deg'", show_default=False)],
    altitude: Annotated[str, typer.Option("--altitude", metavar="Q", help="e.g. '780 km'", show_default=False)],
    min_elevation: Annotated[
        str, typer.Option("--min-elevation", metavar="Q", help="Lowest elevation that counts, e.g. '8.2 deg'")
    ] = "0 deg",
    star: Annotated[
        str | None,
        typer.Option("--star", metavar="SPACING", help="Walker star: angle between planes that move alike"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how far the worst placed point of the globe ever is from its nearest satellite, and if all is always seen."""
    with exit_codes():
        from cupola.cli.coverageprint import print_walker
        from cupola.studies.coverage_walker import walker as ask

        document = ask(pattern, inclination=inclination, altitude=altitude, min_elevation=min_elevation, star=star)
    if as_json:
        _print_json(document)
    else:
        print_walker(document)


def _print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
