"""The ``cupola`` command. Command modules are light: each brings what it needs when called, so that help is instant."""

from typing import Annotated

import typer

from cupola import __version__
from cupola.cli import (
    catalog,
    cite,
    claim,
    compare,
    coverage,
    engage,
    explain,
    fly,
    reach,
    reproduce,
    rerun,
    run,
    schema,
    sensitivity,
    size,
    sweep,
    track,
    trade,
    validate,
)

app = typer.Typer(
    name="cupola",
    help="Simulate layered homeland missile defense from open sources: what is stopped, what leaks, and how sure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help comes in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed while running, 2 bad input, 130 stopped.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cupola {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave")
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


app.command("run", short_help="Play a scenario many times: what is stopped, what leaks.")(run.command)
app.command("compare", short_help="Play two scenarios with the same luck: what differs, and how sure that is.")(
    compare.command
)
app.command("sweep", short_help="Play many points of a scenario: grid, Latin hypercube, one at a time.")(sweep.command)
app.command("sensitivity", short_help="Say which factors the doubt in a result comes from: Sobol's indices.")(
    sensitivity.command
)
app.command("trade", short_help="Weigh options by cost and leakage; the price of one more warhead stopped.")(
    trade.command
)
app.command("rerun", short_help="Play one stored run again and compare it bit for bit.")(rerun.command)
app.command("explain", short_help="Tell why one object leaked or died, step by step.")(explain.command)
app.command("fly", short_help="Fly one threat: apogee, range, time, burnout, impact.")(fly.command)
app.command("track", short_help="Hold one run's tracks against the truth: custody, errors, impact points.")(
    track.command
)
app.command("engage", short_help="Tell one engagement of one run, shot by shot, with its chances and a picture.")(
    engage.command
)
app.command("reach", short_help="Tell what an interceptor reaches, how soon and how fast.")(reach.command)
app.command("claim", short_help="Check a reported flight: possible, doubtful or impossible.")(claim.command)
app.command("reproduce", short_help="Print published results beside ours.")(reproduce.command)
app.command("validate", short_help="Check a scenario in full and show what it resolves to.")(validate.command)
app.command("cite", short_help="Print the sources and assumptions of a scenario.")(cite.command)
app.command("schema", short_help="Print the JSON Schema of a scenario file.")(schema.command)
app.add_typer(catalog.app, name="catalog", short_help="List and show models, sites, regions, assets.")
app.add_typer(size.app, name="size", short_help="How many it takes: interceptors for a raid, constellations.")
app.add_typer(coverage.app, name="coverage", short_help="Map what sensors see: shares, gaps, custody; Walker geometry.")


def main() -> None:
    """Run the command line."""
    app()
